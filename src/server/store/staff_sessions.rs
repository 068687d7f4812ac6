//! Sessions of people who work here, by the digest of their id. Customers' are in [`super::sessions`]; neither is ever the other.

use super::{Db, StoreResult, Tx};
use crate::server::clock::Millis;

/// A session as it is written.
pub struct StaffSessionRow {
    pub id_digest: String,
    /// JSON.
    pub data: String,
    pub staff_id: Option<String>,
    /// Of the person, when the session began.
    pub generation: i64,
}

/// A session that has not ended, with what every page needs to know of its person. Without one it holds a refused form only.
#[derive(Clone, sqlx::FromRow)]
pub struct LiveStaffSession {
    pub data: String,
    pub created_at: Millis,
    pub last_seen_at: Millis,
    pub expires_at: Millis,
    pub staff_id: Option<String>,
    pub generation: i64,
    pub name: Option<String>,
    pub email: Option<String>,
    pub role: Option<String>,
    pub password_is_made: Option<i64>,
    /// 1 or 0.
    pub has_second_factor: i64,
    /// How many were kept, used ones too.
    pub recovery_codes: i64,
}

pub async fn insert(db: &Db, session: &StaffSessionRow, now: Millis, expires_at: Millis) -> StoreResult<()> {
    sqlx::query(
        "insert into staff_sessions (id_digest, data, staff_id, generation, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $5, $6)",
    )
    .bind(&session.id_digest)
    .bind(&session.data)
    .bind(session.staff_id.as_deref())
    .bind(session.generation)
    .bind(now)
    .bind(expires_at)
    .execute(db.pool())
    .await?;
    Ok(())
}

/// Writes what a live session holds; one that has ended meanwhile is left alone.
pub async fn update(db: &Db, session: &StaffSessionRow, now: Millis) -> StoreResult<()> {
    sqlx::query("update staff_sessions set data = $1, staff_id = $2, generation = $3 where id_digest = $4 and expires_at > $5")
        .bind(&session.data)
        .bind(session.staff_id.as_deref())
        .bind(session.generation)
        .bind(&session.id_digest)
        .bind(now)
        .execute(db.pool())
        .await?;
    Ok(())
}

/// A session is over with its time, with its person's being disabled, and with whatever raised their generation.
pub async fn find_live(db: &Db, id_digest: &str, now: Millis) -> StoreResult<Option<LiveStaffSession>> {
    Ok(sqlx::query_as(
        "select x.data, x.created_at, x.last_seen_at, x.expires_at, x.staff_id, x.generation,
           staff.name, staff.email, staff.role, staff.password_is_made,
           cast(case when staff.totp_secret is null then 0 else 1 end as bigint) as has_second_factor,
           (select count(*) from staff_recovery_codes c where c.staff_id = x.staff_id) as recovery_codes
         from staff_sessions x
         left join staff on staff.id = x.staff_id
         where x.id_digest = $1
           and x.expires_at > $2
           and (x.staff_id is null or (staff.generation = x.generation and staff.disabled_at is null))",
    )
    .bind(id_digest)
    .bind(now)
    .fetch_optional(db.pool())
    .await?)
}

/// Notes that a session is in use.
pub async fn touch(db: &Db, id_digest: &str, now: Millis, expires_at: Millis) -> StoreResult<()> {
    sqlx::query("update staff_sessions set last_seen_at = $1, expires_at = $2 where id_digest = $3 and expires_at > $1")
        .bind(now)
        .bind(expires_at)
        .bind(id_digest)
        .execute(db.pool())
        .await?;
    Ok(())
}

pub async fn delete(db: &Db, id_digest: &str) -> StoreResult<()> {
    sqlx::query("delete from staff_sessions where id_digest = $1").bind(id_digest).execute(db.pool()).await?;
    Ok(())
}

/// Deletes what ended before `now`; returns how many.
pub async fn delete_ended(db: &Db, now: Millis) -> StoreResult<u64> {
    let result = sqlx::query("delete from staff_sessions where expires_at <= $1").bind(now).execute(db.pool()).await?;
    Ok(result.rows_affected())
}

/// A session of somebody's, for them to look at.
#[derive(Clone, sqlx::FromRow)]
pub struct OwnStaffSession {
    pub id_digest: String,
    pub data: String,
    pub created_at: Millis,
    pub last_seen_at: Millis,
}

/// Somebody's live sessions, the one used last first, at most `most`.
pub async fn of_staff(db: &Db, staff_id: &str, now: Millis, most: i64) -> StoreResult<Vec<OwnStaffSession>> {
    Ok(sqlx::query_as(
        "select x.id_digest, x.data, x.created_at, x.last_seen_at
         from staff_sessions x
         join staff on staff.id = x.staff_id and staff.generation = x.generation
         where x.staff_id = $1
           and x.expires_at > $2
         order by x.last_seen_at desc, x.id_digest
         limit $3",
    )
    .bind(staff_id)
    .bind(now)
    .bind(most)
    .fetch_all(db.pool())
    .await?)
}

/// Ends the sessions whose digest begins so, apart from `kept`; returns how many there were.
pub async fn end(tx: &mut Tx, staff_id: &str, digest_start: &str, kept: &str) -> StoreResult<u64> {
    let result = sqlx::query(
        "delete from staff_sessions
         where staff_id = $1
           and substr(id_digest, 1, $2) = $3
           and id_digest <> $4",
    )
    .bind(staff_id)
    .bind(i32::try_from(digest_start.len()).unwrap_or(i32::MAX))
    .bind(digest_start)
    .bind(kept)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected())
}

/// Ends every session of a locked person, those too that are being begun. Returns the generation that counts from now on.
pub async fn end_all(tx: &mut Tx, staff_id: &str) -> StoreResult<i64> {
    sqlx::query("delete from staff_sessions where staff_id = $1").bind(staff_id).execute(&mut **tx).await?;
    Ok(sqlx::query_scalar("update staff set generation = generation + 1 where id = $1 returning generation")
        .bind(staff_id)
        .fetch_one(&mut **tx)
        .await?)
}
