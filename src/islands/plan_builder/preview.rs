//! The plan as it would be: a sentence, what it costs, every payment; or the nearest plans that are possible.
//!
//! Written as HTML in a string, by the server into the page and by the browser into the same place: a tenth of the code that
//! views of the same elements are in the browser. Everything written goes through [`Html`], which escapes it.

use super::Terms;
use super::typed::Outcome;
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::offers::{Fitting, NotAllowed};
use crate::domain::schedule::Schedule;
use crate::islands::html::Html;
use crate::words::{locale, td_string};

/// What stands under "What this plan looks like".
pub fn preview(outcome: &Outcome, terms: &Terms) -> String {
    let mut html = Html::default();
    match outcome {
        Outcome::Untouched | Outcome::Problems(_) => {
            html.element("p class=\"hint\"", td_string!(locale(terms.language), plan.preview_empty));
        }
        Outcome::Fits { fitting, .. } => plan(&mut html, &fitting.schedule, terms.language),
        Outcome::NotAllowed { refusal, .. } => nearest(&mut html, refusal, terms),
    }
    html.text
}

/// What those who hear the page are told when the plan has been redrawn: what came of it, or what to put right first.
pub fn status(outcome: &Outcome, problems: &[(&'static str, String)], language: Language) -> String {
    match outcome {
        Outcome::Fits { fitting, .. } => {
            let schedule = &fitting.schedule;
            format!("{}. {}", summary(schedule, language), total(schedule, language))
        }
        Outcome::Untouched | Outcome::Problems(_) | Outcome::NotAllowed { .. } => {
            problems.first().map(|(_, text)| text.clone()).unwrap_or_default()
        }
    }
}

/// `4 payments of $25.00`, `7 payments: $14.00 each, the last one $16.00`.
pub fn summary(schedule: &Schedule, language: Language) -> String {
    let words = locale(language);
    let money = |amount: Option<Money>| amount.map(|amount| format::money(amount, language)).unwrap_or_default();
    let last = schedule.instalments.last().map(|instalment| instalment.amount);
    let (count, each) = (regular(schedule), money(schedule.each()));
    let rest = if last == schedule.each() {
        td_string!(words, plan.summary_even, count = count, each = each)
    } else {
        td_string!(words, plan.summary_last, count = count, each = each, last = money(last))
    };
    match schedule.down_payment {
        Some(down) => td_string!(words, plan.summary_down, down = format::money(down, language), rest = rest),
        None => rest,
    }
}

/// How many instalments there are beside a down payment.
fn regular(schedule: &Schedule) -> String {
    (schedule.instalments.len() - usize::from(schedule.down_payment.is_some())).to_string()
}

fn until(schedule: &Schedule, language: Language) -> String {
    schedule.last_on().map(|day| format::date(day, language)).unwrap_or_default()
}

fn total(schedule: &Schedule, language: Language) -> String {
    let total = format::money(schedule.total, language);
    td_string!(locale(language), plan.total, total = total, date = until(schedule, language))
}

fn plan(html: &mut Html, schedule: &Schedule, language: Language) {
    let words = locale(language);
    html.element("p class=\"plan-summary\"", &summary(schedule, language));
    html.element("p", &total(schedule, language));
    if schedule.interest.is_zero() {
        html.element("p", td_string!(words, plan.interest_frozen));
    } else {
        let interest = format::money(schedule.interest, language);
        html.element("p", &td_string!(words, plan.interest_added, interest = interest));
    }
    html.open("table class=\"plan-table\"");
    html.element("caption", td_string!(words, plan.table_caption));
    html.open("thead");
    html.open("tr");
    html.element("th scope=\"col\"", td_string!(words, plan.table_due));
    html.element("th scope=\"col\" class=\"amount\"", td_string!(words, plan.table_amount));
    html.close("tr");
    html.close("thead");
    html.open("tbody");
    for instalment in &schedule.instalments {
        html.open("tr");
        html.element("td", &format::long_date(instalment.due_on, language));
        html.element("td class=\"amount\"", &format::money(instalment.amount, language));
        html.close("tr");
    }
    html.close("tbody");
    html.close("table");
}

fn nearest(html: &mut Html, refusal: &NotAllowed, terms: &Terms) {
    let words = locale(terms.language);
    let mut fittings = [&refusal.below, &refusal.above].into_iter().flatten().peekable();
    let has_nearest = fittings.peek().is_some();
    if has_nearest {
        html.element("p", td_string!(words, plan.nearest_title));
        html.open("ul class=\"nearest\"");
        for fitting in fittings {
            nearest_one(html, fitting, terms.language);
        }
        html.close("ul");
    }
    html.open("p");
    html.text(match has_nearest {
        true => td_string!(words, plan.ask_for_more),
        false => td_string!(words, plan.none_possible),
    });
    html.text(" ");
    html.open_with("a", "href", &terms.ask_href);
    html.text(td_string!(words, plan.ask_link));
    html.close("a");
    html.close("p");
}

/// Without script the button sends the form with this amount in place of the typed one.
fn nearest_one(html: &mut Html, fitting: &Fitting, language: Language) {
    let words = locale(language);
    let schedule = &fitting.schedule;
    let Some(each) = schedule.each() else { return };
    let (shown, count) = (format::money(each, language), regular(schedule));
    html.open("li");
    html.text(&td_string!(words, plan.nearest, each = shown.clone(), count = count, date = until(schedule, language)));
    html.text(" ");
    html.open_with("button type=\"submit\" class=\"button-quiet\" name=\"use_amount\"", "value", &each.to_decimal_string());
    html.text(&td_string!(words, plan.use_nearest, each = shown));
    html.close("button");
    html.close("li");
}
