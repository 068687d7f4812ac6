//! What was typed into the plan builder, and the choice it amounts to: read the same way in the browser while people try,
//! and on the server when the form is posted.

use crate::domain::calendar::{Date, DayOfMonth, Frequency, parse_iso};
use crate::domain::due_dates::Payday;
use crate::domain::money::{Currency, Money};
use crate::domain::offers::{Fitting, NotAllowed, Offer, PlanChoice, fit};
use crate::domain::schedule::Size;
use crate::domain::typed;
use serde::{Deserialize, Serialize};

/// The fields as posted: their names are the names of the form's inputs. Empty where nothing was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedPlan {
    pub frequency: String,
    pub amount: String,
    /// As a date field posts it: `2026-12-04`.
    pub first_on: String,
    pub payday_next: String,
    pub payday_rhythm: String,
    /// `1` to `31`, or `last`.
    pub day: String,
    pub second_day: String,
    pub down_payment: String,
}

/// The fields that something can be wrong with, by the names of their errors.
pub(super) const FIELDS: [&str; 6] = ["frequency", "amount", "first_on", "payday_next", "day", "down_payment"];

/// A field that cannot be read, by its name, and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    pub field: &'static str,
    pub code: ProblemCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemCode {
    /// Nothing chosen or typed where something is needed.
    Missing,
    NotAnAmount,
    NotADate,
    /// A payday without its rhythm, or the other way round.
    PaydayIncomplete,
    /// One day of the month where twice a month needs two, or none that exists.
    DaysIncomplete,
}

/// What comes of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was typed yet.
    Untouched,
    /// Fields to put right, in the order of the form.
    Problems(Vec<FieldProblem>),
    /// The schedule of this choice within the offer of this id.
    Fits {
        offer_id: String,
        fitting: Box<Fitting>,
    },
    NotAllowed {
        offer_id: String,
        refusal: NotAllowed,
    },
}

impl TypedPlan {
    /// Reads the fields and computes the plan. `offers` are the plan offers of one basis, one per frequency.
    pub fn outcome(&self, offers: &[Offer], today: Date) -> Outcome {
        if *self == TypedPlan::default() {
            return Outcome::Untouched;
        }
        let (offer, choice) = match self.read(offers) {
            Ok(read) => read,
            Err(problems) => return Outcome::Problems(problems),
        };
        let offer_id = offer.id.clone();
        match fit(offer, &choice, today) {
            Ok(schedule) => Outcome::Fits { offer_id, fitting: Box::new(Fitting { choice, schedule }) },
            Err(refusal) => Outcome::NotAllowed { offer_id, refusal },
        }
    }

    /// The offer of the chosen frequency.
    pub fn offer<'a>(&self, offers: &'a [Offer]) -> Option<&'a Offer> {
        let frequency = Frequency::from_code(&self.frequency)?;
        offers.iter().find(|offer| offer.frequency == Some(frequency))
    }

    /// The same fields with another amount.
    pub fn with_amount(&self, amount: Money) -> TypedPlan {
        TypedPlan { amount: amount.to_decimal_string(), ..self.clone() }
    }

    /// The offer of the chosen frequency and the choice within it, or every field to put right.
    pub fn read<'a>(&self, offers: &'a [Offer]) -> Result<(&'a Offer, PlanChoice), Vec<FieldProblem>> {
        let mut problems = Problems(Vec::new());
        let offer = problems.note("frequency", self.offer(offers).ok_or(ProblemCode::Missing));
        let frequency = offer.and_then(|offer| offer.frequency);
        let currency = offers.first().map_or(Currency::USD, |offer| offer.total.currency());
        let amount =
            problems.note("amount", read_amount(&self.amount, currency).and_then(|amount| amount.ok_or(ProblemCode::Missing)));
        let first_on = problems.note("first_on", date(&self.first_on)).flatten();
        let payday = problems.note("payday_next", self.payday()).flatten();
        let days_of_month = problems.note("day", self.days_of_month(frequency)).unwrap_or_default();
        let down_payment = problems.note("down_payment", read_amount(&self.down_payment, currency)).flatten();
        match (offer, amount) {
            (Some(offer), Some(amount)) if problems.0.is_empty() => {
                let size = Size::Amount(amount);
                Ok((offer, PlanChoice { size, frequency, first_on, payday, days_of_month, down_payment }))
            }
            _ => Err(problems.0),
        }
    }

    fn payday(&self) -> Result<Option<Payday>, ProblemCode> {
        let rhythm = Frequency::from_code(&self.payday_rhythm);
        match (date(&self.payday_next)?, rhythm) {
            (None, None) => Ok(None),
            (Some(next), Some(rhythm)) => Ok(Some(Payday { next, rhythm })),
            (Some(_), None) | (None, Some(_)) => Err(ProblemCode::PaydayIncomplete),
        }
    }

    /// Days that the chosen frequency has no use for are left aside: a form without script shows them all.
    fn days_of_month(&self, frequency: Option<Frequency>) -> Result<Vec<DayOfMonth>, ProblemCode> {
        let day = |text: &str| match text {
            "" => Ok(None),
            code => DayOfMonth::from_code(code).map(Some).ok_or(ProblemCode::DaysIncomplete),
        };
        match (frequency, day(&self.day)?, day(&self.second_day)?) {
            (Some(Frequency::Monthly), Some(day), _) => Ok(vec![day]),
            (Some(Frequency::TwiceAMonth), Some(one), Some(other)) => Ok(vec![one, other]),
            (Some(Frequency::TwiceAMonth), Some(_), None) | (Some(Frequency::TwiceAMonth), None, Some(_)) => {
                Err(ProblemCode::DaysIncomplete)
            }
            _ => Ok(Vec::new()),
        }
    }
}

struct Problems(Vec<FieldProblem>);

impl Problems {
    fn note<T>(&mut self, field: &'static str, read: Result<T, ProblemCode>) -> Option<T> {
        read.map_err(|code| self.0.push(FieldProblem { field, code })).ok()
    }
}

fn date(typed: &str) -> Result<Option<Date>, ProblemCode> {
    match typed.trim() {
        "" => Ok(None),
        text => parse_iso(text).map(Some).ok_or(ProblemCode::NotADate),
    }
}

fn read_amount(text: &str, currency: Currency) -> Result<Option<Money>, ProblemCode> {
    typed::amount(text, currency).map_err(|_| ProblemCode::NotAnAmount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_to_put_right_is_named_in_the_order_of_the_form() {
        let typed = TypedPlan {
            amount: "some".into(),
            first_on: "soon".into(),
            payday_rhythm: "weekly".into(),
            down_payment: "a bit".into(),
            ..TypedPlan::default()
        };
        let problems = typed.read(&[]).expect_err("nothing can be read");
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["frequency", "amount", "first_on", "payday_next", "down_payment"]);
    }

    #[test]
    fn days_that_the_rhythm_has_no_use_for_are_left_aside() {
        let typed = TypedPlan { day: "15".into(), ..TypedPlan::default() };
        assert_eq!(typed.days_of_month(Some(Frequency::Weekly)), Ok(vec![]));
        assert_eq!(typed.days_of_month(Some(Frequency::Monthly)), Ok(vec![DayOfMonth::Day(15)]));
        assert_eq!(typed.days_of_month(Some(Frequency::TwiceAMonth)), Err(ProblemCode::DaysIncomplete));
    }

    #[test]
    fn nothing_typed_is_nothing_wrong() {
        assert_eq!(TypedPlan::default().outcome(&[], jiff::civil::date(2026, 11, 20)), Outcome::Untouched);
    }
}
