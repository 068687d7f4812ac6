//! How many schedules a second one core computes.
//!
//!     cargo bench --features ssr --bench schedules -- [SECONDS]
//!
//! Each line is one sort of plan, computed as screens and signing do it: from the held offer and a choice, with every date and
//! amount. The promise: at least 200,000 a second of each, from the twelve months people usually choose to sixty weeks with
//! every date looked up in a calendar of holidays.

use evenkeel::domain::calendar::{ClosedDays, Date, Frequency, Holidays, LongestTerm, days_after};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::offers::{Limits, Offer, OfferKind, PlanChoice, PlanLimits, fit};
use evenkeel::domain::policy::{Basis, DownPaymentRule};
use evenkeel::domain::schedule::{InterestRule, Schedule, Size};
use std::hint::black_box;
use std::time::{Duration, Instant};

const TODAY: Date = jiff::civil::date(2026, 11, 20);
const PROMISED_PER_SECOND: u128 = 200_000;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn offer(frequency: Frequency, interest: InterestRule, closed_days: ClosedDays) -> Offer {
    let principal = usd(120_037);
    let holidays = Holidays::from((0..60).map(|index| days_after(TODAY, index * 31)).collect::<Vec<_>>());
    Offer {
        id: "plan".into(),
        kind: OfferKind::Plan,
        basis: Basis::Balance,
        frequency: Some(frequency),
        total: principal,
        min_amount: usd(1_000),
        max_amount: principal,
        discount: None,
        valid_through: days_after(TODAY, 14),
        limits: Limits::Plan(PlanLimits {
            principal,
            minimum_instalment: usd(1_000),
            last_instalment_excess: usd(1_000),
            longest_term: LongestTerm::Months(60),
            first_payment_within_days: 31,
            down_payment: DownPaymentRule::NotOffered,
            interest,
            interest_from: TODAY,
            closed_days,
            holidays,
        }),
        schedule: Schedule { instalments: Vec::new(), total: principal, principal, interest: usd(0), down_payment: None },
    }
}

fn measure(name: &str, offer: &Offer, size: impl Fn(i64) -> Size, duration: Duration) {
    let frequency = offer.frequency.unwrap_or(Frequency::Monthly);
    let choice = |round: i64| PlanChoice {
        first_on: Some(days_after(TODAY, i32::try_from(round % 30).unwrap_or(0))),
        ..PlanChoice::of_plan(size(round), frequency)
    };
    let started = Instant::now();
    let (mut schedules, mut instalments) = (0_u128, 0_u128);
    while started.elapsed() < duration {
        for round in 0..1_000 {
            match fit(black_box(offer), &choice(round), TODAY) {
                Ok(schedule) => {
                    schedules += 1;
                    instalments += black_box(schedule).instalments.len() as u128;
                }
                Err(refusal) => panic!("{name}: {:?}", refusal.reason),
            }
        }
    }
    let nanoseconds = started.elapsed().as_nanos();
    let per_second = schedules * 1_000_000_000 / nanoseconds;
    let (each, each_ns) = (instalments / schedules, nanoseconds / schedules);
    let kept = if per_second >= PROMISED_PER_SECOND { "kept" } else { "missed" };
    println!(
        "{name:<44} {per_second:>9} schedules/s   {each_ns:>5} ns each   {each:>2} instalments   \
         promised at least {PROMISED_PER_SECOND}: {kept}"
    );
}

fn main() {
    let seconds = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(2);
    let duration = Duration::from_secs(seconds);
    let number = |number| move |_| Size::Number(number);
    let amount = |around: i64| move |round: i64| Size::Amount(usd(around + round));
    let keep = ClosedDays::Keep;
    let frozen = InterestRule::Frozen;
    let daily = InterestRule::SimpleDaily { annual_rate_basis_points: 1_990 };
    let monthly = offer(Frequency::Monthly, frozen, keep);
    measure("12 monthly, by number", &monthly, number(12), duration);
    measure("about 12 monthly, own amount", &monthly, amount(10_000), duration);
    measure("26 every two weeks", &offer(Frequency::EveryTwoWeeks, frozen, keep), number(26), duration);
    measure("60 monthly", &monthly, number(60), duration);
    measure(
        "60 weekly, moved to working days",
        &offer(Frequency::Weekly, frozen, ClosedDays::NextWorkingDay),
        number(60),
        duration,
    );
    measure("about 12 monthly, own amount, daily interest", &offer(Frequency::Monthly, daily, keep), amount(11_000), duration);
    measure("12 monthly, by number, daily interest", &offer(Frequency::Monthly, daily, keep), number(12), duration);
}
