//! The port's `movements` against localstripe's own balance transactions, which nobody here wrote: their shapes, signs, sources and
//! pages.
//!
//! What localstripe lacks stands between it and us in [`Between`], and a test says of each point that it still lacks it:
//! - it takes no `created[gte]` and `created[lt]`;
//! - it cannot expand `data.source.charge` in a list that holds a charge, which has no charge;
//! - a charge does not repeat the metadata of its payment intent, so our reference is written on it by hand;
//! - it has no disputes, and books nothing but `charge` and `refund`.
//!
//! For those our own stand-in speaks (`contract_of_books.rs`).

use crate::company::now;
use crate::localstripe::{LocalStripe, settings_for};
use axum::extract::{RawQuery, State};
use axum::routing::get;
use axum::{Json, Router};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::reconciliation::MovementKind;
use evenkeel::server::clock::Clock;
use evenkeel::server::processors::stripe::wire::WireError;
use evenkeel::server::processors::stripe::{StripeProcessor, Timeouts};
use evenkeel::server::processors::{Movement, PaymentProcessor, ProcessorError, connection};
use jiff::SignedDuration;
use serde_json::Value;
use std::ops::Range;

const LIST: &str = "/v1/balance_transactions";

/// Answers our request for the list from localstripe's, and does what localstripe does not.
struct Between {
    processor: StripeProcessor,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Between {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Between {
    async fn open(localstripe: &LocalStripe) -> Between {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let app = Router::new().route(LIST, get(list)).with_state(localstripe.address.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        let processor = StripeProcessor::open(&settings_for(&address), Clock::Real, Timeouts::default()).expect("it opens");
        Between { processor, server }
    }

    /// Everything booked around now, in the order of kinds and amounts.
    async fn booked(&self) -> Vec<Movement> {
        let hour = SignedDuration::from_hours(1);
        let mut booked = self.processor.movements(now() - hour, now() + hour).await.expect("its books");
        booked.sort_by_key(|movement| (movement.kind, movement.amount.minor()));
        booked
    }
}

async fn list(State(localstripe): State<String>, RawQuery(query): RawQuery) -> Json<Value> {
    let query = reqwest::Url::parse(&format!("http://localhost/?{}", query.unwrap_or_default())).expect("a query");
    let (mut passed_on, mut created) = (Vec::new(), Range { start: 0, end: 0 });
    let mut expanded = Vec::new();
    for (name, value) in query.query_pairs().into_owned() {
        match name.as_str() {
            "created[gte]" => created.start = value.parse::<i64>().expect("a time"),
            "created[lt]" => created.end = value.parse().expect("a time"),
            "expand[]" => expanded.push(value),
            "limit" | "starting_after" => passed_on.push((name, value)),
            _ => panic!("Stripe's list takes no {name}"),
        }
    }
    assert_eq!(expanded, ["data.source", "data.source.charge"]);
    passed_on.push(("expand[]".to_owned(), "data.source".to_owned()));
    let mut list = ask(&localstripe, LIST, &passed_on).await;
    let mut data = Vec::new();
    for mut transaction in list["data"].as_array().expect("a list").clone() {
        if let Some(charge) = transaction["source"]["charge"].as_str() {
            transaction["source"]["charge"] = ask(&localstripe, &format!("/v1/charges/{charge}"), &[]).await;
        }
        if transaction["created"].as_i64().is_some_and(|at| created.contains(&at)) {
            data.push(transaction);
        }
    }
    list["has_more"] = (list["has_more"] == true && !data.is_empty()).into();
    list["data"] = data.into();
    Json(list)
}

async fn ask(localstripe: &str, path: &str, query: &[(String, String)]) -> Value {
    let client = connection::plain().build().expect("a client");
    let url = reqwest::Url::parse_with_params(&format!("{localstripe}{path}"), query).expect("an address");
    let answer = client.get(url).bearer_auth("sk_test_localstripe").send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
}

/// What Stripe does by itself with the metadata of a payment intent.
async fn write_on_charge(stripe: &LocalStripe, charge: &Value, field: &str, reference: &str) {
    let path = format!("/v1/charges/{}", charge.as_str().expect("a name"));
    stripe.make(&path, &[(field, reference)]).await.expect("it is written");
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

#[tokio::test]
async fn what_localstripe_booked_of_ours_is_told_once_signed_and_nothing_else() {
    let stripe = LocalStripe::start();
    let between = Between::open(&stripe).await;
    let card = "4242424242424242";
    assert_eq!(between.booked().await, []);
    let references = [
        ("metadata[merchant_reference]", "EK-2222-2222"),
        ("metadata[collection_reference]", "EK-3333-3333"),
        ("metadata[order]", "7"),
    ];
    for (field, reference) in references {
        let made = stripe.pay_with(card).await.expect("it is paid");
        write_on_charge(&stripe, &made["latest_charge"]["id"], field, reference).await;
        let id = made["id"].as_str().expect("a name");
        for amount in ["2000", "500"] {
            let refund = [("payment_intent", id), ("amount", amount), ("metadata[refund_key]", "k")];
            stripe.make("/v1/refunds", &refund).await.expect("it is given back");
        }
    }
    // Nothing is booked of a payment that was declined.
    stripe.pay_with("4000000000000341").await.expect_err("declined");
    let booked = between.booked().await;
    let told: Vec<_> =
        booked.iter().map(|movement| (movement.kind, movement.merchant_reference.as_str(), movement.amount)).collect();
    let (one, other) = ("EK-2222-2222", "EK-3333-3333");
    let expected = [
        (MovementKind::Charge, one, eur(5_000)),
        (MovementKind::Charge, other, eur(5_000)),
        (MovementKind::Refund, one, eur(-2_000)),
        (MovementKind::Refund, other, eur(-2_000)),
        (MovementKind::Refund, one, eur(-500)),
        (MovementKind::Refund, other, eur(-500)),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    assert!(expected.iter().all(|movement| told.contains(movement)), "{told:?}");
    let names = |prefix: &str| booked.iter().filter(|movement| movement.processor_reference.starts_with(prefix)).count();
    assert_eq!((names("ch_"), names("re_")), (2, 4), "each by its own name");
    let hour = SignedDuration::from_hours(1);
    assert!(booked.iter().all(|movement| (now() - hour..now() + hour).contains(&movement.at)));
    let day = hour * 24;
    assert_eq!(between.processor.movements(now() - day, now() - hour).await, Ok(vec![]), "another period");
}

#[tokio::test]
async fn localstripes_list_is_read_to_its_last_page() {
    let stripe = LocalStripe::start();
    let between = Between::open(&stripe).await;
    let first = stripe.pay_with("4242424242424242").await.expect("it is paid");
    let customer = first["customer"].as_str().expect("a customer");
    let method = first["payment_method"].as_str().expect("a payment method");
    for minor in 5_001..5_103 {
        let amount = minor.to_string();
        let charge = [
            ("amount", amount.as_str()),
            ("currency", "eur"),
            ("customer", customer),
            ("source", method),
            ("metadata[merchant_reference]", "EK-2222-2222"),
        ];
        stripe.make("/v1/charges", &charge).await.expect("it is charged");
    }
    let booked = between.booked().await;
    let amounts: Vec<i64> = booked.iter().map(|movement| movement.amount.minor()).collect();
    assert_eq!(amounts, (5_001..5_103).collect::<Vec<i64>>(), "each once");
}

#[tokio::test]
async fn what_localstripe_lacks_it_still_lacks() {
    let stripe = LocalStripe::start();
    let made = stripe
        .make("/v1/customers", &[("description", "someone"), ("metadata[merchant_reference]", "EK-2222-2222")])
        .await
        .expect("a customer");
    assert_eq!(made["metadata"]["merchant_reference"], "EK-2222-2222", "metadata as such it has");
    let paid = stripe.pay_with("4242424242424242").await.expect("it is paid");
    let intent = format!("/v1/payment_intents/{}", paid["id"].as_str().expect("a name"));
    let marked = stripe.make(&intent, &[("metadata[merchant_reference]", "EK-2222-2222")]).await.expect("it is marked");
    assert_eq!(marked["metadata"]["merchant_reference"], "EK-2222-2222");
    assert_eq!(marked["latest_charge"]["metadata"], serde_json::json!({}), "its charge does not repeat it");

    let asked = async |query: &[(&'static str, String)]| stripe.wire.get::<Value>(LIST, query).await;
    assert!(asked(&[]).await.is_ok());
    assert!(asked(&[("expand[]", "data.source".into())]).await.is_ok());
    for query in [("created[gte]", "1"), ("created[lt]", "4102444800"), ("expand[]", "data.source.charge")] {
        let found = asked(&[(query.0, query.1.to_owned())]).await;
        assert!(matches!(found, Err(WireError::Refused { status: 400, .. })), "{query:?}: {found:?}");
    }
    let disputes = stripe.wire.get::<Value>("/v1/disputes", &[]).await;
    assert!(matches!(disputes, Err(WireError::NotFound | WireError::Unknown)), "{disputes:?}");
    // So, asked as Stripe is, it does not answer, and nothing is taken for a period without movements.
    let processor = StripeProcessor::open(&settings_for(&stripe.address), Clock::Real, Timeouts::default()).expect("it opens");
    let hour = SignedDuration::from_hours(1);
    assert_eq!(processor.movements(now() - hour, now() + hour).await, Err(ProcessorError::OutcomeUnknown));
}
