//! Our types against Stripe's own published examples, and the stand-in's answers against them too.

use crate::company::payment;
use crate::stripe::{Goes, KEY, StandIn, objects};
use evenkeel::server::processors::stripe::wire::{API_VERSION, Charge, Dispute, PaymentIntent, Refund, Session};
use evenkeel::server::processors::{Collection, HostedMandate, PaymentProcessor, connection};
use serde_json::Value;

#[test]
fn stripes_examples_are_read() {
    let session: Session = serde_json::from_value(objects("checkout.session")).expect("a session");
    assert_eq!((session.status.as_deref(), session.payment_status.as_str()), (Some("open"), "unpaid"));
    assert_eq!(session.mode, "payment");
    let refund: Refund = serde_json::from_value(objects("refund")).expect("a refund");
    assert_eq!((refund.amount, refund.status.as_deref()), (100, Some("succeeded")));
    let intent: PaymentIntent = serde_json::from_value(objects("payment_intent")).expect("a payment intent");
    assert_eq!(intent.status, "requires_payment_method");
    let dispute: Dispute = serde_json::from_value(objects("dispute")).expect("a dispute");
    assert_eq!((dispute.amount, dispute.status.as_str(), dispute.reason.as_str()), (1_000, "warning_needs_response", "general"));
    let charge: Charge = serde_json::from_value(objects("charge")).expect("a charge");
    assert_eq!(charge.metadata.map(|metadata| metadata.len()), Some(0));
}

/// Every field of ours is one of theirs, of the same kind where theirs says which.
#[track_caller]
fn assert_same_shape(path: &str, ours: &Value, theirs: &Value) {
    if let (Value::Object(ours), Value::Object(theirs)) = (ours, theirs) {
        for (name, value) in ours {
            let of_theirs = theirs.get(name).unwrap_or_else(|| panic!("{path}.{name} is no field of Stripe's"));
            // What is expanded is an object where the example has its name; metadata holds what one likes.
            if name != "payment_intent" && name != "metadata" {
                assert_same_shape(&format!("{path}.{name}"), value, of_theirs);
            }
        }
        return;
    }
    let is_known = !ours.is_null() && !theirs.is_null();
    assert!(!is_known || std::mem::discriminant(ours) == std::mem::discriminant(theirs), "{path}: {ours} for {theirs}");
}

#[tokio::test]
async fn the_stand_in_answers_in_stripes_shapes() {
    let stand_in = StandIn::open("http://127.0.0.1:9/none").await;
    let charge = stand_in.processor().start(&payment()).await.expect("a page");
    let id = charge.processor_reference;
    let url = format!("{}/v1/checkout/sessions/{id}?expand[]=payment_intent", stand_in.address);
    let client = connection::plain().build().expect("a client");
    let paid = |stand_in: &StandIn| stand_in.books().pay(&id);
    for act in [None, Some(&paid)] {
        if let Some(act) = act {
            act(&stand_in);
        }
        let request = client.get(&url).bearer_auth(KEY).header("stripe-version", API_VERSION);
        let body = request.send().await.expect("an answer").text().await.expect("a body");
        let session: Value = serde_json::from_str(&body).expect("JSON");
        assert_same_shape("session", &session, &objects("checkout.session"));
        assert_same_shape("payment_intent", &session["payment_intent"], &objects("payment_intent"));
    }
    let event: Value = serde_json::from_str(&stand_in.books().messages[0]).expect("JSON");
    let mut example = objects("event");
    example["data"]["object"] = objects("checkout.session");
    assert_same_shape("event", &event, &example);
}

#[tokio::test]
async fn permissions_and_collections_have_stripes_shapes_too() {
    let stand_in = StandIn::open("http://127.0.0.1:9/none").await;
    let payment = payment();
    let asked = HostedMandate {
        idempotency_key: payment.idempotency_key,
        merchant_reference: payment.merchant_reference.clone(),
        currency: payment.amount.currency(),
        language: payment.language,
        return_url: payment.return_url,
        asked_at: payment.asked_at,
    };
    let page = stand_in.processor().start_mandate(&asked).await.expect("a page");
    for (number, goes) in [Goes::Paid, Goes::LacksFunds, Goes::WantsCustomer, Goes::OnItsWay].into_iter().enumerate() {
        if number == 0 {
            stand_in.books().give_permission(&page.processor_reference, goes);
        }
        stand_in.books().methods.get_mut("pm_1").expect("the method").goes = goes;
        let collection = Collection {
            idempotency_key: format!("instalment {number}"),
            merchant_reference: format!("EK-2222-222{number}"),
            mandate: "cus_1:pm_1".into(),
            amount: payment.amount,
            asked_at: payment.asked_at,
        };
        stand_in.processor().collect(&collection).await.expect("an answer");
    }
    let books = stand_in.books();
    let mut example = objects("payment_intent");
    // The published example has an error of another kind, which carries fewer fields.
    example["last_payment_error"] = Value::Null;
    assert_eq!(books.collections.len(), 4);
    for intent in &books.collections {
        assert_same_shape("payment_intent", intent, &example);
    }
    assert_same_shape("session", &books.pages[0].session, &objects("checkout.session"));
    assert_same_shape("setup_intent", &books.pages[0].intent, &objects("setup_intent"));
}

#[tokio::test]
async fn what_went_back_has_stripes_shapes_too() {
    let stand_in = StandIn::open("http://127.0.0.1:9/none").await;
    let id = stand_in.processor().start(&payment()).await.expect("a page").processor_reference;
    let mut books = stand_in.books();
    books.pay(&id);
    books.refund_elsewhere(&id, 500);
    books.dispute(&id, "fraudulent");
    books.dispute_is_won(1);
    for message in &books.messages[1..] {
        let event: Value = serde_json::from_str(message).expect("JSON");
        let object = &event["data"]["object"];
        let kind = object["object"].as_str().expect("its kind");
        assert_same_shape(kind, object, &objects(kind));
    }
}
