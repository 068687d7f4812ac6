//! What a customer chose within an offer, and the schedule that follows: computed from the held offer alone, in the browser
//! while they try, on the server when they choose and again when they sign.

use super::calendar::{Date, DayOfMonth, Frequency, Payday};
use super::money::Money;
use super::offers::Offer;
use super::schedule::{Schedule, Size};
use serde::{Deserialize, Serialize};

/// A customer's own choice. For one payment (pay part, promise, extension) `size` is its amount and `first_on` its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChoice {
    pub size: Size,
    /// `None` for one payment.
    pub frequency: Option<Frequency>,
    /// The first payment is on this day, or on the first day of the chosen rhythm after it.
    pub first_on: Option<Date>,
    /// Fall due on paydays.
    pub payday: Option<Payday>,
    /// One day for a monthly plan, two for twice a month; empty to follow from the first date or the payday.
    #[serde(default)]
    pub days_of_month: Vec<DayOfMonth>,
    pub down_payment: Option<Money>,
}

/// A choice the offer does not allow, and the nearest ones it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAllowed {
    pub reason: ChoiceRefusal,
    /// The nearest allowed plan with smaller payments.
    pub below: Option<Fitting>,
    /// The nearest allowed plan with larger payments.
    pub above: Option<Fitting>,
}

/// A choice and the schedule it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitting {
    pub choice: PlanChoice,
    pub schedule: Schedule,
}

/// Why a choice is not allowed. Each has a stable code, documented in docs/offers-json.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceRefusal {
    /// Zero, negative, or in another currency than the account.
    NotAnAmount,
    BelowMinimum,
    /// More than there is to pay.
    AboveTotal,
    TakesTooLong,
    TooManyInstalments,
    TooFewInstalments,
    LastInstalmentDoesNotFit,
    /// The offer is for another frequency.
    OtherFrequency,
    FirstDateInThePast,
    FirstDateTooLate,
    /// The two days of the month are less than a week apart, or there are not one or two as the frequency needs.
    DaysOfMonthDoNotFit,
    DownPaymentNotOffered,
    DownPaymentRequired,
    DownPaymentBelowMinimum,
    DownPaymentTooLarge,
    /// The offer is no longer held.
    Expired,
}

/// The schedule a choice leads to, or why it is not allowed and what is.
///
/// `today` is the day in the customer's time zone on which it is chosen. What was allowed stays allowed on later days while
/// the offer is held and the first date has not passed.
pub fn fit(offer: &Offer, choice: &PlanChoice, today: Date) -> Result<Schedule, NotAllowed> {
    let _ = (offer, choice, today);
    Err(NotAllowed { reason: ChoiceRefusal::Expired, below: None, above: None })
}
