//! Giving money back. Each refund carries our key in its metadata, so that it is found again when Stripe has forgotten the key.
//! <https://docs.stripe.com/api/refunds>

use super::map;
use super::wire::{self, List, PAGE_LENGTH, Wire, WireError};
use crate::domain::payment::DeclineReason;
use crate::domain::reversal::{ReversalFinding, ReversalKind};
use crate::server::processors::{ProcessorError, Refund, RefundProgress, Refunded, Reversed};

const REFUNDS: &str = "/v1/refunds";
const OUR_KEY: &str = "refund_key";

/// More parts than that are not given back of one payment: the search would have to go on to a second page.
const MOST_PARTS: usize = PAGE_LENGTH;

/// Looks first, then asks. Looking keeps a refund from being made again a day later, when Stripe has forgotten the key; the
/// key keeps two requests at the same moment from making two.
pub async fn make(wire: &Wire, intent: &str, refund: &Refund) -> Result<Refunded, ProcessorError> {
    if let Some(found) = find(wire, intent, refund).await? {
        return if found.amount == refund.amount { Ok(found) } else { Err(refused()) };
    }
    let form = [
        ("payment_intent", intent.to_owned()),
        ("amount", refund.amount.minor().to_string()),
        ("metadata[refund_key]", refund.idempotency_key.clone()),
    ];
    match wire.post::<wire::Refund>(REFUNDS, &form, Some(&refund.idempotency_key)).await {
        Ok(answer) => read(answer.object),
        Err(WireError::Refused { .. } | WireError::NotFound) => Err(refused()),
        Err(WireError::Unknown) => Err(ProcessorError::OutcomeUnknown),
    }
}

/// The refund made under a key, among those of one payment.
pub async fn find(wire: &Wire, intent: &str, refund: &Refund) -> Result<Option<Refunded>, ProcessorError> {
    let query = [("payment_intent", intent.to_owned()), ("limit", MOST_PARTS.to_string())];
    let list: List<wire::Refund> = match wire.get(REFUNDS, &query).await {
        Ok(list) => list,
        Err(_) => return Err(ProcessorError::OutcomeUnknown),
    };
    let is_ours = |found: &wire::Refund| {
        found.metadata.as_ref().and_then(|metadata| metadata.get(OUR_KEY)) == Some(&refund.idempotency_key)
    };
    match list.data.into_iter().find(is_ours) {
        Some(found) => read(found).map(Some),
        None if list.has_more => Err(ProcessorError::OutcomeUnknown),
        None => Ok(None),
    }
}

/// Every refund of a payment, whoever made it.
pub async fn of_intent(wire: &Wire, intent: &str) -> Result<Vec<Reversed>, ProcessorError> {
    let query = [("payment_intent", intent.to_owned()), ("limit", MOST_PARTS.to_string())];
    let list: List<wire::Refund> = wire.get(REFUNDS, &query).await.map_err(|_| ProcessorError::OutcomeUnknown)?;
    if list.has_more {
        return Err(ProcessorError::OutcomeUnknown);
    }
    list.data.into_iter().map(reversed).collect()
}

/// A refund as money that went back.
pub fn reversed(refund: wire::Refund) -> Result<Reversed, ProcessorError> {
    let our_key = refund.metadata.as_ref().and_then(|metadata| metadata.get(OUR_KEY)).cloned();
    let Refunded { processor_reference, amount, progress } = read(refund)?;
    let finding = match progress {
        RefundProgress::Pending => ReversalFinding::Pending,
        RefundProgress::Succeeded => ReversalFinding::Done,
        RefundProgress::Failed => ReversalFinding::Undone,
    };
    Ok(Reversed { processor_reference, kind: ReversalKind::Refund, amount, finding, our_key, reason: None })
}

fn read(refund: wire::Refund) -> Result<Refunded, ProcessorError> {
    let amount = map::money(refund.amount, &refund.currency).ok_or(ProcessorError::OutcomeUnknown)?;
    let progress = match refund.status.as_deref() {
        // The customer may have to say where to; until then it is on its way.
        Some("pending" | "requires_action") => RefundProgress::Pending,
        Some("succeeded") => RefundProgress::Succeeded,
        Some("failed" | "canceled") => RefundProgress::Failed,
        _ => return Err(ProcessorError::OutcomeUnknown),
    };
    Ok(Refunded { processor_reference: refund.id, amount, progress })
}

fn refused() -> ProcessorError {
    ProcessorError::Refused(DeclineReason::NotAccepted)
}
