//! A change of an agreement in words, and as the fields of a form that chooses it.

use super::agreement_terms::frequency_words;
use super::frame::{language, words};
use crate::domain::changing::{Change, Changed};
use crate::domain::format;
use crate::domain::schedule::Size;
use crate::words::td_string;

/// What a form posts for a change.
pub fn change_fields(change: &Change) -> Vec<(&'static str, String)> {
    let kind = ("kind", change.kind().code().to_owned());
    match change {
        Change::Move { number, to } => vec![kind, ("number", number.to_string()), ("on", to.to_string())],
        Change::Skip { number } => vec![kind, ("number", number.to_string())],
        Change::Pause { until } => vec![kind, ("on", until.to_string())],
        Change::Replan(choice) => {
            let size = match choice.size {
                Size::Amount(amount) => ("amount", amount.to_decimal_string()),
                Size::Number(number) => ("payments", number.to_string()),
            };
            let frequency = choice.frequency.map(|frequency| ("frequency", frequency.code().to_owned()));
            let first_on = choice.first_on.map(|day| ("on", day.to_string()));
            [Some(kind), Some(size), frequency, first_on].into_iter().flatten().collect()
        }
    }
}

/// What a change comes to, in one line.
pub fn change_line(changed: &Changed) -> String {
    let date = |day| format::long_date(day, language());
    let of = |number: u32| changed.schedule.instalments.iter().find(|one| one.number == number);
    match &changed.change {
        Change::Move { number, to } => {
            let amount = of(*number).map(|one| format::money(one.amount, language())).unwrap_or_default();
            td_string!(words(), change.line_move, amount = amount, date = date(*to))
        }
        Change::Skip { number } => {
            let day = of(*number).map(|one| date(one.due_on)).unwrap_or_default();
            let amount = of(*number).map(|one| format::money(one.amount, language())).unwrap_or_default();
            td_string!(words(), change.line_skip, amount = amount, date = day)
        }
        Change::Pause { until } => td_string!(words(), change.line_pause, date = date(*until)),
        Change::Replan(choice) => {
            let each = choice.frequency.map(frequency_words).unwrap_or_default().to_lowercase();
            let first = choice.first_on.map(date).unwrap_or_default();
            let amount = match choice.size {
                Size::Amount(amount) => format::money(amount, language()),
                Size::Number(_) => {
                    let from = choice.first_on;
                    let next = changed.schedule.instalments.iter().find(|one| from.is_none_or(|from| one.due_on >= from));
                    next.map(|one| format::money(one.amount, language())).unwrap_or_default()
                }
            };
            td_string!(words(), change.line_replan, amount = amount, each = each, date = first)
        }
    }
}
