//! Sessions, by the digest of their id.

use super::{Db, StoreResult, Tx};
use crate::server::clock::Millis;

/// A session as it is written.
pub struct SessionRow {
    pub id_digest: String,
    /// JSON.
    pub data: String,
    pub customer_id: Option<String>,
}

/// A session that has not ended, with what every page needs to know of its customer.
#[derive(Clone, sqlx::FromRow)]
pub struct LiveSession {
    pub data: String,
    pub customer_id: Option<String>,
    pub created_at: Millis,
    pub last_seen_at: Millis,
    pub expires_at: Millis,
    pub language: Option<String>,
    pub time_zone: Option<String>,
    /// Until when all of the customer's accounts are on hold for a hardship review.
    pub held_until: Option<Millis>,
    /// The reference of that review.
    pub held_for: Option<String>,
}

pub async fn insert(db: &Db, session: &SessionRow, now: Millis, expires_at: Millis) -> StoreResult<()> {
    sqlx::query(
        "insert into sessions (id_digest, data, customer_id, staff_id, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, null, $4, $4, $5)",
    )
    .bind(&session.id_digest)
    .bind(&session.data)
    .bind(session.customer_id.as_deref())
    .bind(now)
    .bind(expires_at)
    .execute(db.pool())
    .await?;
    Ok(())
}

/// Writes what a live session holds; one that has ended meanwhile is left alone.
pub async fn update(db: &Db, session: &SessionRow, now: Millis) -> StoreResult<()> {
    sqlx::query("update sessions set data = $1, customer_id = $2 where id_digest = $3 and expires_at > $4")
        .bind(&session.data)
        .bind(session.customer_id.as_deref())
        .bind(&session.id_digest)
        .bind(now)
        .execute(db.pool())
        .await?;
    Ok(())
}

/// The session lives in real time; holds are those of business time.
pub async fn find_live(db: &Db, id_digest: &str, now: Millis, business_now: Millis) -> StoreResult<Option<LiveSession>> {
    let live = sqlx::query_as(
        "select sessions.data, sessions.customer_id, sessions.created_at, sessions.last_seen_at, sessions.expires_at,
           customers.language, customers.time_zone,
           (select max(h.ends_at) from accounts a join holds h on h.account_id = a.id
             where a.customer_id = sessions.customer_id and h.kind = 'hardship' and h.released_at is null
               and h.starts_at <= $3 and h.ends_at > $3) as held_until,
           (select h.reason from accounts a join holds h on h.account_id = a.id
             where a.customer_id = sessions.customer_id and h.kind = 'hardship' and h.released_at is null
               and h.starts_at <= $3 and h.ends_at > $3
             order by h.ends_at desc, h.id limit 1) as held_for
         from sessions
         left join customers on customers.id = sessions.customer_id
         where sessions.id_digest = $1
           and sessions.expires_at > $2",
    )
    .bind(id_digest)
    .bind(now)
    .bind(business_now)
    .fetch_optional(db.pool())
    .await?;
    Ok(live)
}

/// Notes that a session is in use.
pub async fn touch(db: &Db, id_digest: &str, now: Millis, expires_at: Millis) -> StoreResult<()> {
    sqlx::query("update sessions set last_seen_at = $1, expires_at = $2 where id_digest = $3 and expires_at > $1")
        .bind(now)
        .bind(expires_at)
        .bind(id_digest)
        .execute(db.pool())
        .await?;
    Ok(())
}

pub async fn delete(db: &Db, id_digest: &str) -> StoreResult<()> {
    sqlx::query("delete from sessions where id_digest = $1").bind(id_digest).execute(db.pool()).await?;
    Ok(())
}

/// Deletes what ended before `now`; returns how many.
pub async fn delete_ended(db: &Db, now: Millis) -> StoreResult<u64> {
    let result = sqlx::query("delete from sessions where expires_at <= $1").bind(now).execute(db.pool()).await?;
    Ok(result.rows_affected())
}

/// A session of a customer's, for them to look at. The secret id of it is kept nowhere; its digest tells sessions apart.
#[derive(Clone, sqlx::FromRow)]
pub struct OwnSession {
    pub id_digest: String,
    pub data: String,
    pub created_at: Millis,
    pub last_seen_at: Millis,
}

/// A customer's live sessions, the one used last first, at most `most`.
pub async fn of_customer(db: &Db, customer_id: &str, now: Millis, most: i64) -> StoreResult<Vec<OwnSession>> {
    Ok(sqlx::query_as(
        "select id_digest, data, created_at, last_seen_at
         from sessions
         where customer_id = $1
           and expires_at > $2
         order by last_seen_at desc, id_digest
         limit $3",
    )
    .bind(customer_id)
    .bind(now)
    .bind(most)
    .fetch_all(db.pool())
    .await?)
}

/// Ends the customer's sessions whose digest begins so, apart from `kept`; returns how many there were.
pub async fn end_of_customer(tx: &mut Tx, customer_id: &str, digest_start: &str, kept: &str) -> StoreResult<u64> {
    let result = sqlx::query(
        "delete from sessions
         where customer_id = $1
           and substr(id_digest, 1, $2) = $3
           and id_digest <> $4",
    )
    .bind(customer_id)
    .bind(i32::try_from(digest_start.len()).unwrap_or(i32::MAX))
    .bind(digest_start)
    .bind(kept)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected())
}
