//! Cases that take evidence, their files in pieces, and who opened what. Bytes and keys are encrypted before they come here.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::evidence::{CaseKind, EvidenceKind};
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::clock::Millis;
use sqlx::{Any, AnyPool, Executor, FromRow};

pub struct NewCase<'a> {
    pub kind: CaseKind,
    pub case_id: &'a str,
    pub customer_id: &'a CustomerId,
    pub account_id: &'a AccountId,
}

/// A fresh key of a case: its public half, and its secret half encrypted.
pub struct CaseKey<'a> {
    pub recipient: &'a str,
    pub wrapped: &'a [u8],
}

#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Case {
    pub case_id: String,
    pub kind: String,
    pub customer_id: String,
    pub account_id: String,
    pub finished_at: Option<Millis>,
    /// A day as in ISO 8601.
    pub delete_on: String,
    pub recipient: String,
    /// `None`: the key is destroyed.
    pub wrapped_key: Option<Vec<u8>>,
    /// Of its customer: an IANA name.
    pub time_zone: String,
}

/// Adds a case unless it is there; true if it was not.
pub async fn insert_case(tx: &mut Tx, case: &NewCase<'_>, key: &CaseKey<'_>, delete_on: &str, now: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "insert into evidence_cases
           (case_id, kind, customer_id, account_id, begun_at, finished_at, delete_on, recipient, wrapped_key, key_destroyed_at)
         values ($1, $2, $3, $4, $5, null, $6, $7, $8, null)
         on conflict (case_id) do nothing",
    )
    .bind(case.case_id)
    .bind(case.kind.code())
    .bind(case.customer_id.as_str())
    .bind(case.account_id.as_str())
    .bind(now)
    .bind(delete_on)
    .bind(key.recipient)
    .bind(key.wrapped)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a case whose key was destroyed another one; true if it was.
pub async fn renew_key(tx: &mut Tx, case_id: &str, key: &CaseKey<'_>) -> StoreResult<bool> {
    let done = sqlx::query(
        "update evidence_cases set recipient = $2, wrapped_key = $3, key_destroyed_at = null
         where case_id = $1 and wrapped_key is null",
    )
    .bind(case_id)
    .bind(key.recipient)
    .bind(key.wrapped)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn case<'e>(executor: impl Executor<'e, Database = Any>, case_id: &str) -> StoreResult<Option<Case>> {
    Ok(sqlx::query_as(
        "select e.case_id, e.kind, e.customer_id, e.account_id, e.finished_at, e.delete_on, e.recipient, e.wrapped_key,
           c.time_zone
         from evidence_cases e
         join customers c on c.id = e.customer_id
         where e.case_id = $1",
    )
    .bind(case_id)
    .fetch_optional(executor)
    .await?)
}

/// Locks a case of this customer that still takes evidence, until the transaction ends; false if there is none.
pub async fn lock_taking(tx: &mut Tx, customer: &CustomerId, case_id: &str) -> StoreResult<bool> {
    let done = sqlx::query(
        "update evidence_cases set begun_at = begun_at
         where case_id = $1 and customer_id = $2 and finished_at is null and wrapped_key is not null",
    )
    .bind(case_id)
    .bind(customer.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Until when it is kept; `finished_at` says whether it takes more.
pub async fn set_end(tx: &mut Tx, case_id: &str, finished_at: Option<Millis>, delete_on: &str) -> StoreResult<()> {
    sqlx::query("update evidence_cases set finished_at = $2, delete_on = $3 where case_id = $1")
        .bind(case_id)
        .bind(finished_at)
        .bind(delete_on)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub id: String,
    pub kind: EvidenceKind,
    pub bytes: i64,
    pub added_at: Millis,
}

/// The files of a case, in the order in which they came.
pub async fn items<'e>(executor: impl Executor<'e, Database = Any>, case_id: &str) -> StoreResult<Vec<Item>> {
    let rows: Vec<(String, String, i64, i64)> =
        sqlx::query_as("select id, kind, bytes, added_at from evidence_items where case_id = $1 order by added_at, id")
            .bind(case_id)
            .fetch_all(executor)
            .await?;
    rows.into_iter()
        .map(|(id, kind, bytes, added_at)| {
            let kind = EvidenceKind::from_code(&kind).ok_or(StoreError::Unreadable("kind of evidence"))?;
            Ok(Item { id, kind, bytes, added_at })
        })
        .collect()
}

pub async fn insert_item(tx: &mut Tx, case_id: &str, item: &Item) -> StoreResult<()> {
    sqlx::query("insert into evidence_items (id, case_id, kind, bytes, added_at) values ($1, $2, $3, $4, $5)")
        .bind(&item.id)
        .bind(case_id)
        .bind(item.kind.code())
        .bind(item.bytes)
        .bind(item.added_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn insert_piece(tx: &mut Tx, item_id: &str, number: i64, bytes: &[u8]) -> StoreResult<()> {
    sqlx::query("insert into evidence_pieces (item_id, number, bytes) values ($1, $2, $3)")
        .bind(item_id)
        .bind(number)
        .bind(bytes)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// One piece of a file, counted from 0; `None` behind the last.
pub async fn piece(pool: &AnyPool, item_id: &str, number: i64) -> StoreResult<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("select bytes from evidence_pieces where item_id = $1 and number = $2")
        .bind(item_id)
        .bind(number)
        .fetch_optional(pool)
        .await?)
}

/// Removes a file of a case; false if it is not there.
pub async fn delete_item(tx: &mut Tx, case_id: &str, item_id: &str) -> StoreResult<bool> {
    sqlx::query("delete from evidence_pieces where item_id in (select id from evidence_items where id = $1 and case_id = $2)")
        .bind(item_id)
        .bind(case_id)
        .execute(&mut **tx)
        .await?;
    let done = sqlx::query("delete from evidence_items where id = $1 and case_id = $2")
        .bind(item_id)
        .bind(case_id)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How often a customer has tried to add something since an instant.
pub async fn uploads_since(pool: &AnyPool, customer: &CustomerId, since: Millis) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(
        "select count(*) from events where customer_id = $1 and at > $2 and action in ('evidence.added', 'evidence.refused')",
    )
    .bind(customer.as_str())
    .bind(since)
    .fetch_one(pool)
    .await?)
}

/// Who opened a file, when and why. Has no Debug: it names a person, and the reason is free text.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct Opening {
    pub id: String,
    pub item_id: String,
    pub opened_at: Millis,
    pub opened_by: String,
    pub reason: String,
}

pub async fn insert_opening(tx: &mut Tx, case_id: &str, opening: &Opening) -> StoreResult<()> {
    sqlx::query(
        "insert into evidence_openings (id, case_id, item_id, opened_at, opened_by, reason) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&opening.id)
    .bind(case_id)
    .bind(&opening.item_id)
    .bind(opening.opened_at)
    .bind(&opening.opened_by)
    .bind(&opening.reason)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Every opening of a case's files, oldest first.
pub async fn openings(pool: &AnyPool, case_id: &str) -> StoreResult<Vec<Opening>> {
    Ok(sqlx::query_as(
        "select id, item_id, opened_at, opened_by, reason from evidence_openings where case_id = $1 order by opened_at, id",
    )
    .bind(case_id)
    .fetch_all(pool)
    .await?)
}

/// Cases whose day has come and whose key is still there.
pub async fn due(pool: &AnyPool, today: &str, limit: i64) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select case_id from evidence_cases
         where wrapped_key is not null and delete_on <= $1
         order by delete_on, case_id
         limit $2",
    )
    .bind(today)
    .bind(limit)
    .fetch_all(pool)
    .await?)
}

/// Destroys the key of a case if its day has come; false if it has not, or if somebody was faster.
pub async fn destroy_key(tx: &mut Tx, case_id: &str, today: &str, now: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "update evidence_cases set wrapped_key = null, key_destroyed_at = $3
         where case_id = $1 and wrapped_key is not null and delete_on <= $2",
    )
    .bind(case_id)
    .bind(today)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Files that no key opens any more: case and file.
pub async fn unreadable(pool: &AnyPool, limit: i64) -> StoreResult<Vec<(String, String)>> {
    Ok(sqlx::query_as(
        "select i.case_id, i.id from evidence_items i
         join evidence_cases c on c.case_id = i.case_id
         where c.wrapped_key is null
         order by i.id
         limit $1",
    )
    .bind(limit)
    .fetch_all(pool)
    .await?)
}

/// Every key there is, by case, beginning behind one.
pub async fn keys_after(tx: &mut Tx, case_id: &str, limit: i64) -> StoreResult<Vec<(String, Vec<u8>)>> {
    Ok(sqlx::query_as(
        "select case_id, wrapped_key from evidence_cases
         where wrapped_key is not null and case_id > $1
         order by case_id
         limit $2",
    )
    .bind(case_id)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?)
}

/// The same key, encrypted for another of the portal's.
pub async fn replace_wrapped(tx: &mut Tx, case_id: &str, before: &[u8], after: &[u8]) -> StoreResult<()> {
    let done = sqlx::query("update evidence_cases set wrapped_key = $3 where case_id = $1 and wrapped_key = $2")
        .bind(case_id)
        .bind(before)
        .bind(after)
        .execute(&mut **tx)
        .await?;
    expect_rows(&done, 1)
}

/// The portal's key that was made and kept here, if one was.
pub async fn kept_portal_key(tx: &mut Tx, name: &str) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select value from portal_secrets where name = $1").bind(name).fetch_optional(&mut **tx).await?)
}
