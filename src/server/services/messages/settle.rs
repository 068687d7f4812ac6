//! A customer says that something is settled for them: nobody needs to answer any more. Whatever they write opens it again.

use super::staff::locked;
use super::{Failure, keep_files, note};
use crate::domain::conversation::{NotClosed, may_close};
use crate::domain::ids::CustomerId;
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::{StoreError, conversations};
use serde_json::json;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Now or by an earlier press.
    Settled,
    /// There is more in it than was shown.
    MoreToRead,
    /// What was written may order that a payment is not taken: that needs an answer.
    NeedsAnswer,
    NotTheirs,
}

/// Closes a conversation of theirs of which so many messages were shown.
pub async fn settle(state: &AppState, customer: &CustomerId, reference: &str, shown: i64) -> Result<Settled, Failure> {
    let mut tx = state.db.begin_write().await?;
    if conversations::of_customer(&mut *tx, customer, reference).await?.is_none() {
        return Ok(Settled::NotTheirs);
    }
    let Some(conversation) = locked(&mut tx, reference).await? else { return Ok(Settled::NotTheirs) };
    match may_close(conversation.state, conversation.holds) {
        Ok(()) => {}
        Err(NotClosed::ClosedBefore) => return Ok(Settled::Settled),
        Err(NotClosed::CollectionsWait) => return Ok(Settled::NeedsAnswer),
    }
    if conversations::count(&mut tx, &conversation.id).await? > shown {
        return Ok(Settled::MoreToRead);
    }
    let at = state.clock.now_millis();
    conversations::set_closed(&mut tx, &conversation.id, conversations::CUSTOMER, at).await?;
    keep_files(state, &mut tx, &conversation.id, at).await?;
    note(&mut tx, &conversation, Actor::Customer(customer.to_string()), "conversation.settled", json!({}), at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Settled::Settled)
}
