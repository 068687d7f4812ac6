use super::super::calendar::{DayOfMonth, LongestTerm};
use super::super::changing::Line;
use super::super::money::{Currency, Money};
use super::super::offers::{Limits, PlanLimits};
use super::super::one_payment;
use super::super::policy::DownPaymentRule;
use super::super::schedule::InterestRule;
use super::*;
use jiff::civil::date;
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 20);

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn running(pattern: Option<DuePattern>, frequency: Frequency, days: &[Date]) -> Running {
    let line = |(number, due_on): (u32, &Date)| Line {
        number,
        due_on: *due_on,
        amount: usd(5_000),
        paid: usd(0),
        is_met: false,
        is_used: false,
        is_being_collected: false,
    };
    Running {
        principal: usd(5_000 * i64::try_from(days.len()).expect("few")),
        down_payment: None,
        interest: InterestRule::Frozen,
        interest_from: TODAY,
        lines: (1..).zip(days).map(line).collect(),
        pattern,
        frequency: Some(frequency),
        closed_days: ClosedDays::Keep,
        holidays: Holidays::default(),
        minimum: usd(1_000),
        last_excess: usd(1_000),
        first_agreed_on: TODAY,
        changes: 0,
        skips: 0,
        terms: None,
    }
}

/// Four payments by the month, on the 15th.
fn by_the_month() -> Running {
    let days = [date(2026, 12, 15), date(2027, 1, 15), date(2027, 2, 15), date(2027, 3, 15)];
    running(Some(DuePattern::Monthly(DayOfMonth::Day(15))), Frequency::Monthly, &days)
}

fn offer(frequency: Frequency, principal: i64) -> Offer {
    Offer {
        id: format!("plan.balance.{}", frequency.code()),
        kind: OfferKind::Plan,
        basis: Basis::Balance,
        frequency: Some(frequency),
        total: usd(principal),
        min_amount: usd(2_000),
        max_amount: usd(principal - 2_000),
        discount: None,
        valid_through: date(2026, 12, 4),
        schedule: one_payment::schedule(usd(principal), TODAY),
        limits: Limits::Plan(PlanLimits {
            principal: usd(principal),
            minimum_instalment: usd(2_000),
            last_instalment_excess: usd(100),
            longest_term: LongestTerm::Months(12),
            first_payment_within_days: 31,
            down_payment: DownPaymentRule::NotOffered,
            interest: InterestRule::Frozen,
            interest_from: TODAY,
            closed_days: ClosedDays::Keep,
            holidays: Holidays::default(),
        }),
    }
}

fn all(principal: i64) -> Vec<Offer> {
    Frequency::ALL.map(|frequency| offer(frequency, principal)).to_vec()
}

fn written(plan: &Joined) -> Vec<(String, i64)> {
    plan.fitting.schedule.instalments.iter().map(|one| (one.due_on.to_string(), one.amount.minor())).collect()
}

#[test]
fn it_ends_with_the_other_or_has_the_smallest_payments() {
    let days = SharedDays::of(&by_the_month()).expect("a plan");
    let [together, smallest] = days.plans(&all(20_001), TODAY).try_into().expect("two ways");
    assert!(together.ends_together && !smallest.ends_together);
    let on = |day: &str, minor: i64| (day.to_owned(), minor);
    let four = [on("2026-12-15", 5_000), on("2027-01-15", 5_000), on("2027-02-15", 5_000), on("2027-03-15", 5_001)];
    assert_eq!(written(&together), four, "to the cent");
    assert_eq!(smallest.fitting.schedule.instalments.len(), 10);
    assert!(smallest.fitting.schedule.instalments.iter().all(|one| one.due_on.day() == 15));
}

#[test]
fn what_is_too_little_for_so_many_payments_has_fewer() {
    let days = SharedDays::of(&by_the_month()).expect("a plan");
    let plans = days.plans(&all(6_000), TODAY);
    assert_eq!(plans.iter().map(|plan| plan.fitting.schedule.instalments.len()).collect::<Vec<_>>(), [3], "one way, shown once");
    assert!(!plans[0].ends_together);
}

#[test]
fn each_rhythm_is_followed_day_for_day() {
    let weekly = |day, days| DuePattern::EveryDays { anchor: day, days };
    let rhythms = [
        (Frequency::Weekly, weekly(date(2026, 11, 25), 7)),
        (Frequency::EveryTwoWeeks, weekly(date(2026, 12, 2), 14)),
        (Frequency::TwiceAMonth, DuePattern::TwiceAMonth(DayOfMonth::Day(5), DayOfMonth::Day(20))),
        (Frequency::Monthly, DuePattern::Monthly(DayOfMonth::Last)),
        (Frequency::Monthly, DuePattern::PaydaysOfMonth { anchor: date(2026, 12, 4), days: 14, offset: 14, second_offset: None }),
    ];
    let none = Holidays::default();
    for (frequency, pattern) in rhythms {
        let days: Vec<Date> = DueDates::new(pattern, TODAY, TODAY, ClosedDays::Keep, &none).take(5).collect();
        let shared = SharedDays::of(&running(Some(pattern), frequency, &days)).expect("a plan");
        let plans = shared.plans(&all(25_000), TODAY);
        let together = plans.iter().find(|plan| plan.ends_together).unwrap_or_else(|| panic!("{pattern:?}: {plans:?}"));
        let paid: Vec<Date> = together.fitting.schedule.instalments.iter().map(|one| one.due_on).collect();
        assert_eq!(paid, days, "{pattern:?}");
    }
}

#[test]
fn one_payment_and_what_is_paid_off_have_no_days_to_share() {
    assert_eq!(SharedDays::of(&running(None, Frequency::Monthly, &[date(2026, 12, 15)])), None);
    assert_eq!(SharedDays::of(&Running { frequency: None, ..by_the_month() }), None);
    assert_eq!(SharedDays::of(&Running { lines: Vec::new(), ..by_the_month() }), None);
}

#[test]
fn days_that_come_too_late_for_its_first_payment_are_not_offered() {
    let days = [date(2027, 2, 15), date(2027, 3, 15)];
    let far = running(Some(DuePattern::Monthly(DayOfMonth::Day(15))), Frequency::Monthly, &days);
    let plans = SharedDays::of(&far).expect("a plan").plans(&all(10_000), TODAY);
    // It begins sooner, on the same day of the month.
    assert!(plans.iter().all(|plan| plan.fitting.schedule.first_on() == Some(date(2026, 12, 15)) && !plan.ends_together));
    let mut short = all(10_000);
    for offer in &mut short {
        let Limits::Plan(limits) = &mut offer.limits else { panic!("a plan") };
        limits.first_payment_within_days = 5;
    }
    assert!(SharedDays::of(&by_the_month()).expect("a plan").plans(&short, TODAY).is_empty());
}

#[test]
fn days_stand_side_by_side_each_once() {
    let (one, two) = (date(2026, 12, 15), date(2027, 1, 15));
    let days = side_by_side(&[(one, 100), (one, 20)], &[(two, 7), (one, 3)]);
    assert_eq!(days, [(one, 120, 3), (two, 0, 7)]);
    assert!(side_by_side(&[], &[]).is_empty());
}

proptest! {
    /// Whatever is owed and whenever it joins: paid off to the cent, and never on a day that is not one of the other's rhythm.
    #[test]
    fn it_is_paid_off_on_shared_days(principal in 4_001_i64..900_000, day in 1_u8..=31, left in 1_usize..30, later in 0_i32..40) {
        let pattern = DuePattern::Monthly(DayOfMonth::Day(day));
        let none = Holidays::default();
        let days: Vec<Date> = DueDates::new(pattern, TODAY, TODAY, ClosedDays::Keep, &none).take(left).collect();
        let shared = SharedDays::of(&running(Some(pattern), Frequency::Monthly, &days)).expect("a plan");
        let today = super::super::calendar::days_after(TODAY, later);
        let rhythm: Vec<Date> = DueDates::new(pattern, TODAY, TODAY, ClosedDays::Keep, &none).take(60).collect();
        let mut offers = all(principal);
        for offer in &mut offers {
            offer.valid_through = date(2027, 12, 31);
        }
        for plan in shared.plans(&offers, today) {
            let schedule = &plan.fitting.schedule;
            prop_assert_eq!(schedule.instalments.iter().map(|one| one.amount.minor()).sum::<i64>(), principal);
            prop_assert!(schedule.instalments.iter().all(|one| rhythm.contains(&one.due_on) && one.due_on >= today));
            let again = plan_choice::fit(&offers[3], &plan.fitting.choice, today).expect("what is offered can be chosen");
            prop_assert_eq!(&again, schedule);
        }
    }
}
