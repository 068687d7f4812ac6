//! Holds: reasons why nothing may be demanded or collected for a while.

use super::{StoreError, StoreResult, Tx};
use crate::domain::hold::HoldKind;
use crate::server::clock::Millis;

/// The holds on an account that are in force at an instant.
pub async fn in_force(tx: &mut Tx, account_id: &str, now: Millis) -> StoreResult<Vec<HoldKind>> {
    let kinds: Vec<String> = sqlx::query_scalar(
        "select kind from holds
         where account_id = $1 and starts_at <= $2 and released_at is null and (ends_at is null or ends_at > $2)
         order by starts_at, id",
    )
    .bind(account_id)
    .bind(now)
    .fetch_all(&mut **tx)
    .await?;
    kinds.iter().map(|kind| HoldKind::from_code(kind).ok_or(StoreError::Unreadable("hold"))).collect()
}
