//! What is asked at the door: the answers a customer must give, the attempts that count towards a limit, one-use links.

use super::{StoreResult, Tx, expect_rows};
use crate::server::clock::Millis;

/// What whoever signs in to an account must know.
#[derive(Clone, sqlx::FromRow)]
pub struct ExpectedAnswers {
    pub account_id: String,
    pub customer_id: String,
    pub reference_normalised: String,
    pub date_of_birth: String,
    pub postal_code_normalised: String,
    /// Of the customer's password, if they have one.
    pub password_hash: Option<String>,
    /// Since when the customer wants a password or a passkey asked for every time.
    pub always_since: Option<Millis>,
}

pub async fn find_by_reference(tx: &mut Tx, reference_normalised: &str) -> StoreResult<Option<ExpectedAnswers>> {
    let found = sqlx::query_as(
        "select accounts.id as account_id, customers.id as customer_id, accounts.reference_normalised, customers.date_of_birth,
           customers.postal_code_normalised, ways_in.password_hash, ways_in.always_since
         from accounts
         join customers on customers.id = accounts.customer_id
         left join ways_in on ways_in.customer_id = customers.id
         where accounts.reference_normalised = $1",
    )
    .bind(reference_normalised)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found)
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    Accepted,
    Refused,
    Limited,
}

impl AttemptOutcome {
    fn code(self) -> &'static str {
        match self {
            AttemptOutcome::Accepted => "accepted",
            AttemptOutcome::Refused => "refused",
            AttemptOutcome::Limited => "limited",
        }
    }
}

/// Writes an attempt down before it is judged, as if it were refused: of attempts at the same instant each sees the others.
pub async fn insert_attempt(tx: &mut Tx, id: &str, subject: &str, at: Millis) -> StoreResult<()> {
    sqlx::query("insert into sign_in_attempts (id, subject, at, outcome) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(subject)
        .bind(at)
        .bind(AttemptOutcome::Refused.code())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn judge_attempt(tx: &mut Tx, id: &str, outcome: AttemptOutcome) -> StoreResult<()> {
    let result = sqlx::query("update sign_in_attempts set outcome = $1 where id = $2")
        .bind(outcome.code())
        .bind(id)
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}

/// When the newest refused attempts on a subject were made, apart from the attempt `id`: newest first, at most `most`.
pub async fn refused_since(tx: &mut Tx, subject: &str, id: &str, since: Millis, most: i64) -> StoreResult<Vec<Millis>> {
    let instants = sqlx::query_scalar(
        "select at
         from sign_in_attempts
         where subject = $1
           and outcome = 'refused'
           and at > $2
           and id <> $3
         order by at desc
         limit $4",
    )
    .bind(subject)
    .bind(since)
    .bind(id)
    .bind(most)
    .fetch_all(&mut **tx)
    .await?;
    Ok(instants)
}

/// Whether an attempt on a subject was accepted since `since`.
pub async fn was_accepted(tx: &mut Tx, subject: &str, since: Millis) -> StoreResult<bool> {
    let accepted: Option<i64> = sqlx::query_scalar(
        "select at
         from sign_in_attempts
         where subject = $1
           and outcome = 'accepted'
           and at > $2
         limit 1",
    )
    .bind(subject)
    .bind(since)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(accepted.is_some())
}

/// After an acceptance the refusals since `since` no longer count.
pub async fn settle_refused(tx: &mut Tx, subject: &str, since: Millis) -> StoreResult<()> {
    sqlx::query("update sign_in_attempts set outcome = 'settled' where subject = $1 and outcome = 'refused' and at > $2")
        .bind(subject)
        .bind(since)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn delete_attempts_before(tx: &mut Tx, before: Millis) -> StoreResult<u64> {
    let result = sqlx::query("delete from sign_in_attempts where at < $1").bind(before).execute(&mut **tx).await?;
    Ok(result.rows_affected())
}

/// The portal's own secret of this name, made of `fresh` on first use.
pub async fn portal_secret(tx: &mut Tx, name: &str, fresh: &str, now: Millis) -> StoreResult<String> {
    sqlx::query("insert into portal_secrets (name, value, created_at) values ($1, $2, $3) on conflict (name) do nothing")
        .bind(name)
        .bind(fresh)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(sqlx::query_scalar("select value from portal_secrets where name = $1").bind(name).fetch_one(&mut **tx).await?)
}

pub struct NewLink<'a> {
    pub token_digest: &'a str,
    pub account_id: &'a str,
    pub created_by: &'a str,
    pub created_at: Millis,
    pub expires_at: Millis,
}

pub async fn insert_link(tx: &mut Tx, link: &NewLink<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into sign_in_links (token_digest, account_id, created_at, created_by, expires_at, used_at)
         values ($1, $2, $3, $4, $5, null)",
    )
    .bind(link.token_digest)
    .bind(link.account_id)
    .bind(link.created_at)
    .bind(link.created_by)
    .bind(link.expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What whoever opens a link must know; `None` where the link is unknown, used or expired.
pub async fn find_live_link(tx: &mut Tx, token_digest: &str, now: Millis) -> StoreResult<Option<ExpectedAnswers>> {
    let found = sqlx::query_as(
        "select accounts.id as account_id, customers.id as customer_id, accounts.reference_normalised, customers.date_of_birth,
           customers.postal_code_normalised, ways_in.password_hash, ways_in.always_since
         from sign_in_links
         join accounts on accounts.id = sign_in_links.account_id
         join customers on customers.id = accounts.customer_id
         left join ways_in on ways_in.customer_id = customers.id
         where sign_in_links.token_digest = $1
           and sign_in_links.used_at is null
           and sign_in_links.expires_at > $2",
    )
    .bind(token_digest)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found)
}

/// Uses a link up; false where someone else was faster.
pub async fn use_link(tx: &mut Tx, token_digest: &str, now: Millis) -> StoreResult<bool> {
    let result =
        sqlx::query("update sign_in_links set used_at = $1 where token_digest = $2 and used_at is null and expires_at > $1")
            .bind(now)
            .bind(token_digest)
            .execute(&mut **tx)
            .await?;
    Ok(result.rows_affected() == 1)
}
