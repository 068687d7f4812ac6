//! What the portal relies on, whoever the payment company is. Every implementation of the port passes all of this.

use crate::company::{self, Company, Debit, Delivered, now, payment, unanswered};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::{DeclineReason, Finding};
use evenkeel::server::ids;
use evenkeel::server::processors::{
    Charge, HostedPayment, News, PaymentProcessor, ProcessorError, Refund, RefundProgress, Refunded, Sought, WebhookError,
    WebhookEvent,
};
use http::HeaderMap;
use jiff::SignedDuration;

/// A payment with an open page, as the portal knows it then.
async fn given_a_page(company: &dyn Company) -> (HostedPayment, Charge, Sought) {
    let payment = payment();
    let charge = company.processor().start(&payment).await.expect("a page");
    let sought = Sought { processor_reference: Some(charge.processor_reference.clone()), ..unanswered(&payment) };
    (payment, charge, sought)
}

async fn finding(company: &dyn Company, sought: &Sought) -> Finding {
    company.processor().look_up(sought).await.expect("an answer").expect("it is known there").finding
}

/// What a delivered message says.
fn read(processor: &dyn PaymentProcessor, (headers, body): &Delivered) -> Vec<WebhookEvent> {
    processor.verify_webhook(headers, body, now()).expect("a genuine message")
}

#[tokio::test]
async fn a_new_page_is_open_and_on_the_companys_own_origin() {
    for company in company::all().await {
        let processor = company.processor();
        let (_, charge, sought) = given_a_page(company.as_ref()).await;
        let Finding::Open { hosted_page } = &charge.finding else { panic!("{}: {charge:?}", processor.name()) };
        let origin = processor.page_origin().unwrap_or("https://pay.example.org");
        assert!(hosted_page.starts_with(&format!("{origin}/")), "{}: {hosted_page}", processor.name());
        assert_eq!(finding(company.as_ref(), &sought).await, charge.finding, "{}", processor.name());
    }
}

#[tokio::test]
async fn one_key_is_one_charge_however_often_it_is_asked() {
    for company in company::all().await {
        let processor = company.processor();
        let payment = payment();
        let first = processor.start(&payment).await.expect("a page");
        assert_eq!(processor.start(&payment).await, Ok(first.clone()), "{}", processor.name());
        company.pay(&first.processor_reference).await;
        let again = processor.start(&payment).await.expect("how it stands");
        assert_eq!(again.finding, Finding::Succeeded { amount: payment.amount }, "{}", processor.name());
        assert_eq!(company.charges().await, 1, "{}", processor.name());
    }
}

#[tokio::test]
async fn a_key_does_not_stand_for_another_request() {
    for company in company::all().await {
        let processor = company.processor();
        let payment = payment();
        processor.start(&payment).await.expect("a page");
        let other = HostedPayment { amount: Money::new(5_001, Currency::USD), ..payment.clone() };
        let refused = Err(ProcessorError::Refused(DeclineReason::NotAccepted));
        assert_eq!(processor.start(&other).await, refused, "{}", processor.name());
        let other = HostedPayment { merchant_reference: "EK-9999-9999".into(), ..payment };
        assert_eq!(processor.start(&other).await, refused, "{}", processor.name());
        assert_eq!(company.charges().await, 1, "{}", processor.name());
    }
}

#[tokio::test]
async fn what_was_never_received_is_not_there_and_looking_does_not_make_it() {
    for company in company::all().await {
        let processor = company.processor();
        given_a_page(company.as_ref()).await;
        assert_eq!(processor.look_up(&unanswered(&payment())).await, Ok(None), "{}", processor.name());
        assert_eq!(company.charges().await, 1, "{}", processor.name());
    }
}

#[tokio::test]
async fn a_charge_whose_answer_was_lost_is_found_by_what_the_portal_knows() {
    for company in company::all().await {
        let (payment, charge, _) = given_a_page(company.as_ref()).await;
        let found = company.processor().look_up(&unanswered(&payment)).await;
        assert_eq!(found, Ok(Some(charge)), "{}", company.processor().name());
    }
}

#[tokio::test]
async fn a_card_payment_is_told_with_its_amount_by_look_up_and_by_message() {
    for company in company::all().await {
        let processor = company.processor();
        let (payment, charge, sought) = given_a_page(company.as_ref()).await;
        company.pay(&charge.processor_reference).await;
        let paid = Finding::Succeeded { amount: payment.amount };
        assert_eq!(finding(company.as_ref(), &sought).await, paid, "{}", processor.name());
        let delivered = company.deliver().await;
        let [message] = delivered.as_slice() else { panic!("{}: one message", processor.name()) };
        let [event] = &read(processor, message)[..] else { panic!("{}: one event", processor.name()) };
        assert_eq!(event.merchant_reference, payment.merchant_reference);
        assert_eq!(event.news, News::Charge(Charge { finding: paid, ..charge }), "{}", processor.name());
    }
}

#[tokio::test]
async fn a_bank_debit_is_on_its_way_until_the_bank_has_spoken() {
    for debit in [Debit::Pays, Debit::LacksFunds] {
        for company in company::all().await {
            let processor = company.processor();
            let (payment, charge, sought) = given_a_page(company.as_ref()).await;
            company.pay_by_bank(&charge.processor_reference, debit).await;
            assert_eq!(finding(company.as_ref(), &sought).await, Finding::Processing, "{}", processor.name());
            company.let_days_pass(&charge.processor_reference, debit).await;
            let end = match debit {
                Debit::Pays => Finding::Succeeded { amount: payment.amount },
                Debit::LacksFunds => Finding::Declined(DeclineReason::InsufficientFunds),
            };
            assert_eq!(finding(company.as_ref(), &sought).await, end, "{}", processor.name());
            // The last message tells the same, or that it has to be looked up.
            let delivered = company.deliver().await;
            let events = read(processor, delivered.last().expect("a message"));
            let [WebhookEvent { news, merchant_reference, .. }] = &events[..] else { panic!("{}: one event", processor.name()) };
            assert_eq!(merchant_reference, &payment.merchant_reference);
            let told = News::Charge(Charge { finding: end, ..charge });
            assert!(*news == told || *news == News::LookItUp, "{}: {news:?}", processor.name());
        }
    }
}

#[tokio::test]
async fn a_closed_page_stays_closed() {
    for company in company::all().await {
        let processor = company.processor();
        let (_, charge, sought) = given_a_page(company.as_ref()).await;
        for _ in 0..2 {
            let closed = processor.cancel(&charge.processor_reference).await.expect("an answer");
            assert_eq!(closed, Charge { finding: Finding::Cancelled, ..charge.clone() }, "{}", processor.name());
        }
        assert_eq!(finding(company.as_ref(), &sought).await, Finding::Cancelled, "{}", processor.name());
    }
}

#[tokio::test]
async fn a_payment_made_a_moment_before_it_was_cancelled_stays_made() {
    for company in company::all().await {
        let (payment, charge, _) = given_a_page(company.as_ref()).await;
        company.pay(&charge.processor_reference).await;
        let cancelled = company.processor().cancel(&charge.processor_reference).await.expect("an answer");
        assert_eq!(cancelled.finding, Finding::Succeeded { amount: payment.amount }, "{}", company.processor().name());
    }
}

#[tokio::test]
async fn a_page_left_open_too_long_is_told_as_that() {
    for company in company::all().await {
        let processor = company.processor();
        let (_, charge, sought) = given_a_page(company.as_ref()).await;
        company.leave_open_too_long(&charge.processor_reference).await;
        assert_eq!(finding(company.as_ref(), &sought).await, Finding::Expired, "{}", processor.name());
        let cancelled = processor.cancel(&charge.processor_reference).await.expect("an answer");
        assert_eq!(cancelled.finding, Finding::Expired, "{}", processor.name());
    }
}

#[tokio::test]
async fn a_message_is_believed_only_as_it_was_signed_and_in_time() {
    for company in company::all().await {
        let processor = company.processor();
        let (_, charge, _) = given_a_page(company.as_ref()).await;
        company.pay(&charge.processor_reference).await;
        let delivered = company.deliver().await;
        let (headers, body) = delivered.last().expect("a message");
        assert_eq!(processor.verify_webhook(&HeaderMap::new(), body, now()), Err(WebhookError::NoSignature));
        let altered = String::from_utf8_lossy(body).replace("5000", "5001");
        assert_ne!(altered.as_bytes(), &body[..]);
        let refused = processor.verify_webhook(headers, altered.as_bytes(), now());
        assert_eq!(refused, Err(WebhookError::WrongSignature), "{}", processor.name());
        for minutes in [-6, 6] {
            let then = now() + SignedDuration::from_mins(minutes);
            assert_eq!(processor.verify_webhook(headers, body, then), Err(WebhookError::Stale), "{}", processor.name());
        }
    }
}

#[tokio::test]
async fn a_message_delivered_again_is_the_same_event() {
    for company in company::all().await {
        let processor = company.processor();
        let (_, charge, _) = given_a_page(company.as_ref()).await;
        company.pay(&charge.processor_reference).await;
        let delivered = company.deliver().await;
        let message = delivered.last().expect("a message");
        assert_eq!(read(processor, message), read(processor, message), "{}", processor.name());
    }
}

#[tokio::test]
async fn every_currency_that_is_taken_has_a_least_amount_and_it_can_be_paid() {
    for company in company::all().await {
        let processor = company.processor();
        assert!(processor.minimum(Currency::USD).is_some(), "{}", processor.name());
        for least in Currency::all().filter_map(|currency| processor.minimum(currency)) {
            assert!(least.is_positive(), "{}: {least:?}", processor.name());
            let payment = HostedPayment { amount: least, ..payment() };
            let charge = processor.start(&payment).await.expect("a page");
            company.pay(&charge.processor_reference).await;
            let paid = Finding::Succeeded { amount: payment.amount };
            assert_eq!(finding(company.as_ref(), &unanswered(&payment)).await, paid, "{}", processor.name());
        }
    }
}

/// A refund of a payment of $50.00, decided now.
fn refund(charge: &Charge, minor: i64) -> Refund {
    Refund {
        idempotency_key: ids::new_token(),
        processor_reference: charge.processor_reference.clone(),
        amount: Money::new(minor, Currency::USD),
    }
}

#[tokio::test]
async fn a_refund_is_made_once_however_often_it_is_asked() {
    for company in company::all().await {
        let processor = company.processor();
        let (_, charge, sought) = given_a_page(company.as_ref()).await;
        company.pay(&charge.processor_reference).await;
        let refund = refund(&charge, 2_000);
        assert_eq!(processor.look_up_refund(&refund).await, Ok(None), "{}", processor.name());
        let first = processor.refund(&refund).await.expect("it is given back");
        assert_eq!((first.amount, first.progress), (refund.amount, RefundProgress::Succeeded), "{}", processor.name());
        for _ in 0..2 {
            assert_eq!(processor.refund(&refund).await, Ok(first.clone()), "{}", processor.name());
        }
        assert_eq!(processor.look_up_refund(&refund).await, Ok(Some(first)), "{}", processor.name());
        assert_eq!(company.given_back(&charge.processor_reference).await, 2_000, "{}", processor.name());
        // What was paid stays paid; the refund stands beside it.
        let paid = Finding::Succeeded { amount: Money::new(5_000, Currency::USD) };
        assert_eq!(finding(company.as_ref(), &sought).await, paid, "{}", processor.name());
    }
}

#[tokio::test]
async fn parts_are_given_back_until_nothing_is_left() {
    for company in company::all().await {
        let processor = company.processor();
        let (_, charge, _) = given_a_page(company.as_ref()).await;
        let refused = |answer: Result<Refunded, ProcessorError>| {
            assert_eq!(answer, Err(ProcessorError::Refused(DeclineReason::NotAccepted)), "{}", processor.name());
        };
        refused(processor.refund(&refund(&charge, 1)).await);
        company.pay(&charge.processor_reference).await;
        refused(processor.refund(&refund(&charge, 5_001)).await);
        let first = refund(&charge, 3_000);
        processor.refund(&first).await.expect("a part");
        refused(processor.refund(&refund(&charge, 2_001)).await);
        // Its key does not stand for another amount.
        refused(processor.refund(&Refund { amount: Money::new(2_000, Currency::USD), ..first }).await);
        processor.refund(&refund(&charge, 2_000)).await.expect("the rest");
        refused(processor.refund(&refund(&charge, 1)).await);
        assert_eq!(company.given_back(&charge.processor_reference).await, 5_000, "{}", processor.name());
    }
}

#[tokio::test]
async fn a_refund_asked_twice_at_the_same_moment_is_made_once() {
    for company in company::all().await {
        let processor = company.processor();
        let (_, charge, _) = given_a_page(company.as_ref()).await;
        company.pay(&charge.processor_reference).await;
        let refund = refund(&charge, 1_000);
        let both = tokio::join!(processor.refund(&refund), processor.refund(&refund));
        assert!(both.0.is_ok() && both.0 == both.1, "{}: {both:?}", processor.name());
        assert_eq!(company.given_back(&charge.processor_reference).await, 1_000, "{}", processor.name());
    }
}
