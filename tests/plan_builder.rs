//! The plan builder as the server renders it, which is all that a browser without script shows.

use evenkeel::components::frame::{Frame, provide_frame};
use evenkeel::domain::account::AccountFacts;
use evenkeel::domain::calendar::{ClosedDays, Date, Holidays, LongestTerm};
use evenkeel::domain::language::Language;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::offers::{Limits, OfferSet, PlanLimits, offers_for};
use evenkeel::domain::policy::{Basis, DownPaymentRule};
use evenkeel::domain::schedule::InterestRule;
use evenkeel::islands::plan_builder::{Terms, TypedPlan, preview};
use evenkeel::pages::plan::Builder;
use evenkeel::server::policy_file;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use std::path::Path;
use std::sync::Arc;

const TODAY: Date = jiff::civil::date(2026, 11, 20);

fn offered() -> OfferSet {
    let account = AccountFacts {
        product: "Credit card".into(),
        currency: Currency::USD,
        balance: Money::new(120_000, Currency::USD),
        past_due: Money::new(30_000, Currency::USD),
        oldest_unpaid_due_date: Some(jiff::civil::date(2026, 10, 1)),
        history: None,
        time_barred: evenkeel::domain::account::TimeBarred::Unknown,
    };
    let file = policy_file::read(Path::new("policies/default.toml")).expect("the default policy");
    offers_for(&account, &file.policy, TODAY, None, None)
}

fn rendered(typed: &TypedPlan, language: Language) -> String {
    let offers = offered().plans(Basis::PastDue).cloned().collect();
    let terms = Terms { offers, today: TODAY, language, ask_href: "/contact".to_owned() };
    let carried = terms.to_attribute();
    assert!(carried.len() < 1_500, "{} bytes of limits in the page", carried.len());
    let typed = typed.clone();
    Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands()))).with(|| {
        provide_frame(Frame { language, ..Frame::default() });
        view! { <Builder terms typed/> }.to_html()
    })
}

fn monthly(amount: &str) -> TypedPlan {
    TypedPlan { frequency: "monthly".into(), amount: amount.into(), first_on: "2026-12-04".into(), ..TypedPlan::default() }
}

/// The page as it is read: without what HTML rendering puts between two texts.
fn text(html: &str) -> String {
    html.replace("<!>", "").replace("&#x27;", "'")
}

#[test]
fn nothing_is_chosen_before_somebody_chooses() {
    let html = rendered(&TypedPlan::default(), Language::English);
    assert!(!html.contains("checked"), "{html}");
    assert_eq!(html.matches("field-error").count(), html.matches("-error\" hidden").count(), "no field is reproached: {html}");
    assert!(text(&html).contains("Nothing is decided yet."), "{html}");
    assert!(html.contains("name=\"intent\""), "the button for browsers without script");
}

#[test]
fn the_plan_stands_in_the_page_that_the_server_sends() {
    let html = text(&rendered(&monthly("$100"), Language::English));
    assert!(html.contains("3 payments of $100.00"), "{html}");
    assert!(html.contains("You pay $300.00 in all. The last payment is on 4 February 2027."), "{html}");
    assert!(html.contains("Friday 4 December 2026"), "{html}");
    assert!(html.contains("checked"), "the chosen rhythm is still chosen");
    assert!(html.contains("value=\"$100\""), "the amount is kept as typed");
}

#[test]
fn an_amount_that_is_too_small_gets_its_reason_and_the_nearest_plan() {
    let html = text(&rendered(&monthly("3"), Language::English));
    assert!(html.contains("Each payment needs to be at least $12.09."), "{html}");
    assert!(html.contains("name=\"use_amount\""), "{html}");
    assert!(html.contains("href=\"/contact\""), "{html}");
}

#[test]
fn it_speaks_spanish() {
    let html = text(&rendered(&monthly("70"), Language::Spanish));
    assert!(html.contains("5 pagos: $70.00 cada uno, el último de $20.00"), "{html}");
    assert!(html.contains("viernes, 4 de diciembre de 2026"), "{html}");
}

#[test]
fn what_cannot_be_read_is_said_beside_its_field() {
    let typed = TypedPlan { frequency: "monthly".into(), amount: "fifty".into(), ..TypedPlan::default() };
    let html = text(&rendered(&typed, Language::English));
    assert!(html.contains("Type the amount in numbers, such as 50 or 50.25."), "{html}");
}

fn terms() -> Terms {
    let offers = offered().plans(Basis::PastDue).cloned().collect();
    Terms { offers, today: TODAY, language: Language::Spanish, ask_href: "/account/1/message?topic=a b".to_owned() }
}

fn with_limits(change: impl Fn(&mut PlanLimits)) -> Terms {
    let mut terms = terms();
    for offer in &mut terms.offers {
        match &mut offer.limits {
            Limits::Plan(limits) => change(limits),
            Limits::OnePayment(_) => panic!("a plan has a plan's limits"),
        }
    }
    terms
}

/// Whatever a plan's limits are, the browser computes with the same.
#[test]
fn the_browser_reads_what_the_server_wrote() {
    let variants = [
        terms(),
        with_limits(|limits| limits.interest = InterestRule::SimpleDaily { annual_rate_basis_points: 1_999 }),
        with_limits(|limits| limits.down_payment = DownPaymentRule::Optional { minimum: Money::new(2_500, Currency::USD) }),
        with_limits(|limits| limits.down_payment = DownPaymentRule::Required { minimum: Money::new(1, Currency::USD) }),
        with_limits(|limits| {
            limits.closed_days = ClosedDays::PreviousWorkingDay;
            limits.longest_term = LongestTerm::Days(90);
            limits.holidays = Holidays::from(vec![jiff::civil::date(2026, 12, 25), jiff::civil::date(2027, 1, 1)]);
        }),
    ];
    for written in variants {
        let read = Terms::from_attribute(&written.to_attribute()).expect("what was written can be read");
        assert_eq!((read.today, read.language, &read.ask_href), (written.today, written.language, &written.ask_href));
        assert_eq!(read.offers.len(), written.offers.len());
        for (read, written) in read.offers.iter().zip(&written.offers) {
            assert_eq!(read.limits, written.limits);
            assert_eq!((&read.id, read.basis, read.frequency), (&written.id, written.basis, written.frequency));
            assert_eq!((read.min_amount, read.max_amount), (written.min_amount, written.max_amount));
            assert_eq!(read.valid_through, written.valid_through);
        }
        let typed = TypedPlan { frequency: "monthly".into(), amount: "100".into(), ..TypedPlan::default() };
        assert_eq!(read.outcome(&typed), written.outcome(&typed));
    }
}

#[test]
fn anything_else_is_not_read() {
    for text in ["", "2026-11-20", "2026-11-20 en", "2026-11-20 en /x\nplan.past_due.weekly past_due weekly USD 1"] {
        assert_eq!(Terms::from_attribute(text), None, "{text}");
    }
}

#[test]
fn what_is_written_into_the_page_is_text() {
    let terms = Terms { ask_href: "/a\"><script>".to_owned(), ..terms() };
    let typed = TypedPlan { frequency: "monthly".into(), amount: "1".into(), ..TypedPlan::default() };
    let html = preview(&terms.outcome(&typed), &terms);
    assert!(html.contains("href=\"/a&quot;&gt;&lt;script&gt;\""), "{html}");
}
