use super::*;
use crate::domain::calendar::DayOfMonth;
use crate::domain::money::Currency;
use jiff::civil::date;
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 20);

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn terms() -> ChangeTerms {
    ChangeTerms { most_changes: 6, move_days: 14, most_skips: 2, pause_days: 60, longest_term: LongestTerm::Months(24) }
}

fn open(number: u32, due_on: Date, minor: i64) -> Line {
    Line { number, due_on, amount: usd(minor), paid: usd(0), is_met: false, is_used: false, is_being_collected: false }
}

fn paid(line: Line) -> Line {
    Line { paid: line.amount, is_met: true, is_used: true, ..line }
}

/// Four payments of 100.00 on the 15th of each month from October, the first of which is paid.
fn running() -> Running {
    let days = [date(2026, 10, 15), date(2026, 11, 25), date(2026, 12, 15), date(2027, 1, 15)];
    let mut lines: Vec<Line> = (1..).zip(days).map(|(number, due_on)| open(number, due_on, 10_000)).collect();
    lines[0] = paid(lines[0]);
    Running {
        principal: usd(40_000),
        down_payment: None,
        interest: InterestRule::Frozen,
        interest_from: date(2026, 10, 1),
        lines,
        pattern: Some(DuePattern::Monthly(DayOfMonth::Day(15))),
        frequency: Some(Frequency::Monthly),
        closed_days: ClosedDays::Keep,
        holidays: Holidays::default(),
        minimum: usd(1_000),
        last_excess: usd(1_000),
        first_agreed_on: date(2026, 10, 1),
        changes: 0,
        skips: 0,
        terms: Some(terms()),
    }
}

fn written(schedule: &Schedule) -> Vec<(u32, String, i64)> {
    schedule.instalments.iter().map(|one| (one.number, one.due_on.to_string(), one.amount.minor())).collect()
}

fn is(number: u32, day: &str, minor: i64) -> (u32, String, i64) {
    (number, day.to_owned(), minor)
}

fn why(running: &Running, change: &Change) -> ChangeRefusal {
    running.change(change, TODAY).expect_err("not allowed").why
}

fn replan(size: Size) -> PlanChoice {
    PlanChoice { days_of_month: vec![DayOfMonth::Day(1)], ..PlanChoice::of_plan(size, Frequency::Monthly) }
}

#[test]
fn one_payment_is_moved_and_nothing_else_is() {
    let schedule = running().change(&Change::Move { number: 2, to: date(2026, 12, 9) }, TODAY).expect("allowed");
    let kept =
        [is(1, "2026-10-15", 10_000), is(2, "2026-12-09", 10_000), is(3, "2026-12-15", 10_000), is(4, "2027-01-15", 10_000)];
    assert_eq!(written(&schedule), kept);
    // Behind the next one it keeps its number.
    let late = Running {
        lines: vec![open(1, date(2026, 12, 1), 500), open(2, date(2026, 12, 8), 700)],
        principal: usd(1_200),
        ..running()
    };
    let schedule = late.change(&Change::Move { number: 1, to: date(2026, 12, 10) }, TODAY).expect("allowed");
    assert_eq!(written(&schedule), [is(2, "2026-12-08", 700), is(1, "2026-12-10", 500)]);
}

#[test]
fn a_day_that_is_not_allowed_gets_the_nearest_that_is() {
    let too_far = running().change(&Change::Move { number: 2, to: date(2026, 12, 10) }, TODAY).expect_err("too far");
    assert_eq!(too_far.why, ChangeRefusal::TooFar { latest: date(2026, 12, 9) });
    assert_eq!(too_far.nearest[0].change, Change::Move { number: 2, to: date(2026, 12, 9) });
    let past = running().change(&Change::Move { number: 2, to: date(2026, 11, 19) }, TODAY).expect_err("past");
    assert_eq!((past.why, past.nearest[0].change.clone()), (ChangeRefusal::InThePast, Change::Move { number: 2, to: TODAY }));
    assert_eq!(why(&running(), &Change::Move { number: 2, to: date(2026, 11, 25) }), ChangeRefusal::SameAsNow);
    assert_eq!(why(&running(), &Change::Move { number: 1, to: TODAY }), ChangeRefusal::NoSuchPayment);
    assert_eq!(why(&running(), &Change::Move { number: 9, to: TODAY }), ChangeRefusal::NoSuchPayment);
    let short = ChangeTerms { longest_term: LongestTerm::Months(2), ..terms() };
    let ends = Running { terms: Some(short), ..running() };
    let refused = ends.change(&Change::Move { number: 4, to: date(2027, 1, 29) }, TODAY).expect_err("ends too late");
    assert_eq!(refused.why, ChangeRefusal::EndsTooLate { latest: date(2027, 1, 15) });
}

#[test]
fn a_payment_that_is_over_is_moved_from_today_on() {
    let missed = Running { lines: vec![open(1, date(2026, 11, 1), 10_000), open(2, date(2026, 12, 1), 30_000)], ..running() };
    let schedule = missed.change(&Change::Move { number: 1, to: date(2026, 12, 4) }, TODAY).expect("two weeks from today");
    assert_eq!(schedule.last_on(), Some(date(2026, 12, 4)));
    assert_eq!(
        why(&missed, &Change::Move { number: 1, to: date(2026, 12, 5) }),
        ChangeRefusal::TooFar { latest: date(2026, 12, 4) }
    );
}

#[test]
fn a_skipped_payment_comes_after_the_last_one() {
    let schedule = running().change(&Change::Skip { number: 2 }, TODAY).expect("allowed");
    let after =
        [is(1, "2026-10-15", 10_000), is(3, "2026-12-15", 10_000), is(4, "2027-01-15", 10_000), is(2, "2027-02-15", 10_000)];
    assert_eq!(written(&schedule), after);
    let twice = Running { skips: 2, ..running() };
    let refused = twice.change(&Change::Skip { number: 2 }, TODAY).expect_err("often enough");
    assert_eq!(refused.why, ChangeRefusal::SkippedOften { most: 2 });
    assert_eq!(refused.nearest[0].change, Change::Move { number: 2, to: date(2026, 12, 9) });
    let mut partly = running();
    partly.lines[1] = Line { paid: usd(1), is_used: true, ..partly.lines[1] };
    assert_eq!(why(&partly, &Change::Skip { number: 2 }), ChangeRefusal::PartlyPaid);
}

#[test]
fn a_pause_moves_all_that_is_open_along_its_rhythm() {
    let schedule = running().change(&Change::Pause { until: date(2027, 1, 1) }, TODAY).expect("allowed");
    let after =
        [is(1, "2026-10-15", 10_000), is(2, "2027-01-15", 10_000), is(3, "2027-02-15", 10_000), is(4, "2027-03-15", 10_000)];
    assert_eq!(written(&schedule), after);
    let long = running().change(&Change::Pause { until: date(2027, 1, 20) }, TODAY).expect_err("too long");
    assert_eq!(long.why, ChangeRefusal::TooFar { latest: date(2027, 1, 19) });
    assert_eq!(long.nearest[0].change, Change::Pause { until: date(2027, 1, 19) });
    assert_eq!(why(&running(), &Change::Pause { until: date(2026, 11, 25) }), ChangeRefusal::SameAsNow, "nothing is due before");
    assert_eq!(why(&running(), &Change::Pause { until: TODAY }), ChangeRefusal::InThePast);
}

#[test]
fn what_is_left_is_planned_anew_and_what_is_paid_stays() {
    let mut partly = running();
    partly.lines[1] = Line { paid: usd(4_000), is_used: true, ..partly.lines[1] };
    let schedule = partly.change(&Change::Replan(replan(Size::Number(4))), TODAY).expect("allowed");
    let after = [
        is(1, "2026-10-15", 10_000),
        is(2, "2026-11-25", 4_000),
        is(3, "2026-12-01", 6_500),
        is(4, "2027-01-01", 6_500),
        is(5, "2027-02-01", 6_500),
        is(6, "2027-03-01", 6_500),
    ];
    assert_eq!(written(&schedule), after);
    // The number of a payment that went back stands for nothing else.
    let mut went_back = running();
    went_back.lines[2] = Line { is_used: true, ..went_back.lines[2] };
    let schedule = went_back.change(&Change::Replan(replan(Size::Number(2))), TODAY).expect("allowed");
    assert_eq!(schedule.instalments.iter().map(|one| one.number).collect::<Vec<_>>(), [1, 2, 4]);
}

#[test]
fn a_plan_that_is_not_allowed_gets_the_nearest_that_are() {
    let refused = running().change(&Change::Replan(replan(Size::Amount(usd(999)))), TODAY).expect_err("too little");
    assert_eq!(refused.why, ChangeRefusal::Plan(ChoiceRefusal::BelowMinimum));
    assert!(
        matches!(&refused.nearest[0].change, Change::Replan(PlanChoice { size: Size::Amount(amount), .. }) if amount.minor() >= 1_000)
    );
    let short = Running { terms: Some(ChangeTerms { longest_term: LongestTerm::Months(4), ..terms() }), ..running() };
    let refused = short.change(&Change::Replan(replan(Size::Number(9))), TODAY).expect_err("too long");
    assert_eq!(refused.why, ChangeRefusal::Plan(ChoiceRefusal::TooManyInstalments));
    assert!(matches!(&refused.nearest[0].change, Change::Replan(PlanChoice { size: Size::Number(3), .. })), "{refused:?}");
    let down = PlanChoice { down_payment: Some(usd(500)), ..replan(Size::Number(3)) };
    assert_eq!(why(&running(), &Change::Replan(down)), ChangeRefusal::Plan(ChoiceRefusal::DownPaymentNotOffered));
    let late = PlanChoice { first_on: Some(date(2026, 12, 16)), days_of_month: vec![], ..replan(Size::Number(3)) };
    assert_eq!(why(&running(), &Change::Replan(late)), ChangeRefusal::Plan(ChoiceRefusal::FirstDateTooLate));
}

#[test]
fn what_is_being_collected_stays_until_it_is_known() {
    let mut collected = running();
    collected.lines[1] = Line { is_being_collected: true, ..collected.lines[1] };
    assert_eq!(why(&collected, &Change::Move { number: 2, to: date(2026, 12, 1) }), ChangeRefusal::BeingCollected);
    assert_eq!(why(&collected, &Change::Skip { number: 2 }), ChangeRefusal::BeingCollected);
    let schedule = collected.change(&Change::Replan(replan(Size::Number(2))), TODAY).expect("the rest");
    assert_eq!(written(&schedule)[1], is(2, "2026-11-25", 10_000));
    assert_eq!(schedule.total, usd(40_000));
}

#[test]
fn nothing_is_changed_without_the_policy_or_more_often_than_it_says() {
    let change = Change::Move { number: 2, to: date(2026, 12, 1) };
    assert_eq!(why(&Running { terms: None, ..running() }, &change), ChangeRefusal::NotOffered);
    assert_eq!(why(&Running { changes: 6, ..running() }, &change), ChangeRefusal::ChangedOften { most: 6 });
    let one_payment = Running { pattern: None, frequency: None, lines: vec![open(1, date(2026, 12, 1), 40_000)], ..running() };
    assert_eq!(why(&one_payment, &Change::Skip { number: 1 }), ChangeRefusal::NotOffered);
    assert_eq!(why(&one_payment, &Change::Pause { until: date(2026, 12, 9) }), ChangeRefusal::NotOffered);
    assert!(one_payment.change(&Change::Move { number: 1, to: date(2026, 12, 9) }, TODAY).is_ok());
}

#[test]
fn there_are_three_exact_ways_on() {
    let ways = running().ways_back(TODAY);
    assert_eq!(ways.iter().map(|(way, _)| *way).collect::<Vec<_>>(), [WayBack::Later, WayBack::Spread, WayBack::Longer]);
    let [later, spread, longer] = [0, 1, 2].map(|index| written(&ways[index].1.schedule));
    assert_eq!(later[1], is(2, "2026-12-09", 10_000));
    assert_eq!(spread[1..], [is(2, "2026-12-15", 15_000), is(3, "2027-01-15", 15_000)]);
    assert_eq!(longer[3], is(2, "2027-02-15", 10_000));
    let mut missed = running();
    missed.lines[0] = open(1, date(2026, 10, 15), 10_000);
    missed.lines[1] = open(2, date(2026, 11, 15), 10_000);
    let ways = missed.ways_back(TODAY);
    assert_eq!(ways.len(), 3, "{ways:?}");
    assert_eq!(ways[2].1.schedule.first_on(), Some(date(2026, 12, 15)), "all of it follows its rhythm again");
    assert!(Running { terms: None, ..running() }.ways_back(TODAY).is_empty());
}

#[test]
fn interest_by_the_day_is_in_the_last_payment() {
    let rate = InterestRule::SimpleDaily { annual_rate_basis_points: 1_200 };
    let first = Running { interest: rate, ..running() };
    let longer = first.change(&Change::Skip { number: 2 }, TODAY).expect("allowed");
    let shorter = first.change(&Change::Move { number: 4, to: date(2027, 1, 14) }, TODAY).expect("allowed");
    for schedule in [&longer, &shorter] {
        assert_eq!(
            schedule.interest_of_each(rate, first.interest_from).iter().map(|one| one.minor()).sum::<i64>(),
            schedule.interest.minor()
        );
        assert_eq!(schedule.total.minor(), schedule.principal.minor() + schedule.interest.minor());
    }
    assert!(longer.interest.minor() > shorter.interest.minor());
}

proptest! {
    /// Whatever is changed, one change after the other: nothing that is paid moves, and everything is paid off to the cent.
    #[test]
    fn what_was_owed_is_what_is_paid_whatever_is_changed(
        amounts in proptest::collection::vec(1_000_i64..30_000, 2..14),
        met in 0_usize..4,
        partly in 0_i64..900,
        rate in prop_oneof![Just(0_u32), 1_u32..3_000],
        wishes in proptest::collection::vec((0_u8..4, 1_u32..14, 1_i32..80, 2_u32..30), 1..5),
    ) {
        let principal: i64 = amounts.iter().sum();
        let interest = if rate == 0 { InterestRule::Frozen } else { InterestRule::SimpleDaily { annual_rate_basis_points: rate } };
        let pattern = DuePattern::Monthly(DayOfMonth::Day(15));
        let from = date(2026, 8, 1);
        let none = Holidays::default();
        let days = DueDates::new(pattern, from, from, ClosedDays::Keep, &none);
        let mut lines: Vec<Line> = (1..).zip(days).zip(&amounts).map(|((number, day), minor)| open(number, day, *minor)).collect();
        for line in lines.iter_mut().take(met.min(amounts.len() - 1)) {
            *line = paid(*line);
        }
        if let Some(line) = lines.iter_mut().find(|line| !line.is_met) {
            *line = Line { paid: usd(partly), is_used: partly > 0, ..*line };
        }
        let generous = ChangeTerms { most_changes: 99, move_days: 60, most_skips: 99, pause_days: 90, longest_term: LongestTerm::Months(60) };
        let mut now = Running { principal: usd(principal), interest, interest_from: from, lines, terms: Some(generous), first_agreed_on: from, ..running() };
        for (kind, number, days, count) in wishes {
            let change = match kind {
                0 => Change::Move { number, to: days_after(TODAY, days) },
                1 => Change::Skip { number },
                2 => Change::Pause { until: days_after(TODAY, days) },
                _ => Change::Replan(replan(Size::Number(count))),
            };
            let before = now.clone();
            let schedule = match now.change(&change, TODAY) {
                Ok(schedule) => schedule,
                Err(refused) => {
                    for nearest in refused.nearest {
                        prop_assert_eq!(&before.change(&nearest.change, TODAY).expect("nearest is allowed"), &nearest.schedule);
                    }
                    continue;
                }
            };
            let sum: i64 = schedule.instalments.iter().map(|one| one.amount.minor()).sum();
            prop_assert_eq!(sum, schedule.total.minor());
            prop_assert_eq!(sum, principal + schedule.interest.minor());
            prop_assert!(rate > 0 || schedule.interest.is_zero());
            prop_assert!(schedule.instalments.iter().all(|one| one.amount.is_positive()));
            let mut numbers: Vec<u32> = schedule.instalments.iter().map(|one| one.number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), schedule.instalments.len(), "each number once");
            for line in before.lines.iter().filter(|line| line.is_met) {
                let kept = Instalment { number: line.number, due_on: line.due_on, amount: line.amount };
                prop_assert!(schedule.instalments.contains(&kept), "{:?}", line);
            }
            for line in before.lines.iter().filter(|line| line.is_part_paid()) {
                let kept = schedule.instalments.iter().find(|one| one.number == line.number).expect("its number stays");
                prop_assert!(kept.amount.minor() >= line.paid.minor());
            }
            now.lines = schedule.instalments.iter().map(|one| {
                let known = before.lines.iter().find(|line| line.number == one.number && line.is_used);
                let line = Line { amount: one.amount, due_on: one.due_on, ..known.copied().unwrap_or(open(one.number, one.due_on, 0)) };
                Line { is_met: line.paid.minor() >= line.amount.minor(), ..line }
            }).collect();
        }
    }
}
