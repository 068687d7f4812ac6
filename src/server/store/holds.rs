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

/// The same with when each ends by itself.
pub async fn with_ends(tx: &mut Tx, account_id: &str, now: Millis) -> StoreResult<Vec<(HoldKind, Option<Millis>)>> {
    let rows: Vec<(String, Option<i64>)> = sqlx::query_as(
        "select kind, ends_at from holds
         where account_id = $1 and starts_at <= $2 and released_at is null and (ends_at is null or ends_at > $2)
         order by starts_at, id",
    )
    .bind(account_id)
    .bind(now)
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|(kind, ends_at)| Ok((HoldKind::from_code(&kind).ok_or(StoreError::Unreadable("hold"))?, ends_at)))
        .collect()
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

/// Lets the hold of a kind that goes back to something end at this instant, whenever it would have ended; begins it where it is not
/// there. Returns whether it was begun.
pub async fn hold_until(tx: &mut Tx, hold: &NewHold<'_>, ends_at: Millis) -> StoreResult<bool> {
    let result =
        sqlx::query("update holds set ends_at = $4 where account_id = $1 and kind = $2 and reason = $3 and released_at is null")
            .bind(hold.account_id)
            .bind(hold.kind.code())
            .bind(hold.reason)
            .bind(ends_at)
            .execute(&mut **tx)
            .await?;
    if result.rows_affected() > 0 {
        return Ok(false);
    }
    insert(tx, hold).await?;
    sqlx::query("update holds set ends_at = $2 where id = $1").bind(hold.id).bind(ends_at).execute(&mut **tx).await?;
    Ok(true)
}

/// Ends the holds of a kind on an account that go back to something. Returns how many there were.
pub async fn release(tx: &mut Tx, account_id: &str, kind: HoldKind, reason: &str, at: Millis) -> StoreResult<u64> {
    let result = sqlx::query(
        "update holds set released_at = $4
         where account_id = $1 and kind = $2 and reason = $3 and released_at is null and (ends_at is null or ends_at > $4)",
    )
    .bind(account_id)
    .bind(kind.code())
    .bind(reason)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected())
}

/// Ends every hold of a kind on an account. Returns how many there were.
pub async fn release_all(tx: &mut Tx, account_id: &str, kind: HoldKind, at: Millis) -> StoreResult<u64> {
    let result = sqlx::query(
        "update holds set released_at = $3
         where account_id = $1 and kind = $2 and released_at is null and (ends_at is null or ends_at > $3)",
    )
    .bind(account_id)
    .bind(kind.code())
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected())
}

/// How many holds of a kind have begun on an account since an instant.
pub async fn begun_since(tx: &mut Tx, account_id: &str, kind: HoldKind, since: Millis) -> StoreResult<i64> {
    Ok(sqlx::query_scalar("select count(*) from holds where account_id = $1 and kind = $2 and starts_at > $3")
        .bind(account_id)
        .bind(kind.code())
        .bind(since)
        .fetch_one(&mut **tx)
        .await?)
}

/// When the hold of a kind that goes back to something ends, where it is in force; of several accounts the latest.
pub async fn ends_of(tx: &mut Tx, kind: HoldKind, reason: &str, now: Millis) -> StoreResult<Option<Millis>> {
    Ok(sqlx::query_scalar(
        "select max(ends_at) from holds where kind = $1 and reason = $2 and starts_at <= $3 and released_at is null and ends_at > $3",
    )
    .bind(kind.code())
    .bind(reason)
    .bind(now)
    .fetch_one(&mut **tx)
    .await?)
}

/// Whether any hold of a kind goes back to something and was not released, also where it has ended by itself.
pub async fn was_begun_for(tx: &mut Tx, kind: HoldKind, reason: &str) -> StoreResult<bool> {
    let count: i64 = sqlx::query_scalar("select count(*) from holds where kind = $1 and reason = $2 and released_at is null")
        .bind(kind.code())
        .bind(reason)
        .fetch_one(&mut **tx)
        .await?;
    Ok(count > 0)
}

/// Whether an account is on hold with this kind for something else too.
pub async fn is_held_for_another(tx: &mut Tx, account_id: &str, kind: HoldKind, reason: &str, now: Millis) -> StoreResult<bool> {
    let count: i64 = sqlx::query_scalar(
        "select count(*) from holds
         where account_id = $1 and kind = $2 and reason <> $3 and starts_at <= $4 and released_at is null
           and (ends_at is null or ends_at > $4)",
    )
    .bind(account_id)
    .bind(kind.code())
    .bind(reason)
    .bind(now)
    .fetch_one(&mut **tx)
    .await?;
    Ok(count > 0)
}

/// Marks holds that have ended by themselves as released on their day.
pub async fn mark_ended(tx: &mut Tx, kind: HoldKind, reason: &str, now: Millis) -> StoreResult<()> {
    sqlx::query(
        "update holds set released_at = ends_at where kind = $1 and reason = $2 and released_at is null and ends_at <= $3",
    )
    .bind(kind.code())
    .bind(reason)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
