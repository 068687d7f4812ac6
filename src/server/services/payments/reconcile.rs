//! Finding out what became of a payment: by job with growing pauses until it is known, and when its customer looks.

use super::report::{Heard, apply, found_by};
use super::{PROCESSOR_TIMEOUT, asked_at, processor_of};
use crate::domain::ids::PaymentId;
use crate::domain::payment::{Payment, PaymentState, ProcessorReport, Purpose};
use crate::server::clock::Millis;
use crate::server::processors::{PaymentProcessor, ProcessorError, Sought};
use crate::server::services::{Failure, collections};
use crate::server::state::AppState;
use crate::server::store::{StoreError, payments};

/// The kind of the job, in the `jobs` table.
pub const RECONCILE_JOB: &str = "reconcile_payment";

const FIRST_WAIT_MILLIS: i64 = 15_000;
/// Never longer than this, however long it takes.
const LONGEST_WAIT_MILLIS: i64 = 3_600_000;

/// After so many look-ups a request the processor has never received cannot still be on its way to it: they are spread over
/// more than a minute and a half, and a request is given up after 15 s.
pub(in crate::server::services) const LOOK_UPS_UNTIL_NEVER_RECEIVED: i64 = 3;

/// How long to wait after that many look-ups: 15 s, 30 s, 1 min … up to an hour.
pub fn wait_before_check(checks: i64) -> Millis {
    let doublings = u32::try_from(checks.clamp(0, 8)).unwrap_or(8);
    (FIRST_WAIT_MILLIS << doublings).min(LONGEST_WAIT_MILLIS)
}

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
    let payment = match report {
        ProcessorReport::NeverReceived if checks < LOOK_UPS_UNTIL_NEVER_RECEIVED => payment,
        report => apply(state, &id, &report, &Heard::LookUp).await?.payment,
    };
    let next = payment.state.is_open().then(|| state.clock.real_now_millis() + wait_before_check(checks));
    payments::note_check(state.db.pool(), &id, next).await?;
    Ok(if payment.state.is_open() { Reconciled::NotYet } else { Reconciled::Known })
}

/// The customer looks at a payment whose outcome is to come: asked at once, so that what they see is what is so. That a
/// processor has not received it is left to the job, which knows how long it has been.
pub async fn refresh(state: &AppState, payment: &Payment) -> Result<(), Failure> {
    let Some(processor) = processor_of(state, &payment.processor).filter(|_| payment.state.is_open()) else { return Ok(()) };
    match look_up(state, processor.as_ref(), payment).await? {
        ProcessorReport::NeverReceived => Ok(()),
        // A payment that is known to be on its way does not become unknown because the processor is slow to answer us now.
        ProcessorReport::OutcomeUnknown if payment.state == PaymentState::Processing => Ok(()),
        report => apply(state, &payment.id, &report, &Heard::LookUp).await.map(|_| ()),
    }
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
