//! What can go wrong between the portal and Stripe, and what may be said then.

use crate::company::{now, payment, unanswered};
use crate::stripe::{Fault, Goes, StandIn, WEBHOOK_SECRET, objects, sign};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::{DeclineReason, Finding};
use evenkeel::server::clock::Clock;
use evenkeel::server::config::{Secret, Stripe};
use evenkeel::server::processors::stripe::{StripeProcessor, Timeouts};
use evenkeel::server::processors::{
    Collection, HostedMandate, HostedPayment, MandateFinding, News, PaymentProcessor, ProcessorError, Refund, Sought,
    WebhookError, WebhookEvent,
};
use http::HeaderMap;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::time::Duration;

const NOWHERE: &str = "http://127.0.0.1:9/none";

fn unknown<T>() -> Result<T, ProcessorError> {
    Err(ProcessorError::OutcomeUnknown)
}

fn refused<T>() -> Result<T, ProcessorError> {
    Err(ProcessorError::Refused(DeclineReason::NotAccepted))
}

#[tokio::test]
async fn a_page_whose_answer_was_lost_is_found_and_not_made_again() {
    for fault in [Fault::AnswerLost, Fault::BrokenAfter, Fault::Garbled] {
        let stand_in = StandIn::open(NOWHERE).await;
        let processor = stand_in.processor();
        let payment = payment();
        stand_in.next(fault);
        assert_eq!(processor.start(&payment).await, unknown(), "{fault:?}");
        let found = processor.look_up(&unanswered(&payment)).await.expect("an answer").expect("it is there");
        assert!(matches!(found.finding, Finding::Open { .. }), "{fault:?}: {found:?}");
        stand_in.books().pay(&found.processor_reference);
        let found = processor.look_up(&unanswered(&payment)).await.expect("an answer").expect("it is there");
        assert_eq!(found.finding, Finding::Succeeded { amount: payment.amount }, "{fault:?}");
        let books = stand_in.books();
        assert_eq!((books.pages.len(), books.posts), (1, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn an_error_500_before_anything_was_done_is_not_known_at_first_and_then_never_received() {
    for fault in [Fault::BrokenBefore, Fault::Conflict, Fault::TooMany] {
        let stand_in = StandIn::open(NOWHERE).await;
        let processor = stand_in.processor();
        let payment = payment();
        stand_in.next(fault);
        assert_eq!(processor.start(&payment).await, unknown(), "{fault:?}");
        assert_eq!(processor.look_up(&unanswered(&payment)).await, Ok(None), "{fault:?}");
    }
}

#[tokio::test]
async fn where_nobody_answers_nothing_is_known() {
    let stand_in = StandIn::open(NOWHERE).await;
    let charge = stand_in.processor().start(&payment()).await.expect("a page");
    let gone = Stripe { api_url: "http://127.0.0.1:9".into(), ..stand_in.settings() };
    let processor = StripeProcessor::open(&gone, Clock::Real, Timeouts::default()).expect("it opens");
    assert_eq!(processor.start(&payment()).await, unknown());
    assert_eq!(processor.look_up(&unanswered(&payment())).await, unknown());
    assert_eq!(processor.cancel(&charge.processor_reference).await, unknown());
}

#[tokio::test]
async fn where_the_line_stays_silent_the_answer_is_waited_for_only_so_long() {
    let stand_in = StandIn::open(NOWHERE).await;
    // Whoever connects is never answered.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", silent.local_addr().expect("an address"));
    let timeouts = Timeouts { answer: Duration::from_millis(50), ..Timeouts::default() };
    let settings = Stripe { api_url: address, ..stand_in.settings() };
    let processor = StripeProcessor::open(&settings, Clock::Real, timeouts).expect("it opens");
    assert_eq!(processor.start(&payment()).await, unknown());
    assert_eq!(processor.look_up(&unanswered(&payment())).await, unknown());
}

#[tokio::test]
async fn a_request_that_stripe_does_not_take_is_definite() {
    let stand_in = StandIn::open(NOWHERE).await;
    let processor = stand_in.processor();
    let too_small = HostedPayment { amount: Money::new(1, Currency::USD), ..payment() };
    assert_eq!(processor.start(&too_small).await, refused());
    let long_ago = HostedPayment { asked_at: now() - SignedDuration::from_hours(1), ..payment() };
    assert_eq!(processor.start(&long_ago).await, refused());
    let other_key = Stripe { secret_key: Secret::new("sk_test_somebodyElse"), ..stand_in.settings() };
    let stranger = StripeProcessor::open(&other_key, Clock::Real, Timeouts::default()).expect("it opens");
    assert_eq!(stranger.start(&payment()).await, refused());
    assert_eq!(stand_in.books().pages.len(), 0);
    // Our own key not being good says nothing about a payment made before.
    assert_eq!(stranger.look_up(&unanswered(&payment())).await, unknown());
}

#[tokio::test]
async fn one_page_among_hundreds_of_others_is_found() {
    let stand_in = StandIn::open(NOWHERE).await;
    let processor = stand_in.processor();
    let sought = payment();
    let charge = processor.start(&sought).await.expect("a page");
    let one = stand_in.books().pages[0].clone();
    for number in 0..250 {
        let mut other = one.clone();
        other.session["id"] = json!(format!("cs_test_other_{number}"));
        other.session["client_reference_id"] = if number % 2 == 0 { json!("EK-9999-9999") } else { Value::Null };
        stand_in.books().pages.push(other);
    }
    assert_eq!(processor.look_up(&unanswered(&sought)).await, Ok(Some(charge)));
    // More than are looked through, so that nothing can be said.
    for number in 0..2_000 {
        let mut other = one.clone();
        other.session["id"] = json!(format!("cs_test_more_{number}"));
        other.session["client_reference_id"] = Value::Null;
        stand_in.books().pages.push(other);
    }
    assert_eq!(processor.look_up(&unanswered(&sought)).await, unknown());
}

#[tokio::test]
async fn a_card_declined_on_the_open_page_is_no_end() {
    let stand_in = StandIn::open(NOWHERE).await;
    let processor = stand_in.processor();
    let payment = payment();
    let charge = processor.start(&payment).await.expect("a page");
    stand_in.books().decline_card(&charge.processor_reference, "insufficient_funds");
    assert_eq!(processor.look_up(&unanswered(&payment)).await, Ok(Some(charge.clone())));
    let body = stand_in.books().messages[0].clone();
    assert_eq!(read(&processor, &body), Ok(vec![]));
    stand_in.books().pay(&charge.processor_reference);
    let found = processor.look_up(&unanswered(&payment)).await.expect("an answer").expect("it is there");
    assert_eq!(found.finding, Finding::Succeeded { amount: payment.amount });
}

#[tokio::test]
async fn a_bank_that_refuses_is_looked_up_because_the_message_does_not_say_why() {
    for (code, reason) in [
        ("R02", DeclineReason::AccountClosed),
        ("R03", DeclineReason::WrongDetails),
        ("R10", DeclineReason::DebitNotAllowed),
        ("R99", DeclineReason::DoNotHonour),
    ] {
        let stand_in = StandIn::open(NOWHERE).await;
        let processor = stand_in.processor();
        let payment = payment();
        let charge = processor.start(&payment).await.expect("a page");
        stand_in.books().pay_by_bank(&charge.processor_reference);
        stand_in.books().bank_refuses(&charge.processor_reference, code);
        let body = stand_in.books().messages[1].clone();
        let events = read(&processor, &body).expect("genuine");
        assert!(matches!(&events[..], [WebhookEvent { news: News::LookItUp, .. }]), "{events:?}");
        let found = processor.look_up(&unanswered(&payment)).await.expect("an answer").expect("it is there");
        assert_eq!(found.finding, Finding::Declined(reason), "{code}");
    }
}

fn read(processor: &StripeProcessor, body: &str) -> Result<Vec<WebhookEvent>, WebhookError> {
    let mut headers = HeaderMap::new();
    headers.insert("stripe-signature", sign(WEBHOOK_SECRET, body, now()).parse().expect("a header"));
    processor.verify_webhook(&headers, body.as_bytes(), now())
}

#[tokio::test]
async fn a_message_of_the_other_mode_is_refused() {
    let stand_in = StandIn::open(NOWHERE).await;
    let processor = stand_in.processor();
    let charge = processor.start(&payment()).await.expect("a page");
    stand_in.books().pay(&charge.processor_reference);
    let body = stand_in.books().messages[0].clone();
    let live = Stripe { is_live: true, ..stand_in.settings() };
    let live = StripeProcessor::open(&live, Clock::Real, Timeouts::default()).expect("it opens");
    assert_eq!(read(&live, &body), Err(WebhookError::OtherMode));
    // And so is an answer: nothing of it is used.
    assert_eq!(live.start(&payment()).await, unknown());
}

#[tokio::test]
async fn messages_about_something_else_are_of_no_concern() {
    let stand_in = StandIn::open(NOWHERE).await;
    let processor = stand_in.processor();
    let session = objects("checkout.session");
    let mut subscription = session.clone();
    subscription["mode"] = json!("subscription");
    subscription["client_reference_id"] = json!("EK-2222-2222");
    stand_in.books().tell_of("plan.created", &json!({ "object": "plan" }));
    // Of another shop on the same account, without a reference of ours.
    stand_in.books().tell_of("checkout.session.completed", &session);
    stand_in.books().tell_of("checkout.session.completed", &subscription);
    for body in stand_in.books().messages.clone() {
        assert_eq!(read(&processor, &body), Ok(vec![]), "{body}");
    }
    assert_eq!(read(&processor, "{}"), Err(WebhookError::Unreadable));
}

#[tokio::test]
async fn a_page_elsewhere_than_expected_is_never_shown() {
    let stand_in = StandIn::open(NOWHERE).await;
    for origin in ["https://checkout.stripe.com", "http://127.0.0.1:1"] {
        let settings = Stripe { page_origin: origin.into(), ..stand_in.settings() };
        let processor = StripeProcessor::open(&settings, Clock::Real, Timeouts::default()).expect("it opens");
        assert_eq!(processor.start(&payment()).await, unknown(), "{origin}");
    }
}

#[tokio::test]
async fn a_name_that_is_none_of_stripes_reaches_no_other_address() {
    let stand_in = StandIn::open(NOWHERE).await;
    let processor = stand_in.processor();
    for name in ["", "../charges", "cs_test_1/expire", "cs_test_1?expand[]=customer"] {
        let sought = Sought { processor_reference: Some(name.into()), ..unanswered(&payment()) };
        assert_eq!(processor.look_up(&sought).await, Ok(None), "{name}");
        assert_eq!(processor.cancel(name).await, unknown(), "{name}");
    }
    assert_eq!(stand_in.books().posts, 0);
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_found_even_when_its_key_is_forgotten() {
    for fault in [Fault::AnswerLost, Fault::BrokenAfter, Fault::Garbled] {
        let stand_in = StandIn::open(NOWHERE).await;
        let processor = stand_in.processor();
        let charge = processor.start(&payment()).await.expect("a page");
        stand_in.books().pay(&charge.processor_reference);
        let refund = Refund {
            idempotency_key: "one decision".into(),
            processor_reference: charge.processor_reference,
            amount: Money::new(2_000, Currency::USD),
        };
        stand_in.next(fault);
        assert_eq!(processor.refund(&refund).await, unknown(), "{fault:?}");
        // A day later Stripe would make another one under the same key.
        stand_in.books().kept.clear();
        let found = processor.refund(&refund).await.expect("it is found");
        assert_eq!(processor.look_up_refund(&refund).await, Ok(Some(found)), "{fault:?}");
        assert_eq!(stand_in.books().refunds.len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_refund_that_was_never_made_is_made_when_it_is_asked_again() {
    let stand_in = StandIn::open(NOWHERE).await;
    let processor = stand_in.processor();
    let charge = processor.start(&payment()).await.expect("a page");
    stand_in.books().pay(&charge.processor_reference);
    let refund = Refund {
        idempotency_key: "one decision".into(),
        processor_reference: charge.processor_reference,
        amount: Money::new(2_000, Currency::USD),
    };
    stand_in.next(Fault::BrokenBefore);
    assert_eq!(processor.refund(&refund).await, unknown());
    assert_eq!(processor.look_up_refund(&refund).await, Ok(None));
    // For a day Stripe repeats its error; it stays unknown, and nothing is given back twice.
    assert_eq!(processor.refund(&refund).await, unknown());
    stand_in.books().kept.clear();
    processor.refund(&refund).await.expect("it is made");
    assert_eq!(stand_in.books().refunds.len(), 1);
}

#[tokio::test]
async fn a_collection_whose_answer_was_lost_is_found_even_when_its_key_is_forgotten() {
    for fault in [Fault::AnswerLost, Fault::BrokenAfter, Fault::Garbled] {
        let stand_in = StandIn::open(NOWHERE).await;
        let processor = stand_in.processor();
        let HostedPayment { idempotency_key, merchant_reference, language, return_url, asked_at, .. } = payment();
        let mandate =
            HostedMandate { idempotency_key, merchant_reference, currency: Currency::USD, language, return_url, asked_at };
        let page = processor.start_mandate(&mandate).await.expect("a page");
        stand_in.books().give_permission(&page.processor_reference, Goes::Paid);
        let found = processor.start_mandate(&mandate).await.expect("how it stands");
        let MandateFinding::Given { mandate } = found.finding else { panic!("{found:?}") };
        let other = payment();
        let collection = Collection {
            idempotency_key: other.idempotency_key,
            merchant_reference: other.merchant_reference,
            mandate,
            amount: other.amount,
            asked_at,
        };
        stand_in.next(fault);
        assert_eq!(processor.collect(&collection).await, unknown(), "{fault:?}");
        // A day later Stripe would collect again under the same key.
        stand_in.books().kept.clear();
        let found = processor.collect(&collection).await.expect("it is found");
        assert_eq!(found.finding, Finding::Succeeded { amount: collection.amount }, "{fault:?}");
        assert_eq!(stand_in.books().collections.len(), 1, "{fault:?}");
    }
}
