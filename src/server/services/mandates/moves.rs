//! What a new state of a permission brings with it, in the transaction of the change.

use super::end::{END_JOB, ended};
use super::letter;
use crate::domain::mandate::{EndReason, Happening, Mandate, MandateState, Transition};
use crate::server::clock::{self, Millis};
use crate::server::services::{Failure, collections};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{Tx, facts, jobs, mandates};
use serde_json::json;

/// Writes a new state with its event. In force: the one before ends, and the customer gets their copy. Ended: the processor is told
/// by a job once this is committed, and the customer by a message. `why` says who did it and how it was heard of.
pub(super) async fn move_to(
    state: &AppState,
    tx: &mut Tx,
    mandate: Mandate,
    next: &MandateState,
    why: (Actor, &str),
    at: Millis,
) -> Result<Mandate, Failure> {
    let from = mandate.state.clone();
    let mut moved = Mandate { state: next.clone(), ..mandate };
    if matches!(next, MandateState::Given { .. }) {
        replace_the_one_before(state, tx, &moved, at).await?;
        moved.document_id = Some(letter::issue(state, tx, &moved, at).await?);
    }
    mandates::set_state(tx, &moved, &from).await?;
    follow_in_collections(tx, &from, &moved, at).await?;
    let (action, reason) = match next {
        MandateState::Given { .. } => ("mandate.given", None),
        MandateState::Ended { reason, .. } => ("mandate.ended", Some(*reason)),
        MandateState::Withdrawn { reason, .. } => ("mandate.withdrawn", Some(*reason)),
        MandateState::Created
        | MandateState::Submitted { .. }
        | MandateState::Processing
        | MandateState::Refused { .. }
        | MandateState::Closed { .. }
        | MandateState::Unknown => ("mandate.moved", None),
    };
    let (actor, heard_by) = why;
    let event = Event {
        at,
        actor,
        action,
        customer_id: Some(moved.customer_id.to_string()),
        account_id: Some(moved.account_id.to_string()),
        subject_id: Some(moved.id.to_string()),
        details: json!({ "to": next.code(), "reason": reason.map(EndReason::code), "heard_by": heard_by }),
    };
    events::append(tx, &event).await?;
    if let MandateState::Ended { reason, .. } = next {
        let now = state.clock.real_now_millis();
        jobs::ask(tx, END_JOB, moved.id.as_str(), &format!("{END_JOB}:{}", moved.id), now, now).await?;
        if reason.is_told() {
            ended(state, tx, &moved, at).await?;
        }
    }
    Ok(moved)
}

/// What was announced follows the permission: withdrawn with it, looked at again under a new one.
async fn follow_in_collections(tx: &mut Tx, from: &MandateState, moved: &Mandate, at: Millis) -> Result<(), Failure> {
    match (from, &moved.state) {
        (MandateState::Given { .. }, MandateState::Ended { reason, .. }) => {
            collections::permission_ended(tx, &moved.agreement_id, *reason, at).await
        }
        (_, MandateState::Given { .. }) => {
            let account = facts::by_id(&mut **tx, moved.account_id.as_str()).await?.ok_or(Failure::Missing("account"))?;
            let today = clock::date_of(at, &clock::zone(&account.time_zone));
            collections::permission_given(tx, &moved.agreement_id, today, at).await
        }
        _ => Ok(()),
    }
}

/// There is one permission in force for an agreement. Ended first: the database allows no second one.
async fn replace_the_one_before(state: &AppState, tx: &mut Tx, new: &Mandate, at: Millis) -> Result<(), Failure> {
    let all = mandates::of_agreement(&mut **tx, &new.agreement_id).await?;
    for old in all.into_iter().filter(|old| old.id != new.id && matches!(old.state, MandateState::Given { .. })) {
        if let Transition::Moved(next) = old.apply(&Happening::Ended(EndReason::Replaced), at) {
            let why = (Actor::Customer(old.customer_id.to_string()), "replaced");
            Box::pin(move_to(state, tx, old, &next, why, at)).await?;
        }
    }
    Ok(())
}
