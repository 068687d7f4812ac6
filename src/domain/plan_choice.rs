//! What a customer chose within an offer, and the schedule that follows: computed from the held offer alone, in the browser
//! while they try, on the server when they choose and again when they sign.

use super::calendar::{Date, DayOfMonth, Frequency, days_after};
use super::due_dates::{DuePattern, Payday, twice_a_month_around};
use super::money::Money;
use super::offers::{Limits, Offer, PlanLimits};
use super::one_payment;
use super::policy::DownPaymentRule;
use super::schedule::{self, DownPayment, Schedule, ScheduleRefusal, ScheduleRequest, Size};
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
    pub below: Option<Box<Fitting>>,
    /// The nearest allowed plan with larger payments.
    pub above: Option<Box<Fitting>>,
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

impl ChoiceRefusal {
    /// The stable code, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            ChoiceRefusal::NotAnAmount => "not_an_amount",
            ChoiceRefusal::BelowMinimum => "below_minimum",
            ChoiceRefusal::AboveTotal => "above_total",
            ChoiceRefusal::TakesTooLong => "takes_too_long",
            ChoiceRefusal::TooManyInstalments => "too_many_instalments",
            ChoiceRefusal::TooFewInstalments => "too_few_instalments",
            ChoiceRefusal::LastInstalmentDoesNotFit => "last_instalment_does_not_fit",
            ChoiceRefusal::OtherFrequency => "other_frequency",
            ChoiceRefusal::FirstDateInThePast => "first_date_in_the_past",
            ChoiceRefusal::FirstDateTooLate => "first_date_too_late",
            ChoiceRefusal::DaysOfMonthDoNotFit => "days_of_month_do_not_fit",
            ChoiceRefusal::DownPaymentNotOffered => "down_payment_not_offered",
            ChoiceRefusal::DownPaymentRequired => "down_payment_required",
            ChoiceRefusal::DownPaymentBelowMinimum => "down_payment_below_minimum",
            ChoiceRefusal::DownPaymentTooLarge => "down_payment_too_large",
            ChoiceRefusal::Expired => "expired",
        }
    }
}

/// The schedule a choice leads to, or why it is not allowed and what is.
///
/// `today` is the day in the customer's time zone on which it is chosen. What was allowed stays allowed on later days while
/// the offer is held and the first date has not passed.
pub fn fit(offer: &Offer, choice: &PlanChoice, today: Date) -> Result<Schedule, NotAllowed> {
    if today > offer.valid_through {
        return Err(NotAllowed::because(ChoiceRefusal::Expired));
    }
    match &offer.limits {
        Limits::OnePayment(limits) => one_payment::fit(offer, limits, choice, today),
        Limits::Plan(limits) => fit_plan(offer, limits, choice, today),
    }
}

/// The fewest and the most instalments that this choice's dates allow, whatever its size: the ends of a slider.
pub fn numbers(offer: &Offer, choice: &PlanChoice, today: Date) -> Option<(u32, u32)> {
    schedule::allowed_numbers(&request(offer, plan_limits(offer)?, choice, today).ok()?)
}

/// The least and the most per instalment that this choice's dates allow, whatever its size.
pub fn amounts(offer: &Offer, choice: &PlanChoice, today: Date) -> Option<(Money, Money)> {
    schedule::allowed_amounts(&request(offer, plan_limits(offer)?, choice, today).ok()?)
}

/// The days that a plan's payments follow; `None` for one payment.
pub fn pattern(offer: &Offer, choice: &PlanChoice, today: Date) -> Option<DuePattern> {
    Some(request(offer, plan_limits(offer)?, choice, today).ok()?.pattern)
}

fn plan_limits(offer: &Offer) -> Option<&PlanLimits> {
    match &offer.limits {
        Limits::Plan(limits) => Some(limits),
        Limits::OnePayment(_) => None,
    }
}

fn fit_plan(offer: &Offer, limits: &PlanLimits, choice: &PlanChoice, today: Date) -> Result<Schedule, NotAllowed> {
    let request = request(offer, limits, choice, today)?;
    let refusal = match schedule::build(&request) {
        Ok(schedule) => return Ok(schedule),
        Err(refusal) => refusal,
    };
    let with = |size: Size| -> Option<Box<Fitting>> {
        let schedule = schedule::build(&ScheduleRequest { size, ..request.clone() }).ok()?;
        Some(Box::new(Fitting { choice: PlanChoice { size, ..choice.clone() }, schedule }))
    };
    let (below, above) = match choice.size {
        Size::Amount(amount) => {
            let (below, above) = schedule::nearest_amounts(&request, amount);
            (below.map(Size::Amount), above.map(Size::Amount))
        }
        // More instalments are smaller ones.
        Size::Number(number) => match schedule::allowed_numbers(&request) {
            Some((fewest, _)) if number < fewest => (Some(Size::Number(fewest)), None),
            Some((_, most)) if number > most => (None, Some(Size::Number(most))),
            Some(_) | None => (None, None),
        },
    };
    Err(NotAllowed {
        reason: reason(refusal, choice.size, limits.principal),
        below: below.and_then(with),
        above: above.and_then(with),
    })
}

/// `principal` is what there is to plan.
pub(super) fn reason(refusal: ScheduleRefusal, size: Size, principal: Money) -> ChoiceRefusal {
    let is_above_total = matches!(size, Size::Amount(amount) if amount.minor() > principal.minor());
    match refusal {
        ScheduleRefusal::NothingToPay | ScheduleRefusal::AmountOutOfRange => ChoiceRefusal::NotAnAmount,
        ScheduleRefusal::BelowMinimum => ChoiceRefusal::BelowMinimum,
        ScheduleRefusal::TakesTooLong => ChoiceRefusal::TakesTooLong,
        ScheduleRefusal::TooManyInstalments => ChoiceRefusal::TooManyInstalments,
        ScheduleRefusal::TooFewInstalments if is_above_total => ChoiceRefusal::AboveTotal,
        ScheduleRefusal::TooFewInstalments => ChoiceRefusal::TooFewInstalments,
        ScheduleRefusal::LastInstalmentDoesNotFit => ChoiceRefusal::LastInstalmentDoesNotFit,
        ScheduleRefusal::DownPaymentDoesNotFit => ChoiceRefusal::DownPaymentTooLarge,
    }
}

/// The request that a choice within a plan's limits amounts to.
fn request<'a>(
    offer: &Offer,
    limits: &'a PlanLimits,
    choice: &PlanChoice,
    today: Date,
) -> Result<ScheduleRequest<'a>, NotAllowed> {
    let frequency = match (offer.frequency, choice.frequency) {
        (Some(offered), Some(chosen)) if offered == chosen => offered,
        _ => return Err(NotAllowed::because(ChoiceRefusal::OtherFrequency)),
    };
    let amount = match choice.size {
        Size::Amount(amount) => Some(amount),
        Size::Number(_) => None,
    };
    if amount.is_some_and(|amount| amount.currency() != limits.principal.currency() || !amount.is_positive()) {
        return Err(NotAllowed::because(ChoiceRefusal::NotAnAmount));
    }
    let down_payment = down_payment(offer, limits, choice, today)?;
    // With a down payment today, the first instalment is tomorrow at the earliest.
    let earliest = if down_payment.is_some() { days_after(today, 1) } else { today };
    let latest_first = days_after(today, i32::from(limits.first_payment_within_days)).max(earliest);
    if choice.first_on.is_some_and(|first_on| first_on < earliest) {
        return Err(NotAllowed::because(ChoiceRefusal::FirstDateInThePast));
    }
    let (pattern, not_before) = rhythm(frequency, choice, earliest, latest_first)?;
    if pattern.first_from(not_before).is_none_or(|first| first > latest_first) {
        return Err(NotAllowed::because(ChoiceRefusal::FirstDateTooLate));
    }
    Ok(ScheduleRequest {
        principal: limits.principal,
        size: choice.size,
        minimum: limits.minimum_instalment,
        last_excess: limits.last_instalment_excess,
        pattern,
        not_before,
        earliest,
        not_after: limits.longest_term.ends_on(today),
        closed_days: limits.closed_days,
        holidays: &limits.holidays,
        interest: limits.interest,
        interest_from: limits.interest_from,
        before: &[],
        down_payment,
    })
}

/// The rhythm of a choice and the day from which it counts.
pub(super) fn rhythm(
    frequency: Frequency,
    choice: &PlanChoice,
    earliest: Date,
    latest_first: Date,
) -> Result<(DuePattern, Date), NotAllowed> {
    let from = choice.first_on.unwrap_or(earliest);
    let misfit = || NotAllowed::because(ChoiceRefusal::DaysOfMonthDoNotFit);
    match (frequency, choice.days_of_month.as_slice(), choice.payday) {
        (Frequency::Monthly, [day], _) => Ok((DuePattern::Monthly(*day), from)),
        (Frequency::TwiceAMonth, [one, other], _) => Ok((DuePattern::twice_a_month(*one, *other).ok_or_else(misfit)?, from)),
        (_, [], Some(payday)) => Ok((payday.pattern(frequency), from.max(payday.next))),
        (_, [], None) => Ok(match choice.first_on {
            Some(first_on) => (starting_on(frequency, first_on), first_on),
            None => without_wishes(frequency, earliest, latest_first),
        }),
        _ => Err(misfit()),
    }
}

fn starting_on(frequency: Frequency, first_on: Date) -> DuePattern {
    match frequency {
        Frequency::Weekly => DuePattern::EveryDays { anchor: first_on, days: 7 },
        Frequency::EveryTwoWeeks => DuePattern::EveryDays { anchor: first_on, days: 14 },
        Frequency::Monthly => DuePattern::Monthly(DayOfMonth::of(first_on)),
        Frequency::TwiceAMonth => {
            let (first, second) = twice_a_month_around(first_on);
            DuePattern::TwiceAMonth(first, second)
        }
    }
}

/// Nothing chosen yet: one rhythm from now, or as late as the policy allows; twice a month on the 1st and the 15th.
fn without_wishes(frequency: Frequency, earliest: Date, latest_first: Date) -> (DuePattern, Date) {
    let first_and_fifteenth = DuePattern::TwiceAMonth(DayOfMonth::Day(1), DayOfMonth::Day(15));
    let tomorrow = days_after(earliest, 1);
    let days = match frequency {
        Frequency::Weekly => 7,
        Frequency::EveryTwoWeeks => 14,
        Frequency::Monthly => 30,
        Frequency::TwiceAMonth if first_and_fifteenth.first_from(tomorrow).is_some_and(|first| first <= latest_first) => {
            return (first_and_fifteenth, tomorrow);
        }
        Frequency::TwiceAMonth => 15,
    };
    let first_on = days_after(earliest, days).min(latest_first);
    (starting_on(frequency, first_on), first_on)
}

fn down_payment(offer: &Offer, limits: &PlanLimits, choice: &PlanChoice, today: Date) -> Result<Option<DownPayment>, NotAllowed> {
    let minimum = match (limits.down_payment, choice.down_payment) {
        (DownPaymentRule::NotOffered | DownPaymentRule::Optional { .. }, None) => return Ok(None),
        (DownPaymentRule::NotOffered, Some(_)) => return Err(NotAllowed::because(ChoiceRefusal::DownPaymentNotOffered)),
        (DownPaymentRule::Required { minimum }, None) => {
            return Err(with_down_payment(offer, choice, today, minimum, ChoiceRefusal::DownPaymentRequired));
        }
        (DownPaymentRule::Optional { minimum } | DownPaymentRule::Required { minimum }, Some(_)) => minimum,
    };
    let amount = choice.down_payment.unwrap_or(minimum);
    if amount.currency() != minimum.currency() || !amount.is_positive() {
        return Err(NotAllowed::because(ChoiceRefusal::NotAnAmount));
    }
    if amount.minor() < minimum.minor() {
        return Err(with_down_payment(offer, choice, today, minimum, ChoiceRefusal::DownPaymentBelowMinimum));
    }
    if amount.minor() >= limits.principal.minor() {
        return Err(NotAllowed::because(ChoiceRefusal::DownPaymentTooLarge));
    }
    Ok(Some(DownPayment { amount, due_on: today }))
}

/// The same choice with the smallest down payment, where that makes it an allowed one.
fn with_down_payment(offer: &Offer, choice: &PlanChoice, today: Date, minimum: Money, reason: ChoiceRefusal) -> NotAllowed {
    let choice = PlanChoice { down_payment: Some(minimum), ..choice.clone() };
    // Asks once more at most: this choice's down payment is the minimum.
    let above = fit(offer, &choice, today).ok().map(|schedule| Box::new(Fitting { choice, schedule }));
    NotAllowed { reason, below: None, above }
}

impl NotAllowed {
    fn because(reason: ChoiceRefusal) -> NotAllowed {
        NotAllowed { reason, below: None, above: None }
    }
}

impl PlanChoice {
    /// Nothing wished for but a size and a rhythm.
    pub fn of_plan(size: Size, frequency: Frequency) -> PlanChoice {
        PlanChoice {
            size,
            frequency: Some(frequency),
            first_on: None,
            payday: None,
            days_of_month: Vec::new(),
            down_payment: None,
        }
    }

    /// One payment of this amount, on this day or on the day the offer shows.
    pub fn of_payment(amount: Money, on: Option<Date>) -> PlanChoice {
        PlanChoice {
            size: Size::Amount(amount),
            frequency: None,
            first_on: on,
            payday: None,
            days_of_month: Vec::new(),
            down_payment: None,
        }
    }
}

#[cfg(test)]
mod tests;
