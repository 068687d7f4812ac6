//! Finding out what became of a permission: by job with growing pauses until it is known, and when its customer looks.

use super::asked_at;
use super::report::{apply, found_by};
use crate::domain::finding_out::{LookedUp, is_believed};
use crate::domain::ids::MandateId;
use crate::domain::mandate::{Mandate, MandateReport};
use crate::server::processors::{PaymentProcessor, ProcessorError, Sought};
use crate::server::services::Failure;
use crate::server::services::payments::{Heard, PROCESSOR_TIMEOUT, Reconciled, processor_of, wait_before_check};
use crate::server::state::AppState;
use crate::server::store::{StoreError, mandates};

/// The kind of the job, in the `jobs` table.
pub const RECONCILE_JOB: &str = "reconcile_mandate";

/// Asks the processor about a permission and records what it says. `checks` counts this look-up. One that was taken back is asked
/// for until its page is closed: it might still be given there, and is then ended.
pub async fn reconcile(state: &AppState, mandate_id: &str, checks: i64) -> Result<Reconciled, Failure> {
    let id = MandateId(mandate_id.to_owned());
    let mut tx = state.db.begin_read().await?;
    let mandate = mandates::by_id(&mut tx, &id).await?.ok_or(Failure::Missing("mandate"))?;
    tx.commit().await.map_err(StoreError::from)?;
    if !mandate.state.is_to_be_asked() {
        return Ok(Reconciled::Known);
    }
    let Some(processor) = processor_of(state, &mandate.processor) else { return Ok(Reconciled::NotYet) };
    let report = look_up(processor.as_ref(), &mandate).await;
    let mandate = if is_believed(report.said(), LookedUp::ByJob { checks }) {
        apply(state, &id, &report, &Heard::LookUp).await?.mandate
    } else {
        mandate
    };
    let is_known = !mandate.state.is_to_be_asked();
    let next = (!is_known).then(|| state.clock.real_now_millis() + wait_before_check(checks));
    mandates::note_check(state.db.pool(), &id, next).await?;
    Ok(if is_known { Reconciled::Known } else { Reconciled::NotYet })
}

/// The customer looks at a permission that is not settled: asked at once, so that what they see is what is so.
pub async fn refresh(state: &AppState, mandate: &Mandate) -> Result<(), Failure> {
    let Some(processor) = processor_of(state, &mandate.processor).filter(|_| mandate.state.is_to_be_asked()) else {
        return Ok(());
    };
    let report = look_up(processor.as_ref(), mandate).await;
    if is_believed(report.said(), LookedUp::InPassing) {
        apply(state, &mandate.id, &report, &Heard::LookUp).await?;
    }
    Ok(())
}

pub(super) async fn look_up(processor: &dyn PaymentProcessor, mandate: &Mandate) -> MandateReport {
    let sought = Sought {
        idempotency_key: mandate.decision_key.clone(),
        merchant_reference: mandate.reference.clone(),
        processor_reference: mandate.processor_reference.clone(),
        asked_at: asked_at(mandate),
    };
    match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.look_up_mandate(&sought)).await {
        Ok(Ok(Some(found))) => found_by(found),
        Ok(Ok(None)) => MandateReport::NeverReceived,
        Ok(Err(ProcessorError::Refused(_) | ProcessorError::OutcomeUnknown)) | Err(_) => MandateReport::OutcomeUnknown,
    }
}
