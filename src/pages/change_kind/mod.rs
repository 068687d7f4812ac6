//! The details of one kind of change. What the policy does not allow comes back with why, and the nearest that it does.

pub mod actions;
mod fields;
mod load;

use crate::components::agreement_terms::frequency_words;
use crate::components::change_words::{change_fields, change_line};
use crate::components::form::{
    Button, ButtonKind, Choice, DateFields, ErrorSummary, HiddenField, MoneyField, Problems, Radios, Select, TypedDate,
};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::calendar::{Date, Frequency};
use crate::domain::changing::{ChangeKind, ChangeRefusal, Changed};
use crate::domain::contact::Topic;
use crate::domain::format;
use crate::domain::money::Money;
use crate::domain::offers::ChoiceRefusal;
use crate::paths;
use crate::words::td_string;
use fields::ChangeFields;
use leptos::prelude::*;

/// The name of this screen in a flash.
const SCREEN: &str = "change";

/// What the screen shows.
pub struct KindView {
    pub kind: ChangeKind,
    pub agreement_id: String,
    pub account_id: String,
    /// Number, day and what is open of each payment that can be changed.
    pub open: Vec<(u32, Date, Money)>,
    /// The last day that can be chosen, where the kind has one for all payments.
    pub latest: Option<Date>,
    pub move_days: u16,
    pub frequency: Option<Frequency>,
    pub each: Money,
    pub minimum: Money,
    pub typed: ChangeFields,
    /// The field that says nothing, with the code of the words for it.
    pub unreadable: Option<(String, String)>,
    pub refused: Option<(ChangeRefusal, Vec<Changed>)>,
}

#[component]
pub fn ChangeKindPage() -> impl IntoView {
    loaded(load::load(param("agreement"), param("kind")), |view| view.map(show))
}

fn show(view: KindView) -> impl IntoView {
    let title = match view.kind {
        ChangeKind::Move => td_string!(words(), change.move_title),
        ChangeKind::Skip => td_string!(words(), change.skip_title),
        ChangeKind::Pause => td_string!(words(), change.pause_title),
        ChangeKind::Replan => td_string!(words(), change.replan_title),
    };
    let errors: Vec<(String, String)> = match (&view.unreadable, &view.refused) {
        (Some(error), _) => vec![error.clone()],
        (None, Some((why, _))) => vec![(field_of(view.kind, *why).to_owned(), "refused".to_owned())],
        (None, None) => Vec::new(),
    };
    let problems = Problems::from_codes(&errors, |_, code| match (&view.refused, code) {
        (Some((why, _)), "refused") => refusal_words(*why, &view),
        (_, code) => unreadable_words(code).to_owned(),
    });
    let nearest =
        view.refused.as_ref().filter(|(_, nearest)| !nearest.is_empty()).map(|(_, nearest)| nearest_ways(&view, nearest));
    let person = view.refused.as_ref().map(|_| person(&view.account_id));
    let form = match view.kind {
        ChangeKind::Move => move_form(&view, &problems).into_any(),
        ChangeKind::Skip => skip_form(&view, &problems).into_any(),
        ChangeKind::Pause => pause_form(&view, &problems).into_any(),
        ChangeKind::Replan => replan_form(&view, &problems).into_any(),
    };
    view! {
        <Page title=title back=paths::change(&view.agreement_id) lead=td_string!(words(), change.lead)>
            <ErrorSummary problems=problems.clone()/>
            {nearest}
            {person}
            <form method="post" action=paths::CHOOSE_CHANGE_ACTION>
                <HiddenField name="agreement" value=view.agreement_id.clone()/>
                <HiddenField name="kind" value=view.kind.code()/>
                {form}
                <Button label=td_string!(words(), change.see)/>
            </form>
        </Page>
    }
}

fn typed_day(typed: &ChangeFields) -> TypedDate {
    TypedDate { day: typed.on_day.clone(), month: typed.on_month.clone(), year: typed.on_year.clone() }
}

fn payments(view: &KindView) -> Vec<Choice> {
    view.open
        .iter()
        .map(|(number, due_on, amount)| {
            let (date, amount) = (format::long_date(*due_on, language()), format::money(*amount, language()));
            Choice::new(number.to_string(), td_string!(words(), change.payment_of, amount = amount, date = date))
        })
        .collect()
}

fn move_form(view: &KindView, problems: &Problems) -> impl IntoView + use<> {
    let days = view.move_days.to_string();
    view! {
        <Select
            name="number"
            label=td_string!(words(), change.which)
            choices=payments(view)
            chosen=view.typed.number.clone()
            error=problems.of("number")
        />
        <DateFields
            name="on"
            legend=td_string!(words(), change.to_day)
            hint=td_string!(words(), change.to_day_hint, days = days)
            error=problems.of("on")
            value=typed_day(&view.typed)
        />
    }
}

fn skip_form(view: &KindView, problems: &Problems) -> impl IntoView + use<> {
    view! {
        <Select
            name="number"
            label=td_string!(words(), change.which_skip)
            choices=payments(view)
            chosen=view.typed.number.clone()
            hint=td_string!(words(), change.skip_hint)
            error=problems.of("number")
        />
    }
}

fn pause_form(view: &KindView, problems: &Problems) -> impl IntoView + use<> {
    let latest = view.latest.map(|day| format::long_date(day, language())).unwrap_or_default();
    view! {
        <DateFields
            name="on"
            legend=td_string!(words(), change.until)
            hint=td_string!(words(), change.until_hint, latest = latest)
            error=problems.of("on")
            value=typed_day(&view.typed)
        />
    }
}

fn replan_form(view: &KindView, problems: &Problems) -> impl IntoView + use<> {
    let choices = Frequency::ALL.into_iter().map(|frequency| Choice::new(frequency.code(), frequency_words(frequency))).collect();
    let chosen = if view.typed.frequency.is_empty() {
        view.frequency.map(Frequency::code).unwrap_or_default().to_owned()
    } else {
        view.typed.frequency.clone()
    };
    let amount = if view.typed.amount.is_empty() { view.each.to_decimal_string() } else { view.typed.amount.clone() };
    let minimum = format::money(view.minimum, language());
    view! {
        <Radios name="frequency" legend=td_string!(words(), change.how_often) choices chosen=chosen error=problems.of("frequency")/>
        <MoneyField
            name="amount"
            label=td_string!(words(), change.each)
            currency=view.each.currency()
            hint=td_string!(words(), change.each_hint, minimum = minimum)
            error=problems.of("amount")
            value=amount
        />
        <DateFields
            name="on"
            legend=td_string!(words(), change.first_on)
            hint=td_string!(words(), change.first_on_hint)
            error=problems.of("on")
            value=typed_day(&view.typed)
        />
    }
}

/// The nearest changes that are allowed, each one step from being checked.
fn nearest_ways(view: &KindView, nearest: &[Changed]) -> impl IntoView + use<> {
    let ways: Vec<_> = nearest
        .iter()
        .map(|changed| {
            let line = change_line(changed);
            let last = changed.schedule.last_on().map(|day| format::date(day, language())).unwrap_or_default();
            let total = format::money(changed.schedule.total, language());
            let fields: Vec<_> = change_fields(&changed.change)
                .into_iter()
                .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
                .collect();
            view! {
                <li class="offer">
                    <p>{line}</p>
                    <p class="quiet">{td_string!(words(), change.ends, last = last, total = total)}</p>
                    <form method="post" action=paths::CHOOSE_CHANGE_ACTION>
                        <input type="hidden" name="agreement" value=view.agreement_id.clone()/>
                        {fields}
                        <Button label=td_string!(words(), change.see) kind=ButtonKind::Other/>
                    </form>
                </li>
            }
        })
        .collect();
    view! {
        <section aria-labelledby="nearest">
            <h2 id="nearest">{td_string!(words(), change.nearest)}</h2>
            <ul class="offers">{ways}</ul>
        </section>
    }
}

fn person(account_id: &str) -> impl IntoView + use<> {
    let days = frame().reach.answer_working_days.to_string();
    let href = paths::message(account_id, Topic::Changed);
    view! {
        <Notice kind=NoticeKind::Plain>
            <p>{td_string!(words(), change.person_text, days = days)}</p>
            <p><a href=href>{td_string!(words(), change.person_go)}</a></p>
        </Notice>
    }
}

/// The field that an error belongs to.
fn field_of(kind: ChangeKind, why: ChangeRefusal) -> &'static str {
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

fn refusal_words(why: ChangeRefusal, view: &KindView) -> String {
    let date = |day| format::long_date(day, language());
    match why {
        ChangeRefusal::NotOffered => td_string!(words(), change.not_offered).to_owned(),
        ChangeRefusal::ChangedOften { most } => td_string!(words(), change.changed_often, most = most.to_string()),
        ChangeRefusal::SkippedOften { most } => td_string!(words(), change.skipped_often, most = most.to_string()),
        ChangeRefusal::NoSuchPayment => td_string!(words(), change.error_number).to_owned(),
        ChangeRefusal::BeingCollected => td_string!(words(), change.being_collected).to_owned(),
        ChangeRefusal::PartlyPaid => td_string!(words(), change.partly_paid).to_owned(),
        ChangeRefusal::InThePast => td_string!(words(), change.in_the_past).to_owned(),
        ChangeRefusal::TooFar { latest } => td_string!(words(), change.too_far, latest = date(latest)),
        ChangeRefusal::EndsTooLate { latest } => td_string!(words(), change.ends_too_late, latest = date(latest)),
        ChangeRefusal::SameAsNow => td_string!(words(), change.same_as_now).to_owned(),
        ChangeRefusal::Plan(why) => match why {
            ChoiceRefusal::BelowMinimum => {
                td_string!(words(), change.below_minimum, minimum = format::money(view.minimum, language()))
            }
            ChoiceRefusal::TakesTooLong | ChoiceRefusal::TooManyInstalments => {
                td_string!(words(), change.takes_too_long).to_owned()
            }
            ChoiceRefusal::AboveTotal | ChoiceRefusal::TooFewInstalments => td_string!(words(), change.too_few).to_owned(),
            ChoiceRefusal::LastInstalmentDoesNotFit => td_string!(words(), change.last_does_not_fit).to_owned(),
            ChoiceRefusal::FirstDateInThePast => td_string!(words(), change.in_the_past).to_owned(),
            ChoiceRefusal::FirstDateTooLate => td_string!(words(), change.first_too_late).to_owned(),
            ChoiceRefusal::NotAnAmount
            | ChoiceRefusal::OtherFrequency
            | ChoiceRefusal::DaysOfMonthDoNotFit
            | ChoiceRefusal::DownPaymentNotOffered
            | ChoiceRefusal::DownPaymentRequired
            | ChoiceRefusal::DownPaymentBelowMinimum
            | ChoiceRefusal::DownPaymentTooLarge
            | ChoiceRefusal::Expired => td_string!(words(), change.error_amount).to_owned(),
        },
    }
}

fn unreadable_words(code: &str) -> &'static str {
    match code {
        "date" => td_string!(words(), change.error_date),
        "amount" => td_string!(words(), change.error_amount),
        "frequency" => td_string!(words(), change.error_frequency),
        _ => td_string!(words(), change.error_number),
    }
}
