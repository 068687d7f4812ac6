use super::super::calendar::DayOfMonth;
use super::super::money::Currency;
use super::*;
use jiff::civil::date;

const USD: Currency = Currency::USD;
const NO_HOLIDAYS: &Holidays = &Holidays::NONE;

fn usd(minor: i64) -> Money {
    Money::new(minor, USD)
}

/// 100.00 USD, monthly on the 15th from December 2026 for a year, at least 10.00 each, the last at most 10.00 more.
fn request(size: Size) -> ScheduleRequest<'static> {
    ScheduleRequest {
        principal: usd(10_000),
        size,
        minimum: usd(1_000),
        last_excess: usd(1_000),
        pattern: DuePattern::Monthly(DayOfMonth::Day(15)),
        not_before: date(2026, 12, 1),
        earliest: date(2026, 11, 20),
        not_after: date(2027, 11, 20),
        closed_days: ClosedDays::Keep,
        holidays: NO_HOLIDAYS,
        interest: InterestRule::Frozen,
        interest_from: date(2026, 11, 20),
        before: &[],
        down_payment: None,
    }
}

fn amounts(request: &ScheduleRequest<'_>) -> Result<Vec<i64>, ScheduleRefusal> {
    build(request).map(|schedule| schedule.instalments.iter().map(|instalment| instalment.amount.minor()).collect())
}

fn of_amount(minor: i64) -> ScheduleRequest<'static> {
    request(Size::Amount(usd(minor)))
}

fn of_number(number: u32) -> ScheduleRequest<'static> {
    request(Size::Number(number))
}

#[test]
fn a_number_of_instalments_leaves_the_remainder_to_the_last() {
    assert_eq!(amounts(&of_number(3)), Ok(vec![3_333, 3_333, 3_334]));
    assert_eq!(amounts(&of_number(4)), Ok(vec![2_500; 4]));
    assert_eq!(amounts(&of_number(10)), Ok(vec![1_000; 10]));
}

#[test]
fn where_the_last_may_not_be_larger_it_is_smaller() {
    let strict = |principal, number| ScheduleRequest { principal: usd(principal), last_excess: usd(0), ..of_number(number) };
    assert_eq!(amounts(&strict(10_000, 3)), Ok(vec![3_334, 3_334, 3_332]));
    // 10.00 each is the minimum: neither 10.01 last nor 9.99 last is allowed.
    assert_eq!(amounts(&strict(3_001, 3)), Err(ScheduleRefusal::LastInstalmentDoesNotFit));
}

#[test]
fn an_own_amount_leaves_what_remains_to_the_last() {
    assert_eq!(amounts(&of_amount(3_000)), Ok(vec![3_000, 3_000, 3_000, 1_000]));
    assert_eq!(amounts(&of_amount(2_500)), Ok(vec![2_500; 4]));
    // 4.00 would remain, below the minimum: it joins the third.
    assert_eq!(amounts(&of_amount(3_200)), Ok(vec![3_200, 3_200, 3_600]));
    let strict = ScheduleRequest { last_excess: usd(399), ..of_amount(3_200) };
    assert_eq!(amounts(&strict), Err(ScheduleRefusal::LastInstalmentDoesNotFit));
    let exact = ScheduleRequest { last_excess: usd(400), ..of_amount(3_200) };
    assert_eq!(amounts(&exact), Ok(vec![3_200, 3_200, 3_600]));
}

#[test]
fn the_minimum_is_allowed_and_a_cent_below_is_not() {
    assert_eq!(amounts(&of_amount(1_000)), Ok(vec![1_000; 10]));
    assert_eq!(amounts(&of_amount(999)), Err(ScheduleRefusal::BelowMinimum));
    assert_eq!(amounts(&of_number(11)), Err(ScheduleRefusal::TooManyInstalments));
}

#[test]
fn a_plan_is_at_least_two_payments() {
    assert_eq!(amounts(&of_amount(9_000)), Ok(vec![9_000, 1_000]));
    assert_eq!(amounts(&of_amount(9_001)), Err(ScheduleRefusal::TooFewInstalments));
    assert_eq!(amounts(&of_amount(10_000)), Err(ScheduleRefusal::TooFewInstalments));
    for number in [0, 1] {
        assert_eq!(amounts(&of_number(number)), Err(ScheduleRefusal::TooFewInstalments));
    }
}

#[test]
fn nothing_and_one_cent_make_no_plan() {
    for (minor, refusal) in
        [(0, ScheduleRefusal::NothingToPay), (-5_000, ScheduleRefusal::NothingToPay), (1, ScheduleRefusal::TooFewInstalments)]
    {
        let request = ScheduleRequest { principal: usd(minor), ..of_amount(1_000) };
        assert_eq!(amounts(&request), Err(refusal), "{minor}");
    }
    let cents = ScheduleRequest { principal: usd(3), minimum: usd(1), last_excess: usd(0), ..of_number(3) };
    assert_eq!(amounts(&cents), Ok(vec![1, 1, 1]));
    let too_many = ScheduleRequest { size: Size::Number(4), ..cents };
    assert_eq!(amounts(&too_many), Err(ScheduleRefusal::TooManyInstalments));
}

#[test]
fn the_longest_term_binds_and_the_last_day_counts() {
    let short = |day| ScheduleRequest { not_after: date(2027, 3, day), ..of_amount(2_500) };
    assert_eq!(amounts(&short(15)), Ok(vec![2_500; 4]));
    // A day less: three dates, and 25.00 would have to be added to the third.
    assert_eq!(amounts(&short(14)), Err(ScheduleRefusal::TakesTooLong));
    let number = ScheduleRequest { size: Size::Number(4), ..short(14) };
    assert_eq!(amounts(&number), Err(ScheduleRefusal::TooManyInstalments));
    // However much the policy lets the last one exceed the others: an instalment's worth is an instalment of its own.
    let generous = ScheduleRequest { last_excess: usd(2_500), ..short(14) };
    assert_eq!(amounts(&generous), Err(ScheduleRefusal::TakesTooLong));
}

/// Found by a generated case: the day after, one more date was within the term, and a cent became an instalment of its own.
#[test]
fn what_joins_the_last_does_not_depend_on_how_long_the_term_is() {
    let held = |not_after| ScheduleRequest { minimum: usd(1), last_excess: usd(3_184), not_after, ..of_amount(3_333) };
    assert_eq!(amounts(&held(date(2027, 3, 14))), Err(ScheduleRefusal::TakesTooLong));
    assert_eq!(amounts(&held(date(2027, 3, 15))), Ok(vec![3_333, 3_333, 3_333, 1]));
    let with_minimum = |not_after| ScheduleRequest { minimum: usd(500), ..held(not_after) };
    assert_eq!(amounts(&with_minimum(date(2027, 3, 14))), Ok(vec![3_333, 3_333, 3_334]));
    assert_eq!(amounts(&with_minimum(date(2027, 3, 15))), Ok(vec![3_333, 3_333, 3_334]));
}

/// Found by a generated case: a month's interest made an instalment of what had joined the one before.
#[test]
fn the_largest_allowed_amount_is_allowed_with_interest_too() {
    let request = ScheduleRequest {
        principal: usd(71),
        minimum: usd(8),
        last_excess: usd(12),
        interest: InterestRule::SimpleDaily { annual_rate_basis_points: 8_411 },
        interest_from: date(2026, 11, 10),
        ..of_amount(70)
    };
    let (least, most) = allowed_amounts(&request).expect("some are allowed");
    for amount in [least, most] {
        assert!(amounts(&ScheduleRequest { size: Size::Amount(amount), ..request.clone() }).is_ok(), "{amount:?}");
    }
}

#[test]
fn no_plan_is_longer_than_the_most_instalments() {
    let endless = ScheduleRequest {
        principal: usd(i64::from(MAX_INSTALMENTS) * 1_000 + 3_000),
        pattern: DuePattern::EveryDays { anchor: date(2026, 12, 1), days: 7 },
        not_after: date(2100, 1, 1),
        ..of_amount(1_000)
    };
    assert_eq!(amounts(&endless), Err(ScheduleRefusal::TakesTooLong));
    let number = ScheduleRequest { size: Size::Number(MAX_INSTALMENTS + 1), ..endless.clone() };
    assert_eq!(amounts(&number), Err(ScheduleRefusal::TooManyInstalments));
    let most = ScheduleRequest { size: Size::Number(MAX_INSTALMENTS), ..endless };
    assert_eq!(amounts(&most).map(|amounts| amounts.len()), Ok(MAX_INSTALMENTS as usize));
}

#[test]
fn a_down_payment_comes_first_and_the_rest_is_divided() {
    let down = DownPayment { amount: usd(2_500), due_on: date(2026, 11, 20) };
    let schedule = build(&ScheduleRequest { down_payment: Some(down), ..of_number(3) }).expect("a plan");
    let amounts: Vec<i64> = schedule.instalments.iter().map(|instalment| instalment.amount.minor()).collect();
    assert_eq!(amounts, [2_500, 2_500, 2_500, 2_500]);
    assert_eq!(schedule.instalments[0].due_on, date(2026, 11, 20));
    assert_eq!(schedule.instalments[3].number, 4);
    assert_eq!(schedule.each(), Some(usd(2_500)));
    let everything = DownPayment { amount: usd(10_000), ..down };
    assert_eq!(
        build(&ScheduleRequest { down_payment: Some(everything), ..of_number(3) }),
        Err(ScheduleRefusal::DownPaymentDoesNotFit)
    );
    let late = DownPayment { due_on: date(2026, 12, 15), ..down };
    assert_eq!(build(&ScheduleRequest { down_payment: Some(late), ..of_number(3) }), Err(ScheduleRefusal::DownPaymentDoesNotFit));
}

#[test]
fn frozen_interest_adds_nothing() {
    let schedule = build(&of_number(7)).expect("a plan");
    assert_eq!((schedule.total, schedule.interest), (usd(10_000), usd(0)));
}

#[test]
fn simple_daily_interest_is_exact() {
    // 36.5 % a year is a thousandth a day. 100.00 for 25 days is 2.50; 67.50 less 35.00 … worked by hand.
    let interest = InterestRule::SimpleDaily { annual_rate_basis_points: 3_650 };
    let schedule = build(&ScheduleRequest { interest, ..of_amount(3_500) }).expect("a plan");
    // 15 Dec: 2.50 interest, 32.50 principal, 67.50 left. 15 Jan: 31 days, 2.0925 → 2.09; 32.91 principal, 34.59 left.
    // 15 Feb: 31 days, 1.07229 → 1.07; 33.93 principal, 0.66 left. 15 Mar: 28 days, 0.02 → 0.68, below the minimum: it
    // joins the third: 34.59 + 1.07 = 35.66.
    let amounts: Vec<i64> = schedule.instalments.iter().map(|instalment| instalment.amount.minor()).collect();
    assert_eq!(amounts, [3_500, 3_500, 3_566]);
    assert_eq!((schedule.total, schedule.interest), (usd(10_566), usd(566)));
}

#[test]
fn an_amount_below_the_interest_never_ends() {
    let interest = InterestRule::SimpleDaily { annual_rate_basis_points: 10_000 };
    let request = ScheduleRequest { principal: usd(100_000_000), interest, ..of_amount(1_000) };
    assert_eq!(amounts(&request), Err(ScheduleRefusal::TakesTooLong));
}

#[test]
fn the_nearest_amounts_are_found_on_both_sides() {
    let strict = |minor| ScheduleRequest { last_excess: usd(0), ..of_amount(minor) };
    let nearest = |minor| {
        let (below, above) = nearest_amounts(&strict(minor), usd(minor));
        (below.map(Money::minor), above.map(Money::minor))
    };
    assert_eq!(amounts(&strict(3_200)), Err(ScheduleRefusal::LastInstalmentDoesNotFit));
    // 3 × 30.00 + 10.00 below; 33.34 + 33.34 + 33.32 above.
    assert_eq!(nearest(3_200), (Some(3_000), Some(3_334)));
    assert_eq!(nearest(1), (None, Some(1_000)));
    assert_eq!(nearest(50_000), (Some(9_000), None));
    assert_eq!(allowed_amounts(&strict(1_000)), Some((usd(1_000), usd(9_000))));
    assert_eq!(allowed_numbers(&strict(1_000)), Some((2, 10)));
}

#[test]
fn a_currency_without_decimals_is_divided_in_whole_units() {
    let yen = |minor| Money::new(minor, Currency::JPY);
    let request = ScheduleRequest { principal: yen(1_000), minimum: yen(100), last_excess: yen(100), ..of_number(3) };
    assert_eq!(amounts(&request), Ok(vec![333, 333, 334]));
    assert_eq!(amounts(&ScheduleRequest { size: Size::Amount(usd(333)), ..request }), Err(ScheduleRefusal::AmountOutOfRange));
}

#[test]
fn an_amount_beyond_reckoning_is_refused() {
    let huge = ScheduleRequest { principal: usd(i64::MAX), ..of_number(2) };
    assert_eq!(amounts(&huge), Err(ScheduleRefusal::AmountOutOfRange));
    assert_eq!(amounts(&of_amount(i64::MAX)), Err(ScheduleRefusal::AmountOutOfRange));
}
