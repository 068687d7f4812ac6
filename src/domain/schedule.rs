//! A plan's instalments: how many, how much, on which days. The one function that computes them, on the server and in the
//! browser alike.
//!
//! [`super::plan_choice::fit`] builds the request from a held offer and what the customer chose; nothing else does.

use super::calendar::{ClosedDays, Date, Holidays};
use super::due_dates::{DueDates, DuePattern};
use super::money::Money;
use super::payoff::{self, Payoff};
use serde::{Deserialize, Serialize};

/// No plan has more instalments than this: ten years of weeks.
pub const MAX_INSTALMENTS: u32 = 520;

/// A plan has at least this many; one payment is a promise or a payment, not a plan.
pub const MIN_INSTALMENTS: u32 = 2;

/// One payment of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// Counted from 1, a down payment included.
    pub number: u32,
    pub due_on: Date,
    pub amount: Money,
}

/// What will be paid and when. The instalments sum to `total`, and `total` is `principal` plus `interest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub instalments: Vec<Instalment>,
    pub total: Money,
    /// The part of the debt that is paid off.
    pub principal: Money,
    /// What the plan itself adds; zero where interest is frozen.
    pub interest: Money,
    /// Whether the first instalment is a down payment.
    pub down_payment: Option<Money>,
}

impl Schedule {
    pub fn first_on(&self) -> Option<Date> {
        self.instalments.first().map(|instalment| instalment.due_on)
    }

    pub fn last_on(&self) -> Option<Date> {
        self.instalments.last().map(|instalment| instalment.due_on)
    }

    /// What interest is added on the day of each instalment, since the one before it. They sum to `interest`.
    pub fn interest_of_each(&self, rule: InterestRule, from: Date) -> Vec<Money> {
        let paid: Vec<(Date, i64)> =
            self.instalments.iter().map(|instalment| (instalment.due_on, instalment.amount.minor())).collect();
        let currency = self.principal.currency();
        let each = payoff::interest_by_day(self.principal.minor(), rule, from, &paid);
        each.into_iter().map(|minor| Money::new(minor, currency)).collect()
    }

    /// The amount of each instalment but a down payment and the last one.
    pub fn each(&self) -> Option<Money> {
        let regular = usize::from(self.down_payment.is_some());
        self.instalments.get(regular).map(|instalment| instalment.amount)
    }
}

/// How large a plan's instalments are: one or the other is chosen, the other follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// So much per instalment.
    Amount(Money),
    /// So many instalments, a down payment not counted.
    Number(u32),
}

/// Interest and fees while on a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterestRule {
    /// Nothing is added while the plan is kept.
    #[default]
    Frozen,
    /// Simple interest per day on what is left of the principal, a 365th of the annual rate (in hundredths of a percent),
    /// rounded half up to the minor unit at each due date. A payment covers interest first. Interest earns no interest.
    SimpleDaily { annual_rate_basis_points: u32 },
}

/// Everything a schedule follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRequest<'a> {
    /// What is to be paid off, a down payment included.
    pub principal: Money,
    pub size: Size,
    /// No instalment is smaller, the last one included. A down payment has its own rule.
    pub minimum: Money,
    /// By how much the last instalment may exceed the others.
    pub last_excess: Money,
    pub pattern: DuePattern,
    /// The first instalment falls on the first day of the pattern from here on.
    pub not_before: Date,
    /// No instalment falls before or after these days.
    pub earliest: Date,
    pub not_after: Date,
    pub closed_days: ClosedDays,
    pub holidays: &'a Holidays,
    pub interest: InterestRule,
    /// Interest is counted from this day.
    pub interest_from: Date,
    /// Paid of it already, where what is left of a plan is planned anew: no part of the schedule.
    pub before: &'a [PaidBefore],
    pub down_payment: Option<DownPayment>,
}

/// Paid before what is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidBefore {
    pub on: Date,
    pub amount: Money,
}

/// Paid before the first instalment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DownPayment {
    pub amount: Money,
    pub due_on: Date,
}

/// Why no schedule follows from a request. Each has a stable code, documented in docs/offers-json.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleRefusal {
    /// The principal is zero or negative.
    NothingToPay,
    /// Amounts in different currencies, or beyond what a plan can be computed for.
    AmountOutOfRange,
    BelowMinimum,
    /// At this amount the plan would run longer than allowed.
    TakesTooLong,
    /// More instalments than fit before the last allowed day, or than the minimum allows.
    TooManyInstalments,
    /// One payment, or none.
    TooFewInstalments,
    /// What would be left for the last instalment is below the minimum, and too much to add to the one before.
    LastInstalmentDoesNotFit,
    /// The down payment leaves nothing, or is due after the first instalment.
    DownPaymentDoesNotFit,
}

/// No plan covers more than this many minor units, so that no sum can overflow.
pub const MAX_PRINCIPAL_MINOR: i64 = 10_000_000_000_000;

/// Computes the schedule, or says why there is none.
pub fn build(request: &ScheduleRequest<'_>) -> Result<Schedule, ScheduleRefusal> {
    let payoff = payoff(request, days_needed(request))?;
    let (each, count) = match request.size {
        Size::Amount(amount) => {
            if amount.currency() != request.principal.currency() || amount.minor() > MAX_PRINCIPAL_MINOR {
                return Err(ScheduleRefusal::AmountOutOfRange);
            }
            (amount.minor(), payoff.count_for(amount.minor())?)
        }
        Size::Number(count) => (payoff.amount_for(count)?, count),
    };
    Ok(write_down(request, &payoff, each, count))
}

/// The nearest amounts per instalment below and above this one that the request's limits allow.
pub fn nearest_amounts(request: &ScheduleRequest<'_>, amount: Money) -> (Option<Money>, Option<Money>) {
    let currency = request.principal.currency();
    match payoff(request, MAX_INSTALMENTS) {
        Ok(payoff) => {
            let money = |minor| Money::new(minor, currency);
            (payoff.nearest_below(amount.minor()).map(money), payoff.nearest_above(amount.minor()).map(money))
        }
        Err(_) => (None, None),
    }
}

/// The fewest and the most instalments for which there is a plan.
pub fn allowed_numbers(request: &ScheduleRequest<'_>) -> Option<(u32, u32)> {
    payoff(request, MAX_INSTALMENTS).ok()?.allowed_numbers()
}

/// The least and the most that one instalment may be.
pub fn allowed_amounts(request: &ScheduleRequest<'_>) -> Option<(Money, Money)> {
    let currency = request.principal.currency();
    let payoff = payoff(request, MAX_INSTALMENTS).ok()?;
    let least = payoff.nearest_above(0)?;
    let most = payoff.nearest_below(MAX_PRINCIPAL_MINOR)?;
    Some((Money::new(least, currency), Money::new(most, currency)))
}

/// How many due dates it takes to decide, so that no more are looked up.
fn days_needed(request: &ScheduleRequest<'_>) -> u32 {
    match (request.size, request.interest) {
        (Size::Number(count), _) => count,
        (Size::Amount(amount), InterestRule::Frozen) if amount.is_positive() => {
            u32::try_from(request.principal.minor() / amount.minor() + 2).unwrap_or(MAX_INSTALMENTS)
        }
        (Size::Amount(_), _) => MAX_INSTALMENTS,
    }
}

/// The limits as numbers, with at most so many due dates.
fn payoff<'a>(request: &ScheduleRequest<'a>, most_days: u32) -> Result<Payoff<'a>, ScheduleRefusal> {
    let principal = request.principal;
    let currency = principal.currency();
    let paid = request.before.iter().fold(0_i64, |sum, paid| sum.saturating_add(paid.amount.minor()));
    if !principal.is_positive() || paid >= principal.minor() {
        return Err(ScheduleRefusal::NothingToPay);
    }
    let same_currency = [Some(request.minimum), Some(request.last_excess), request.down_payment.map(|down| down.amount)]
        .into_iter()
        .flatten()
        .all(|amount| amount.currency() == currency);
    if !same_currency || principal.minor() > MAX_PRINCIPAL_MINOR {
        return Err(ScheduleRefusal::AmountOutOfRange);
    }
    let limit = MAX_INSTALMENTS - u32::from(request.down_payment.is_some());
    let dates: Vec<Date> = due_dates(request).take(most_days.min(limit) as usize).collect();
    if let Some(down) = request.down_payment {
        let before_the_first = dates.first().is_none_or(|first| down.due_on < *first);
        if !down.amount.is_positive() || down.amount.minor() >= principal.minor() || !before_the_first {
            return Err(ScheduleRefusal::DownPaymentDoesNotFit);
        }
    }
    Ok(Payoff {
        principal: principal.minor(),
        before: request.before,
        down_payment: request.down_payment.map(|down| (down.due_on, down.amount.minor())),
        dates,
        minimum: request.minimum.minor().max(1),
        last_excess: request.last_excess.minor().max(0),
        interest: request.interest,
        interest_from: request.interest_from,
    })
}

fn due_dates<'a>(request: &'a ScheduleRequest<'a>) -> impl Iterator<Item = Date> + 'a {
    DueDates::new(request.pattern, request.not_before, request.earliest, request.closed_days, request.holidays)
        .take_while(|due| *due <= request.not_after)
}

fn write_down(request: &ScheduleRequest<'_>, payoff: &Payoff<'_>, each: i64, count: u32) -> Schedule {
    let currency = request.principal.currency();
    let count = count as usize;
    let mut instalments = Vec::with_capacity(count + 1);
    let mut number = 0;
    let mut total = 0;
    let mut add = |due_on: Date, minor: i64| {
        number += 1;
        total += minor;
        instalments.push(Instalment { number, due_on, amount: Money::new(minor, currency) });
    };
    if let Some(down) = request.down_payment {
        add(down.due_on, down.amount.minor());
    }
    let last = payoff.closing(count, each);
    for (index, due_on) in payoff.dates.iter().take(count).enumerate() {
        add(*due_on, if index + 1 == count { last } else { each });
    }
    Schedule {
        instalments,
        total: Money::new(total, currency),
        principal: request.principal,
        interest: Money::new(total - request.principal.minor(), currency),
        down_payment: request.down_payment.map(|down| down.amount),
    }
}

#[cfg(test)]
mod tests;
