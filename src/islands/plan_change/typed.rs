//! The forms as they are filled in, and what they say: read the same way in the browser while people try and on the server.

use crate::domain::calendar::{Date, Frequency, parse_iso};
use crate::domain::changing::{Change, ChangeKind};
use crate::domain::money::{Currency, Money};
use crate::domain::offers::PlanChoice;
use crate::domain::schedule::Size;
use crate::domain::typed;
use crate::domain::what_if::{WhatIf, WhatIfKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Every field of every kind; each form has those of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedChange {
    pub kind: String,
    pub number: String,
    /// A day as one value, where a button chooses it; else as three that were typed.
    pub on: String,
    pub on_day: String,
    pub on_month: String,
    pub on_year: String,
    pub frequency: String,
    pub amount: String,
    /// In place of an amount: so many payments.
    pub payments: String,
}

impl TypedChange {
    pub fn kind(&self) -> Option<ChangeKind> {
        ChangeKind::from_code(&self.kind)
    }

    pub fn to_values(&self) -> BTreeMap<String, String> {
        let fields = [
            ("kind", &self.kind),
            ("number", &self.number),
            ("on", &self.on),
            ("on_day", &self.on_day),
            ("on_month", &self.on_month),
            ("on_year", &self.on_year),
            ("frequency", &self.frequency),
            ("amount", &self.amount),
            ("payments", &self.payments),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    pub fn from_values(values: &BTreeMap<String, String>) -> TypedChange {
        let field = |name: &str| values.get(name).cloned().unwrap_or_default();
        TypedChange {
            kind: field("kind"),
            number: field("number"),
            on: field("on"),
            on_day: field("on_day"),
            on_month: field("on_month"),
            on_year: field("on_year"),
            frequency: field("frequency"),
            amount: field("amount"),
            payments: field("payments"),
        }
    }

    fn day(&self) -> Option<Date> {
        parse_iso(&self.on).or_else(|| typed::date(&self.on_day, &self.on_month, &self.on_year))
    }

    /// The change, or the field that says none with the code of the words for it.
    pub fn read(&self, currency: Currency) -> Result<Change, (&'static str, &'static str)> {
        let number = || self.number.parse().map_err(|_| ("number", "number"));
        let day = || self.day().ok_or(("on", "date"));
        match self.kind().ok_or(("kind", "kind"))? {
            ChangeKind::Move => Ok(Change::Move { number: number()?, to: day()? }),
            ChangeKind::Skip => Ok(Change::Skip { number: number()? }),
            ChangeKind::Pause => Ok(Change::Pause { until: day()? }),
            ChangeKind::Replan => {
                let frequency = Frequency::from_code(&self.frequency).ok_or(("frequency", "frequency"))?;
                let size = match self.payments.parse() {
                    Ok(number) if self.amount.is_empty() => Size::Number(number),
                    _ => Size::Amount(typed::amount(&self.amount, currency).ok().flatten().ok_or(("amount", "amount"))?),
                };
                Ok(Change::Replan(PlanChoice { first_on: Some(day()?), ..PlanChoice::of_plan(size, frequency) }))
            }
        }
    }
}

/// As [`parse_iso`] reads it. The date crate's own way to write a date is several kilobytes in the browser.
fn iso(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// What a form posts for a change.
pub fn change_fields(change: &Change) -> Vec<(&'static str, String)> {
    let kind = ("kind", change.kind().code().to_owned());
    match change {
        Change::Move { number, to } => vec![kind, ("number", number.to_string()), ("on", iso(*to))],
        Change::Skip { number } => vec![kind, ("number", number.to_string())],
        Change::Pause { until } => vec![kind, ("on", iso(*until))],
        Change::Replan(choice) => {
            let size = match choice.size {
                Size::Amount(amount) => ("amount", amount.to_decimal_string()),
                Size::Number(number) => ("payments", number.to_string()),
            };
            let frequency = choice.frequency.map(|frequency| ("frequency", frequency.code().to_owned()));
            let first_on = choice.first_on.map(|day| ("on", iso(day)));
            [Some(kind), Some(size), frequency, first_on].into_iter().flatten().collect()
        }
    }
}

/// The form of "What happens if…": part of the address, so that it can be kept as a bookmark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedWhatIf {
    /// The code of a [`WhatIfKind`]; empty where nothing was asked yet.
    pub kind: String,
    pub amount: String,
    pub number: String,
}

impl TypedWhatIf {
    /// From the fields of a form or an address.
    pub fn read_from(field: impl Fn(&str) -> Option<String>) -> TypedWhatIf {
        let of = |name| field(name).unwrap_or_default();
        TypedWhatIf { kind: of("if"), amount: of("amount"), number: of("number") }
    }

    /// What is asked, or the field that says nothing. `None` where nothing was asked yet.
    pub fn read(&self, currency: Currency) -> Option<Result<WhatIf, &'static str>> {
        if self.kind.is_empty() {
            return None;
        }
        let amount =
            || typed::amount(&self.amount, currency).ok().flatten().filter(|amount: &Money| amount.is_positive()).ok_or("amount");
        Some(match WhatIfKind::from_code(&self.kind) {
            None => Err("if"),
            Some(WhatIfKind::MoreEachTime) => amount().map(WhatIf::MoreEachTime),
            Some(WhatIfKind::MoreNow) => amount().map(WhatIf::MoreNow),
            Some(WhatIfKind::MissOne) => self.number.parse().map(|number| WhatIf::MissOne { number }).map_err(|_| "number"),
            Some(WhatIfKind::Stop) => Ok(WhatIf::Stop),
            Some(WhatIfKind::EarnLess) => Ok(WhatIf::EarnLess),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn fields(pairs: &[(&str, &str)]) -> TypedChange {
        let values = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        TypedChange::from_values(&values)
    }

    #[test]
    fn what_is_typed_and_what_a_button_says_are_the_same_change() {
        let to = date(2026, 12, 9);
        let moved = Ok(Change::Move { number: 2, to });
        let typed = fields(&[("kind", "move"), ("number", "2"), ("on_day", "9"), ("on_month", "12"), ("on_year", "2026")]);
        assert_eq!(typed.read(Currency::USD), moved);
        assert_eq!(fields(&[("kind", "move"), ("number", "2"), ("on", "2026-12-09")]).read(Currency::USD), moved);
        let replan = fields(&[("kind", "replan"), ("frequency", "weekly"), ("amount", "25"), ("on", "2026-12-09")]);
        let Ok(Change::Replan(choice)) = replan.read(Currency::USD) else { panic!("{replan:?}") };
        assert_eq!((choice.size, choice.first_on), (Size::Amount(Money::new(2_500, Currency::USD)), Some(to)));
        let number = TypedChange { amount: String::new(), payments: "5".into(), ..replan };
        assert!(matches!(number.read(Currency::USD), Ok(Change::Replan(PlanChoice { size: Size::Number(5), .. }))));
        assert_eq!(TypedChange::from_values(&typed.to_values()), typed);
    }

    #[test]
    fn what_says_nothing_is_named() {
        let wrong = |pairs: &[(&str, &str)]| fields(pairs).read(Currency::USD).expect_err("nothing").0;
        assert_eq!(wrong(&[("kind", "all")]), "kind");
        assert_eq!(wrong(&[("kind", "move"), ("number", "2"), ("on_day", "31"), ("on_month", "2"), ("on_year", "2027")]), "on");
        assert_eq!(wrong(&[("kind", "skip"), ("number", "")]), "number");
        assert_eq!(wrong(&[("kind", "replan"), ("frequency", "daily")]), "frequency");
        assert_eq!(wrong(&[("kind", "replan"), ("frequency", "weekly"), ("amount", "a lot")]), "amount");
    }

    #[test]
    fn what_is_asked_is_read_or_the_field_is_named() {
        let asked = |kind: &str, amount: &str, number: &str| {
            let field = |name: &str| match name {
                "if" => Some(kind.to_owned()),
                "amount" => Some(amount.to_owned()),
                "number" => Some(number.to_owned()),
                _ => None,
            };
            TypedWhatIf::read_from(field).read(Currency::USD)
        };
        assert_eq!(asked("", "20", "1"), None);
        assert_eq!(asked("more", "$20", ""), Some(Ok(WhatIf::MoreEachTime(Money::new(2_000, Currency::USD)))));
        assert_eq!(asked("once", "0", ""), Some(Err("amount")));
        assert_eq!(asked("miss", "", "2"), Some(Ok(WhatIf::MissOne { number: 2 })));
        assert_eq!(asked("miss", "", "two"), Some(Err("number")));
        assert_eq!(asked("stop", "", ""), Some(Ok(WhatIf::Stop)));
        assert_eq!(asked("win", "", ""), Some(Err("if")));
    }
}
