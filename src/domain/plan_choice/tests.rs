use super::super::calendar::{ClosedDays, Holidays, LongestTerm};
use super::super::money::Currency;
use super::super::offers::{OfferKind, OnePaymentLimits};
use super::super::policy::Basis;
use super::super::schedule::InterestRule;
use super::*;
use jiff::civil::date;

const TODAY: Date = date(2026, 11, 20);

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn limits() -> PlanLimits {
    PlanLimits {
        principal: usd(30_000),
        minimum_instalment: usd(2_500),
        last_instalment_excess: usd(0),
        longest_term: LongestTerm::Months(12),
        first_payment_within_days: 31,
        down_payment: DownPaymentRule::NotOffered,
        interest: InterestRule::Frozen,
        interest_from: TODAY,
        closed_days: ClosedDays::Keep,
        holidays: Holidays::default(),
    }
}

fn offer(frequency: Frequency, limits: PlanLimits) -> Offer {
    Offer {
        id: "plan.balance".into(),
        kind: OfferKind::Plan,
        basis: Basis::Balance,
        frequency: Some(frequency),
        total: usd(30_000),
        min_amount: usd(2_500),
        max_amount: usd(27_500),
        discount: None,
        valid_through: date(2026, 12, 4),
        schedule: one_payment::schedule(usd(30_000), TODAY),
        limits: Limits::Plan(limits),
    }
}

fn monthly(size: Size) -> PlanChoice {
    PlanChoice::of_plan(size, Frequency::Monthly)
}

fn fitted(choice: &PlanChoice) -> Result<Schedule, NotAllowed> {
    fit(&offer(Frequency::Monthly, limits()), choice, TODAY)
}

fn refused(choice: &PlanChoice) -> ChoiceRefusal {
    fitted(choice).expect_err("not allowed").reason
}

fn first_dates(choice: &PlanChoice, frequency: Frequency) -> Vec<String> {
    let schedule = fit(&offer(frequency, limits()), choice, TODAY).expect("allowed");
    schedule.instalments.iter().take(3).map(|instalment| instalment.due_on.to_string()).collect()
}

#[test]
fn an_own_amount_becomes_a_schedule() {
    let schedule = fitted(&monthly(Size::Amount(usd(10_000)))).expect("allowed");
    assert_eq!(schedule.instalments.len(), 3);
    assert_eq!(schedule.first_on(), Some(date(2026, 12, 20)));
}

#[test]
fn an_amount_that_is_not_allowed_comes_with_the_nearest_that_are() {
    // 2 × 140.00 leaves 20.00, below the minimum.
    let refusal = fitted(&monthly(Size::Amount(usd(14_000)))).expect_err("not allowed");
    assert_eq!(refusal.reason, ChoiceRefusal::LastInstalmentDoesNotFit);
    let size = |fitting: Option<Box<Fitting>>| fitting.map(|fitting| fitting.choice.size);
    assert_eq!(size(refusal.below), Some(Size::Amount(usd(13_750))));
    assert_eq!(size(refusal.above), Some(Size::Amount(usd(15_000))));
}

#[test]
fn a_number_out_of_range_comes_with_the_nearest_in_it() {
    let refusal = fitted(&monthly(Size::Number(40))).expect_err("not allowed");
    assert_eq!(refusal.reason, ChoiceRefusal::TooManyInstalments);
    assert_eq!(refusal.above.map(|fitting| fitting.choice.size), Some(Size::Number(12)));
    let refusal = fitted(&monthly(Size::Number(1))).expect_err("not allowed");
    assert_eq!(refusal.reason, ChoiceRefusal::TooFewInstalments);
    assert_eq!(refusal.below.map(|fitting| fitting.choice.size), Some(Size::Number(2)));
}

#[test]
fn amounts_that_are_none_are_refused() {
    for amount in [usd(0), usd(-1), Money::new(10_000, Currency::EUR)] {
        assert_eq!(refused(&monthly(Size::Amount(amount))), ChoiceRefusal::NotAnAmount);
    }
    assert_eq!(refused(&monthly(Size::Amount(usd(2_499)))), ChoiceRefusal::BelowMinimum);
    assert_eq!(refused(&monthly(Size::Amount(usd(30_000)))), ChoiceRefusal::TooFewInstalments);
    assert_eq!(refused(&monthly(Size::Amount(usd(30_001)))), ChoiceRefusal::AboveTotal);
}

#[test]
fn the_first_date_is_from_today_to_the_last_day_allowed() {
    let on = |first_on| PlanChoice { first_on: Some(first_on), ..monthly(Size::Number(3)) };
    assert!(fitted(&on(TODAY)).is_ok());
    assert!(fitted(&on(date(2026, 12, 21))).is_ok());
    assert_eq!(refused(&on(date(2026, 11, 19))), ChoiceRefusal::FirstDateInThePast);
    assert_eq!(refused(&on(date(2026, 12, 22))), ChoiceRefusal::FirstDateTooLate);
}

#[test]
fn dates_follow_the_payday() {
    let payday = Payday { next: date(2026, 12, 4), rhythm: Frequency::EveryTwoWeeks };
    let choice = |frequency| PlanChoice { payday: Some(payday), ..PlanChoice::of_plan(Size::Number(3), frequency) };
    let dates = |frequency| first_dates(&choice(frequency), frequency);
    assert_eq!(dates(Frequency::Weekly), ["2026-12-04", "2026-12-11", "2026-12-18"]);
    assert_eq!(dates(Frequency::EveryTwoWeeks), ["2026-12-04", "2026-12-18", "2027-01-01"]);
    assert_eq!(dates(Frequency::TwiceAMonth), ["2026-12-04", "2026-12-18", "2027-01-01"]);
    assert_eq!(dates(Frequency::Monthly), ["2026-12-04", "2027-01-01", "2027-02-12"]);
}

#[test]
fn dates_follow_the_chosen_days_of_the_month() {
    let choice = |frequency, days: &[DayOfMonth]| PlanChoice {
        days_of_month: days.to_vec(),
        ..PlanChoice::of_plan(Size::Number(3), frequency)
    };
    let last = choice(Frequency::Monthly, &[DayOfMonth::Last]);
    assert_eq!(first_dates(&last, Frequency::Monthly), ["2026-11-30", "2026-12-31", "2027-01-31"]);
    let both = choice(Frequency::TwiceAMonth, &[DayOfMonth::Day(15), DayOfMonth::Last]);
    assert_eq!(first_dates(&both, Frequency::TwiceAMonth), ["2026-11-30", "2026-12-15", "2026-12-31"]);
    let one = choice(Frequency::TwiceAMonth, &[DayOfMonth::Day(15)]);
    let refusal = fit(&offer(Frequency::TwiceAMonth, limits()), &one, TODAY).expect_err("two days are needed");
    assert_eq!(refusal.reason, ChoiceRefusal::DaysOfMonthDoNotFit);
    let close = choice(Frequency::TwiceAMonth, &[DayOfMonth::Day(28), DayOfMonth::Last]);
    let refusal = fit(&offer(Frequency::TwiceAMonth, limits()), &close, TODAY).expect_err("too close");
    assert_eq!(refusal.reason, ChoiceRefusal::DaysOfMonthDoNotFit);
}

#[test]
fn without_wishes_twice_a_month_is_the_first_and_the_fifteenth() {
    let choice = PlanChoice::of_plan(Size::Number(3), Frequency::TwiceAMonth);
    assert_eq!(first_dates(&choice, Frequency::TwiceAMonth), ["2026-12-01", "2026-12-15", "2027-01-01"]);
}

#[test]
fn another_rhythm_is_another_offer() {
    assert_eq!(refused(&PlanChoice::of_plan(Size::Number(3), Frequency::Weekly)), ChoiceRefusal::OtherFrequency);
}

#[test]
fn a_down_payment_is_as_the_offer_says() {
    let with = |down: Option<i64>| PlanChoice { down_payment: down.map(usd), ..monthly(Size::Number(3)) };
    let reason = |rule, down| {
        let offer = offer(Frequency::Monthly, PlanLimits { down_payment: rule, ..limits() });
        fit(&offer, &with(down), TODAY).map(|schedule| schedule.instalments.len()).map_err(|refusal| refusal.reason)
    };
    let optional = DownPaymentRule::Optional { minimum: usd(1_000) };
    let required = DownPaymentRule::Required { minimum: usd(1_000) };
    assert_eq!(reason(DownPaymentRule::NotOffered, Some(1_000)), Err(ChoiceRefusal::DownPaymentNotOffered));
    assert_eq!(reason(optional, None), Ok(3));
    assert_eq!(reason(optional, Some(1_000)), Ok(4));
    assert_eq!(reason(optional, Some(999)), Err(ChoiceRefusal::DownPaymentBelowMinimum));
    assert_eq!(reason(optional, Some(30_000)), Err(ChoiceRefusal::DownPaymentTooLarge));
    assert_eq!(reason(required, None), Err(ChoiceRefusal::DownPaymentRequired));
    let offer = offer(Frequency::Monthly, PlanLimits { down_payment: required, ..limits() });
    let nearest = fit(&offer, &with(None), TODAY).expect_err("required").above.expect("the same with the least");
    assert_eq!(nearest.choice.down_payment, Some(usd(1_000)));
}

#[test]
fn what_was_allowed_stays_allowed_while_it_is_held() {
    let choice = PlanChoice { first_on: Some(date(2026, 12, 10)), ..monthly(Size::Amount(usd(2_500))) };
    let offer = offer(Frequency::Monthly, limits());
    let shown = fit(&offer, &choice, TODAY).expect("allowed");
    assert_eq!(fit(&offer, &choice, date(2026, 12, 4)), Ok(shown));
    let refusal = fit(&offer, &choice, date(2026, 12, 5)).expect_err("no longer held");
    assert_eq!(refusal.reason, ChoiceRefusal::Expired);
}

#[test]
fn one_payment_has_an_amount_and_a_day() {
    let limits = OnePaymentLimits { minimum: usd(1_000), maximum: usd(30_000), due_by: date(2026, 12, 20) };
    let promise = Offer {
        kind: OfferKind::Promise,
        frequency: None,
        limits: Limits::OnePayment(limits),
        ..offer(Frequency::Monthly, self::limits())
    };
    let pay = |minor, on| fit(&promise, &PlanChoice::of_payment(usd(minor), on), TODAY);
    let schedule = pay(1_000, Some(date(2026, 12, 20))).expect("the least, on the last day");
    assert_eq!((schedule.total, schedule.last_on()), (usd(1_000), Some(date(2026, 12, 20))));
    assert!(pay(30_000, None).is_ok());
    let below = pay(999, None).expect_err("a cent too little");
    assert_eq!(below.reason, ChoiceRefusal::BelowMinimum);
    assert_eq!(below.above.map(|fitting| fitting.schedule.total), Some(usd(1_000)));
    assert_eq!(pay(30_001, None).map_err(|refusal| refusal.reason), Err(ChoiceRefusal::AboveTotal));
    assert_eq!(pay(1_000, Some(date(2026, 12, 21))).map_err(|refusal| refusal.reason), Err(ChoiceRefusal::FirstDateTooLate));
    assert_eq!(pay(1_000, Some(date(2026, 11, 19))).map_err(|refusal| refusal.reason), Err(ChoiceRefusal::FirstDateInThePast));
}
