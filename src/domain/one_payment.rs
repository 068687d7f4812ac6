//! Ways forward that are a single payment: get up to date, pay in full, pay part, extension, promise. Called by
//! [`super::offers`], which makes them, and [`super::plan_choice`], which fits a choice into them.

use super::calendar::Date;
use super::money::Money;
use super::offers::{Offer, OnePaymentLimits};
use super::plan_choice::{ChoiceRefusal, Fitting, NotAllowed, PlanChoice};
use super::schedule::{Instalment, Schedule, Size};

/// One payment as a schedule.
pub(super) fn schedule(amount: Money, due_on: Date) -> Schedule {
    Schedule {
        instalments: vec![Instalment { number: 1, due_on, amount }],
        total: amount,
        principal: amount,
        interest: Money::zero(amount.currency()),
        down_payment: None,
    }
}

/// A choice of amount and day within an offer of one payment.
pub(super) fn fit(offer: &Offer, limits: &OnePaymentLimits, choice: &PlanChoice, today: Date) -> Result<Schedule, NotAllowed> {
    let refused = |reason| Err(NotAllowed { reason, below: None, above: None });
    if choice.frequency.is_some() {
        return refused(ChoiceRefusal::OtherFrequency);
    }
    if choice.down_payment.is_some() {
        return refused(ChoiceRefusal::DownPaymentNotOffered);
    }
    let shown = offer.schedule.first_on().unwrap_or(today).max(today).min(limits.due_by);
    let due_on = choice.first_on.unwrap_or(shown);
    if due_on < today {
        return refused(ChoiceRefusal::FirstDateInThePast);
    }
    if due_on > limits.due_by {
        return refused(ChoiceRefusal::FirstDateTooLate);
    }
    let amount = match choice.size {
        Size::Amount(amount) => amount,
        Size::Number(1) => offer.total,
        Size::Number(0) => return refused(ChoiceRefusal::TooFewInstalments),
        Size::Number(_) => return refused(ChoiceRefusal::TooManyInstalments),
    };
    let nearest = |amount: Money| {
        let choice = PlanChoice { size: Size::Amount(amount), first_on: Some(due_on), ..choice.clone() };
        Some(Box::new(Fitting { choice, schedule: schedule(amount, due_on) }))
    };
    if amount.currency() != limits.minimum.currency() || !amount.is_positive() {
        return refused(ChoiceRefusal::NotAnAmount);
    }
    if amount.minor() < limits.minimum.minor() {
        return Err(NotAllowed { reason: ChoiceRefusal::BelowMinimum, below: None, above: nearest(limits.minimum) });
    }
    if amount.minor() > limits.maximum.minor() {
        return Err(NotAllowed { reason: ChoiceRefusal::AboveTotal, below: nearest(limits.maximum), above: None });
    }
    Ok(schedule(amount, due_on))
}
