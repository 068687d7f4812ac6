//! The plan builder as the server renders it, which is all that a browser without script shows.

use evenkeel::domain::account::AccountFacts;
use evenkeel::domain::calendar::Date;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::offers::{OfferSet, offers_for};
use evenkeel::domain::policy::Basis;
use evenkeel::islands::plan_builder::{PlanBuilder, TypedPlan, offers_property, typed_property};
use evenkeel::server::policy_file;
use leptos::prelude::*;
use std::path::Path;

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

fn rendered(typed: &TypedPlan, language: &str) -> String {
    let set = offered();
    let offers = offers_property(set.plans(Basis::PastDue));
    assert!(offers.len() < 8_000, "{} bytes of limits in the page", offers.len());
    let typed = typed_property(typed);
    let language = language.to_owned();
    Owner::new().with(|| {
        view! {
            <PlanBuilder offers=offers typed=typed today=TODAY.to_string() language=language ask_href="/contact".to_owned()/>
        }
        .to_html()
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
    let html = rendered(&TypedPlan::default(), "en");
    assert!(!html.contains("checked"), "{html}");
    assert!(!html.contains("field-error"), "{html}");
    assert!(text(&html).contains("Nothing is decided yet."), "{html}");
    assert!(html.contains("name=\"intent\""), "the button for browsers without script");
}

#[test]
fn the_plan_stands_in_the_page_that_the_server_sends() {
    let html = text(&rendered(&monthly("$100"), "en"));
    assert!(html.contains("3 payments of $100.00"), "{html}");
    assert!(html.contains("You pay $300.00 in all. The last payment is on 4 February 2027."), "{html}");
    assert!(html.contains("Friday 4 December 2026"), "{html}");
    assert!(html.contains("checked"), "the chosen rhythm is still chosen");
    assert!(html.contains("value=\"$100\""), "the amount is kept as typed");
}

#[test]
fn an_amount_that_is_too_small_gets_its_reason_and_the_nearest_plan() {
    let html = text(&rendered(&monthly("3"), "en"));
    assert!(html.contains("Each payment needs to be at least $10.00."), "{html}");
    assert!(html.contains("name=\"use_amount\""), "{html}");
    assert!(html.contains("href=\"/contact\""), "{html}");
}

#[test]
fn it_speaks_spanish() {
    let html = text(&rendered(&monthly("70"), "es"));
    assert!(html.contains("5 pagos: $70.00 cada uno, el último de $20.00"), "{html}");
    assert!(html.contains("viernes, 4 de diciembre de 2026"), "{html}");
}

#[test]
fn what_cannot_be_read_is_said_beside_its_field() {
    let typed = TypedPlan { frequency: "monthly".into(), amount: "fifty".into(), ..TypedPlan::default() };
    let html = text(&rendered(&typed, "en"));
    assert!(html.contains("Type the amount in numbers, such as 50 or 50.25."), "{html}");
}
