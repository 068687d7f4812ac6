//! Giving money back: recorded before the processor is asked, asked outside any transaction, its outcome recorded, and asked for
//! until it is known. The port promises that a refund is made once however often it is asked for with its key, so asking again
//! is always safe.

use super::reconcile::Reconciled;
use super::report::Heard;
use super::reversals::apply;
use super::{PROCESSOR_TIMEOUT, processor_of, wait_before_check};
use crate::domain::ids::{AccountId, ReversalId};
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::refund_limits::{RefundRefusal, check_refund, left_to_give_back};
use crate::domain::reversal::{
    DecidedBy, Reversal, ReversalFinding, ReversalKind, ReversalReason, ReversalReport, ReversalState, Scope,
};
use crate::server::crash_point::{self, CrashPoint};
use crate::server::ids;
use crate::server::processors::{PaymentProcessor, ProcessorError, Refund, RefundProgress, Refunded};
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::reversals::{self, Asked};
use crate::server::store::{self, StoreError, Tx, jobs, payments, shares};
use serde_json::json;
use sha2::{Digest, Sha256};

/// The kind of the job, in the `jobs` table.
pub const REFUND_JOB: &str = "reconcile_refund";

/// A refund a person here decided.
#[derive(Clone, Debug)]
pub struct RefundOrder {
    /// The payment's reference.
    pub payment: String,
    /// A plain decimal in the payment's currency; `None` for all that is left.
    pub amount: Option<String>,
    /// In their own words.
    pub reason: String,
    /// Who decides it.
    pub by: String,
    /// The same for one decision, however often it is sent.
    pub key: String,
}

/// A refund, and how it stands.
#[derive(Clone, Debug)]
pub struct Refunding {
    pub reversal: Reversal,
    /// It was ordered before under the same key.
    pub is_repeated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundRefused {
    NoSuchPayment,
    /// It did not succeed, so there is nothing to give back.
    NotPaid,
    /// Its processor is not the one set up here.
    OtherProcessor,
    /// No plain decimal.
    NotAnAmount,
    Refund(RefundRefusal),
    /// The key stands for another order.
    KeyNotUsable,
}

/// Gives back, by decision of a person here. Sent again under the same key, it is the same refund.
pub async fn refund(state: &AppState, order: &RefundOrder) -> Result<Result<Refunding, RefundRefused>, Failure> {
    let Some(payment) = payments::of_reference(state.db.pool(), &order.payment).await? else {
        return Ok(Err(RefundRefused::NoSuchPayment));
    };
    let Some(processor) = processor_of(state, &payment.processor) else { return Ok(Err(RefundRefused::OtherProcessor)) };
    let refunding = match record(state, &payment, order).await? {
        Ok(refunding) => refunding,
        Err(refused) => return Ok(Err(refused)),
    };
    crash_point::pass(&state.config, CrashPoint::AfterRefundRecorded);
    let reversal = if refunding.reversal.state.is_open() {
        ask(state, processor.as_ref(), &payment, &refunding.reversal).await?
    } else {
        refunding.reversal
    };
    Ok(Ok(Refunding { reversal, ..refunding }))
}

async fn record(state: &AppState, payment: &Payment, order: &RefundOrder) -> Result<Result<Refunding, RefundRefused>, Failure> {
    let asked_for = match order.amount.as_deref().map(|text| Money::parse_decimal(text, payment.amount.currency())).transpose() {
        Ok(amount) => amount,
        Err(_) => return Ok(Err(RefundRefused::NotAnAmount)),
    };
    // An amount is the same however it is written; all that is left is another order than the amount it happens to be.
    let digest =
        digest(&["refund", &order.payment, &asked_for.map_or_else(|| "all".to_owned(), |amount| amount.minor().to_string())]);
    let mut tx = state.db.begin_write().await?;
    shares::lock_accounts(&mut tx, &payment.id).await?;
    let payment = payments::by_id(&mut tx, &payment.id).await?.ok_or(Failure::Missing("payment"))?;
    if let Some(asked) = reversals::request_of_decision(&mut tx, &order.key).await? {
        let earlier = reversals::of_decision(&mut tx, &order.key).await?.pop();
        return Ok(match earlier {
            Some(reversal) if asked == digest => Ok(Refunding { reversal, is_repeated: true }),
            Some(_) | None => Err(RefundRefused::KeyNotUsable),
        });
    }
    if !payment.state.has_succeeded() {
        return Ok(Err(RefundRefused::NotPaid));
    }
    let known = reversals::of_payment(&mut tx, &payment.id).await?;
    let amount = match asked_for {
        None => left_to_give_back(payment.amount, &known)?,
        Some(amount) => amount,
    };
    if let Err(refusal) = check_refund(payment.amount, &known, amount)? {
        return Ok(Err(RefundRefused::Refund(refusal)));
    }
    let new = NewRefund {
        payment: &payment,
        only_for: None,
        amount,
        reason: ReversalReason::Decided,
        decided_by: DecidedBy::Operator(order.by.clone()),
        reason_text: Some(&order.reason),
        decision_key: &order.key,
        request_sha256: &digest,
    };
    let reversal = insert(state, &mut tx, &new).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(Refunding { reversal, is_repeated: false }))
}

/// What was asked for, so that a key cannot stand for two things.
pub(super) fn digest(parts: &[&str]) -> String {
    hex::encode(Sha256::digest(format!("1|{}", parts.join("|")).as_bytes()))
}

/// A refund about to be recorded.
pub(super) struct NewRefund<'a> {
    pub payment: &'a Payment,
    /// The account it was asked for, if it is to be undone on that one alone.
    pub only_for: Option<&'a AccountId>,
    pub amount: Money,
    pub reason: ReversalReason,
    pub decided_by: DecidedBy,
    pub reason_text: Option<&'a str>,
    pub decision_key: &'a str,
    pub request_sha256: &'a str,
}

/// Records a refund in the caller's transaction, with its event and the job that finds out what became of it.
pub(super) async fn insert(state: &AppState, tx: &mut Tx, new: &NewRefund<'_>) -> Result<Reversal, Failure> {
    let id = ReversalId(ids::new_id());
    let reversal = Reversal {
        // The processor's key: one decision may be several refunds, each with a key of its own.
        once_key: format!("rf-{id}"),
        id,
        reference: ids::new_reference("RV"),
        payment_id: new.payment.id.clone(),
        account_id: new.only_for.unwrap_or(&new.payment.account_id).clone(),
        scope: if new.only_for.is_some() { Scope::Account } else { Scope::Payment },
        kind: ReversalKind::Refund,
        amount: new.amount,
        reason: new.reason,
        decided_by: new.decided_by.clone(),
        processor: new.payment.processor.clone(),
        processor_reference: None,
        state: ReversalState::Created,
        created_at: state.clock.now_millis(),
    };
    let asked = Asked { reason_text: new.reason_text, decision_key: Some(new.decision_key), request_sha256: new.request_sha256 };
    reversals::insert(tx, &reversal, &asked).await?;
    let now = state.clock.real_now_millis();
    let once = format!("{REFUND_JOB}:{}", reversal.id);
    jobs::ask(tx, REFUND_JOB, reversal.id.as_str(), &once, now + wait_before_check(0), now).await?;
    let event = Event {
        at: reversal.created_at,
        actor: match &reversal.decided_by {
            DecidedBy::Customer(id) => Actor::Customer(id.clone()),
            DecidedBy::Operator(_) => Actor::Operator,
            DecidedBy::Processor => Actor::Processor(reversal.processor.clone()),
        },
        action: "refund.decided",
        customer_id: Some(new.payment.customer_id.to_string()),
        account_id: Some(reversal.account_id.to_string()),
        subject_id: Some(reversal.id.to_string()),
        // The words of the reason and the name are in the row; the trail holds no free text.
        details: json!({
            "payment": new.payment.id, "amount_minor": reversal.amount.minor(),
            "currency": reversal.amount.currency().code(), "reason": reversal.reason.code(),
        }),
    };
    events::append(tx, &event).await?;
    Ok(reversal)
}

/// Asks the processor and records what it says. Never within a transaction.
pub(super) async fn ask(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    payment: &Payment,
    reversal: &Reversal,
) -> Result<Reversal, Failure> {
    let Some(processor_reference) = payment.processor_reference.clone() else {
        return Err(Failure::Missing("processor's name of a payment that succeeded"));
    };
    let request = Refund { idempotency_key: reversal.once_key.clone(), processor_reference, amount: reversal.amount };
    let report = match reversal.state {
        // Known to be there: it is only looked at.
        ReversalState::Pending => match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.look_up_refund(&request)).await {
            Ok(Ok(Some(refunded))) => found(refunded),
            Ok(Ok(None) | Err(ProcessorError::Refused(_) | ProcessorError::OutcomeUnknown)) | Err(_) => {
                ReversalReport::OutcomeUnknown
            }
        },
        ReversalState::Created
        | ReversalState::Unknown
        | ReversalState::Succeeded { .. }
        | ReversalState::Failed { .. }
        | ReversalState::Undone { .. }
        | ReversalState::PartlyUndone { .. } => match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.refund(&request)).await {
            Ok(Ok(refunded)) => found(refunded),
            Ok(Err(ProcessorError::Refused(_))) => ReversalReport::Refused,
            Ok(Err(ProcessorError::OutcomeUnknown)) | Err(_) => ReversalReport::OutcomeUnknown,
        },
    };
    crash_point::pass(&state.config, CrashPoint::AfterRefundAsked);
    apply(state, &reversal.id, &report, &Heard::Answer).await
}

fn found(refunded: Refunded) -> ReversalReport {
    ReversalReport::Found {
        processor_reference: refunded.processor_reference,
        amount: refunded.amount,
        finding: match refunded.progress {
            RefundProgress::Pending => ReversalFinding::Pending,
            RefundProgress::Succeeded => ReversalFinding::Done,
            RefundProgress::Failed => ReversalFinding::Undone,
        },
    }
}

/// What the job does: asks again until it is known.
pub async fn reconcile_refund(state: &AppState, reversal_id: &str) -> Result<Reconciled, Failure> {
    let mut tx = state.db.begin_read().await?;
    let id = ReversalId(reversal_id.to_owned());
    let reversal = reversals::by_id(&mut tx, &id).await?.ok_or(Failure::Missing("refund"))?;
    let payment = payments::by_id(&mut tx, &reversal.payment_id).await?.ok_or(Failure::Missing("payment"))?;
    store::end_read(tx);
    if !reversal.state.is_open() {
        return Ok(Reconciled::Known);
    }
    let Some(processor) = processor_of(state, &payment.processor) else { return Ok(Reconciled::NotYet) };
    let reversal = ask(state, processor.as_ref(), &payment, &reversal).await?;
    Ok(if reversal.state.is_open() { Reconciled::NotYet } else { Reconciled::Known })
}
