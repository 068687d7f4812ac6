use super::*;
use crate::domain::calendar::Frequency;
use crate::domain::money::Currency;
use jiff::civil::date;
use proptest::prelude::*;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// Thanksgiving and Christmas.
fn holidays() -> Holidays {
    Holidays::from(vec![date(2026, 11, 26), date(2026, 12, 25)])
}

const DUE: Date = date(2026, 12, 18);
/// Ten and three business days before Friday 18 December: 4 and 15 December.
const FIRST: Date = date(2026, 12, 4);
const LAST: Date = date(2026, 12, 15);

fn due(holidays: &Holidays) -> Due<'_> {
    Due {
        due_on: DUE,
        next_due_on: Some(date(2027, 1, 18)),
        open: usd(5_000),
        on_their_way: usd(0),
        balance: usd(100_000),
        processor_minimum: usd(50),
        is_waiting: false,
        obstacle: None,
        mandate_given_on: date(2026, 11, 20),
        progress: Progress::New,
        holidays,
        today: FIRST,
    }
}

fn announced(notice: Notice) -> Progress {
    Progress::Announced { day: DUE, amount: usd(5_000), notices: 1, notice }
}

const IN_TIME: Notice = Notice::Sent { on: LAST };

#[test]
fn the_notice_goes_as_early_as_the_rule_allows_and_no_later_than_it_allows() {
    let holidays = holidays();
    let on = |today| decide(&Due { today, ..due(&holidays) });
    assert_eq!(on(date(2026, 12, 3)), ToDo::NotBefore(FIRST));
    assert_eq!(on(FIRST), ToDo::Announce { day: DUE });
    assert_eq!(on(LAST), ToDo::Announce { day: DUE });
    // Too late for that day: another one, far enough ahead. Four business days after 16 December is the 22nd.
    assert_eq!(on(date(2026, 12, 16)), ToDo::Announce { day: date(2026, 12, 22) });
}

#[test]
fn holidays_do_not_count_as_business_days() {
    assert_eq!(business_days_before(date(2026, 11, 30), 3, &holidays()), date(2026, 11, 24));
    assert_eq!(business_days_after(date(2026, 12, 24), 1, &holidays()), date(2026, 12, 28));
    assert_eq!(business_days_before(date(2026, 12, 19), 1, &Holidays::NONE), DUE, "a Saturday's day before is Friday");
}

#[test]
fn who_gave_the_permission_five_days_before_knows_of_the_day_from_that() {
    let holidays = holidays();
    let given = |mandate_given_on, today| decide(&Due { mandate_given_on, today, ..due(&holidays) });
    assert_eq!(given(date(2026, 12, 13), date(2026, 12, 13)), ToDo::NotBefore(DUE));
    assert_eq!(given(date(2026, 12, 13), DUE), ToDo::Collect { amount: usd(5_000), days_late: 0 });
    assert_eq!(given(date(2026, 12, 12), date(2026, 12, 12)), ToDo::Announce { day: DUE }, "six days: a notice is needed");
    assert_eq!(given(date(2026, 12, 19), date(2026, 12, 19)), ToDo::DoNotCollect(WhyNot::DueBeforePermission));
}

#[test]
fn a_sweep_looks_first_on_the_day_something_is_to_be_done() {
    let holidays = holidays();
    let look = |given| first_look(DUE, given, &holidays);
    assert_eq!(look(date(2026, 11, 20)), FIRST);
    assert_eq!(look(date(2026, 12, 13)), DUE);
    assert_eq!(look(date(2026, 12, 19)), FIRST, "given after it: to be left at once");
    assert_eq!(notice_known_on(DUE, &holidays), date(2026, 12, 16));
}

#[test]
fn without_its_notice_nothing_is_collected() {
    let holidays = holidays();
    let with = |notice, today| decide(&Due { progress: announced(notice), today, ..due(&holidays) });
    assert_eq!(with(IN_TIME, DUE), ToDo::Collect { amount: usd(5_000), days_late: 0 });
    assert_eq!(with(Notice::NotSent, DUE), ToDo::DoNotCollect(WhyNot::NoticeNotSent));
    assert_eq!(with(Notice::Waiting, DUE), ToDo::DoNotCollect(WhyNot::NoticeNotSent));
    // It is known before the day, so that the customer is told in time.
    assert_eq!(with(Notice::NotSent, LAST), ToDo::NotBefore(date(2026, 12, 16)));
    assert_eq!(with(Notice::NotSent, date(2026, 12, 16)), ToDo::DoNotCollect(WhyNot::NoticeNotSent));
    // Sent a day too late: another day is announced, once.
    let late = Notice::Sent { on: date(2026, 12, 16) };
    assert_eq!(with(late, date(2026, 12, 16)), ToDo::Announce { day: date(2026, 12, 22) });
    let twice = Progress::Announced { day: DUE, amount: usd(5_000), notices: MOST_NOTICES, notice: late };
    assert_eq!(decide(&Due { progress: twice, today: DUE, ..due(&holidays) }), ToDo::DoNotCollect(WhyNot::NoticeNotSent));
}

#[test]
fn what_was_withdrawn_before_anybody_read_it_is_announced_like_new() {
    let holidays = holidays();
    let at = |today| decide(&Due { progress: announced(Notice::Withdrawn), today, ..due(&holidays) });
    assert_eq!(at(FIRST), ToDo::Announce { day: DUE });
    assert_eq!(at(LAST), ToDo::Announce { day: DUE });
    let given_late =
        Due { mandate_given_on: date(2026, 12, 15), today: DUE, progress: announced(Notice::Withdrawn), ..due(&holidays) };
    assert_eq!(decide(&given_late), ToDo::Collect { amount: usd(5_000), days_late: 0 }, "the new permission is the notice");
    let retry = Progress::Retry { day: DUE, amount: usd(5_000), notice: Notice::Withdrawn };
    let retry = Due { progress: retry, today: DUE, next_due_on: None, ..due(&holidays) };
    assert_eq!(decide(&retry), ToDo::DoNotCollect(WhyNot::NoticeNotSent));
}

#[test]
fn never_before_its_day_and_after_an_outage_only_so_late() {
    let holidays = holidays();
    let on = |today| decide(&Due { progress: announced(IN_TIME), today, ..due(&holidays) });
    assert_eq!(on(date(2026, 12, 17)), ToDo::NotBefore(DUE));
    assert_eq!(on(date(2026, 12, 25)), ToDo::Collect { amount: usd(5_000), days_late: 7 });
    assert_eq!(on(date(2026, 12, 28)), ToDo::Collect { amount: usd(5_000), days_late: MOST_DAYS_LATE });
    assert_eq!(on(date(2026, 12, 29)), ToDo::Announce { day: date(2027, 1, 4) }, "eleven days: a fresh notice");
    // Where the next instalment is too near for that, this one is left to be paid by hand.
    assert_eq!(on(date(2027, 1, 13)), ToDo::DoNotCollect(WhyNot::TooLate));
}

#[test]
fn only_what_is_open_and_not_on_its_way_is_collected() {
    let holidays = holidays();
    let ready = Due { progress: announced(IN_TIME), today: DUE, ..due(&holidays) };
    let with = |open, on_their_way, balance| {
        decide(&Due { open: usd(open), on_their_way: usd(on_their_way), balance: usd(balance), ..ready.clone() })
    };
    assert_eq!(with(2_000, 0, 100_000), ToDo::Collect { amount: usd(2_000), days_late: 0 });
    assert_eq!(with(5_000, 4_000, 100_000), ToDo::Collect { amount: usd(1_000), days_late: 0 });
    assert_eq!(with(5_000, 5_000, 100_000), ToDo::LookAgain);
    assert_eq!(with(5_000, 0, 3_000), ToDo::Collect { amount: usd(3_000), days_late: 0 }, "never more than is owed");
    assert_eq!(with(0, 0, 100_000), ToDo::NotNeeded);
    assert_eq!(with(5_000, 0, 0), ToDo::NotNeeded);
    assert_eq!(with(49, 0, 100_000), ToDo::DoNotCollect(WhyNot::TooSmall));
    assert_eq!(with(9_000, 0, 100_000), ToDo::Collect { amount: usd(5_000), days_late: 0 }, "never more than was announced");
    assert_eq!(decide(&Due { is_waiting: true, ..ready }), ToDo::LookAgain, "never while an outcome is unknown");
}

#[test]
fn a_hold_set_between_notice_and_collection_stops_it() {
    let holidays = holidays();
    let held = |progress, today| decide(&Due { obstacle: Some(Obstacle::Held), progress, today, ..due(&holidays) });
    assert_eq!(held(announced(IN_TIME), date(2026, 12, 17)), ToDo::NotBefore(DUE), "it may be over by then");
    assert_eq!(held(announced(IN_TIME), DUE), ToDo::DoNotCollect(WhyNot::Held));
    assert_eq!(held(announced(IN_TIME), date(2026, 12, 30)), ToDo::DoNotCollect(WhyNot::Held));
    assert_eq!(held(Progress::New, FIRST), ToDo::NotBefore(date(2026, 12, 5)), "nothing is announced meanwhile");
    assert_eq!(held(Progress::New, date(2026, 12, 16)), ToDo::DoNotCollect(WhyNot::Held));
    for (obstacle, why) in [
        (Obstacle::AccountNotOpen, WhyNot::AccountNotOpen),
        (Obstacle::AgreementEnded, WhyNot::AgreementEnded),
        (Obstacle::MandateGone, WhyNot::MandateGone),
        (Obstacle::PaidBack, WhyNot::PaidBack),
    ] {
        let stopped = Due { obstacle: Some(obstacle), progress: announced(IN_TIME), today: DUE, ..due(&holidays) };
        assert_eq!(decide(&stopped), ToDo::DoNotCollect(why));
    }
}

#[test]
fn a_retry_has_its_own_day_and_the_customer_was_told_of_it() {
    let holidays = holidays();
    let day = date(2026, 12, 23);
    let retry =
        |notice, today| decide(&Due { progress: Progress::Retry { day, amount: usd(5_000), notice }, today, ..due(&holidays) });
    let told = Notice::Sent { on: DUE };
    assert_eq!(retry(told, date(2026, 12, 22)), ToDo::NotBefore(day));
    assert_eq!(retry(told, day), ToDo::Collect { amount: usd(5_000), days_late: 0 });
    assert_eq!(retry(Notice::Sent { on: day }, day), ToDo::DoNotCollect(WhyNot::NoticeNotSent));
    assert_eq!(retry(Notice::Waiting, day), ToDo::DoNotCollect(WhyNot::NoticeNotSent));
    assert_eq!(retry(told, date(2027, 1, 3)), ToDo::DoNotCollect(WhyNot::TooLate));
    let next_has_come = Due {
        next_due_on: Some(day),
        progress: Progress::Retry { day, amount: usd(5_000), notice: told },
        today: day,
        ..due(&holidays)
    };
    assert_eq!(decide(&next_has_come), ToDo::DoNotCollect(WhyNot::TooLate));
}

fn failed(holidays: &Holidays) -> Failed<'_> {
    Failed {
        reason: DeclineReason::InsufficientFunds,
        attempt: 1,
        next_due_on: Some(date(2027, 1, 18)),
        payday: None,
        holidays,
        today: DUE,
    }
}

#[test]
fn two_retries_at_most_three_and_seven_business_days_later() {
    let holidays = holidays();
    let after = |attempt| retry_on(&Failed { attempt, ..failed(&holidays) });
    assert_eq!(after(1), Some(date(2026, 12, 23)));
    assert_eq!(after(2), Some(date(2026, 12, 30)), "Christmas does not count");
    assert_eq!(after(3), None);
    assert_eq!(after(0), None);
}

#[test]
fn a_retry_waits_for_the_payday_if_one_is_near() {
    let holidays = holidays();
    let paid =
        |next, rhythm, next_due_on| retry_on(&Failed { payday: Some(Payday { next, rhythm }), next_due_on, ..failed(&holidays) });
    assert_eq!(paid(date(2026, 12, 31), Frequency::Monthly, None), Some(date(2026, 12, 31)));
    // Christmas is closed: the first open day after it.
    assert_eq!(paid(date(2026, 12, 11), Frequency::EveryTwoWeeks, None), Some(date(2026, 12, 28)));
    assert_eq!(paid(date(2027, 1, 15), Frequency::Monthly, None), Some(date(2026, 12, 23)), "too far away");
    let next = Some(date(2026, 12, 29));
    assert_eq!(paid(date(2026, 12, 31), Frequency::Monthly, next), Some(date(2026, 12, 23)), "not past the next instalment");
    assert_eq!(paid(date(2026, 12, 31), Frequency::Monthly, Some(date(2026, 12, 23))), None);
}

#[test]
fn only_what_may_succeed_is_tried_again() {
    let holidays = holidays();
    for reason in DeclineReason::ALL {
        let retried = retry_on(&Failed { reason, ..failed(&holidays) }).is_some();
        assert_eq!(retried, may_succeed_later(reason), "{reason:?}");
        assert!(!(ends_the_mandate(reason) && retried), "{reason:?}");
    }
    assert_eq!(DeclineReason::ALL.into_iter().filter(|reason| may_succeed_later(*reason)).count(), 3);
}

#[test]
fn every_reason_has_a_code_that_reads_back() {
    for why in WhyNot::ALL {
        assert_eq!(WhyNot::from_code(why.code()), Some(why));
    }
    assert_eq!(WhyNot::from_code("because"), None);
}

fn any_day() -> impl Strategy<Value = Date> {
    (0..60_i32).prop_map(|days| days_after(date(2026, 12, 1), days))
}

fn any_notice() -> impl Strategy<Value = Notice> {
    prop_oneof![
        Just(Notice::NotNeeded),
        Just(Notice::Waiting),
        Just(Notice::NotSent),
        Just(Notice::Withdrawn),
        any_day().prop_map(|on| Notice::Sent { on }),
    ]
}

fn any_progress() -> impl Strategy<Value = Progress> {
    prop_oneof![
        Just(Progress::New),
        (any_day(), 0..9_000_i64, 0..3_u32, any_notice()).prop_map(|(day, minor, notices, notice)| Progress::Announced {
            day,
            amount: usd(minor),
            notices,
            notice
        }),
        (any_day(), 0..9_000_i64, any_notice()).prop_map(|(day, minor, notice)| Progress::Retry {
            day,
            amount: usd(minor),
            notice
        }),
    ]
}

proptest! {
    /// Whatever the facts are: nothing is collected that is not open, owed, announced, due, told of in time and free of obstacles.
    #[test]
    fn whatever_happens_nothing_is_collected_that_may_not_be(
        progress in any_progress(),
        due_on in any_day(),
        given in -40..40_i32,
        next in proptest::option::of(1..40_i32),
        today in any_day(),
        open in 0..9_000_i64,
        on_their_way in 0..9_000_i64,
        balance in -10..9_000_i64,
        is_waiting: bool,
        held: bool,
    ) {
        let holidays = holidays();
        if let Progress::Announced { day, .. } | Progress::Retry { day, .. } = progress {
            prop_assume!(day >= due_on);
        }
        if let Progress::Announced { notice: Notice::Sent { on }, .. } | Progress::Retry { notice: Notice::Sent { on }, .. } = progress {
            // Nothing was sent tomorrow.
            prop_assume!(on <= today);
        }
        let facts = Due {
            due_on,
            next_due_on: next.map(|days| days_after(due_on, days)),
            open: usd(open),
            on_their_way: usd(on_their_way),
            balance: usd(balance),
            is_waiting,
            obstacle: held.then_some(Obstacle::Held),
            mandate_given_on: days_after(due_on, given),
            progress,
            today,
            ..due(&holidays)
        };
        match decide(&facts) {
            ToDo::Collect { amount, days_late } => {
                prop_assert!(amount.minor() >= 50 && amount.minor() + on_their_way <= open && amount.minor() + on_their_way <= balance);
                prop_assert!(!is_waiting && !held && (0..=MOST_DAYS_LATE).contains(&days_late));
                match progress {
                    Progress::New | Progress::Announced { notice: Notice::Withdrawn, .. } => {
                        prop_assert!(today >= due_on && (0..=NOTICE_BEYOND_DAYS).contains(&-given));
                    }
                    Progress::Announced { day, amount: announced, notice, .. } => {
                        prop_assert!(today >= day && amount.minor() <= announced.minor());
                        let last = business_days_before(day, LATEST_NOTICE_BUSINESS_DAYS, &holidays);
                        let told = match notice {
                            Notice::Sent { on } => on <= last,
                            Notice::NotNeeded => true,
                            Notice::Waiting | Notice::NotSent | Notice::Withdrawn => false,
                        };
                        prop_assert!(told);
                    }
                    Progress::Retry { day, amount: announced, notice } => {
                        let told = matches!(notice, Notice::Sent { on } if on < day);
                        prop_assert!(today >= day && amount.minor() <= announced.minor() && told);
                        prop_assert!(facts.next_due_on.is_none_or(|next| today < next));
                    }
                }
            }
            ToDo::Announce { day } => {
                prop_assert!(!held && open > 0 && day >= due_on && day > today);
                let last = business_days_before(day, LATEST_NOTICE_BUSINESS_DAYS, &holidays);
                let first = business_days_before(day, EARLIEST_NOTICE_BUSINESS_DAYS, &holidays);
                prop_assert!((first..=last).contains(&today), "between ten and three business days before");
            }
            ToDo::NotBefore(day) => prop_assert!(day > today),
            ToDo::LookAgain | ToDo::NotNeeded | ToDo::DoNotCollect(_) => {}
        }
    }

    #[test]
    fn a_retry_is_on_an_open_day_far_enough_ahead_and_before_the_next_instalment(
        today in any_day(),
        attempt in 0..5_u32,
        next in proptest::option::of(1..40_i32),
        payday in proptest::option::of(any_day()),
        rhythm in 0..4_usize,
    ) {
        let holidays = holidays();
        let facts = Failed {
            attempt,
            today,
            next_due_on: next.map(|days| days_after(today, days)),
            payday: payday.map(|next| Payday { next, rhythm: Frequency::ALL[rhythm] }),
            ..failed(&holidays)
        };
        if let Some(day) = retry_on(&facts) {
            prop_assert!((1..=MOST_RETRIES).contains(&attempt));
            prop_assert!(!holidays.is_closed(day) && facts.next_due_on.is_none_or(|next| day < next));
            prop_assert!(day >= business_days_after(today, LATEST_NOTICE_BUSINESS_DAYS, &holidays));
        }
    }
}
