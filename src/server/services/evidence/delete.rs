//! What has been kept long enough is deleted, once an hour. The key goes first, in a transaction of its own: from then on the
//! bytes are noise, wherever they still lie. Then the bytes themselves.

use super::{Failure, note, today};
use crate::server::state::AppState;
use crate::server::store::StoreError;
use crate::server::store::events::Actor;
use crate::server::store::evidence;
use serde_json::json;

/// In one go; the rest comes with the next.
const MOST_AT_ONCE: i64 = 200;

/// Deletes the evidence of every case whose day has come. Returns how many cases there were.
pub async fn delete_due(state: &AppState) -> Result<usize, Failure> {
    let now = state.clock.now_millis();
    let today = today(now).to_string();
    let mut done = 0;
    for case_id in evidence::due(state.db.pool(), &today, MOST_AT_ONCE).await? {
        let mut tx = state.db.begin_write().await?;
        let Some(case) = evidence::case(&mut *tx, &case_id).await? else { continue };
        let files = evidence::items(&mut *tx, &case_id).await?.len();
        if evidence::destroy_key(&mut tx, &case_id, &today, now).await? {
            let why = if case.finished_at.is_some() { "kept_long_enough" } else { "never_finished" };
            let details = json!({ "files": files, "why": why, "delete_on": case.delete_on });
            note(&mut tx, &case, Actor::System, "evidence.deleted", &case_id, now, details).await?;
            tx.commit().await.map_err(StoreError::from)?;
            done += 1;
        }
    }
    // One file a transaction: others go on writing meanwhile. What a stop interrupts is found again.
    for (case_id, item_id) in evidence::unreadable(state.db.pool(), MOST_AT_ONCE).await? {
        let mut tx = state.db.begin_write().await?;
        evidence::delete_item(&mut tx, &case_id, &item_id).await?;
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(done)
}
