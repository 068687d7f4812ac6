//! What the portal relies on after a payment succeeded, whoever the payment company is: that everything which went back is told,
//! each time as it stands, and whose it is.

use crate::company::{self, Company, Delivered, TakenBack, now, payment, unanswered};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::{DeclineReason, Finding};
use evenkeel::domain::reversal::{ReversalFinding, ReversalKind};
use evenkeel::server::ids;
use evenkeel::server::processors::{HostedPayment, News, PaymentProcessor, Refund, Reversed, WebhookEvent};

struct Paid {
    payment: HostedPayment,
    /// The company's name for it.
    charge: String,
}

/// A payment of $50.00, paid by card; what was told of that is delivered.
async fn given_a_paid_page(company: &dyn Company) -> Paid {
    let payment = payment();
    let charge = company.processor().start(&payment).await.expect("a page").processor_reference;
    company.pay(&charge).await;
    company.deliver().await;
    Paid { payment, charge }
}

async fn reversals(company: &dyn Company, charge: &str) -> Vec<Reversed> {
    company.processor().reversals(charge).await.expect("an answer")
}

/// What is told after so many messages, each read as the portal reads it.
async fn told_after(company: &dyn Company, before: usize) -> Vec<WebhookEvent> {
    let delivered = company.deliver().await;
    let read = |(headers, body): &Delivered| company.processor().verify_webhook(headers, body, now()).expect("a genuine message");
    delivered[before..].iter().flat_map(read).collect()
}

/// Whose a message is, by itself or by asking.
async fn whose(processor: &dyn PaymentProcessor, event: &WebhookEvent) -> Option<String> {
    match &event.news {
        News::ReversedBehind { behind, .. } => processor.whose(behind).await.expect("an answer"),
        News::Charge(_) | News::LookItUp | News::Reversed(_) | News::LookAfterIt | News::Mandate(_) => {
            Some(event.merchant_reference.clone())
        }
    }
}

fn reversed_in(event: &WebhookEvent) -> Option<&Reversed> {
    match &event.news {
        News::Reversed(reversed) | News::ReversedBehind { reversed, .. } => Some(reversed),
        News::Charge(_) | News::LookItUp | News::LookAfterIt | News::Mandate(_) => None,
    }
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

#[tokio::test]
async fn what_a_bank_takes_back_is_told_with_its_amount_and_whose_it_is() {
    for (by, kind, reason) in [
        (TakenBack::ByTheBank, ReversalKind::Return, Some(DeclineReason::InsufficientFunds)),
        (TakenBack::ByTheCardsBank, ReversalKind::Chargeback, None),
    ] {
        for company in company::all().await {
            let (company, processor) = (company.as_ref(), company.processor());
            let paid = given_a_paid_page(company).await;
            assert_eq!(reversals(company, &paid.charge).await, [], "{}", processor.name());
            let before = company.deliver().await.len();
            company.bank_takes_back(&paid.charge, by).await;
            let [known] = &reversals(company, &paid.charge).await[..] else { panic!("{}: one", processor.name()) };
            let expected = Reversed {
                processor_reference: known.processor_reference.clone(),
                kind,
                amount: usd(5_000),
                finding: ReversalFinding::Done,
                our_key: None,
                reason,
            };
            assert_eq!(*known, expected, "{}", processor.name());
            let told = told_after(company, before).await;
            assert!(!told.is_empty(), "{}", processor.name());
            for event in &told {
                assert_eq!(reversed_in(event), Some(&expected), "{}", processor.name());
                assert_eq!(
                    whose(processor, event).await.as_ref(),
                    Some(&paid.payment.merchant_reference),
                    "{}",
                    processor.name()
                );
            }
            // That it was paid stays so; what went back stands beside it.
            let found = processor.look_up(&unanswered(&paid.payment)).await.expect("an answer").expect("it is there");
            assert_eq!(found.finding, Finding::Succeeded { amount: usd(5_000) }, "{}", processor.name());
        }
    }
}

#[tokio::test]
async fn what_was_taken_back_and_comes_again_is_the_same_thing_undone() {
    for company in company::all().await {
        let (company, processor) = (company.as_ref(), company.processor());
        let paid = given_a_paid_page(company).await;
        company.bank_takes_back(&paid.charge, TakenBack::ByTheCardsBank).await;
        let first = reversals(company, &paid.charge).await.remove(0);
        let before = company.deliver().await.len();
        company.comes_again(&paid.charge).await;
        let undone = Reversed { finding: ReversalFinding::Undone, ..first };
        assert_eq!(reversals(company, &paid.charge).await, std::slice::from_ref(&undone), "{}", processor.name());
        let told = told_after(company, before).await;
        assert!(!told.is_empty() && told.iter().all(|event| reversed_in(event) == Some(&undone)), "{}", processor.name());
    }
}

#[tokio::test]
async fn a_refund_made_elsewhere_is_told_and_carries_no_key_of_ours() {
    for company in company::all().await {
        let (company, processor) = (company.as_ref(), company.processor());
        let paid = given_a_paid_page(company).await;
        let before = company.deliver().await.len();
        company.refund_elsewhere(&paid.charge, 1_500).await;
        let [known] = &reversals(company, &paid.charge).await[..] else { panic!("{}: one", processor.name()) };
        assert_eq!((known.kind, known.amount, &known.our_key), (ReversalKind::Refund, usd(1_500), &None), "{}", processor.name());
        let told = told_after(company, before).await;
        assert!(told.iter().any(|event| reversed_in(event) == Some(known)), "{}: {told:?}", processor.name());
        for event in &told {
            assert_eq!(whose(processor, event).await.as_ref(), Some(&paid.payment.merchant_reference), "{}", processor.name());
        }
    }
}

#[tokio::test]
async fn a_refund_of_ours_is_told_with_its_key() {
    for company in company::all().await {
        let (company, processor) = (company.as_ref(), company.processor());
        let paid = given_a_paid_page(company).await;
        let before = company.deliver().await.len();
        let refund = Refund { idempotency_key: ids::new_token(), processor_reference: paid.charge.clone(), amount: usd(2_000) };
        let refunded = processor.refund(&refund).await.expect("it is given back");
        let expected = Reversed {
            processor_reference: refunded.processor_reference,
            kind: ReversalKind::Refund,
            amount: usd(2_000),
            finding: ReversalFinding::Done,
            our_key: Some(refund.idempotency_key),
            reason: None,
        };
        assert_eq!(reversals(company, &paid.charge).await, std::slice::from_ref(&expected), "{}", processor.name());
        let told = told_after(company, before).await;
        assert!(told.iter().any(|event| reversed_in(event) == Some(&expected)), "{}: {told:?}", processor.name());
    }
}

#[tokio::test]
async fn nobodys_payment_is_nobodys() {
    for company in company::all().await {
        for name in ["pi_unknown", "sbx_unknown", "", "../v1/refunds"] {
            assert_eq!(company.processor().whose(name).await, Ok(None), "{}: {name}", company.processor().name());
        }
    }
}
