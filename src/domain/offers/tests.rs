use super::super::money::Currency;
use super::super::policy::{Bounds, Conditions, Consequences, Segment};
use super::*;
use crate::domain::components::PartsOrder;
use jiff::civil::date;

const TODAY: Date = date(2026, 11, 20);

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// Past due since 1 October 2026.
fn account(balance: i64, past_due: i64) -> AccountFacts {
    AccountFacts {
        product: "Credit card".into(),
        currency: Currency::USD,
        balance: usd(balance),
        past_due: usd(past_due),
        oldest_unpaid_due_date: Some(date(2026, 10, 1)),
        history: None,
        time_barred: TimeBarred::Unknown,
    }
}

fn generous() -> SegmentTerms {
    SegmentTerms {
        held_days: 10,
        prompt_payment: None,
        get_up_to_date: true,
        pay_part: Some(PayPartTerms { minimum: usd(500) }),
        plan: Some(PlanTerms {
            bases: vec![Basis::PastDue, Basis::Balance],
            frequencies: Frequency::ALL.to_vec(),
            minimum_instalment: usd(1_000),
            longest_term: LongestTerm::Months(12),
            first_payment_within_days: 31,
            down_payment: DownPaymentRule::NotOffered,
            last_instalment_excess: usd(1_000),
            interest: InterestRule::Frozen,
            closed_days: ClosedDays::Keep,
        }),
        extension: Some(ExtensionTerms { longest_days: 30 }),
        promise: Some(PromiseTerms { longest_days: 30, minimum: usd(1_000) }),
    }
}

fn policy(terms: SegmentTerms) -> Policy {
    let when = Conditions {
        currency: Currency::USD,
        days_past_due: Bounds::default(),
        balance_minor: Bounds::default(),
        products: Vec::new(),
        reasons: Vec::new(),
        kept_percent: Bounds::default(),
    };
    Policy {
        version: PolicyVersion("v".into()),
        segments: vec![Segment { name: "all".into(), when, terms }],
        holidays: Holidays::default(),
        consequences: Consequences::default(),
        allocation: PartsOrder::USUAL,
        change: None,
        hardship: None,
        time_to_think: None,
    }
}

fn offered(account: &AccountFacts) -> OfferSet {
    offers_for(account, &policy(generous()), TODAY, None, None)
}

fn ids(set: &OfferSet) -> Vec<&str> {
    set.offers.iter().map(|offer| offer.id.as_str()).collect()
}

fn refusal(set: &OfferSet, kind: OfferKind) -> Option<RefusalCode> {
    set.refusals.iter().find(|refusal| refusal.kind == kind).map(|refusal| refusal.code)
}

#[test]
fn an_account_behind_gets_every_way_forward() {
    let set = offered(&account(120_000, 30_000));
    assert_eq!(
        ids(&set),
        [
            "get_up_to_date",
            "pay_in_full",
            "pay_part",
            "plan.past_due.weekly",
            "plan.past_due.every_two_weeks",
            "plan.past_due.twice_a_month",
            "plan.past_due.monthly",
            "plan.balance.weekly",
            "plan.balance.every_two_weeks",
            "plan.balance.twice_a_month",
            "plan.balance.monthly",
            "extension",
            "promise",
        ]
    );
    assert_eq!(set.refusals, []);
    let monthly = set.offer("plan.balance.monthly").expect("offered");
    assert_eq!(monthly.schedule.instalments.len(), 12);
    assert_eq!(monthly.min_amount, usd(9_917), "twelve of them, the last 10.00 more at most");
    assert_eq!(monthly.max_amount, usd(119_000));
    assert_eq!(monthly.valid_through, date(2026, 11, 30));
}

#[test]
fn a_cent_can_be_paid_or_promised_but_not_divided() {
    let set = offered(&account(1, 0));
    assert_eq!(ids(&set), ["pay_in_full", "promise"]);
    assert_eq!(set.offer("pay_in_full").map(|offer| offer.total), Some(usd(1)));
    assert_eq!(set.offer("promise").map(|offer| offer.min_amount), Some(usd(1)));
    assert_eq!(refusal(&set, OfferKind::GetUpToDate), Some(RefusalCode::NothingPastDue));
    assert_eq!(refusal(&set, OfferKind::PayPart), Some(RefusalCode::TooSmall));
    assert_eq!(refusal(&set, OfferKind::Plan), Some(RefusalCode::TooSmall));
    assert_eq!(refusal(&set, OfferKind::Extension), Some(RefusalCode::NothingPastDue));
}

#[test]
fn nothing_owed_is_nothing_offered() {
    for balance in [0, -1_000] {
        let set = offered(&account(balance, 0));
        assert_eq!(ids(&set), [""; 0]);
        assert_eq!(set.refusals.len(), OfferKind::ALL.len());
        assert!(set.refusals.iter().all(|refusal| refusal.code == RefusalCode::NothingOwed));
    }
}

#[test]
fn where_everything_is_past_due_there_is_one_plan_a_rhythm() {
    let set = offered(&account(30_000, 30_000));
    assert_eq!(set.plans(Basis::PastDue).count(), 0);
    assert_eq!(set.plans(Basis::Balance).count(), 4);
    assert_eq!(refusal(&set, OfferKind::GetUpToDate), Some(RefusalCode::SameAsPayInFull));
    assert_eq!(offered(&account(30_000, 50_000)).past_due, usd(30_000), "never more than is owed");
}

#[test]
fn two_instalments_of_the_minimum_are_the_smallest_plan() {
    let plans = |balance| offered(&account(balance, 0)).plans(Basis::Balance).count();
    assert_eq!(plans(1_999), 0);
    assert_eq!(plans(2_000), 4);
}

#[test]
fn an_account_no_segment_covers_can_still_be_paid() {
    let none = Policy { segments: Vec::new(), ..policy(generous()) };
    let set = offers_for(&account(120_000, 30_000), &none, TODAY, None, None);
    assert_eq!(ids(&set), ["get_up_to_date", "pay_in_full"]);
    assert_eq!(refusal(&set, OfferKind::Plan), Some(RefusalCode::NotCovered));
}

#[test]
fn what_the_policy_leaves_out_is_not_offered() {
    let terms = SegmentTerms { get_up_to_date: false, extension: None, plan: None, promise: None, pay_part: None, ..generous() };
    let set = offers_for(&account(120_000, 30_000), &policy(terms), TODAY, None, None);
    assert_eq!(ids(&set), ["pay_in_full"]);
    assert_eq!(set.refusals.len(), 5);
    assert!(set.refusals.iter().all(|refusal| refusal.code == RefusalCode::NotOffered));
}

#[test]
fn a_discount_for_paying_soon_stands_until_its_day() {
    let prompt_payment = Some(PromptPaymentTerms { discount_basis_points: 525, within_days: 7 });
    let terms = SegmentTerms { prompt_payment, ..generous() };
    let set = offers_for(&account(100_001, 0), &policy(terms), TODAY, None, None);
    let discounted = set.offer("pay_in_full.discounted").expect("offered");
    assert_eq!(discounted.discount, Some(usd(5_250)), "rounded down");
    assert_eq!(discounted.total, usd(94_751));
    let full =
        |day| set.open_on(day).filter(|offer| offer.kind == OfferKind::PayInFull).map(|offer| offer.total).collect::<Vec<_>>();
    assert_eq!(full(date(2026, 11, 27)), [usd(94_751)]);
    assert_eq!(full(date(2026, 11, 28)), [usd(100_001)]);
    assert_eq!(full(date(2026, 12, 1)), []);
}

#[test]
fn a_plan_and_a_promise_follow_the_payday() {
    let payday = Payday { next: date(2026, 12, 4), rhythm: Frequency::Monthly };
    let set = offers_for(&account(120_000, 30_000), &policy(generous()), TODAY, Some(payday), None);
    for offer in set.offers.iter().filter(|offer| offer.kind == OfferKind::Plan || offer.kind == OfferKind::Promise) {
        assert_eq!(offer.schedule.first_on(), Some(payday.next), "{}", offer.id);
    }
    let late = Payday { next: date(2026, 12, 22), ..payday };
    let set = offers_for(&account(120_000, 30_000), &policy(generous()), TODAY, Some(late), None);
    assert_eq!(set.plans(Basis::Balance).count(), 4);
    assert_eq!(refusal(&set, OfferKind::Plan), Some(RefusalCode::PaydayTooLate));
    assert_eq!(set.offer("promise").and_then(|offer| offer.schedule.first_on()), Some(date(2026, 12, 20)));
}

#[test]
fn a_choice_within_an_offer_is_computed_from_the_offer_alone() {
    let set = offered(&account(120_000, 30_000));
    let offer = set.offer("plan.past_due.monthly").expect("offered");
    let choice = PlanChoice::of_plan(Size::Amount(usd(10_000)), Frequency::Monthly);
    let schedule = fit(offer, &choice, TODAY).expect("allowed");
    assert_eq!(schedule.instalments.len(), 3);
    assert_eq!(schedule.total, usd(30_000));
}

#[test]
fn holidays_travel_with_the_offer_only_where_dates_may_move() {
    let holidays = Holidays::from(vec![date(2020, 1, 1), date(2026, 12, 25), date(2040, 1, 1)]);
    let with = |closed_days| {
        let terms = generous();
        let plan = terms.plan.clone().map(|plan| PlanTerms { closed_days, ..plan });
        let policy = Policy { holidays: holidays.clone(), ..policy(SegmentTerms { plan, ..terms }) };
        let set = offers_for(&account(120_000, 30_000), &policy, TODAY, None, None);
        match set.offer("plan.balance.monthly").map(|offer| offer.limits.clone()) {
            Some(Limits::Plan(limits)) => Vec::from(limits.holidays),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(with(ClosedDays::Keep), []);
    assert_eq!(with(ClosedDays::NextWorkingDay), [date(2026, 12, 25)]);
}

#[test]
fn the_creditors_words_are_held_with_the_offers_but_not_of_a_time_barred_account() {
    let words = Statement::new("A fee is added.", "Se añade un cargo.").expect("plain words");
    let consequences = Consequences { late_payment: Some(words.clone()), if_nothing_is_done: None };
    let policy = Policy { consequences, ..policy(generous()) };
    let late_payment = |time_barred| {
        let account = AccountFacts { time_barred, ..account(100_000, 30_000) };
        offers_for(&account, &policy, TODAY, None, None).late_payment
    };
    assert_eq!(late_payment(TimeBarred::Unknown), Some(words.clone()));
    assert_eq!(late_payment(TimeBarred::No), Some(words));
    assert_eq!(late_payment(TimeBarred::Yes), None);
}

#[test]
fn offers_held_before_these_facts_were_known_are_still_read() {
    let set = offered(&account(100_000, 30_000));
    let mut json = serde_json::to_value(&set).expect("JSON");
    json.as_object_mut().expect("an object").remove("time_barred");
    assert_eq!(serde_json::from_value::<OfferSet>(json).expect("readable"), set);
}
