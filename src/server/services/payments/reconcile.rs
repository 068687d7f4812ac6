//! Finding out what became of a payment: by job with growing pauses until it is known, and when its customer looks.

use super::report::{Heard, apply, found_by};
use super::{PROCESSOR_TIMEOUT, asked_at, processor_of};
use crate::domain::finding_out::{LookedUp, is_believed, wait_before_check};
use crate::domain::ids::PaymentId;
use crate::domain::payment::{Payment, ProcessorReport, Purpose};
use crate::server::processors::{PaymentProcessor, ProcessorError, Sought};
use crate::server::services::{Failure, collections};
use crate::server::state::AppState;
use crate::server::store::{StoreError, payments};

/// The kind of the job, in the `jobs` table.
pub const RECONCILE_JOB: &str = "reconcile_payment";

/// What a look-up came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconciled {
    /// The outcome is known: nothing is left to find out.
    Known,
    NotYet,
}

/// Asks the processor about a payment and records what it says. `checks` counts this look-up.
pub async fn reconcile(state: &AppState, payment_id: &str, checks: i64) -> Result<Reconciled, Failure> {
    let id = PaymentId(payment_id.to_owned());
    let payment = read(state, &id).await?;
    let Some(processor) = processor_of(state, &payment.processor).filter(|_| payment.state.is_open()) else {
        return Ok(if payment.state.is_open() { Reconciled::NotYet } else { Reconciled::Known });
    };
    let report = match look_up(state, processor.as_ref(), &payment).await? {
        ProcessorReport::NeverReceived if payment.purpose == Purpose::Collection => {
            collections::ask_again(state, processor.as_ref(), &payment).await?.unwrap_or(ProcessorReport::NeverReceived)
        }
        report => report,
    };
    let payment = if is_believed(report.said(), LookedUp::ByJob { checks }) {
        apply(state, &id, &report, &Heard::LookUp).await?.payment
    } else {
        payment
    };
    let next = payment.state.is_open().then(|| state.clock.real_now_millis() + wait_before_check(checks));
    payments::note_check(state.db.pool(), &id, next).await?;
    Ok(if payment.state.is_open() { Reconciled::NotYet } else { Reconciled::Known })
}

/// The customer looks at a payment whose outcome is to come: asked at once, so that what they see is what is so.
pub async fn refresh(state: &AppState, payment: &Payment) -> Result<(), Failure> {
    let Some(processor) = processor_of(state, &payment.processor).filter(|_| payment.state.is_open()) else { return Ok(()) };
    let report = look_up(state, processor.as_ref(), payment).await?;
    if is_believed(report.said(), LookedUp::InPassing) {
        apply(state, &payment.id, &report, &Heard::LookUp).await?;
    }
    Ok(())
}

async fn read(state: &AppState, id: &PaymentId) -> Result<Payment, Failure> {
    let mut tx = state.db.begin_read().await?;
    let payment = payments::by_id(&mut tx, id).await?.ok_or(Failure::Missing("payment"))?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(payment)
}

/// How a payment stands at the processor: one its customer makes on a page, or one that is collected.
pub(super) async fn look_up(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    payment: &Payment,
) -> Result<ProcessorReport, Failure> {
    if payment.purpose == Purpose::Collection {
        return collections::look_up(state, processor, payment).await;
    }
    let sought = Sought {
        idempotency_key: payment.decision_key.clone(),
        merchant_reference: payment.reference.clone(),
        processor_reference: payment.processor_reference.clone(),
        asked_at: asked_at(payment),
    };
    Ok(match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.look_up(&sought)).await {
        Ok(Ok(Some(charge))) => found_by(charge),
        Ok(Ok(None)) => ProcessorReport::NeverReceived,
        Ok(Err(ProcessorError::Refused(_) | ProcessorError::OutcomeUnknown)) | Err(_) => ProcessorReport::OutcomeUnknown,
    })
}
