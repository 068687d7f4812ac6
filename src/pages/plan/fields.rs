//! The fields of the plan builder as the server renders them: a plain form, whole without script. The island finds them by
//! their ids; what only script can serve (the slider) is hidden until it has arrived.

use crate::components::form::{Choice, FieldWidth, NamedSelect};
use crate::components::frame::{language, words};
use crate::domain::calendar::{Frequency, days_after};
use crate::domain::format;
use crate::domain::policy::DownPaymentRule;
use crate::islands::plan_builder::{SLIDER_STOPS, Terms, TypedPlan, frequency_words, latest_first, plan_limits};
use crate::words::td_string;
use leptos::prelude::*;

/// What is wrong with each field, in words.
pub type FieldProblems = Vec<(&'static str, String)>;

#[component]
pub fn PlanFields(terms: Terms, typed: TypedPlan, problems: FieldProblems) -> impl IntoView {
    let by_field = move |field: &'static str| problems.iter().find(|(wrong, _)| *wrong == field).map(|(_, text)| text.clone());
    view! {
        <div class="plan-fields">
            {frequency(&terms, &typed, by_field("frequency"))}
            {amount(&terms, &typed, by_field("amount"))}
            {first_on(&terms, &typed, by_field("first_on"))}
            {payday(&typed, by_field("payday_next"))}
            {days_of_month(&typed, by_field("day"))}
            {down_payment(&terms, &typed, by_field("down_payment"))}
            <button type="submit" id="show-plan" class="button button-other" name="intent" value="show">
                {td_string!(words(), plan.show)}
            </button>
        </div>
    }
}

fn frequency(terms: &Terms, typed: &TypedPlan, problem: Option<String>) -> AnyView {
    let choices: Vec<_> = terms
        .offers
        .iter()
        .filter_map(|offer| offer.frequency)
        .map(|frequency| {
            let id = format!("frequency-{}", frequency.code());
            let checked = typed.frequency == frequency.code();
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name="frequency" value=frequency.code() checked=checked/>
                    <label for=id>{frequency_words(frequency, language())}</label>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="field" id="frequency" tabindex="-1" aria-describedby="frequency-error">
            <legend>{td_string!(words(), plan.frequency_legend)}</legend>
            {error("frequency", problem)}
            <div class="choices">{choices}</div>
        </fieldset>
    }
    .into_any()
}

fn amount(terms: &Terms, typed: &TypedPlan, problem: Option<String>) -> AnyView {
    let money = |amount| format::money(amount, language());
    let hint =
        terms.range(typed).map(|(least, most)| td_string!(words(), plan.amount_hint, least = money(least), most = money(most)));
    view! {
        <div class="field">
            <label for="amount">{td_string!(words(), plan.amount_label)}</label>
            <p class="hint" id="amount-hint">{hint}</p>
            {money_input(terms, "amount", typed.amount.clone(), problem)}
            <input
                type="range"
                class="slider"
                id="amount-slider"
                min="0"
                max=SLIDER_STOPS.to_string()
                value="0"
                aria-label=td_string!(words(), plan.slider_label)
                autocomplete="off"
                hidden
            />
        </div>
    }
    .into_any()
}

fn first_on(terms: &Terms, typed: &TypedPlan, problem: Option<String>) -> AnyView {
    let limits = terms.offers.iter().filter_map(plan_limits);
    let latest = limits.map(|limits| latest_first(limits, terms.today)).max().unwrap_or_else(|| days_after(terms.today, 0));
    let hint = td_string!(words(), plan.first_on_hint, latest = format::date(latest, language()));
    let invalid = problem.is_some().then_some("true");
    view! {
        <div class="field">
            <label for="first_on">{td_string!(words(), plan.first_on_label)}</label>
            <p class="hint" id="first_on-hint">{hint}</p>
            {error("first_on", problem)}
            <input
                type="date"
                class="short"
                id="first_on"
                name="first_on"
                min=terms.today.to_string()
                max=latest.to_string()
                value=typed.first_on.clone()
                aria-describedby="first_on-hint first_on-error"
                aria-invalid=invalid
            />
        </div>
    }
    .into_any()
}

fn payday(typed: &TypedPlan, problem: Option<String>) -> AnyView {
    let rhythms = std::iter::once(Choice::new("", td_string!(words(), plan.payday_none)))
        .chain(Frequency::ALL.map(|rhythm| Choice::new(rhythm.code(), frequency_words(rhythm, language()))))
        .collect();
    let invalid = problem.is_some().then_some("true");
    view! {
        <fieldset class="field">
            <legend>{td_string!(words(), plan.payday_legend)}</legend>
            <p class="hint" id="payday_next-hint">{td_string!(words(), plan.payday_hint)}</p>
            {error("payday_next", problem)}
            <label for="payday_next">{td_string!(words(), plan.payday_next_label)}</label>
            <input
                type="date"
                class="short"
                id="payday_next"
                name="payday_next"
                value=typed.payday_next.clone()
                aria-describedby="payday_next-hint payday_next-error"
                aria-invalid=invalid
            />
            <NamedSelect
                name="payday_rhythm"
                label=td_string!(words(), plan.payday_rhythm_label)
                choices=rhythms
                chosen=typed.payday_rhythm.clone()
                width=FieldWidth::Short
            />
        </fieldset>
    }
    .into_any()
}

/// Of use to plans by the month; the island hides it for others.
fn days_of_month(typed: &TypedPlan, problem: Option<String>) -> AnyView {
    let days = || -> Vec<Choice> {
        let any = Choice::new("", td_string!(words(), plan.day_any));
        let last = Choice::new("last", td_string!(words(), plan.day_last));
        let numbered = (1..=31).map(|day: u8| Choice::new(day.to_string(), day.to_string()));
        std::iter::once(any).chain(numbered).chain(std::iter::once(last)).collect()
    };
    view! {
        <fieldset class="field" id="days-of-month" aria-describedby="day-error">
            <legend>{td_string!(words(), plan.days_legend)}</legend>
            <p class="hint">{td_string!(words(), plan.days_hint)}</p>
            {error("day", problem)}
            <NamedSelect
                name="day"
                label=td_string!(words(), plan.day_label)
                choices=days()
                chosen=typed.day.clone()
                width=FieldWidth::Short
            />
            <div id="second-day">
                <NamedSelect
                    name="second_day"
                    label=td_string!(words(), plan.second_day_label)
                    choices=days()
                    chosen=typed.second_day.clone()
                    width=FieldWidth::Short
                />
            </div>
        </fieldset>
    }
    .into_any()
}

/// Nothing where no plan begins with one.
fn down_payment(terms: &Terms, typed: &TypedPlan, problem: Option<String>) -> Option<AnyView> {
    let rule = terms.offers.first().and_then(plan_limits)?.down_payment;
    let money = |amount| format::money(amount, language());
    let hint = match rule {
        DownPaymentRule::NotOffered => return None,
        DownPaymentRule::Optional { minimum } => td_string!(words(), plan.down_payment_optional, least = money(minimum)),
        DownPaymentRule::Required { minimum } => td_string!(words(), plan.down_payment_required, least = money(minimum)),
    };
    let view = view! {
        <div class="field">
            <label for="down_payment">{td_string!(words(), plan.down_payment_label)}</label>
            <p class="hint" id="down_payment-hint">{hint}</p>
            {money_input(terms, "down_payment", typed.down_payment.clone(), problem)}
        </div>
    };
    Some(view.into_any())
}

/// An amount to type: what is wrong with it, its symbol and the input.
fn money_input(terms: &Terms, name: &'static str, value: String, problem: Option<String>) -> AnyView {
    let symbol = terms.offers.first().map(|offer| offer.total.currency().symbol().trim());
    let invalid = problem.is_some().then_some("true");
    view! {
        {error(name, problem)}
        <div class="money-field">
            <span class="money-symbol" aria-hidden="true">{symbol}</span>
            <input
                type="text"
                class="short"
                inputmode="decimal"
                autocomplete="off"
                maxlength="20"
                id=name
                name=name
                value=value
                aria-describedby=format!("{name}-hint {name}-error")
                aria-invalid=invalid
            />
        </div>
    }
    .into_any()
}

/// Always there, so that the island can say what is wrong as soon as it is, and take it back when it is put right.
fn error(field: &'static str, problem: Option<String>) -> impl IntoView {
    let hidden = problem.is_none();
    view! { <p class="field-error" id=format!("{field}-error") hidden=hidden>{problem}</p> }
}
