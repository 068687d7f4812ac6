//! Sessions, by the digest of their id.

use super::{Db, StoreResult, Tx};
use crate::server::clock::Millis;

/// A session as it is written.
pub struct SessionRow {
    pub id_digest: String,
    /// JSON.
    pub data: String,
    pub customer_id: Option<String>,
    pub helper_id: Option<String>,
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
    /// What somebody told us about the customer and nobody has ended: reference, what happened and its state, with blanks between.
    pub told_of: Option<String>,
    /// Who sees the customer's account: id, the instant it ends and name, with blanks between.
    pub seen_by: Option<String>,
    pub given_name: Option<String>,
    /// Whose help the session is, with what it allows.
    pub helper_id: Option<String>,
    pub helper_reference: Option<String>,
    pub helper_rights: Option<String>,
    pub helper_account: Option<String>,
    pub helper_ends_at: Option<Millis>,
}

pub async fn insert(db: &Db, session: &SessionRow, now: Millis, expires_at: Millis) -> StoreResult<()> {
    sqlx::query(
        "insert into sessions (id_digest, data, customer_id, staff_id, created_at, last_seen_at, expires_at, helper_id)
         values ($1, $2, $3, null, $4, $4, $5, $6)",
    )
    .bind(&session.id_digest)
    .bind(&session.data)
    .bind(session.customer_id.as_deref())
    .bind(now)
    .bind(expires_at)
    .bind(session.helper_id.as_deref())
    .execute(db.pool())
    .await?;
    Ok(())
}

/// Writes what a live session holds; one that has ended meanwhile is left alone.
pub async fn update(db: &Db, session: &SessionRow, now: Millis) -> StoreResult<()> {
    sqlx::query("update sessions set data = $1, customer_id = $2, helper_id = $5 where id_digest = $3 and expires_at > $4")
        .bind(&session.data)
        .bind(session.customer_id.as_deref())
        .bind(&session.id_digest)
        .bind(now)
        .bind(session.helper_id.as_deref())
        .execute(db.pool())
        .await?;
    Ok(())
}

/// The session lives in real time; holds are those of business time. A helper's is over with their help, and rests while somebody told us
/// that the account holder has died: nobody acts for the dead on their own word.
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
             order by h.ends_at desc, h.id limit 1) as held_for,
           (select e.reference || ' ' || e.happened || ' ' || e.state from life_events e
             where e.customer_id = sessions.customer_id and e.state in ('told', 'confirmed')
             order by e.state desc, e.told_at desc, e.id limit 1) as told_of,
           (select s.id || ' ' || cast(s.ends_at as text) || ' ' || s.name from helpers s
             where s.customer_id = sessions.customer_id and s.state = 'active' and s.ends_at > $3
             order by s.ends_at desc, s.id limit 1) as seen_by,
           customers.given_name, sessions.helper_id, helpers.reference as helper_reference, helpers.rights as helper_rights,
           helpers.account_id as helper_account, helpers.ends_at as helper_ends_at
         from sessions
         left join customers on customers.id = sessions.customer_id
         left join helpers on helpers.id = sessions.helper_id
         where sessions.id_digest = $1
           and sessions.expires_at > $2
           and (sessions.helper_id is null
             or (helpers.state = 'active' and helpers.ends_at > $3
               and not exists (select 1 from life_events d
                 where d.customer_id = sessions.customer_id and d.happened = 'died' and d.state in ('told', 'confirmed'))))",
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
           and helper_id is null
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
           and helper_id is null
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
