use super::*;
use crate::domain::calendar::{ClosedDays, DayOfMonth, Frequency, Holidays, LongestTerm};
use crate::domain::changing::ChangeTerms;
use crate::domain::due_dates::DuePattern;
use crate::domain::money::Currency;
use crate::domain::schedule::InterestRule;
use jiff::civil::date;
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 20);

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn line(number: u32, due_on: Date, minor: i64) -> Line {
    Line { number, due_on, amount: usd(minor), paid: usd(0), is_met: false, is_used: false, is_being_collected: false }
}

/// Four payments of 100.00, the first of which is paid; the next on 25 November, then on the 15th.
fn monthly() -> Running {
    let days = [date(2026, 10, 15), date(2026, 11, 25), date(2026, 12, 15), date(2027, 1, 15)];
    let mut lines: Vec<Line> = (1..).zip(days).map(|(number, due_on)| line(number, due_on, 10_000)).collect();
    lines[0] = Line { paid: usd(10_000), is_met: true, is_used: true, ..lines[0] };
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
        terms: Some(ChangeTerms {
            most_changes: 6,
            move_days: 14,
            most_skips: 2,
            pause_days: 60,
            longest_term: LongestTerm::Months(24),
        }),
    }
}

/// So many payments of 50.00 every week from 27 November.
fn weekly(payments: u32) -> Running {
    let first = date(2026, 11, 27);
    let lines = (0..payments).map(|index| line(index + 1, days_after(first, 7 * index.cast_signed()), 5_000)).collect();
    Running {
        principal: usd(5_000 * i64::from(payments)),
        lines,
        pattern: Some(DuePattern::EveryDays { anchor: first, days: 7 }),
        frequency: Some(Frequency::Weekly),
        ..monthly()
    }
}

fn owing(balance: i64) -> Owing {
    Owing { balance: usd(balance), outside: usd(0), interest: Vec::new() }
}

fn ahead_of(running: &Running, owing: &Owing, what: WhatIf) -> Ahead {
    match foresee(running, owing, what, TODAY) {
        Foreseen::Ahead(ahead) => *ahead,
        other => panic!("{other:?}"),
    }
}

fn missed_of(running: &Running, owing: &Owing, what: WhatIf) -> Missed {
    match foresee(running, owing, what, TODAY) {
        Foreseen::Missed(missed) => *missed,
        other => panic!("{other:?}"),
    }
}

fn written(payments: &[(Date, Money)]) -> Vec<(String, i64)> {
    payments.iter().map(|(day, amount)| (day.to_string(), amount.minor())).collect()
}

fn is(day: &str, minor: i64) -> (String, i64) {
    (day.to_owned(), minor)
}

#[test]
fn more_with_every_payment_ends_it_sooner_and_adds_nothing() {
    let ahead = ahead_of(&monthly(), &owing(30_000), WhatIf::MoreEachTime(usd(5_000)));
    assert_eq!(written(&ahead.payments), [is("2026-11-25", 15_000), is("2026-12-15", 15_000)]);
    assert_eq!((ahead.then.payments, ahead.fewer, ahead.then.total), (2, 1, usd(40_000)));
    assert_eq!(ahead.then.last, Some(date(2026, 12, 15)));
    let change = ahead.as_change.expect("allowed as a change");
    assert_eq!(change.schedule.last_on(), Some(date(2026, 12, 25)));
    let all = foresee(&monthly(), &owing(30_000), WhatIf::MoreEachTime(usd(30_000)), TODAY);
    assert_eq!(all, Foreseen::AboveAll { all: usd(30_000) });
    assert!(ahead_of(&monthly(), &owing(30_000), WhatIf::MoreEachTime(usd(1))).fewer == 0, "one cent makes none fewer");
}

#[test]
fn what_is_paid_at_once_pays_the_next_ones_and_the_last_day_stays() {
    let ahead = ahead_of(&monthly(), &owing(30_000), WhatIf::MoreNow(usd(12_000)));
    assert_eq!(written(&ahead.payments), [is("2026-12-15", 8_000), is("2027-01-15", 10_000)]);
    assert_eq!((ahead.fewer, ahead.then.last, ahead.spared), (1, Some(date(2027, 1, 15)), usd(0)));
    let all = ahead_of(&monthly(), &owing(30_000), WhatIf::MoreNow(usd(30_000)));
    assert_eq!((all.payments.len(), all.then.next, all.then.last), (0, None, None));
    let more = foresee(&monthly(), &owing(30_000), WhatIf::MoreNow(usd(30_001)), TODAY);
    assert_eq!(more, Foreseen::AboveAll { all: usd(30_000) });
    // What is past due beside the agreement is paid first.
    let beside = Owing { outside: usd(5_000), ..owing(35_000) };
    let ahead = ahead_of(&monthly(), &beside, WhatIf::MoreNow(usd(12_000)));
    assert_eq!((ahead.outside, ahead.payments[0]), (usd(5_000), (date(2026, 11, 25), usd(3_000))));
}

#[test]
fn two_payments_and_all_of_them_can_be_paid_in_advance() {
    let sides = paid_ahead(&monthly(), &owing(30_000), TODAY);
    let written: Vec<_> = sides.iter().map(|(amount, then)| (amount.minor(), then.payments, then.last)).collect();
    assert_eq!(written, [(20_000, 1, Some(date(2027, 1, 15))), (30_000, 0, None)]);
    assert_eq!(paid_ahead(&weekly(1), &owing(5_000), TODAY).len(), 1);
    assert_eq!(paid_ahead(&weekly(2), &owing(10_000), TODAY).len(), 1, "two are all of them");
}

#[test]
fn who_pays_everything_sooner_never_owes_the_interest_that_was_still_to_come() {
    let interest = vec![(date(2026, 11, 25), usd(200)), (date(2026, 12, 15), usd(150)), (date(2027, 1, 15), usd(100))];
    let owing = Owing { interest, ..owing(29_550) };
    let ahead = ahead_of(&monthly(), &owing, WhatIf::MoreNow(usd(29_550)));
    assert_eq!((ahead.payments.len(), ahead.spared, ahead.then.total), (0, usd(450), usd(39_550)));
    let as_agreed = ahead_of(&monthly(), &owing, WhatIf::MoreNow(usd(10_000)));
    assert_eq!((as_agreed.spared, written(&as_agreed.payments).len()), (usd(0), 2));
}

#[test]
fn one_missed_payment_has_two_weeks_and_then_the_agreement_is_over() {
    let missed = missed_of(&monthly(), &owing(30_000), WhatIf::MissOne { number: 2 });
    assert_eq!((missed.due_on, missed.amount), (date(2026, 11, 25), usd(10_000)));
    assert_eq!((missed.put_right.by, missed.put_right.least), (date(2026, 12, 9), usd(10_000)));
    assert_eq!((missed.ends_on, missed.paid, missed.owed), (date(2026, 12, 10), usd(10_000), usd(30_000)));
    assert!(!missed.others_pay, "the next one comes after its end");
    assert_eq!(missed.ways.len(), 3);
    // A later one: those before it are paid.
    let later = missed_of(&monthly(), &owing(30_000), WhatIf::MissOne { number: 3 });
    assert_eq!((later.ends_on, later.paid, later.owed), (date(2026, 12, 30), usd(20_000), usd(20_000)));
    assert_eq!(foresee(&monthly(), &owing(30_000), WhatIf::MissOne { number: 1 }, TODAY), Foreseen::NoSuchPayment);
}

#[test]
fn paid_every_week_the_next_payment_pays_the_missed_one_and_the_last_one_is_missing() {
    let missed = missed_of(&weekly(6), &owing(30_000), WhatIf::MissOne { number: 2 });
    assert!(missed.others_pay);
    assert_eq!(missed.put_right.by, date(2026, 12, 18));
    assert_eq!((missed.ends_on, missed.paid, missed.owed), (date(2027, 1, 16), usd(25_000), usd(5_000)));
}

#[test]
fn who_stops_owes_what_is_left_with_what_was_added_until_then() {
    let interest = vec![(date(2026, 11, 25), usd(200)), (date(2026, 12, 15), usd(150))];
    let owing = Owing { interest, ..owing(29_550) };
    let stopped = missed_of(&monthly(), &owing, WhatIf::Stop);
    assert_eq!((stopped.ends_on, stopped.owed), (date(2026, 12, 10), usd(29_750)));
    assert!(!stopped.others_pay);
}

#[test]
fn with_less_to_live_on_the_smallest_payments_a_pause_and_a_skip_are_offered() {
    let Foreseen::Less(less) = foresee(&monthly(), &owing(30_000), WhatIf::EarnLess, TODAY) else { panic!("less") };
    let smallest = less.smallest.expect("smaller ones are allowed").schedule;
    assert!(smallest.each().is_some_and(|each| each.minor() <= 10_000));
    assert!(smallest.instalments[1..].iter().all(|one| one.amount.minor() < 2_500), "spread over two years");
    assert_eq!(smallest.total, usd(40_000));
    assert!(less.pause.is_some() && less.skip.is_some());
    let none = Running { terms: None, ..monthly() };
    let nothing = Foreseen::Less(Box::new(Less { smallest: None, pause: None, skip: None }));
    assert_eq!(foresee(&none, &owing(30_000), WhatIf::EarnLess, TODAY), nothing);
}

#[test]
fn the_kinds_read_as_they_are_written() {
    for kind in WhatIfKind::ALL {
        assert_eq!(WhatIfKind::from_code(kind.code()), Some(kind));
    }
    assert_eq!(WhatIfKind::from_code(""), None);
}

proptest! {
    /// However much is paid when: no cent is lost, and nothing is paid later than agreed.
    #[test]
    fn every_cent_is_paid_once(payments in 1..60_u32, more in 1..400_000_i64, at_once in any::<bool>()) {
        let running = weekly(payments);
        let all = 5_000 * i64::from(payments);
        let what = if at_once { WhatIf::MoreNow(usd(more)) } else { WhatIf::MoreEachTime(usd(more)) };
        match foresee(&running, &owing(all), what, TODAY) {
            Foreseen::Ahead(ahead) => {
                let today = if at_once { more } else { 0 };
                let paid: i64 = ahead.payments.iter().map(|(_, amount)| amount.minor()).sum();
                prop_assert_eq!(paid + today, all);
                prop_assert_eq!(ahead.then.total, usd(all));
                prop_assert!(ahead.payments.iter().all(|(_, amount)| amount.is_positive()));
                prop_assert!(ahead.then.last <= as_it_is(&running).last);
                prop_assert_eq!(ahead.fewer + ahead.payments.len(), payments as usize);
            }
            Foreseen::AboveAll { all: most } => prop_assert!(most == usd(all) && more >= all),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    /// The day that is named is the first on which the agreement would have ended by the rule that ends agreements.
    #[test]
    fn it_ends_when_the_rule_says_so(payments in 1..20_u32, number in 1..20_u32) {
        let running = weekly(payments);
        let stopped = missed_of(&running, &owing(5_000 * i64::from(payments)), WhatIf::Stop);
        let nothing_paid: Vec<Instalment> = running.lines.iter().map(|line| as_paid(line, TODAY)).collect();
        let ended = |day: Date| keeping::keeping(&nothing_paid, &at(day)).has_ended_unkept();
        prop_assert!(ended(stopped.ends_on) && !ended(days_after(stopped.ends_on, -1)));
        if let Foreseen::Missed(missed) = foresee(&running, &owing(5_000 * i64::from(payments)), WhatIf::MissOne { number }, TODAY) {
            prop_assert!(missed.ends_on >= stopped.ends_on && missed.owed.minor() <= stopped.owed.minor());
            prop_assert_eq!(missed.paid.minor() + missed.owed.minor(), 5_000 * i64::from(payments));
        }
    }
}
