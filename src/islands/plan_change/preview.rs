//! What a change leads to, beside today's plan; or why it is not allowed and the nearest that is.

use super::{Plan, TypedChange, Words, change_fields};
use crate::domain::calendar::Date;
use crate::domain::changing::{Change, ChangeKind, ChangeRefusal, Changed, PlanSide, left_of};
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::offers::ChoiceRefusal;
use crate::domain::schedule::Size;
use crate::domain::what_if::as_it_is;
use crate::islands::html::Html;

/// What stands under "What this changes", for the form of one kind as it is filled in.
pub fn change_preview(plan: &Plan, words: &Words, typed: &TypedChange) -> String {
    let mut html = Html::default();
    // What is not filled in yet is no mistake.
    let Ok(change) = typed.read(plan.currency()) else {
        html.element("p class=\"hint\"", words.get("preview_empty"));
        return html.text;
    };
    let running = &plan.running;
    match running.change(&change, plan.today) {
        Ok(schedule) => {
            sides(&mut html, &as_it_is(running), &PlanSide::of(&schedule, &running.lines), plan.language, words);
            payments(&mut html, &left_of(&schedule, &running.lines), plan.language, words);
        }
        Err(refused) => {
            html.element("p", &refusal_words(words, refused.why, running.minimum, plan.language));
            if !refused.nearest.is_empty() {
                html.element("h3", words.get("nearest"));
                cards(&mut html, plan, words, refused.nearest.iter().map(|changed| (None, changed)));
            }
        }
    }
    html.text
}

/// Two plans side by side, as HTML.
pub fn plan_sides(now: &PlanSide, then: &PlanSide, language: Language, words: &Words) -> String {
    let mut html = Html::default();
    sides(&mut html, now, then, language, words);
    html.text
}

/// What is otherwise stands out, and not by colour.
pub(super) fn sides(html: &mut Html, now: &PlanSide, then: &PlanSide, language: Language, words: &Words) {
    let date = |day: Option<Date>| day.map_or_else(|| words.get("none").to_owned(), |day| format::date(day, language));
    let next = |side: &PlanSide| match side.next {
        Some((day, amount)) => {
            words.say("amount_on", &[("amount", &format::money(amount, language)), ("date", &format::date(day, language))])
        }
        None => words.get("none").to_owned(),
    };
    let total = |side: &PlanSide| format::money(side.total, language);
    html.open("table class=\"sides\"");
    html.element("caption", words.get("sides"));
    html.open("thead");
    html.open("tr");
    for heading in ["col_what", "col_now", "col_then"] {
        html.element("th scope=\"col\"", words.get(heading));
    }
    html.close("tr");
    html.close("thead");
    html.open("tbody");
    for (what, now, then) in [
        ("row_next", next(now), next(then)),
        ("row_left", now.payments.to_string(), then.payments.to_string()),
        ("row_last", date(now.last), date(then.last)),
        ("row_total", total(now), total(then)),
    ] {
        html.open("tr");
        html.element("th scope=\"row\"", words.get(what));
        html.element("td", &now);
        html.element(if now == then { "td" } else { "td class=\"is-new\"" }, &then);
        html.close("tr");
    }
    html.close("tbody");
    html.close("table");
}

/// Every payment that is still to be made, folded away.
pub(super) fn payments(html: &mut Html, payments: &[(Date, Money)], language: Language, words: &Words) {
    if payments.is_empty() {
        return;
    }
    html.open("details");
    html.element("summary", words.get("payments"));
    html.open("ul");
    for (day, amount) in payments {
        let amount = format::money(*amount, language);
        html.element("li", &words.say("amount_on", &[("amount", &amount), ("date", &format::long_date(*day, language))]));
    }
    html.close("ul");
    html.close("details");
}

/// Changes that are allowed, each one step from being checked: with a button that works as a form does.
pub(super) fn cards<'a>(
    html: &mut Html,
    plan: &Plan,
    words: &Words,
    changes: impl Iterator<Item = (Option<&'static str>, &'a Changed)>,
) {
    html.open("ul class=\"offers\"");
    for (title, changed) in changes {
        html.open("li class=\"offer\"");
        if let Some(title) = title {
            html.element("h3", words.get(title));
        }
        html.element("p", &change_line(words, changed, plan.language));
        html.element("p class=\"quiet\"", &ends(words, changed, plan.language));
        html.open_with("form method=\"post\"", "action", &plan.links.choose);
        hidden(html, "name=\"agreement\"", &plan.agreement_id);
        for (name, value) in change_fields(&changed.change) {
            let name = match name {
                "kind" => "name=\"kind\"",
                "number" => "name=\"number\"",
                "on" => "name=\"on\"",
                "frequency" => "name=\"frequency\"",
                "amount" => "name=\"amount\"",
                _ => "name=\"payments\"",
            };
            hidden(html, name, &value);
        }
        html.element("button type=\"submit\" class=\"button button-other\"", words.get("see"));
        html.close("form");
        html.close("li");
    }
    html.close("ul");
}

fn hidden(html: &mut Html, name: &'static str, value: &str) {
    html.text.push_str("<input type=\"hidden\" ");
    html.text.push_str(name);
    html.text.push_str(" value=\"");
    html.text(value);
    html.text.push_str("\">");
}

fn ends(words: &Words, changed: &Changed, language: Language) -> String {
    let last = changed.schedule.last_on().map(|day| format::date(day, language)).unwrap_or_default();
    words.say("ends", &[("last", &last), ("total", &format::money(changed.schedule.total, language))])
}

/// What a change comes to, in one line.
pub fn change_line(words: &Words, changed: &Changed, language: Language) -> String {
    let date = |day| format::long_date(day, language);
    let money = |amount| format::money(amount, language);
    let of = |number: u32| changed.schedule.instalments.iter().find(|one| one.number == number);
    match &changed.change {
        Change::Move { number, to } => {
            let amount = of(*number).map(|one| money(one.amount)).unwrap_or_default();
            words.say("line_move", &[("amount", &amount), ("date", &date(*to))])
        }
        Change::Skip { number } => {
            let (amount, day) = of(*number).map(|one| (money(one.amount), date(one.due_on))).unwrap_or_default();
            words.say("line_skip", &[("amount", &amount), ("date", &day)])
        }
        Change::Pause { until } => words.say("line_pause", &[("date", &date(*until))]),
        Change::Replan(choice) => {
            let each = choice.frequency.map(|frequency| words.get(frequency.code())).unwrap_or_default();
            let amount = match choice.size {
                Size::Amount(amount) => Some(amount),
                Size::Number(_) => {
                    let is_new = |day: Date| choice.first_on.is_none_or(|from| day >= from);
                    changed.schedule.instalments.iter().find(|one| is_new(one.due_on)).map(|one| one.amount)
                }
            };
            let (amount, first) = (amount.map(money).unwrap_or_default(), choice.first_on.map(date).unwrap_or_default());
            words.say("line_replan", &[("amount", &amount), ("each", each), ("date", &first)])
        }
    }
}

/// Why a change is not allowed.
pub fn refusal_words(words: &Words, why: ChangeRefusal, minimum: Money, language: Language) -> String {
    let latest = |name, day| words.say(name, &[("latest", &format::long_date(day, language))]);
    match why {
        ChangeRefusal::ChangedOften { most } => words.say("changed_often", &[("most", &most.to_string())]),
        ChangeRefusal::SkippedOften { most } => words.say("skipped_often", &[("most", &most.to_string())]),
        ChangeRefusal::TooFar { latest: day } => latest("too_far", day),
        ChangeRefusal::EndsTooLate { latest: day } => latest("ends_too_late", day),
        ChangeRefusal::Plan(ChoiceRefusal::BelowMinimum) => {
            words.say("below_minimum", &[("minimum", &format::money(minimum, language))])
        }
        ChangeRefusal::NotOffered => words.get("not_offered").to_owned(),
        ChangeRefusal::NoSuchPayment => words.get("error_number").to_owned(),
        ChangeRefusal::BeingCollected => words.get("being_collected").to_owned(),
        ChangeRefusal::PartlyPaid => words.get("partly_paid").to_owned(),
        ChangeRefusal::InThePast => words.get("in_the_past").to_owned(),
        ChangeRefusal::SameAsNow => words.get("same_as_now").to_owned(),
        ChangeRefusal::Plan(why) => words.get(plan_refusal(why)).to_owned(),
    }
}

fn plan_refusal(why: ChoiceRefusal) -> &'static str {
    match why {
        ChoiceRefusal::BelowMinimum => "below_minimum",
        ChoiceRefusal::TakesTooLong | ChoiceRefusal::TooManyInstalments => "takes_too_long",
        ChoiceRefusal::AboveTotal | ChoiceRefusal::TooFewInstalments => "too_few",
        ChoiceRefusal::LastInstalmentDoesNotFit => "last_does_not_fit",
        ChoiceRefusal::FirstDateInThePast => "in_the_past",
        ChoiceRefusal::FirstDateTooLate => "first_too_late",
        ChoiceRefusal::NotAnAmount
        | ChoiceRefusal::OtherFrequency
        | ChoiceRefusal::DaysOfMonthDoNotFit
        | ChoiceRefusal::DownPaymentNotOffered
        | ChoiceRefusal::DownPaymentRequired
        | ChoiceRefusal::DownPaymentBelowMinimum
        | ChoiceRefusal::DownPaymentTooLarge
        | ChoiceRefusal::Expired => "error_amount",
    }
}

/// The field that a refusal belongs to.
pub fn refused_field(kind: ChangeKind, why: ChangeRefusal) -> &'static str {
    match (kind, why) {
        (ChangeKind::Skip, _) | (_, ChangeRefusal::NoSuchPayment | ChangeRefusal::BeingCollected | ChangeRefusal::PartlyPaid) => {
            "number"
        }
        (
            ChangeKind::Replan,
            ChangeRefusal::Plan(
                ChoiceRefusal::FirstDateInThePast | ChoiceRefusal::FirstDateTooLate | ChoiceRefusal::DaysOfMonthDoNotFit,
            ),
        ) => "on",
        (ChangeKind::Replan, _) => "amount",
        (ChangeKind::Move | ChangeKind::Pause, _) => "on",
    }
}
