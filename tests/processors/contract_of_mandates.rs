//! What the portal relies on when it collects while the customer is away, whoever the payment company is.

use crate::company::{self, Company, now};
use crate::stripe::Goes;
use evenkeel::domain::language::Language;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::{DeclineReason, Finding};
use evenkeel::server::ids;
use evenkeel::server::processors::{
    Charge, Collection, HostedMandate, MandateFinding, News, ProcessorError, Refund, Sought, WebhookEvent,
};

fn mandate() -> HostedMandate {
    HostedMandate {
        idempotency_key: ids::new_token(),
        merchant_reference: ids::new_reference("EM"),
        currency: Currency::USD,
        language: Language::English,
        return_url: "https://pay.example.org/mandate".into(),
        asked_at: now(),
    }
}

fn unanswered(mandate: &HostedMandate) -> Sought {
    Sought {
        idempotency_key: mandate.idempotency_key.clone(),
        merchant_reference: mandate.merchant_reference.clone(),
        processor_reference: None,
        asked_at: mandate.asked_at,
    }
}

/// A permission that was given, by the company's own name for it.
async fn given(company: &dyn Company, goes: Goes) -> String {
    let mandate = mandate();
    let page = company.processor().start_mandate(&mandate).await.expect("a page");
    company.give_permission(&page.processor_reference, goes).await;
    let found = company.processor().look_up_mandate(&unanswered(&mandate)).await.expect("an answer").expect("it is there");
    match found.finding {
        MandateFinding::Given { mandate } => mandate,
        other => panic!("{}: {other:?}", company.processor().name()),
    }
}

/// $40.00, recorded now.
fn collection(mandate: &str) -> Collection {
    Collection {
        idempotency_key: ids::new_token(),
        merchant_reference: ids::new_reference("EK"),
        mandate: mandate.to_owned(),
        amount: Money::new(4_000, Currency::USD),
        asked_at: now(),
    }
}

#[tokio::test]
async fn a_permission_is_given_on_the_companys_page_once_for_each_key() {
    for company in company::all().await {
        let processor = company.processor();
        let mandate = mandate();
        assert_eq!(processor.look_up_mandate(&unanswered(&mandate)).await, Ok(None), "{}", processor.name());
        let page = processor.start_mandate(&mandate).await.expect("a page");
        let MandateFinding::Open { hosted_page } = &page.finding else { panic!("{page:?}") };
        assert!(hosted_page.starts_with(processor.page_origin().unwrap_or("https://pay.example.org")), "{hosted_page}");
        assert_eq!(processor.start_mandate(&mandate).await, Ok(page.clone()), "{}", processor.name());
        assert_eq!(processor.look_up_mandate(&unanswered(&mandate)).await, Ok(Some(page)), "{}", processor.name());
        let other = HostedMandate { merchant_reference: "EM-9999-9999".into(), ..mandate };
        let refused = Err(ProcessorError::Refused(DeclineReason::NotAccepted));
        assert_eq!(processor.start_mandate(&other).await, refused, "{}", processor.name());
    }
}

#[tokio::test]
async fn the_message_that_it_was_given_names_our_permission_and_what_it_leaves_out_can_be_looked_up() {
    for company in company::all().await {
        let processor = company.processor();
        let mandate = mandate();
        let page = processor.start_mandate(&mandate).await.expect("a page");
        company.give_permission(&page.processor_reference, Goes::Paid).await;
        let found = processor.look_up_mandate(&unanswered(&mandate)).await.expect("an answer").expect("it is there");
        let delivered = company.deliver().await;
        let (headers, body) = delivered.last().expect("a message");
        let events = processor.verify_webhook(headers, body, now()).expect("genuine");
        let [WebhookEvent { merchant_reference, news, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(merchant_reference, &mandate.merchant_reference, "{}", processor.name());
        let told = News::Mandate(found);
        assert!(*news == told || *news == News::LookItUp, "{}: {news:?}", processor.name());
    }
}

#[tokio::test]
async fn an_instalment_is_collected_once_however_often_it_is_asked() {
    for company in company::all().await {
        let processor = company.processor();
        let mandate = given(company.as_ref(), Goes::Paid).await;
        let first = collection(&mandate);
        assert_eq!(processor.look_up_collection(&first).await, Ok(None), "{}", processor.name());
        let both = tokio::join!(processor.collect(&first), processor.collect(&first));
        assert_eq!(both.0, both.1, "{}", processor.name());
        let charge = both.0.expect("it is collected");
        assert_eq!(charge.finding, Finding::Succeeded { amount: first.amount }, "{}", processor.name());
        assert_eq!(processor.collect(&first).await, Ok(charge.clone()), "{}", processor.name());
        assert_eq!(processor.look_up_collection(&first).await, Ok(Some(charge)), "{}", processor.name());
        assert_eq!(company.collections().await, 1, "{}", processor.name());
        // The next instalment is another one.
        processor.collect(&collection(&mandate)).await.expect("it is collected");
        assert_eq!(company.collections().await, 2, "{}", processor.name());
    }
}

#[tokio::test]
async fn what_cannot_be_collected_is_declined_with_its_reason_and_stays_so() {
    for (goes, reason) in
        [(Goes::LacksFunds, DeclineReason::InsufficientFunds), (Goes::WantsCustomer, DeclineReason::NotConfirmed)]
    {
        for company in company::all().await {
            let processor = company.processor();
            let collection = collection(&given(company.as_ref(), goes).await);
            for _ in 0..2 {
                let charge = processor.collect(&collection).await.expect("an answer");
                assert_eq!(charge.finding, Finding::Declined(reason), "{}", processor.name());
            }
            assert_eq!(company.collections().await, 1, "{}", processor.name());
        }
    }
}

#[tokio::test]
async fn a_debit_that_is_collected_is_on_its_way_and_its_message_names_our_payment() {
    for company in company::all().await {
        let processor = company.processor();
        let collection = collection(&given(company.as_ref(), Goes::OnItsWay).await);
        let charge = processor.collect(&collection).await.expect("an answer");
        assert_eq!(charge.finding, Finding::Processing, "{}", processor.name());
        company.let_bank_pay(&charge.processor_reference).await;
        let paid = Charge { finding: Finding::Succeeded { amount: collection.amount }, ..charge };
        assert_eq!(processor.look_up_collection(&collection).await, Ok(Some(paid.clone())), "{}", processor.name());
        let delivered = company.deliver().await;
        let (headers, body) = delivered.last().expect("a message");
        let events = processor.verify_webhook(headers, body, now()).expect("genuine");
        let [WebhookEvent { merchant_reference, news, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!((merchant_reference, news), (&collection.merchant_reference, &News::Charge(paid)), "{}", processor.name());
    }
}

#[tokio::test]
async fn under_a_permission_that_was_ended_nothing_is_collected() {
    for company in company::all().await {
        let processor = company.processor();
        let mandate = given(company.as_ref(), Goes::Paid).await;
        let before = collection(&mandate);
        let charge = processor.collect(&before).await.expect("it is collected");
        for _ in 0..2 {
            assert_eq!(processor.end_mandate(&mandate).await, Ok(()), "{}", processor.name());
        }
        let refused = Err(ProcessorError::Refused(DeclineReason::NotAccepted));
        assert_eq!(processor.collect(&collection(&mandate)).await, refused, "{}", processor.name());
        // What was collected before stays as it is.
        assert_eq!(processor.collect(&before).await, Ok(charge), "{}", processor.name());
        assert_eq!(company.collections().await, 1, "{}", processor.name());
    }
}

#[tokio::test]
async fn under_a_permission_nobody_gave_nothing_is_collected() {
    for company in company::all().await {
        let processor = company.processor();
        for name in ["", "sbm_none", "cus_9:pm_9", "../customers:pm_1"] {
            let refused = Err(ProcessorError::Refused(DeclineReason::NotAccepted));
            assert_eq!(processor.collect(&collection(name)).await, refused, "{} {name}", processor.name());
        }
        assert_eq!(company.collections().await, 0, "{}", processor.name());
    }
}

#[tokio::test]
async fn what_was_collected_can_be_given_back_and_is_told_by_its_name() {
    for company in company::all().await {
        let processor = company.processor();
        let mandate = given(company.as_ref(), Goes::Paid).await;
        let collection = collection(&mandate);
        let charge = processor.collect(&collection).await.expect("collected").processor_reference;
        let refund = Refund {
            idempotency_key: ids::new_token(),
            processor_reference: charge.clone(),
            amount: Money::new(1_000, Currency::USD),
        };
        for _ in 0..2 {
            processor.refund(&refund).await.expect("given back");
        }
        let back = processor.reversals(&charge).await.expect("an answer");
        let [back] = &back[..] else { panic!("{}: {back:?}", processor.name()) };
        assert_eq!(back.our_key.as_ref(), Some(&refund.idempotency_key), "{}", processor.name());
        let whose = processor.whose(&charge).await;
        assert_eq!(whose, Ok(Some(collection.merchant_reference)), "{}", processor.name());
    }
}
