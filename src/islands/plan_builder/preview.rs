//! The plan as it would be: a sentence, what it costs, every payment; or the nearest plans that are possible.

use super::typed::Outcome;
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::offers::{Fitting, NotAllowed};
use crate::domain::schedule::Schedule;
use crate::words::{locale, td_string};
use leptos::prelude::*;

/// `use_amount` is called with an amount the reader takes over from a proposal.
pub(super) fn preview(outcome: &Outcome, language: Language, ask_href: &str, use_amount: Callback<Money>) -> AnyView {
    match outcome {
        Outcome::Untouched | Outcome::Problems(_) => {
            view! { <p class="hint">{td_string!(locale(language), plan.preview_empty)}</p> }.into_any()
        }
        Outcome::Fits { fitting, .. } => plan(&fitting.schedule, language),
        Outcome::NotAllowed { refusal, .. } => nearest(refusal, language, ask_href, use_amount),
    }
}

/// `4 payments of $25.00`, `7 payments: $14.00 each, the last one $16.00`.
pub fn summary(schedule: &Schedule, language: Language) -> String {
    let words = locale(language);
    let money = |amount: Option<Money>| amount.map(|amount| format::money(amount, language)).unwrap_or_default();
    let regular = schedule.instalments.len() - usize::from(schedule.down_payment.is_some());
    let last = schedule.instalments.last().map(|instalment| instalment.amount);
    let (count, each) = (regular.to_string(), money(schedule.each()));
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

fn plan(schedule: &Schedule, language: Language) -> AnyView {
    let words = locale(language);
    let until = schedule.last_on().map(|day| format::date(day, language)).unwrap_or_default();
    let total = td_string!(words, plan.total, total = format::money(schedule.total, language), date = until);
    let interest = if schedule.interest.is_zero() {
        td_string!(words, plan.interest_frozen).to_owned()
    } else {
        td_string!(words, plan.interest_added, interest = format::money(schedule.interest, language))
    };
    let rows: Vec<_> = schedule
        .instalments
        .iter()
        .map(|instalment| {
            view! {
                <tr>
                    <td>{format::long_date(instalment.due_on, language)}</td>
                    <td class="amount">{format::money(instalment.amount, language)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <p class="plan-summary">{summary(schedule, language)}</p>
        <p>{total}</p>
        <p>{interest}</p>
        <table class="plan-table">
            <caption>{td_string!(words, plan.table_caption)}</caption>
            <thead>
                <tr>
                    <th scope="col">{td_string!(words, plan.table_due)}</th>
                    <th scope="col" class="amount">{td_string!(words, plan.table_amount)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn nearest(refusal: &NotAllowed, language: Language, ask_href: &str, use_amount: Callback<Money>) -> AnyView {
    let words = locale(language);
    let fittings: Vec<_> = [&refusal.below, &refusal.above]
        .into_iter()
        .flatten()
        .map(|fitting| nearest_one(fitting, language, use_amount))
        .collect();
    let title = (!fittings.is_empty()).then(|| view! { <p>{td_string!(words, plan.nearest_title)}</p> });
    view! {
        {title}
        <ul class="nearest">{fittings}</ul>
        <p>
            {td_string!(words, plan.ask_for_more)} " "
            <a href=ask_href.to_owned()>{td_string!(words, plan.ask_link)}</a>
        </p>
    }
    .into_any()
}

/// Without script the button sends the form with this amount in place of the typed one.
fn nearest_one(fitting: &Fitting, language: Language, use_amount: Callback<Money>) -> AnyView {
    let words = locale(language);
    let schedule = &fitting.schedule;
    let Some(each) = schedule.each() else {
        return ().into_any();
    };
    let until = schedule.last_on().map(|day| format::date(day, language)).unwrap_or_default();
    let count = (schedule.instalments.len() - usize::from(schedule.down_payment.is_some())).to_string();
    let shown = format::money(each, language);
    let text = td_string!(words, plan.nearest, each = shown.clone(), count = count, date = until);
    view! {
        <li>
            {text} " "
            <button
                type="submit"
                class="button-quiet"
                name="use_amount"
                value=each.to_decimal_string()
                on:click=move |event| {
                    event.prevent_default();
                    use_amount.run(each);
                }
            >
                {td_string!(words, plan.use_nearest, each = shown)}
            </button>
        </li>
    }
    .into_any()
}
