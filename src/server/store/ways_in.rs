//! How a customer comes in beside their answers: a password, passkeys, and whether one of them is always asked for. And the history
//! of who tried.

use super::{StoreResult, Tx, expect_rows};
use crate::domain::ids::CustomerId;
use crate::server::clock::Millis;
use sqlx::{Any, AnyPool, Executor};

/// What is set. Has no Debug: never printed into a log.
#[derive(Clone, Default, sqlx::FromRow)]
pub struct WaysIn {
    pub password_hash: Option<String>,
    pub password_set_at: Option<Millis>,
    /// Since when a password or a passkey is always asked for.
    pub always_since: Option<Millis>,
}

/// What a customer has set; nothing for most.
pub async fn find(executor: impl Executor<'_, Database = Any>, customer: &CustomerId) -> StoreResult<WaysIn> {
    let found: Option<WaysIn> =
        sqlx::query_as("select password_hash, password_set_at, always_since from ways_in where customer_id = $1")
            .bind(customer.as_str())
            .fetch_optional(executor)
            .await?;
    Ok(found.unwrap_or_default())
}

/// Locks what a customer has set until the end of the transaction.
pub async fn lock(tx: &mut Tx, customer: &CustomerId) -> StoreResult<WaysIn> {
    sqlx::query(
        "insert into ways_in (customer_id, password_hash, password_set_at, always_since) values ($1, null, null, null)
         on conflict (customer_id) do update set customer_id = excluded.customer_id",
    )
    .bind(customer.as_str())
    .execute(&mut **tx)
    .await?;
    find(&mut **tx, customer).await
}

/// Sets a password of a locked row, or removes it.
pub async fn set_password(tx: &mut Tx, customer: &CustomerId, hash: Option<&str>, now: Millis) -> StoreResult<()> {
    let result = sqlx::query("update ways_in set password_hash = $1, password_set_at = $2 where customer_id = $3")
        .bind(hash)
        .bind(hash.map(|_| now))
        .bind(customer.as_str())
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}

pub async fn set_always(tx: &mut Tx, customer: &CustomerId, since: Option<Millis>) -> StoreResult<()> {
    let result = sqlx::query("update ways_in set always_since = $1 where customer_id = $2")
        .bind(since)
        .bind(customer.as_str())
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}

/// What a customer must know to show once more who they are.
#[derive(Clone, sqlx::FromRow)]
pub struct KnownAnswers {
    pub given_name: String,
    pub family_name: String,
    pub date_of_birth: String,
    pub postal_code_normalised: String,
}

pub async fn known_answers(
    executor: impl Executor<'_, Database = Any>,
    customer: &CustomerId,
) -> StoreResult<Option<KnownAnswers>> {
    Ok(sqlx::query_as("select given_name, family_name, date_of_birth, postal_code_normalised from customers where id = $1")
        .bind(customer.as_str())
        .fetch_optional(executor)
        .await?)
}

/// Nobody has more accounts in one portal than this; of more, the first are enough.
const MOST_REFERENCES: i64 = 50;

/// The references of a customer's accounts, normalised.
pub async fn references(executor: impl Executor<'_, Database = Any>, customer: &CustomerId) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar("select reference_normalised from accounts where customer_id = $1 order by id limit $2")
        .bind(customer.as_str())
        .bind(MOST_REFERENCES)
        .fetch_all(executor)
        .await?)
}

#[derive(Clone, sqlx::FromRow)]
pub struct PasskeyRow {
    pub id: String,
    pub customer_id: String,
    pub credential_id: String,
    pub public_key: Vec<u8>,
    pub counter: i64,
    pub browser: String,
    pub system: String,
    pub created_at: Millis,
    pub last_used_at: Option<Millis>,
}

/// Adds a passkey; false where a device of this name is there already.
pub async fn insert_passkey(tx: &mut Tx, passkey: &PasskeyRow) -> StoreResult<bool> {
    let result = sqlx::query(
        "insert into passkeys (id, customer_id, credential_id, public_key, counter, browser, system, created_at, last_used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, null)
         on conflict (credential_id) do nothing",
    )
    .bind(&passkey.id)
    .bind(&passkey.customer_id)
    .bind(&passkey.credential_id)
    .bind(passkey.public_key.as_slice())
    .bind(passkey.counter)
    .bind(&passkey.browser)
    .bind(&passkey.system)
    .bind(passkey.created_at)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// A customer's passkeys, oldest first.
pub async fn passkeys(executor: impl Executor<'_, Database = Any>, customer: &CustomerId) -> StoreResult<Vec<PasskeyRow>> {
    Ok(sqlx::query_as(
        "select id, customer_id, credential_id, public_key, counter, browser, system, created_at, last_used_at
         from passkeys
         where customer_id = $1
         order by created_at, id",
    )
    .bind(customer.as_str())
    .fetch_all(executor)
    .await?)
}

pub async fn find_passkey(tx: &mut Tx, credential_id: &str) -> StoreResult<Option<PasskeyRow>> {
    Ok(sqlx::query_as(
        "select id, customer_id, credential_id, public_key, counter, browser, system, created_at, last_used_at
         from passkeys
         where credential_id = $1",
    )
    .bind(credential_id)
    .fetch_optional(&mut **tx)
    .await?)
}

/// Notes that a passkey signed; false where another request has noted as much meanwhile, or it was removed.
pub async fn use_passkey(tx: &mut Tx, passkey: &PasskeyRow, counter: i64, now: Millis) -> StoreResult<bool> {
    let result = sqlx::query("update passkeys set counter = $1, last_used_at = $2 where id = $3 and counter = $4")
        .bind(counter)
        .bind(now)
        .bind(&passkey.id)
        .bind(passkey.counter)
        .execute(&mut **tx)
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Removes a passkey of a customer's own; false where there is none.
pub async fn delete_passkey(tx: &mut Tx, customer: &CustomerId, id: &str) -> StoreResult<bool> {
    let result = sqlx::query("delete from passkeys where id = $1 and customer_id = $2")
        .bind(id)
        .bind(customer.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(result.rows_affected() == 1)
}

/// What a challenge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Add,
    SignIn,
}

impl Purpose {
    fn code(self) -> &'static str {
        match self {
            Purpose::Add => "add",
            Purpose::SignIn => "sign_in",
        }
    }
}

pub async fn insert_challenge(
    tx: &mut Tx,
    challenge_digest: &str,
    purpose: Purpose,
    customer: Option<&CustomerId>,
    expires_at: Millis,
) -> StoreResult<()> {
    sqlx::query("insert into passkey_challenges (challenge_digest, purpose, customer_id, expires_at) values ($1, $2, $3, $4)")
        .bind(challenge_digest)
        .bind(purpose.code())
        .bind(customer.map(CustomerId::as_str))
        .bind(expires_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes a challenge out: each is handed to one caller. False where it is unknown, used, too old, or another customer's.
pub async fn take_challenge(
    tx: &mut Tx,
    challenge_digest: &str,
    purpose: Purpose,
    customer: Option<&CustomerId>,
    now: Millis,
) -> StoreResult<bool> {
    let result = sqlx::query(
        "delete from passkey_challenges
         where challenge_digest = $1
           and purpose = $2
           and coalesce(customer_id, '') = $3
           and expires_at > $4",
    )
    .bind(challenge_digest)
    .bind(purpose.code())
    .bind(customer.map_or("", CustomerId::as_str))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected() == 1)
}

pub async fn delete_challenges_before(tx: &mut Tx, now: Millis) -> StoreResult<u64> {
    let result = sqlx::query("delete from passkey_challenges where expires_at <= $1").bind(now).execute(&mut **tx).await?;
    Ok(result.rows_affected())
}

/// A try to come in, as its customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PastSignIn {
    pub at: Millis,
    pub way: String,
    pub outcome: String,
}

pub struct NewSignIn<'a> {
    pub id: &'a str,
    pub customer_id: &'a str,
    pub at: Millis,
    pub way: &'static str,
    pub accepted: Accepted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Yes,
    No,
}

impl Accepted {
    pub fn code(self) -> &'static str {
        match self {
            Accepted::Yes => "accepted",
            Accepted::No => "refused",
        }
    }
}

pub async fn note_sign_in(tx: &mut Tx, sign_in: &NewSignIn<'_>) -> StoreResult<()> {
    sqlx::query("insert into sign_in_history (id, customer_id, at, way, outcome) values ($1, $2, $3, $4, $5)")
        .bind(sign_in.id)
        .bind(sign_in.customer_id)
        .bind(sign_in.at)
        .bind(sign_in.way)
        .bind(sign_in.accepted.code())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The newest first, at most `most`.
pub async fn past_sign_ins(pool: &AnyPool, customer: &CustomerId, most: i64) -> StoreResult<Vec<PastSignIn>> {
    Ok(sqlx::query_as(
        "select at, way, outcome
         from sign_in_history
         where customer_id = $1
         order by at desc, id desc
         limit $2",
    )
    .bind(customer.as_str())
    .bind(most)
    .fetch_all(pool)
    .await?)
}

pub async fn delete_sign_ins_before(tx: &mut Tx, before: Millis) -> StoreResult<u64> {
    let result = sqlx::query("delete from sign_in_history where at < $1").bind(before).execute(&mut **tx).await?;
    Ok(result.rows_affected())
}
