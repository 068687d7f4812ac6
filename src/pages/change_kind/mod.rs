//! The details of one kind of change. What the policy does not allow comes back with why, and the nearest that it does.

pub mod actions;
mod load;

use crate::components::agreement_terms::frequency_words;
use crate::components::change_words::change_words;
use crate::components::form::{
    Button, Choice, DateFields, ErrorSummary, HiddenField, MoneyField, Problem, Problems, Radios, Select, TypedDate,
};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::scripts::PlanScript;
use crate::domain::calendar::{Date, Frequency};
use crate::domain::changing::ChangeKind;
use crate::domain::contact::Topic;
use crate::domain::format;
use crate::domain::money::Money;
use crate::islands::plan_change::{Plan, TypedChange, change_preview, refusal_words, refused_field};
use crate::paths;
use crate::words::td_string;
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
    pub typed: TypedChange,
    /// The field that says nothing, with the code of the words for it.
    pub unreadable: Option<(String, String)>,
    /// What was typed could be read, and was not allowed.
    pub refused_before: bool,
    pub plan: Plan,
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
    let words_of_change = change_words();
    // What was refused is refused again here, with the nearest that is allowed now.
    let typed = view.refused_before.then(|| view.typed.read(view.plan.currency()).ok()).flatten();
    let refused = typed.and_then(|change| view.plan.running.change(&change, view.plan.today).err());
    let problem = match (&view.unreadable, &refused) {
        (Some((field, code)), _) => Some(Problem { field: field.clone(), text: unreadable_words(code).to_owned() }),
        (None, Some(refused)) => Some(Problem {
            field: refused_field(view.kind, refused.why).to_owned(),
            text: refusal_words(&words_of_change, refused.why, view.plan.running.minimum, language()),
        }),
        (None, None) => None,
    };
    let problems = Problems::from(Vec::from_iter(problem));
    let person = refused.as_ref().map(|_| person(&view.account_id));
    let drawn =
        change_preview(&view.plan, &words_of_change, &TypedChange { kind: view.kind.code().to_owned(), ..view.typed.clone() });
    // Without script there is something to see here once a change was refused: why, and the nearest that is allowed.
    let has_nothing_to_show = refused.is_none();
    let form = match view.kind {
        ChangeKind::Move => move_form(&view, &problems).into_any(),
        ChangeKind::Skip => skip_form(&view, &problems).into_any(),
        ChangeKind::Pause => pause_form(&view, &problems).into_any(),
        ChangeKind::Replan => replan_form(&view, &problems).into_any(),
    };
    view! {
        <Page title=title back=paths::change(&view.agreement_id) lead=td_string!(words(), change.lead)>
            <ErrorSummary problems=problems.clone()/>
            {person}
            <div data-live>
                <form method="post" action=paths::CHOOSE_CHANGE_ACTION>
                    <HiddenField name="agreement" value=view.agreement_id.clone()/>
                    <HiddenField name="kind" value=view.kind.code()/>
                    {form}
                    <Button label=td_string!(words(), change.see)/>
                </form>
                <section aria-labelledby="preview" data-script="with" hidden=has_nothing_to_show>
                    <h2 id="preview">{td_string!(words(), what_if.preview)}</h2>
                    <p class="unseen" role="status"></p>
                    <div data-plan=view.plan.to_attribute() data-words=words_of_change.to_attribute() inner_html=drawn></div>
                </section>
            </div>
        </Page>
        <PlanScript/>
    }
}

fn typed_day(typed: &TypedChange) -> TypedDate {
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

fn unreadable_words(code: &str) -> &'static str {
    match code {
        "date" => td_string!(words(), change.error_date),
        "amount" => td_string!(words(), change.error_amount),
        "frequency" => td_string!(words(), change.error_frequency),
        _ => td_string!(words(), change.error_number),
    }
}
