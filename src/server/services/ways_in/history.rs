//! Who tried to come in: what a customer sees of it.

use crate::domain::coming_back::Way;
use crate::domain::ids::CustomerId;
use crate::server::clock::Millis;
use crate::server::state::AppState;
use crate::server::store::ways_in::{self, Accepted};
use crate::server::store::{StoreError, StoreResult};

/// So many are shown; more would be a wall.
const MOST_SHOWN: i64 = 30;
/// Half a year: long enough to notice, short enough to be no dossier.
const KEEP_MILLIS: i64 = 180 * 24 * 3_600_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastTry {
    pub at: Millis,
    pub way: Way,
    pub came_in: bool,
}

/// The newest first.
pub async fn past(state: &AppState, customer: &CustomerId) -> StoreResult<Vec<PastTry>> {
    let lines = ways_in::past_sign_ins(state.db.pool(), customer, MOST_SHOWN).await?;
    lines
        .into_iter()
        .map(|line| {
            let way = Way::from_code(&line.way).ok_or(StoreError::Unreadable("way of signing in"))?;
            Ok(PastTry { at: line.at, way, came_in: line.outcome == Accepted::Yes.code() })
        })
        .collect()
}

/// Deletes history that was kept long enough, and challenges nobody answered; the hourly tidying calls it. Returns how much there was.
pub async fn delete_old(state: &AppState) -> StoreResult<u64> {
    let now = state.clock.real_now_millis();
    let mut tx = state.db.begin_write().await?;
    let lines = ways_in::delete_sign_ins_before(&mut tx, now - KEEP_MILLIS).await?;
    let challenges = ways_in::delete_challenges_before(&mut tx, now).await?;
    tx.commit().await?;
    Ok(lines + challenges)
}
