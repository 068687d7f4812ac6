//! Letters that wait to be printed. Printing itself is somebody's work outside: files are written as often as they are wanted, and a
//! letter counts as sent only once somebody says that it was printed and posted.

use super::Failure;
use crate::domain::contact::channel::Channel;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
pub use crate::server::store::print_queue::QueuedLetter;
use crate::server::store::{StoreError, outbox, print_queue};
use serde_json::json;

/// The letters that wait, oldest first, at most `limit`.
pub async fn waiting(state: &AppState, limit: i64) -> Result<Vec<QueuedLetter>, Failure> {
    Ok(print_queue::waiting(state.db.pool(), limit).await?)
}

/// The PDF of a letter in the queue.
pub async fn file(state: &AppState, id: &str) -> Result<Vec<u8>, Failure> {
    print_queue::bytes(state.db.pool(), id).await?.ok_or(Failure::Missing("letter"))
}

/// What saying that a letter was printed came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Printed,
    /// Somebody said so before.
    KnownBefore,
    Unknown,
}

/// Writes down that a letter was printed and posted: it is sent from now on.
pub async fn done(state: &AppState, id: &str) -> Result<Done, Failure> {
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let done = if print_queue::mark_printed(&mut tx, id, now).await? {
        let owner = outbox::owner(&mut tx, id).await?.ok_or(Failure::Missing("message of a letter"))?;
        if !outbox::printed(&mut tx, id, now).await? {
            return Err(Failure::Missing("message of a letter that waits to be printed"));
        }
        let event = Event {
            at: now,
            actor: Actor::Operator,
            action: "message.sent",
            customer_id: Some(owner.customer_id.to_string()),
            account_id: None,
            subject_id: Some(id.to_owned()),
            details: json!({ "channel": Channel::Letter.code() }),
        };
        events::append(&mut tx, &event).await?;
        Done::Printed
    } else if print_queue::is_known(&mut tx, id).await? {
        Done::KnownBefore
    } else {
        Done::Unknown
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(done)
}
