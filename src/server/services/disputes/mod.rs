//! "This is not right": a customer says so ([`say`]), adds to it and may take it back ([`follow`]), a person answers it in writing
//! ([`staff`]). The hold begins in the transaction that writes it down, and ends when the answer was sent or the dispute withdrawn.
//!
//! What may be an order to stop a payment is that too, however it is given: it goes to the queue of those as well
//! ([`super::answers`]).

mod follow;
mod letter;
mod say;
mod staff;

pub use crate::server::store::disputes::{Dispute, Words, WordsKind};
pub use follow::{Added, Withdrawn, add, withdraw};
pub use say::{FormFacts, Kept, Sent, form, keep, say, send};
pub use staff::{Answer, NotDone, Seen, answer, ask, in_force, posted, release_sent, see};

use super::{Failure, evidence};
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::clock::Millis;
use crate::server::state::AppState;
use crate::server::store::disputes::Released;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{StoreError, Tx, disputes, documents, outbox};
use serde_json::json;

/// A dispute as its customer follows it.
#[derive(Clone)]
pub struct Followed {
    pub dispute: Dispute,
    pub words: Vec<Words>,
    /// Of the letter that answers it.
    pub letter_reference: Option<String>,
    pub now: Millis,
}

impl Followed {
    /// The day that was promised is over, and there is no answer.
    pub fn is_late(&self) -> bool {
        is_late(&self.dispute, self.now)
    }
}

/// The newest dispute of an account of this customer, over or not.
pub async fn newest(state: &AppState, customer: &CustomerId, account: &AccountId) -> Result<Option<Followed>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(dispute) = disputes::newest(&mut *tx, customer, account).await? else { return Ok(None) };
    let words = disputes::words(&mut *tx, &dispute.id).await?;
    let letter_reference = match &dispute.document_id {
        Some(document) => documents::headline(&mut tx, document).await?.map(|headline| headline.reference),
        None => None,
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Some(Followed { dispute, words, letter_reference, now: state.clock.now_millis() }))
}

fn is_late(dispute: &Dispute, now: Millis) -> bool {
    !dispute.state.is_over() && dispute.answer_by < now
}

/// What makes the message with the answer one, and is asked for whether it was sent.
fn once_of_answer(dispute: &Dispute) -> String {
    format!("dispute_answer:{}", dispute.id)
}

/// Ends the hold of a dispute that is over. The caller holds the account's lock.
async fn release(
    state: &AppState,
    tx: &mut Tx,
    dispute: &Dispute,
    actor: Actor,
    because: Released,
    at: Millis,
) -> Result<(), Failure> {
    disputes::release(tx, dispute, because, at).await?;
    evidence::finish(state, tx, dispute.id.as_str(), at).await?;
    outbox::decide_again(tx, &dispute.customer_id, at).await?;
    note(tx, dispute, actor, "dispute.released", json!({ "because": because.code() }), at).await
}

/// The event of a step. What was written is no part of it.
async fn note(
    tx: &mut Tx,
    dispute: &Dispute,
    actor: Actor,
    action: &'static str,
    details: serde_json::Value,
    at: Millis,
) -> Result<(), Failure> {
    let event = Event {
        at,
        actor,
        action,
        customer_id: Some(dispute.customer_id.to_string()),
        account_id: Some(dispute.account_id.to_string()),
        subject_id: Some(dispute.id.to_string()),
        details,
    };
    Ok(events::append(tx, &event).await?)
}
