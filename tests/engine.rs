//! What always holds of the engine, whatever is asked of it: tried with generated policies, accounts and choices, and with
//! every account of the sample portfolio.
//!
//! `EVENKEEL_PROPERTY_CASES` says how many cases each property gets; the default keeps the whole under two minutes on two
//! cores. A failure prints the smallest case that shows it.

use evenkeel::domain::account::AccountFacts;
use evenkeel::domain::calendar::{ClosedDays, Date, DayOfMonth, Frequency, Holidays, LongestTerm, days_after};
use evenkeel::domain::due_dates::{DueDates, DuePattern, Payday};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::offers::{Limits, Offer, OfferKind, PlanChoice, fit, offers_for};
use evenkeel::domain::policy::{Basis, DownPaymentRule, Policy};
use evenkeel::domain::schedule::{
    DownPayment, InterestRule, MAX_INSTALMENTS, MIN_INSTALMENTS, Schedule, ScheduleRequest, Size, allowed_amounts, build,
    nearest_amounts,
};
use evenkeel::server::policy_file;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::path::Path;
use std::sync::LazyLock;

/// A property gets a share of this that fits what a case of it costs; the five together try 2,025,000.
const DEFAULT_CASES: u32 = 450_000;

#[expect(clippy::disallowed_methods, reason = "how many cases to try is the caller's setting, not the portal's")]
fn cases(share_percent: u32) -> ProptestConfig {
    let cases = std::env::var("EVENKEEL_PROPERTY_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_CASES);
    let cases = u32::try_from(u64::from(cases) * u64::from(share_percent) / 100).unwrap_or(u32::MAX).max(1);
    // Regressions are written as tests with names, not kept in files.
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn a_date() -> impl Strategy<Value = Date> {
    // 2026 to 2033: two leap days.
    (0..2_900_i32).prop_map(|days| days_after(jiff::civil::date(2026, 1, 1), days))
}

fn a_day_of_month() -> impl Strategy<Value = DayOfMonth> {
    prop_oneof![6 => (1_u8..=31).prop_map(DayOfMonth::Day), 1 => Just(DayOfMonth::Last)]
}

fn a_payday() -> impl Strategy<Value = Payday> {
    (a_date(), 0..4_usize).prop_map(|(next, rhythm)| Payday { next, rhythm: Frequency::ALL[rhythm] })
}

/// In place of two days that are too close to each other.
const FIRST_AND_FIFTEENTH: DuePattern = DuePattern::TwiceAMonth(DayOfMonth::Day(1), DayOfMonth::Day(15));

fn a_pattern() -> impl Strategy<Value = DuePattern> {
    prop_oneof![
        (a_date(), prop_oneof![Just(7), Just(14)]).prop_map(|(anchor, days)| DuePattern::EveryDays { anchor, days }),
        a_day_of_month().prop_map(DuePattern::Monthly),
        (a_day_of_month(), a_day_of_month())
            .prop_map(|(one, other)| DuePattern::twice_a_month(one, other).unwrap_or(FIRST_AND_FIFTEENTH)),
        (a_payday(), 0..4_usize).prop_map(|(payday, frequency)| payday.pattern(Frequency::ALL[frequency])),
    ]
}

fn a_closed_days_rule() -> impl Strategy<Value = ClosedDays> {
    (0..3_usize).prop_map(|index| ClosedDays::ALL[index])
}

/// Single days, and long closures.
fn some_holidays() -> impl Strategy<Value = Holidays> {
    prop::collection::vec((a_date(), 1..12_i32), 0..6).prop_map(|closures| {
        let days = closures.into_iter().flat_map(|(first, length)| (0..length).map(move |day| days_after(first, day)));
        Holidays::from(days.collect::<Vec<_>>())
    })
}

/// Small amounts, where remainders bite, and large ones.
fn an_amount() -> impl Strategy<Value = i64> {
    prop_oneof![1..200_i64, 1..20_000_i64, 1..3_000_000_i64, 1..9_000_000_000_000_i64]
}

fn interest_rule() -> impl Strategy<Value = InterestRule> {
    prop_oneof![
        3 => Just(InterestRule::Frozen),
        1 => (1..10_000_u32).prop_map(|annual_rate_basis_points| InterestRule::SimpleDaily { annual_rate_basis_points }),
    ]
}

/// The parts of a request by value; the request borrows the holidays.
#[derive(Clone, Debug)]
struct Case {
    principal: i64,
    size: Size,
    minimum: i64,
    last_excess: i64,
    pattern: DuePattern,
    today: Date,
    first_after: i32,
    term_days: i32,
    closed_days: ClosedDays,
    holidays: Holidays,
    interest: InterestRule,
    down_payment: Option<i64>,
}

impl Case {
    fn request(&self) -> ScheduleRequest<'_> {
        ScheduleRequest {
            principal: usd(self.principal),
            size: self.size,
            minimum: usd(self.minimum),
            last_excess: usd(self.last_excess),
            pattern: self.pattern,
            not_before: days_after(self.today, self.first_after),
            earliest: days_after(self.today, 1),
            not_after: days_after(self.today, self.term_days),
            closed_days: self.closed_days,
            holidays: &self.holidays,
            interest: self.interest,
            interest_from: self.today,
            before: &[],
            down_payment: self.down_payment.map(|minor| DownPayment { amount: usd(minor), due_on: self.today }),
        }
    }
}

prop_compose! {
    fn a_case(longest_term: i32)(
        principal in an_amount(),
        by_number in prop::option::of(0..80_u32),
        share in 1..60_i64,
        minimum_share in 1..40_i64,
        excess_percent in 0..120_i64,
        pattern in a_pattern(),
        today in a_date(),
        first_after in 1..40_i32,
        term_days in 0..longest_term,
        closed_days in a_closed_days_rule(),
        holidays in some_holidays(),
        interest in interest_rule(),
        down_share in prop::option::of(2..10_i64),
        odd in 0..30_i64,
    ) -> Case {
        let minimum = (principal / minimum_share / 2).max(1);
        Case {
            principal,
            size: by_number.map_or(Size::Amount(usd(principal / share + odd)), Size::Number),
            minimum,
            last_excess: minimum * excess_percent / 100,
            pattern,
            today,
            first_after,
            term_days,
            closed_days,
            holidays,
            interest,
            down_payment: down_share.map(|share| principal / share),
        }
    }
}

fn sum(schedule: &Schedule) -> i64 {
    schedule.instalments.iter().map(|instalment| instalment.amount.minor()).sum()
}

/// Every rule of a schedule, checked against the request by other means than the engine's.
fn keeps_every_rule(request: &ScheduleRequest<'_>, schedule: &Schedule) -> Result<(), TestCaseError> {
    prop_assert_eq!(sum(schedule), schedule.total.minor());
    prop_assert_eq!(schedule.total.minor(), schedule.principal.minor() + schedule.interest.minor());
    prop_assert_eq!(schedule.principal, request.principal);
    prop_assert!(schedule.interest.minor() >= 0);
    if request.interest == InterestRule::Frozen {
        prop_assert!(schedule.interest.is_zero());
    }
    let numbers: Vec<u32> = schedule.instalments.iter().map(|instalment| instalment.number).collect();
    prop_assert_eq!(numbers, (1..=schedule.instalments.len() as u32).collect::<Vec<_>>());
    for pair in schedule.instalments.windows(2) {
        prop_assert!(pair[0].due_on < pair[1].due_on, "dates bunch up");
    }
    let down = usize::from(request.down_payment.is_some());
    let regular = &schedule.instalments[down..];
    prop_assert!(regular.len() as u32 >= MIN_INSTALMENTS && schedule.instalments.len() as u32 <= MAX_INSTALMENTS);
    let (last, before) = regular.split_last().expect("at least two");
    for instalment in before {
        prop_assert_eq!(instalment.amount, before[0].amount);
    }
    for instalment in regular {
        prop_assert!(instalment.amount.minor() >= request.minimum.minor().max(1));
        prop_assert!(instalment.due_on >= request.earliest && instalment.due_on <= request.not_after);
    }
    prop_assert!(last.amount.minor() <= before[0].amount.minor() + request.last_excess.minor());
    match request.size {
        Size::Number(number) => prop_assert_eq!(regular.len() as u32, number),
        Size::Amount(amount) => prop_assert_eq!(before[0].amount, amount),
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_schedule_keeps_every_rule(case in a_case(1_500)) {
        if let Ok(schedule) = build(&case.request()) {
            keeps_every_rule(&case.request(), &schedule)?;
        }
    }
}

/// Properties over cases that are all refused would hold of anything.
#[test]
fn the_generated_cases_are_plans_and_refusals_of_every_sort() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = a_case(1_500);
    let mut plans = 0;
    let mut refusals = std::collections::HashSet::new();
    for _ in 0..3_000 {
        let case = strategy.new_tree(&mut runner).expect("a case").current();
        match build(&case.request()) {
            Ok(_) => plans += 1,
            Err(refusal) => drop(refusals.insert(refusal)),
        }
    }
    assert!((600..2_400).contains(&plans), "{plans} of 3000 are plans");
    assert!(refusals.len() >= 5, "{refusals:?}");
}

proptest! {
    #![proptest_config(cases(2))]

    /// For small numbers every amount is tried: the engine accepts exactly the ones between which it finds none nearer.
    #[test]
    fn the_nearest_allowed_amounts_are_allowed_and_nothing_nearer_is(case in a_case(250), wanted in 0..260_i64) {
        let case = Case { principal: case.principal % 250 + 1, minimum: case.minimum % 40 + 1, last_excess: case.last_excess % 20,
            down_payment: None, ..case };
        let request = case.request();
        let allowed = |minor: i64| build(&ScheduleRequest { size: Size::Amount(usd(minor)), ..request.clone() }).is_ok();
        let (below, above) = nearest_amounts(&request, usd(wanted));
        let by_trying_below = (1..wanted).rev().find(|minor| allowed(*minor));
        let by_trying_above = (wanted + 1..600).find(|minor| allowed(*minor));
        prop_assert_eq!(below.map(Money::minor), by_trying_below);
        prop_assert_eq!(above.map(Money::minor), by_trying_above);
        let ends = (1..600).find(|minor| allowed(*minor)).zip((1..600).rev().find(|minor| allowed(*minor)));
        prop_assert_eq!(allowed_amounts(&request).map(|(least, most)| (least.minor(), most.minor())), ends);
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn due_dates_come_in_order_and_stay_near_their_pattern(
        pattern in a_pattern(), from in a_date(), rule in a_closed_days_rule(), holidays in some_holidays(),
    ) {
        let moved: Vec<Date> = DueDates::new(pattern, from, from, rule, &holidays).take(30).collect();
        let plain: Vec<Date> = DueDates::new(pattern, from, from, ClosedDays::Keep, &holidays).take(30).collect();
        prop_assert_eq!(plain.len(), 30);
        for (index, (moved_day, day)) in moved.iter().zip(&plain).enumerate() {
            if index > 0 {
                prop_assert!(moved[index - 1] < *moved_day, "dates bunch up");
                prop_assert!((*day - plain[index - 1]).get_days() >= 7, "closer than a week before any move");
                prop_assert!(plain[index - 1] < *moved_day, "a date crossed the one before it");
            }
            if let Some(next) = plain.get(index + 1) {
                prop_assert!(moved_day < next, "a date reached the one after it");
            }
            match rule {
                ClosedDays::Keep => prop_assert_eq!(moved_day, day),
                ClosedDays::NextWorkingDay => prop_assert!(moved_day >= day),
                ClosedDays::PreviousWorkingDay => prop_assert!(moved_day <= day && *moved_day >= from),
            }
        }
    }
}

static DEFAULT_POLICY: LazyLock<Policy> = LazyLock::new(|| {
    policy_file::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/default.toml")))
        .expect("the default policy")
        .policy
});

/// A policy like the default one, with other figures.
#[derive(Clone, Debug)]
struct Figures {
    minimum: i64,
    excess: i64,
    months: u16,
    first_within: u16,
    closed_days: ClosedDays,
    interest: InterestRule,
    down: Option<(i64, usize)>,
}

prop_compose! {
    fn some_figures()(
        minimum in 1..5_000_i64, excess in 0..5_000_i64, months in 1..60_u16, first_within in 0..60_u16,
        closed_days in a_closed_days_rule(), interest in interest_rule(), down in prop::option::of((1..4_000_i64, 0..2_usize)),
    ) -> Figures {
        Figures { minimum, excess, months, first_within, closed_days, interest, down }
    }
}

fn a_policy(figures: &Figures) -> Policy {
    let mut policy = DEFAULT_POLICY.clone();
    for plan in policy.segments.iter_mut().filter_map(|segment| segment.terms.plan.as_mut()) {
        plan.minimum_instalment = usd(figures.minimum);
        plan.last_instalment_excess = usd(figures.excess);
        plan.longest_term = LongestTerm::Months(figures.months);
        plan.first_payment_within_days = figures.first_within;
        plan.closed_days = figures.closed_days;
        plan.interest = figures.interest;
        plan.down_payment = match figures.down {
            None => DownPaymentRule::NotOffered,
            Some((minimum, 0)) => DownPaymentRule::Optional { minimum: usd(minimum) },
            Some((minimum, _)) => DownPaymentRule::Required { minimum: usd(minimum) },
        };
    }
    policy
}

fn an_account() -> impl Strategy<Value = AccountFacts> {
    (-500..400_000_i64, 0..=100_i64, a_date()).prop_map(|(balance, percent, since)| AccountFacts {
        product: "Credit card".into(),
        currency: Currency::USD,
        balance: usd(balance),
        past_due: usd(balance.max(0) * percent / 100),
        oldest_unpaid_due_date: Some(since),
        history: None,
        time_barred: evenkeel::domain::account::TimeBarred::Unknown,
    })
}

/// What is offered is within its own limits, and can be chosen as it is shown.
fn stands(offer: &Offer, account: &AccountFacts, today: Date) -> Result<(), TestCaseError> {
    let schedule = &offer.schedule;
    prop_assert_eq!(sum(schedule), offer.total.minor());
    prop_assert!(offer.min_amount.is_positive() && offer.min_amount.minor() <= offer.max_amount.minor());
    prop_assert!(offer.valid_through >= today);
    match &offer.limits {
        Limits::OnePayment(limits) => {
            prop_assert_eq!(schedule.instalments.len(), 1);
            prop_assert!(schedule.instalments[0].due_on <= limits.due_by && schedule.instalments[0].due_on >= today);
            prop_assert!(offer.total.minor() <= account.balance.minor());
            let choice = PlanChoice::of_payment(offer.total, None);
            prop_assert_eq!(fit(offer, &choice, today), Ok(schedule.clone()));
        }
        Limits::Plan(limits) => {
            let expected = if offer.basis == Basis::Balance { account.balance } else { account.past_due };
            prop_assert_eq!(limits.principal, expected);
            let each = schedule.each().expect("a plan has instalments");
            prop_assert!(each.minor() >= offer.min_amount.minor() && each.minor() <= offer.max_amount.minor());
            let latest = days_after(today, i32::from(limits.first_payment_within_days) + 31);
            prop_assert!(schedule.first_on().is_some_and(|first| first >= today && first <= latest));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(3))]

    #[test]
    fn every_offer_stands_by_itself(
        account in an_account(), figures in some_figures(), today in a_date(), payday in prop::option::of(a_payday()),
    ) {
        let set = offers_for(&account, &a_policy(&figures), today, payday, None);
        for offer in &set.offers {
            stands(offer, &account, today)?;
        }
        let full = set.offers.iter().any(|offer| offer.kind == OfferKind::PayInFull && offer.total == account.balance);
        prop_assert_eq!(full, account.balance.is_positive(), "the full balance can always be paid, however small");
        for kind in OfferKind::ALL {
            let offered = set.offers.iter().any(|offer| offer.kind == kind);
            let refused = set.refusals.iter().any(|refusal| refusal.kind == kind);
            prop_assert!(offered || refused, "{:?} is neither offered nor refused with a reason", kind);
        }
    }
}

prop_compose! {
    fn a_choice()(
        amount in an_amount(), number in prop::option::of(0..60_u32), frequency in 0..4_usize, first_in in prop::option::of(-3..70_i32),
        payday in prop::option::of(a_payday()), days in prop::collection::vec(a_day_of_month(), 0..3),
        down in prop::option::of(1..9_000_i64),
    ) -> (PlanChoice, Option<i32>) {
        let size = number.map_or(Size::Amount(usd(amount)), Size::Number);
        let choice = PlanChoice {
            size, frequency: Some(Frequency::ALL[frequency]), first_on: None, payday, days_of_month: days, down_payment: down.map(usd),
        };
        (choice, first_in)
    }
}

proptest! {
    #![proptest_config(cases(95))]

    /// A choice is allowed with a schedule within the limits, or refused; and what is proposed instead is allowed.
    #[test]
    fn a_choice_is_allowed_or_comes_with_ones_that_are(
        (choice, first_in) in a_choice(), figures in some_figures(), principal in 1..400_000_i64, today in a_date(), later in 0..9_i32,
    ) {
        let offer = a_plan_offer(&figures, principal, today, choice.frequency);
        let chosen_on = days_after(today, later);
        let choice = PlanChoice { first_on: first_in.map(|days| days_after(chosen_on, days)), ..choice };
        match fit(&offer, &choice, chosen_on) {
            Ok(schedule) => {
                prop_assert_eq!(sum(&schedule), schedule.total.minor());
                prop_assert!(schedule.instalments.iter().all(|instalment| instalment.due_on >= chosen_on));
                // The same choice a day later, its first date fixed, gives the same schedule: nothing moves while terms are held.
                let fixed = PlanChoice { first_on: Some(schedule.instalments[0].due_on), ..choice.clone() };
                if choice.down_payment.is_none() && figures.closed_days == ClosedDays::Keep {
                    let again = fit(&offer, &fixed, chosen_on);
                    prop_assert_eq!(again.as_ref().map(Schedule::first_on).ok(), Some(schedule.first_on()));
                    if schedule.instalments[0].due_on > chosen_on && chosen_on < offer.valid_through {
                        prop_assert_eq!(fit(&offer, &fixed, days_after(chosen_on, 1)), again);
                    }
                }
            }
            Err(refusal) => {
                for nearest in [refusal.below, refusal.above].into_iter().flatten() {
                    prop_assert_eq!(fit(&offer, &nearest.choice, chosen_on), Ok(nearest.schedule));
                }
            }
        }
    }
}

fn a_plan_offer(figures: &Figures, principal: i64, today: Date, frequency: Option<Frequency>) -> Offer {
    let policy = a_policy(figures);
    let terms = policy.segments[0].terms.plan.clone().expect("a plan");
    let schedule = Schedule {
        instalments: Vec::new(),
        total: usd(principal),
        principal: usd(principal),
        interest: usd(0),
        down_payment: None,
    };
    Offer {
        id: "plan".into(),
        kind: OfferKind::Plan,
        basis: Basis::Balance,
        frequency,
        total: usd(principal),
        min_amount: usd(1),
        max_amount: usd(principal),
        discount: None,
        valid_through: days_after(today, 10),
        limits: Limits::Plan(evenkeel::domain::offers::PlanLimits {
            principal: usd(principal),
            minimum_instalment: terms.minimum_instalment,
            last_instalment_excess: terms.last_instalment_excess,
            longest_term: terms.longest_term,
            first_payment_within_days: terms.first_payment_within_days,
            down_payment: terms.down_payment,
            interest: terms.interest,
            interest_from: today,
            closed_days: terms.closed_days,
            holidays: policy.holidays,
        }),
        schedule,
    }
}

/// Every account of a real portfolio, with several paydays, on several days.
#[test]
fn every_account_of_the_portfolio_has_a_way_forward() {
    let file = portfolio();
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let headers = reader.headers().expect("headers").clone();
    let column = |name: &str| headers.iter().position(|header| header == name).expect(name);
    let (balance, past_due, oldest) = (column("current_balance"), column("past_due_amount"), column("oldest_unpaid_due_date"));
    let paydays = [
        None,
        Payday::from_code("2026-11-27/weekly"),
        Payday::from_code("2026-12-04/every_two_weeks"),
        Payday::from_code("2026-12-15/twice_a_month"),
        Payday::from_code("2026-11-30/monthly"),
    ];
    let mut plans = 0_u32;
    let mut accounts = 0_u32;
    for row in reader.records() {
        let row = row.expect("a row");
        let amount = |index: usize| Money::parse_decimal(&row[index], Currency::USD).expect("an amount");
        let account = AccountFacts {
            product: "Credit card".into(),
            currency: Currency::USD,
            balance: amount(balance),
            past_due: amount(past_due),
            oldest_unpaid_due_date: row[oldest].parse().ok(),
            history: None,
            time_barred: evenkeel::domain::account::TimeBarred::Unknown,
        };
        accounts += 1;
        for (index, today) in ["2026-11-20", "2026-12-31", "2027-02-28"].into_iter().enumerate() {
            let today: Date = today.parse().expect("a date");
            // Over the portfolio every payday meets every day.
            let payday = paydays[(accounts as usize + index) % paydays.len()];
            let set = offers_for(&account, &DEFAULT_POLICY, today, payday, None);
            assert!(set.offer("pay_in_full").is_some(), "{}", &row[0]);
            for offer in &set.offers {
                stands(offer, &account, today).unwrap_or_else(|error| panic!("{} {}: {error}", &row[0], offer.id));
                plans += u32::from(offer.kind == OfferKind::Plan);
            }
            let catching_up = set.plans(Basis::PastDue).count();
            if account.days_past_due(today) > 120 {
                assert_eq!(catching_up, 0, "{}: later the whole balance only", &row[0]);
            } else if account.past_due.minor() >= 2_000 && account.past_due != account.balance {
                assert_eq!(catching_up, 4, "{}", &row[0]);
            }
            if account.balance.minor() >= 2_000 {
                assert_eq!(set.plans(Basis::Balance).count(), 4, "{}", &row[0]);
            }
        }
    }
    assert!(accounts >= 60, "{accounts} accounts");
    assert!(plans > accounts * 15, "{plans} plans for {accounts} accounts");
}

/// The whole portfolio where it is kept beside the project, else the part of it that is in samples/.
fn portfolio() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places =
        ["../shared/data/northgate-accounts.csv", "../../shared/data/northgate-accounts.csv", "samples/northgate-accounts.csv"];
    places
        .iter()
        .find_map(|place| std::fs::read_to_string(root.join(place)).ok())
        .unwrap_or_else(|| panic!("northgate-accounts.csv is in none of {places:?}"))
}
