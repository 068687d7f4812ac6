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

/// A reason that begins now and ends when it is released.
pub struct NewHold<'a> {
    pub id: &'a str,
    pub account_id: &'a str,
    pub kind: HoldKind,
    /// What it goes back to, such as the reference of a message.
    pub reason: &'a str,
    pub starts_at: Millis,
    /// The id of who asked for it.
    pub created_by: &'a str,
}

pub async fn insert(tx: &mut Tx, hold: &NewHold<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
         values ($1, $2, $3, $4, $5, null, null, $6)",
    )
    .bind(hold.id)
    .bind(hold.account_id)
    .bind(hold.kind.code())
    .bind(hold.reason)
    .bind(hold.starts_at)
    .bind(hold.created_by)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
