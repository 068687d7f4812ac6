//! Our wire format, reading of errors, refunds and signatures against localstripe, which nobody here wrote. It has no Checkout
//! and no idempotency keys; our own stand-in adds those.

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::DeclineReason;
use evenkeel::server::clock::Clock;
use evenkeel::server::config::{Secret, Stripe};
use evenkeel::server::ids;
use evenkeel::server::processors::stripe::wire::{PaymentIntent, Wire, WireError};
use evenkeel::server::processors::stripe::{Timeouts, map, refunds, webhook};
use evenkeel::server::processors::{Refund, RefundProgress, WebhookError, connection};
use http::HeaderMap;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::sync::mpsc;

pub struct LocalStripe {
    server: Child,
    pub address: String,
    pub wire: Wire,
}

/// The portal's settings for something that stands for Stripe at this address.
pub fn settings_for(address: &str) -> Stripe {
    Stripe {
        secret_key: Secret::new("sk_test_localstripe"),
        webhook_secrets: Vec::new(),
        is_live: false,
        api_url: address.to_owned(),
        page_origin: address.to_owned(),
    }
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

impl LocalStripe {
    pub fn start() -> LocalStripe {
        #[expect(clippy::disallowed_methods, reason = "the script that runs the tests says where its tools are")]
        let python = std::env::var("EVENKEEL_TEST_PYTHON")
            .expect("EVENKEEL_TEST_PYTHON is not set: run the tests with `make test`, or source scripts/test_tools.sh");
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/run_localstripe.py");
        let mut server = Command::new(python).arg(script).stdout(Stdio::piped()).spawn().expect("localstripe starts");
        let mut port = String::new();
        BufReader::new(server.stdout.take().expect("its output")).read_line(&mut port).expect("its port");
        let address = format!("http://127.0.0.1:{}", port.trim());
        let wire = Wire::open(&settings_for(&address), Timeouts::default()).expect("it opens");
        LocalStripe { server, address, wire }
    }

    pub async fn make(&self, path: &str, form: &[(&str, &str)]) -> Result<Value, WireError> {
        let form: Vec<(&str, String)> = form.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.wire.post(path, &form, None).await.map(|answer| answer.object)
    }

    /// A payment of €50.00 with a card, confirmed at once.
    pub async fn pay_with(&self, card: &str) -> Result<Value, WireError> {
        let fields = [
            ("type", "card"),
            ("card[number]", card),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2030"),
            ("card[cvc]", "123"),
        ];
        let method = self.make("/v1/payment_methods", &fields).await.expect("a payment method");
        let method = method["id"].as_str().expect("a name");
        let customer = self.make("/v1/customers", &[("description", "someone")]).await.expect("a customer");
        let customer = customer["id"].as_str().expect("a name");
        let attach = format!("/v1/payment_methods/{method}/attach");
        self.make(&attach, &[("customer", customer)]).await.expect("it is attached");
        let payment =
            [("amount", "5000"), ("currency", "eur"), ("customer", customer), ("payment_method", method), ("confirm", "true")];
        self.make("/v1/payment_intents", &payment).await
    }

    async fn intent(&self, id: &str) -> PaymentIntent {
        self.wire.get(&format!("/v1/payment_intents/{id}"), &[]).await.expect("a payment intent")
    }
}

#[tokio::test]
async fn a_payment_is_read_and_given_back_once_in_parts() {
    let stripe = LocalStripe::start();
    let made = stripe.pay_with("4242424242424242").await.expect("it is paid");
    let id = made["id"].as_str().expect("a name");
    assert_eq!(stripe.intent(id).await.status, "succeeded");
    let refund = |minor: i64| Refund {
        idempotency_key: ids::new_token(),
        processor_reference: "cs_test_1".into(),
        amount: Money::new(minor, Currency::EUR),
    };
    let first = refund(2_000);
    assert_eq!(refunds::find(&stripe.wire, id, &first).await, Ok(None));
    let made = refunds::make(&stripe.wire, id, &first).await.expect("it is given back");
    assert_eq!((made.amount, made.progress), (first.amount, RefundProgress::Succeeded));
    // There are no keys here, as at Stripe after a day: looking first is what keeps it from being made again.
    assert_eq!(refunds::make(&stripe.wire, id, &first).await, Ok(made.clone()));
    refunds::make(&stripe.wire, id, &refund(500)).await.expect("another part");
    assert_eq!(refunds::find(&stripe.wire, id, &first).await, Ok(Some(made)));
    let list: Value = stripe.wire.get("/v1/refunds", &[("payment_intent", id.to_owned())]).await.expect("a list");
    assert_eq!(list["data"].as_array().expect("refunds").len(), 2);
}

#[tokio::test]
async fn a_declined_card_is_definite_and_has_a_reason() {
    let stripe = LocalStripe::start();
    let declined = stripe.pay_with("4000000000000341").await;
    let Err(WireError::Refused { status: 402, error }) = declined else { panic!("{declined:?}") };
    assert_eq!(error.code.as_deref(), Some("card_declined"));
    assert_eq!(map::reason(&error), DeclineReason::DoNotHonour);
}

#[tokio::test]
async fn a_payment_the_bank_wants_confirmed_waits_and_says_so_when_it_was_not() {
    for confirmed in ["true", "false"] {
        let stripe = LocalStripe::start();
        let made = stripe.pay_with("4000002500003155").await.expect("it waits");
        let id = made["id"].as_str().expect("a name");
        assert_eq!(stripe.intent(id).await.status, "requires_action");
        let secret = made["client_secret"].as_str().expect("a secret");
        let path = format!("/v1/payment_intents/{id}/_authenticate");
        stripe.make(&path, &[("client_secret", secret), ("success", confirmed)]).await.expect("an answer");
        let intent = stripe.intent(id).await;
        if confirmed == "true" {
            assert_eq!(intent.status, "succeeded");
        } else {
            assert_eq!(intent.status, "requires_payment_method");
            assert_eq!(map::reason(&intent.last_payment_error.expect("why")), DeclineReason::NotConfirmed);
        }
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_allowed_is_told_apart() {
    let stripe = LocalStripe::start();
    let missing: Result<Value, WireError> = stripe.wire.get("/v1/payment_intents/pi_none", &[]).await;
    assert!(matches!(missing, Err(WireError::NotFound)), "{missing:?}");
    let wrong = stripe.make("/v1/payment_intents", &[("amount", "nothing")]).await;
    assert!(matches!(wrong, Err(WireError::Refused { status: 400, .. })), "{wrong:?}");
}

#[tokio::test]
async fn its_signatures_are_believed_and_no_others() {
    const SECRET: &str = "whsec_localstripe";
    let stripe = LocalStripe::start();
    let (sender, mut received) = mpsc::unbounded_channel::<(HeaderMap, Bytes)>();
    let take = post(async move |headers: HeaderMap, body: Bytes| {
        drop(sender.send((headers, body)));
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/webhooks", listener.local_addr().expect("an address"));
    let app = Router::new().route("/webhooks", take);
    let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });

    let client = connection::plain().build().expect("a client");
    let wanted = [("url", url.as_str()), ("secret", SECRET), ("events[]", "payment_intent.succeeded")];
    let registered = client.post(format!("{}/_config/webhooks/ours", stripe.address)).form(&wanted).send().await;
    assert!(registered.expect("an answer").status().is_success());
    stripe.pay_with("4242424242424242").await.expect("it is paid");
    let delivered = tokio::time::timeout(Duration::from_secs(20), received.recv()).await.expect("in time");
    let (headers, body) = delivered.expect("a message");

    let now = Clock::Real.real_now();
    assert_eq!(webhook::verify(&[Secret::new("whsec_new"), Secret::new(SECRET)], &headers, &body, now), Ok(()));
    let other = webhook::verify(&[Secret::new("whsec_other")], &headers, &body, now);
    assert_eq!(other, Err(WebhookError::WrongSignature));
    // About a payment intent, which is of no concern here.
    assert_eq!(webhook::read(&body, false), Ok(None));
    assert_eq!(webhook::read(&body, true), Err(WebhookError::OtherMode));
    server.abort();
}
