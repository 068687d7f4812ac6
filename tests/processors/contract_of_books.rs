//! What a company says of its own books for a period: everything of ours that moved, once, signed, and nothing else.

use crate::company::{self, Company, Debit, TakenBack, now, payment};
use crate::stripe::Goes;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::reconciliation::MovementKind;
use evenkeel::server::ids;
use evenkeel::server::processors::{Collection, HostedMandate, HostedPayment, MandateFinding, Movement, Refund};
use jiff::SignedDuration;

/// Collects $50.00 under a permission given for it; our reference of it and the company's name.
async fn collect(company: &dyn Company) -> (String, String) {
    let processor = company.processor();
    let HostedPayment { idempotency_key, merchant_reference, amount, language, return_url, asked_at } = payment();
    let asked =
        HostedMandate { idempotency_key, merchant_reference, currency: amount.currency(), language, return_url, asked_at };
    let page = processor.start_mandate(&asked).await.expect("a page");
    company.give_permission(&page.processor_reference, Goes::Paid).await;
    let found = processor.start_mandate(&asked).await.expect("how it stands");
    let MandateFinding::Given { mandate } = found.finding else { panic!("{found:?}") };
    let HostedPayment { idempotency_key, merchant_reference, asked_at, .. } = payment();
    let collection = Collection { idempotency_key, merchant_reference, mandate, amount, asked_at };
    let charge = processor.collect(&collection).await.expect("collected");
    (collection.merchant_reference, charge.processor_reference)
}

/// From an hour ago to in an hour, in the order of kinds and amounts.
async fn booked(company: &dyn Company) -> Vec<Movement> {
    let hour = SignedDuration::from_hours(1);
    let mut booked = company.processor().movements(now() - hour, now() + hour).await.expect("its books");
    booked.sort_by_key(|movement| (movement.kind, movement.amount.minor()));
    booked
}

fn told(booked: &[Movement]) -> Vec<(MovementKind, &str, i64)> {
    booked.iter().map(|movement| (movement.kind, movement.merchant_reference.as_str(), movement.amount.minor())).collect()
}

#[tokio::test]
async fn what_was_paid_and_given_back_is_told_once_with_our_reference() {
    for company in company::all().await {
        let processor = company.processor();
        let (paid, open) = (payment(), payment());
        let charge = processor.start(&paid).await.expect("a page");
        processor.start(&open).await.expect("a page nobody pays on");
        assert_eq!(booked(company.as_ref()).await, [], "{}", processor.name());
        company.pay(&charge.processor_reference).await;
        let refund = Refund {
            idempotency_key: ids::new_token(),
            processor_reference: charge.processor_reference,
            amount: Money::new(2_000, Currency::USD),
        };
        for _ in 0..2 {
            processor.refund(&refund).await.expect("it is given back");
        }
        let reference = paid.merchant_reference.as_str();
        let expected = [(MovementKind::Charge, reference, 5_000), (MovementKind::Refund, reference, -2_000)];
        assert_eq!(told(&booked(company.as_ref()).await), expected, "{}", processor.name());
    }
}

#[tokio::test]
async fn a_debit_is_told_when_the_bank_has_paid_and_not_before() {
    for company in company::all().await {
        let processor = company.processor();
        for (debit, expected) in [(Debit::LacksFunds, 0), (Debit::Pays, 1)] {
            let charge = processor.start(&payment()).await.expect("a page");
            company.pay_by_bank(&charge.processor_reference, debit).await;
            assert_eq!(booked(company.as_ref()).await, [], "{}", processor.name());
            company.let_days_pass(&charge.processor_reference, debit).await;
            assert_eq!(booked(company.as_ref()).await.len(), expected, "{}", processor.name());
        }
    }
}

#[tokio::test]
async fn what_was_collected_is_told_like_what_was_paid() {
    for company in company::all().await {
        let processor = company.processor();
        let (collected, _) = collect(company.as_ref()).await;
        let expected = [(MovementKind::Charge, collected.as_str(), 5_000)];
        assert_eq!(told(&booked(company.as_ref()).await), expected, "{}", processor.name());
    }
}

#[tokio::test]
async fn what_went_back_and_came_again_is_told_of_what_was_paid_and_of_what_was_collected() {
    for company in company::all().await {
        let processor = company.processor();
        let paid = payment();
        let page = processor.start(&paid).await.expect("a page").processor_reference;
        company.pay(&page).await;
        for (reference, charge) in [(paid.merchant_reference, page), collect(company.as_ref()).await] {
            let of_it = async || {
                let mut booked = booked(company.as_ref()).await;
                booked.retain(|movement| movement.merchant_reference == reference);
                booked.into_iter().map(|movement| (movement.kind, movement.amount.minor())).collect::<Vec<_>>()
            };
            company.bank_takes_back(&charge, TakenBack::ByTheCardsBank).await;
            let mut expected = vec![(MovementKind::Charge, 5_000), (MovementKind::TakenBack, -5_000)];
            assert_eq!(of_it().await, expected, "{}", processor.name());
            company.comes_again(&charge).await;
            expected.push((MovementKind::ReturnedToUs, 5_000));
            assert_eq!(of_it().await, expected, "{}", processor.name());
            let refund = Refund {
                idempotency_key: ids::new_token(),
                processor_reference: charge,
                amount: Money::new(2_000, Currency::USD),
            };
            processor.refund(&refund).await.expect("it is given back");
            expected.insert(1, (MovementKind::Refund, -2_000));
            assert_eq!(of_it().await, expected, "{}", processor.name());
        }
    }
}

#[tokio::test]
async fn another_period_has_none_of_it() {
    for company in company::all().await {
        let processor = company.processor();
        let charge = processor.start(&payment()).await.expect("a page");
        company.pay(&charge.processor_reference).await;
        let hour = SignedDuration::from_hours(1);
        for (from, before) in [(now() - hour * 2, now() - hour), (now() + hour, now() + hour * 2)] {
            assert_eq!(processor.movements(from, before).await, Ok(vec![]), "{}", processor.name());
        }
    }
}

#[tokio::test]
async fn more_than_one_page_of_movements_is_told_to_the_last() {
    for company in company::all().await {
        let processor = company.processor();
        let mut expected = 0;
        for minor in 5_001..5_104 {
            let payment = HostedPayment { amount: Money::new(minor, Currency::USD), ..payment() };
            let charge = processor.start(&payment).await.expect("a page");
            company.pay(&charge.processor_reference).await;
            expected += minor;
        }
        let booked = booked(company.as_ref()).await;
        assert_eq!(booked.len(), 103, "{}", processor.name());
        assert_eq!(booked.iter().map(|movement| movement.amount.minor()).sum::<i64>(), expected, "{}", processor.name());
    }
}
