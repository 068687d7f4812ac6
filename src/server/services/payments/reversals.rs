//! Taking in what is heard of money that went back after a payment succeeded: by answer, webhook or look-up, once or ten times,
//! in any order. What it changes in the books is in [`super::undo`].

use super::reconcile::look_up;
use super::report::{Heard, apply as apply_to_payment};
use super::{PROCESSOR_TIMEOUT, undo};
use crate::domain::ids::ReversalId;
use crate::domain::payment::{DeclineReason, Payment, ProcessorReport, WhyUnchanged};
use crate::domain::refund_limits::is_beyond;
use crate::domain::reversal::{
    DecidedBy, Reversal, ReversalFinding, ReversalKind, ReversalReason, ReversalReport, ReversalState, ReversalStep, Scope,
};
use crate::server::clock::Millis;
use crate::server::crash_point::{self, CrashPoint};
use crate::server::ids;
use crate::server::processors::{PaymentProcessor, ProcessorError, Reversed};
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::processor_events::{self, ProcessorEvent};
use crate::server::store::reversals::{self, Asked};
use crate::server::store::{self, StoreError, Tx, payments, shares};
use serde_json::json;

/// Records how a refund stands that was asked for here.
pub(super) async fn apply(
    state: &AppState,
    id: &ReversalId,
    report: &ReversalReport,
    heard: &Heard,
) -> Result<Reversal, Failure> {
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let payment_id = reversals::by_id(&mut tx, id).await?.ok_or(Failure::Missing("refund"))?.payment_id;
    shares::lock_accounts(&mut tx, &payment_id).await?;
    let reversal = reversals::by_id(&mut tx, id).await?.ok_or(Failure::Missing("refund"))?;
    let reversal = step(state, &mut tx, reversal, report, heard, at).await?;
    crash_point::pass(&state.config, CrashPoint::BeforeReversalCommitted);
    tx.commit().await.map_err(StoreError::from)?;
    Ok(reversal)
}

/// Takes in what the processor tells of money that went back of a payment, whether it was asked for here or not. What a bank is
/// said to take beyond what was paid is asked about first: an earlier decision may have ended, and that not been heard.
pub(super) async fn take_in(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    payment: &Payment,
    reversed: &Reversed,
    heard: &Heard,
) -> Result<(), Failure> {
    make_sure_it_is_paid(state, processor, payment).await?;
    let mut tx = state.db.begin_read().await?;
    let is_beyond = would_be_beyond(&mut tx, payment, reversed).await?;
    store::end_read(tx);
    if is_beyond {
        let ended = |found: &&Reversed| match found.finding {
            ReversalFinding::Undone | ReversalFinding::PartlyUndone { .. } => true,
            ReversalFinding::Pending | ReversalFinding::Done => false,
        };
        for found in ask_for_all(processor, payment).await?.iter().filter(ended) {
            record(state, payment, found, &Heard::LookUp).await?;
        }
    }
    record(state, payment, reversed, heard).await
}

/// Whether banks would hold more of a payment than it was, if this were booked too.
async fn would_be_beyond(tx: &mut Tx, payment: &Payment, reversed: &Reversed) -> Result<bool, Failure> {
    if find(tx, payment, reversed).await?.is_some() {
        return Ok(false);
    }
    let known = reversals::of_payment(tx, &payment.id).await?;
    Ok(is_beyond(payment.amount, &known, reversed.kind, reversed.amount, reversed.finding)?)
}

/// The row of it, if there is one: by our key, else by the processor's name.
async fn find(tx: &mut Tx, payment: &Payment, reversed: &Reversed) -> Result<Option<Reversal>, Failure> {
    let ours = match &reversed.our_key {
        Some(key) => reversals::of_key(tx, key).await?,
        None => None,
    };
    Ok(match ours {
        Some(ours) => Some(ours),
        None => reversals::of_processor(tx, &payment.processor, &reversed.processor_reference).await?,
    })
}

async fn record(state: &AppState, payment: &Payment, reversed: &Reversed, heard: &Heard) -> Result<(), Failure> {
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    shares::lock_accounts(&mut tx, &payment.id).await?;
    if !note_message(&mut tx, payment, heard, at).await? {
        return Ok(());
    }
    // Asked about and still said: no customer owes more than they paid because of that. The trail and `reconcile` tell a person.
    if would_be_beyond(&mut tx, payment, reversed).await? {
        note_beyond(&mut tx, payment, reversed, heard, at).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(());
    }
    let reversal = match find(&mut tx, payment, reversed).await? {
        Some(known) => known,
        None => record_heard(&mut tx, payment, reversed, at).await?,
    };
    let report = ReversalReport::Found {
        processor_reference: reversed.processor_reference.clone(),
        amount: reversed.amount,
        finding: reversed.finding,
    };
    step(state, &mut tx, reversal, &report, heard, at).await?;
    crash_point::pass(&state.config, CrashPoint::BeforeReversalCommitted);
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Asks the processor for everything that went back of a payment, and takes it in.
pub(super) async fn look_after(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    payment: &Payment,
    heard: &Heard,
) -> Result<(), Failure> {
    for reversed in &ask_for_all(processor, payment).await? {
        take_in(state, processor, payment, reversed, &Heard::LookUp).await?;
    }
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    note_message(&mut tx, payment, heard, at).await?;
    note_effect(&mut tx, payment, heard, "looked_up").await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Everything that went back of a payment, as the processor has it; nothing of one it has not named yet.
async fn ask_for_all(processor: &dyn PaymentProcessor, payment: &Payment) -> Result<Vec<Reversed>, Failure> {
    let Some(reference) = &payment.processor_reference else { return Ok(Vec::new()) };
    match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.reversals(reference)).await {
        Ok(Ok(found)) => Ok(found),
        // Not recorded, so that the processor tells it again.
        Ok(Err(ProcessorError::Refused(_) | ProcessorError::OutcomeUnknown)) | Err(_) => {
            Err(Failure::NoAnswer("the processor, asked about its own message"))
        }
    }
}

/// Our reference of a payment that a message calls by the processor's own name: by the refund it is about, else by asking.
pub(super) async fn whose(
    state: &AppState,
    processor: &dyn PaymentProcessor,
    behind: &str,
    reversed: &Reversed,
) -> Result<Option<String>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let ours = match &reversed.our_key {
        Some(key) => reversals::of_key(&mut tx, key).await?,
        None => reversals::of_processor(&mut tx, processor.name(), &reversed.processor_reference).await?,
    };
    let payment = match &ours {
        Some(reversal) => payments::by_id(&mut tx, &reversal.payment_id).await?,
        None => None,
    };
    store::end_read(tx);
    if let Some(payment) = payment {
        return Ok(Some(payment.reference));
    }
    match tokio::time::timeout(PROCESSOR_TIMEOUT, processor.whose(behind)).await {
        Ok(Ok(reference)) => Ok(reference),
        Ok(Err(ProcessorError::Refused(_) | ProcessorError::OutcomeUnknown)) | Err(_) => {
            Err(Failure::NoAnswer("the processor, asked about its own message"))
        }
    }
}

/// Nothing can go back of a payment that was not made: where the message of its success was lost, it is asked for first.
async fn make_sure_it_is_paid(state: &AppState, processor: &dyn PaymentProcessor, payment: &Payment) -> Result<(), Failure> {
    if payment.state.has_succeeded() {
        return Ok(());
    }
    if let report @ ProcessorReport::Found { .. } = look_up(state, processor, payment).await? {
        let applied = apply_to_payment(state, &payment.id, &report, &Heard::LookUp).await?;
        if applied.payment.state.has_succeeded() {
            return Ok(());
        }
    }
    Err(Failure::NoAnswer("the processor, about a payment of which something went back"))
}

/// Notes a message of the processor; false if it was taken in before.
async fn note_message(tx: &mut Tx, payment: &Payment, heard: &Heard, at: Millis) -> Result<bool, Failure> {
    let Heard::Webhook { event_id, kind } = heard else { return Ok(true) };
    let event =
        ProcessorEvent { processor: &payment.processor, event_id, payment_id: payment.id.as_str(), received_at: at, kind };
    Ok(processor_events::note(tx, &event).await?)
}

async fn note_effect(tx: &mut Tx, payment: &Payment, heard: &Heard, effect: &str) -> Result<(), Failure> {
    if let Heard::Webhook { event_id, .. } = heard {
        processor_events::set_effect(tx, &payment.processor, event_id, effect).await?;
    }
    Ok(())
}

/// What was decided elsewhere gets its row when it is heard of.
async fn record_heard(tx: &mut Tx, payment: &Payment, reversed: &Reversed, at: Millis) -> Result<Reversal, Failure> {
    let reason = match (reversed.kind, reversed.reason) {
        (ReversalKind::Refund, _) => ReversalReason::Elsewhere,
        (ReversalKind::Chargeback, _) => ReversalReason::CardBank,
        (ReversalKind::Return, Some(reason)) => ReversalReason::Bank(reason),
        (ReversalKind::Return, None) => ReversalReason::Bank(DeclineReason::DoNotHonour),
    };
    let reversal = Reversal {
        id: ReversalId(ids::new_id()),
        reference: ids::new_reference("RV"),
        payment_id: payment.id.clone(),
        account_id: payment.account_id.clone(),
        scope: Scope::Payment,
        kind: reversed.kind,
        amount: reversed.amount,
        reason,
        decided_by: DecidedBy::Processor,
        once_key: format!("{}:{}", payment.processor, reversed.processor_reference),
        processor: payment.processor.clone(),
        processor_reference: Some(reversed.processor_reference.clone()),
        state: ReversalState::Created,
        created_at: at,
    };
    let asked = Asked { reason_text: None, decision_key: None, request_sha256: "" };
    reversals::insert(tx, &reversal, &asked).await?;
    Ok(reversal)
}

/// One step of a reversal, under its account's lock: state, books, event.
async fn step(
    state: &AppState,
    tx: &mut Tx,
    reversal: Reversal,
    report: &ReversalReport,
    heard: &Heard,
    at: Millis,
) -> Result<Reversal, Failure> {
    let payment = payments::by_id(tx, &reversal.payment_id).await?.ok_or(Failure::Missing("payment"))?;
    let step = reversal.apply(report, at);
    let (moved, effect) = match &step {
        ReversalStep::Unchanged(why) => (None, why.code()),
        ReversalStep::Moved(next) => (Some(next), next.code()),
    };
    note_effect(tx, &payment, heard, effect).await?;
    let Some(next) = moved else {
        if step == ReversalStep::Unchanged(WhyUnchanged::Contradiction) {
            tracing::error!(reversal.id = %reversal.id, "the processor reports something that cannot be about this refund");
            note(tx, &payment, &reversal, "reversal.contradicted", effect, heard, at).await?;
        }
        return Ok(reversal);
    };
    let named = match report {
        ReversalReport::Found { processor_reference, .. } => Some(processor_reference.clone()),
        ReversalReport::Refused | ReversalReport::OutcomeUnknown => reversal.processor_reference.clone(),
    };
    let after = Reversal { state: next.clone(), processor_reference: named, ..reversal.clone() };
    reversals::set_state(tx, &after, &reversal.state).await?;
    note(tx, &payment, &after, "reversal.moved", effect, heard, at).await?;
    match next {
        ReversalState::Succeeded { .. } => undo::take_back(state, tx, &payment, &after, at).await?,
        ReversalState::Undone { .. } => undo::bring_back(state, tx, &payment, &after, at).await?,
        ReversalState::PartlyUndone { settled_at, .. } => {
            if !reversal.state.is_in_effect() {
                // Its end is the first that is heard of it: it went back, and a part came again.
                let before = Reversal { state: ReversalState::Succeeded { settled_at: *settled_at }, ..after.clone() };
                undo::take_back(state, tx, &payment, &before, at).await?;
            }
            let payment = payments::by_id(tx, &payment.id).await?.ok_or(Failure::Missing("payment"))?;
            undo::bring_back(state, tx, &payment, &after, at).await?;
        }
        ReversalState::Created | ReversalState::Pending | ReversalState::Failed { .. } | ReversalState::Unknown => {}
    }
    Ok(after)
}

/// What cannot be about this payment, for the trail: there is no reversal of it.
async fn note_beyond(tx: &mut Tx, payment: &Payment, reversed: &Reversed, heard: &Heard, at: Millis) -> Result<(), Failure> {
    tracing::error!(
        payment.id = %payment.id,
        reversal = reversed.processor_reference,
        "the processor says that banks took more of a payment than it was; it is not booked: look at `evenkeel reconcile`"
    );
    let effect = WhyUnchanged::Contradiction.code();
    note_effect(tx, payment, heard, effect).await?;
    let event = Event {
        at,
        actor: Actor::Processor(payment.processor.clone()),
        action: "reversal.contradicted",
        customer_id: Some(payment.customer_id.to_string()),
        account_id: Some(payment.account_id.to_string()),
        subject_id: Some(payment.id.to_string()),
        details: json!({
            "payment": payment.id, "kind": reversed.kind.code(), "processor_reference": reversed.processor_reference,
            "amount_minor": reversed.amount.minor(), "to": effect, "heard_by": heard.code(),
        }),
    };
    Ok(events::append(tx, &event).await?)
}

async fn note(
    tx: &mut Tx,
    payment: &Payment,
    reversal: &Reversal,
    action: &'static str,
    effect: &str,
    heard: &Heard,
    at: Millis,
) -> Result<(), Failure> {
    let event = Event {
        at,
        actor: Actor::Processor(payment.processor.clone()),
        action,
        customer_id: Some(payment.customer_id.to_string()),
        account_id: Some(reversal.account_id.to_string()),
        subject_id: Some(reversal.id.to_string()),
        details: json!({
            "payment": payment.id, "kind": reversal.kind.code(), "reason": reversal.reason.code(),
            "amount_minor": reversal.amount.minor(), "to": effect, "heard_by": heard.code(),
        }),
    };
    Ok(events::append(tx, &event).await?)
}
