//! Ending a permission: here at once, at the processor by a job that goes on until it has said so.

use super::moves::move_to;
use crate::domain::format;
use crate::domain::ids::{AgreementId, CustomerId, MandateId};
use crate::domain::mandate::{EndReason, Happening, Mandate, MandateState, Transition};
use crate::server::clock::{self, Millis};
use crate::server::notify::letters::Template;
use crate::server::services::Failure;
use crate::server::services::outbox::{self, Hurry, Message};
use crate::server::services::payments::{PROCESSOR_TIMEOUT, processor_of};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{self, StoreError, Tx, facts, mandates};
use serde_json::json;

/// The kind of the job that has the processor end what is ended here.
pub const END_JOB: &str = "end_mandate";

/// Ends every permission for an agreement that is over, in the transaction that ends the agreement. The caller holds the account's
/// lock. What was given is no longer collected under; what was not yet given never comes into force.
pub async fn end_of_agreement(
    state: &AppState,
    tx: &mut Tx,
    agreement_id: &AgreementId,
    reason: EndReason,
    at: Millis,
) -> Result<(), Failure> {
    for mandate in mandates::of_agreement(&mut **tx, agreement_id).await? {
        over(state, tx, mandate, reason, at).await?;
    }
    Ok(())
}

/// Ends one permission, in the caller's transaction, who holds the account's lock: for `EndReason::Processor` whoever was told by the
/// processor that nothing can be collected under it any more. Ending it again changes nothing.
pub async fn end(state: &AppState, tx: &mut Tx, id: &MandateId, reason: EndReason, at: Millis) -> Result<(), Failure> {
    let mandate = mandates::by_id(tx, id).await?.ok_or(Failure::Missing("mandate"))?;
    over(state, tx, mandate, reason, at).await.map(|_| ())
}

/// The customer stops it, or takes it back before it is given. `None` where it is not theirs. Stopped twice, it is stopped once.
pub async fn stop(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Option<Mandate>, Failure> {
    let Some(found) = mandates::of_customer(state.db.pool(), reference, customer).await? else { return Ok(None) };
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    store::lock_account(&mut tx, found.account_id.as_str()).await?;
    let mandate = mandates::by_id(&mut tx, &found.id).await?.ok_or(Failure::Missing("mandate"))?;
    let mandate = over(state, &mut tx, mandate, EndReason::Customer, at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Some(mandate))
}

async fn over(state: &AppState, tx: &mut Tx, mandate: Mandate, reason: EndReason, at: Millis) -> Result<Mandate, Failure> {
    match mandate.apply(&Happening::Ended(reason), at) {
        Transition::Moved(next) => {
            let actor = actor_of(reason, &mandate);
            move_to(state, tx, mandate, &next, (actor, "here"), at).await
        }
        Transition::Unchanged(_) => Ok(mandate),
    }
}

fn actor_of(reason: EndReason, mandate: &Mandate) -> Actor {
    match reason {
        EndReason::Customer | EndReason::Replaced | EndReason::Changed => Actor::Customer(mandate.customer_id.to_string()),
        EndReason::Processor => Actor::Processor(mandate.processor.clone()),
        EndReason::Staff => Actor::Operator,
        EndReason::AgreementEnded | EndReason::TooLate => Actor::System,
    }
}

/// Tells the customer that it is over, in the language in which they allowed it.
pub(super) async fn ended(state: &AppState, tx: &mut Tx, mandate: &Mandate, at: Millis) -> Result<(), Failure> {
    let account = facts::by_id(&mut **tx, mandate.account_id.as_str()).await?.ok_or(Failure::Missing("account"))?;
    let language = mandate.authorised.language;
    let day = format::date(clock::date_of(at, &clock::zone(&account.time_zone)), language);
    let message = Message {
        customer_id: &mandate.customer_id,
        template: Template::AuthorisationEnded,
        language,
        values: &[("reference", &mandate.reference), ("day", &day)],
        document_id: None,
        hurry: Hurry::InWindow,
        once: &format!("{}:{}", Template::AuthorisationEnded.code(), mandate.id),
    };
    outbox::enqueue(state, tx, &message).await
}

/// What telling the processor came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Done,
    NotYet,
}

/// Has the processor end what is ended here. Called by a job until it is done.
pub async fn tell_processor(state: &AppState, mandate_id: &str) -> Result<Told, Failure> {
    let id = MandateId(mandate_id.to_owned());
    let mut tx = state.db.begin_read().await?;
    let mandate = mandates::by_id(&mut tx, &id).await?.ok_or(Failure::Missing("mandate"))?;
    let MandateState::Ended { mandate: name, .. } = &mandate.state else { return Ok(Told::Done) };
    // A company that gives the same card the same name: ending the old one would end the new one.
    let is_in_force_again = mandates::is_name_in_force(&mut tx, &mandate.processor, name).await?;
    tx.commit().await.map_err(StoreError::from)?;
    if is_in_force_again {
        return Ok(Told::Done);
    }
    let Some(processor) = processor_of(state, &mandate.processor) else { return Ok(Told::NotYet) };
    let Ok(Ok(())) = tokio::time::timeout(PROCESSOR_TIMEOUT, processor.end_mandate(name)).await else {
        return Ok(Told::NotYet);
    };
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    if mandates::note_ended_at_processor(&mut tx, &id, at).await? {
        let event = Event {
            at,
            actor: Actor::Processor(mandate.processor.clone()),
            action: "mandate.ended_at_processor",
            customer_id: Some(mandate.customer_id.to_string()),
            account_id: Some(mandate.account_id.to_string()),
            subject_id: Some(mandate.id.to_string()),
            details: json!({}),
        };
        events::append(&mut tx, &event).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Told::Done)
}
