//! A promised day that passes without an answer: its customer is told once, with the day that is promised now. Called by the background
//! work.

use super::staff::locked_if_past;
use super::{Failure, language_of, note, promised, tell, zone_of};
use crate::domain::format;
use crate::server::notify::letters::Template;
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::{StoreError, conversations};
use serde_json::json;

/// So many at once; the rest comes with the next round.
const MOST_AT_ONCE: i64 = 200;

/// Looks for conversations whose promised day is over. Returns how many there were. Safe to repeat: each promise is told of once.
pub async fn sweep(state: &AppState) -> Result<usize, Failure> {
    let found = conversations::past_their_day(state.db.pool(), state.clock.now_millis(), MOST_AT_ONCE).await?;
    for reference in &found {
        day_passed(state, reference).await?;
    }
    Ok(found.len())
}

async fn day_passed(state: &AppState, reference: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    let now = state.clock.now_millis();
    // Answered while this waited for the lock, or told by another process.
    let Some(conversation) = locked_if_past(&mut tx, reference, now).await? else { return Ok(()) };
    let (day, answer_by) = promised(state, &zone_of(&conversation));
    conversations::set_late(&mut tx, &conversation.id, answer_by).await?;
    let before = conversation.answer_by;
    tracing::warn!(conversation.reference = conversation.reference, "a message to the team is late");
    let details = json!({ "promised": before, "answer_by": answer_by });
    note(&mut tx, &conversation, Actor::System, "conversation.late", details, now).await?;
    let day = format::long_date(day, language_of(&conversation));
    let once = format!("{}:{}:{}", Template::MessageLate.code(), conversation.id, before.unwrap_or_default());
    tell(state, &mut tx, &conversation, Template::MessageLate, &[("answer_by", &day)], &once).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
