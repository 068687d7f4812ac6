//! Asking the processor about a collection: to make it, to make it once more under the same key, and how it stands.

use super::facts;
use crate::domain::collecting::{MOST_NOTICES, Notice, Progress, ToDo, decide};
use crate::domain::payment::{Payment, ProcessorReport};
use crate::server::crash_point::{self, CrashPoint};
use crate::server::processors::{Collection, PaymentProcessor, ProcessorError};
use crate::server::services::Failure;
use crate::server::services::payments::{Heard, PROCESSOR_TIMEOUT, apply, asked_at, found_by, processor_of};
use crate::server::state::AppState;
use crate::server::store::{StoreError, collections};

/// Has a recorded try collected and records the answer. No transaction is open while the processor is asked.
pub(super) async fn ask(state: &AppState, payment: &Payment, mandate: &str) -> Result<(), Failure> {
    let Some(processor) = processor_of(state, &payment.processor) else { return Ok(()) };
    let report = collect(processor.as_ref(), payment, mandate).await;
    crash_point::pass(&state.config, CrashPoint::AfterCollectionAsked);
    apply(state, &payment.id, &report, &Heard::Answer).await?;
    Ok(())
}

async fn collect(processor: &dyn PaymentProcessor, payment: &Payment, mandate: &str) -> ProcessorReport {
    match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.collect(&request(payment, mandate))).await {
        Ok(Ok(charge)) => found_by(charge),
        Ok(Err(ProcessorError::Refused(reason))) => ProcessorReport::Refused(reason),
        Ok(Err(ProcessorError::OutcomeUnknown)) | Err(_) => ProcessorReport::OutcomeUnknown,
    }
}

/// The same bytes however often it is asked.
fn request(payment: &Payment, mandate: &str) -> Collection {
    Collection {
        idempotency_key: payment.decision_key.clone(),
        merchant_reference: payment.reference.clone(),
        mandate: mandate.to_owned(),
        amount: payment.amount,
        asked_at: asked_at(payment),
    }
}

/// How a collection stands at the processor. Reads only.
pub(in crate::server::services) async fn look_up(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    payment: &Payment,
) -> Result<ProcessorReport, Failure> {
    let mandate = collections::mandate_of_payment(state.db.pool(), &payment.id)
        .await?
        .ok_or(Failure::Missing("mandate of a collection"))?;
    let asked = request(payment, &mandate);
    Ok(match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.look_up_collection(&asked)).await {
        Ok(Ok(Some(charge))) => found_by(charge),
        Ok(Ok(None)) => ProcessorReport::NeverReceived,
        Ok(Err(ProcessorError::Refused(_) | ProcessorError::OutcomeUnknown)) | Err(_) => ProcessorReport::OutcomeUnknown,
    })
}

/// The processor never received a try: asked once more under its own key, so that even a request still on its way cannot make a
/// second charge. `None` where it may not be collected any more.
pub(in crate::server::services) async fn ask_again(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    payment: &Payment,
) -> Result<Option<ProcessorReport>, Failure> {
    let Some(mandate) = may_still_be_collected(state, payment).await? else { return Ok(None) };
    Ok(Some(collect(processor, payment, &mandate).await))
}

/// The permission to collect it under, if everything still allows it: the same rules as on its day.
async fn may_still_be_collected(state: &AppState, payment: &Payment) -> Result<Option<String>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(this) = collections::of_payment(&mut tx, &payment.id).await? else { return Ok(None) };
    let Some(agreement) = collections::agreement(&mut tx, &this.key.agreement_id).await? else { return Ok(None) };
    let Some(facts) = facts::read(state, &mut tx, agreement, &this.key).await? else { return Ok(None) };
    tx.commit().await.map_err(StoreError::from)?;
    let progress =
        Progress::Announced { day: this.day, amount: payment.amount, notices: MOST_NOTICES, notice: Notice::NotNeeded };
    let due = facts.due_with(state, progress, Some(&payment.id));
    let is_due = matches!(decide(&due), ToDo::Collect { amount, .. } if amount == payment.amount);
    let recorded = collections::mandate_of_payment(state.db.pool(), &payment.id).await?;
    let now_given = facts.permission.map(|permission| permission.mandate);
    Ok(now_given.filter(|given| is_due && recorded.as_ref() == Some(given)))
}
