//! Stripe's own books: its balance transactions, each with what it is about. <https://docs.stripe.com/api/balance_transactions>
//!
//! They are dated when Stripe booked them and signed as we need them. The transaction's own amount counts, because a lost dispute
//! gives back less than it was over; only where it is in another currency, that of the account, the object's own does.

use super::mandates::COLLECTION_REFERENCE;
use super::map;
use super::wire::{Expandable, List, PAGE_LENGTH, Wire};
use crate::domain::reconciliation::MovementKind;
use crate::server::processors::{Movement, ProcessorError};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

const TRANSACTIONS: &str = "/v1/balance_transactions";

/// Of the list, for one period: a million movements. A longer period is to be asked for in parts.
const MOST_LIST_PAGES: usize = 10_000;

const OUR_REFERENCE: &str = "merchant_reference";

#[derive(Debug, Deserialize)]
struct BalanceTransaction {
    id: String,
    created: i64,
    /// charge, payment, refund, payment_refund, adjustment, payout …
    #[serde(rename = "type")]
    kind: String,
    /// Signed, in the currency of the account, and without Stripe's fee.
    amount: i64,
    currency: String,
    source: Option<Expandable<Source>>,
}

/// What a transaction is about: a charge, a refund or a dispute, as far as it is read.
#[derive(Debug, Deserialize)]
struct Source {
    id: String,
    object: String,
    amount: Option<i64>,
    currency: Option<String>,
    /// Of a charge: succeeded, pending, failed.
    status: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
    /// The charge that a refund or a dispute is about.
    charge: Option<Expandable<Source>>,
}

/// Everything booked in a period that carries a reference of ours.
pub async fn list(wire: &Wire, from: Timestamp, before: Timestamp) -> Result<Vec<Movement>, ProcessorError> {
    let mut movements = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_LIST_PAGES {
        let mut query = vec![
            ("limit", PAGE_LENGTH.to_string()),
            ("created[gte]", from.as_second().to_string()),
            ("created[lt]", before.as_second().to_string()),
            ("expand[]", "data.source".to_owned()),
            ("expand[]", "data.source.charge".to_owned()),
        ];
        query.extend(after.take().map(|id| ("starting_after", id)));
        let Ok(list) = wire.get::<List<BalanceTransaction>>(TRANSACTIONS, &query).await else {
            return Err(ProcessorError::OutcomeUnknown);
        };
        after = list.data.last().map(|last| last.id.clone()).filter(|_| list.has_more);
        for transaction in list.data {
            movements.extend(movement(transaction)?);
        }
        if after.is_none() {
            return Ok(movements);
        }
    }
    tracing::error!("more was booked at Stripe in that period than is looked through: ask for a shorter one");
    Err(ProcessorError::OutcomeUnknown)
}

/// `None` for what is of no concern to payments of ours. What is of concern and cannot be read is an error: a comparison that
/// leaves something out would say that the books are equal.
fn movement(transaction: BalanceTransaction) -> Result<Option<Movement>, ProcessorError> {
    let is_received = transaction.amount >= 0;
    let kind = match transaction.kind.as_str() {
        "charge" | "payment" => MovementKind::Charge,
        "refund" | "payment_refund" => MovementKind::Refund,
        "refund_failure" | "payment_refund_failure" => MovementKind::ReturnedToUs,
        "adjustment" | "payment_reversal" | "payment_failure_refund" if is_received => MovementKind::ReturnedToUs,
        "adjustment" | "payment_reversal" | "payment_failure_refund" => MovementKind::TakenBack,
        // Payouts, fees and whatever else Stripe does with its customers' money.
        _ => return Ok(None),
    };
    let source = match transaction.source {
        Some(Expandable::Object(source)) => source,
        Some(Expandable::Name(_)) => return Err(unreadable(&transaction.id)),
        None => return Ok(None),
    };
    let merchant_reference = match reference(&source) {
        Reference::Ours(reference) => reference,
        Reference::None => return Ok(None),
        Reference::NotTold => return Err(unreadable(&transaction.id)),
    };
    // A debit that failed before it was ever paid: booked there twice, in and out, and never here.
    if source.object == "charge" && source.status.as_deref() != Some("succeeded") {
        return Ok(None);
    }
    let is_converted = source.currency.as_ref() != Some(&transaction.currency);
    let minor = if is_converted { source.amount } else { transaction.amount.checked_abs() };
    let amount = minor.zip(source.currency.as_deref()).and_then(|(minor, code)| map::money(minor, code));
    let (Some(amount), Ok(at)) = (amount, Timestamp::from_second(transaction.created)) else {
        return Err(unreadable(&transaction.id));
    };
    let is_out = matches!(kind, MovementKind::Refund | MovementKind::TakenBack);
    Ok(Some(Movement {
        kind,
        processor_reference: source.id,
        merchant_reference,
        amount: if is_out { amount.negated() } else { amount },
        at,
    }))
}

fn unreadable(transaction: &str) -> ProcessorError {
    tracing::error!(transaction, "something Stripe booked cannot be read");
    ProcessorError::OutcomeUnknown
}

/// What an object says of whose it is.
enum Reference {
    Ours(String),
    None,
    /// The charge is only named, though it was asked for.
    NotTold,
}

/// Our reference on a charge, which has it from its payment intent, or on the charge something is about.
fn reference(source: &Source) -> Reference {
    let own = source.metadata.as_ref().and_then(|metadata| metadata.get(OUR_REFERENCE).or(metadata.get(COLLECTION_REFERENCE)));
    match (own, source.charge.as_ref()) {
        (Some(own), _) => Reference::Ours(own.clone()),
        (None, Some(Expandable::Object(charge))) => reference(charge),
        (None, Some(Expandable::Name(_))) => Reference::NotTold,
        (None, None) => Reference::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::{Currency, Money};
    use serde_json::{Value, json};

    fn read(transaction: Value) -> Result<Option<Movement>, ProcessorError> {
        movement(serde_json::from_value(transaction).expect("a balance transaction"))
    }

    fn charge(status: &str) -> Value {
        json!({ "id": "ch_1", "object": "charge", "amount": 5_000, "currency": "usd", "status": status,
                "metadata": { "merchant_reference": "EK-2222-2222" } })
    }

    fn transaction(kind: &str, amount: i64, source: &Value) -> Value {
        json!({ "id": "txn_1", "created": 1_000, "type": kind, "amount": amount, "currency": "usd", "source": source })
    }

    #[test]
    fn charges_refunds_and_disputes_are_told_apart_and_signed() {
        let dispute =
            json!({ "id": "dp_1", "object": "dispute", "amount": 5_000, "currency": "usd", "charge": charge("succeeded") });
        let refund = json!({ "id": "re_1", "object": "refund", "amount": 2_000, "currency": "usd", "charge": charge("succeeded"),
                             "metadata": { "refund_key": "k" } });
        for (kind, amount, source, expected, minor) in [
            ("charge", 5_000, charge("succeeded"), MovementKind::Charge, 5_000),
            ("payment", 5_000, charge("succeeded"), MovementKind::Charge, 5_000),
            ("refund", -2_000, refund.clone(), MovementKind::Refund, -2_000),
            ("refund_failure", 2_000, refund, MovementKind::ReturnedToUs, 2_000),
            ("adjustment", -5_000, dispute.clone(), MovementKind::TakenBack, -5_000),
            ("adjustment", 5_000, dispute.clone(), MovementKind::ReturnedToUs, 5_000),
            ("adjustment", 2_000, dispute, MovementKind::ReturnedToUs, 2_000),
        ] {
            let found = read(transaction(kind, amount, &source)).expect("readable").expect("ours");
            assert_eq!((found.kind, found.amount), (expected, Money::new(minor, Currency::USD)), "{kind}");
            assert_eq!(found.merchant_reference, "EK-2222-2222", "{kind}");
        }
    }

    #[test]
    fn what_is_paid_out_in_another_currency_is_told_in_the_payments_own() {
        let mut converted = transaction("charge", 4_600, &charge("succeeded"));
        converted["currency"] = json!("eur");
        assert_eq!(read(converted).expect("readable").expect("ours").amount, Money::new(5_000, Currency::USD));
    }

    #[test]
    fn what_is_not_ours_or_never_came_is_left_out() {
        let mut of_another = charge("succeeded");
        of_another["metadata"] = json!({});
        let payout = json!({ "id": "po_1", "object": "payout" });
        for (kind, source) in [("charge", of_another), ("payment", charge("failed")), ("payout", payout), ("charge", Value::Null)]
        {
            assert_eq!(read(transaction(kind, 100, &source)), Ok(None), "{kind}");
        }
    }

    #[test]
    fn what_is_ours_and_cannot_be_read_is_no_silence() {
        let mut strange = charge("succeeded");
        strange["currency"] = json!("xxx");
        assert_eq!(read(transaction("charge", 100, &strange)), Err(ProcessorError::OutcomeUnknown));
        let unexpanded = json!({ "id": "re_1", "object": "refund", "amount": 100, "currency": "usd", "charge": "ch_1" });
        for source in [unexpanded, json!("re_1")] {
            assert_eq!(read(transaction("refund", -100, &source)), Err(ProcessorError::OutcomeUnknown), "{source}");
        }
        assert_eq!(read(transaction("payout", -100, &json!("po_1"))), Ok(None));
    }
}
