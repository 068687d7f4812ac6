//! Letters to be printed and posted. A letter's file is set when it comes into the queue and never changes.

use super::{StoreResult, Tx};
use crate::domain::ids::CustomerId;
use crate::server::clock::Millis;
use sqlx::{Any, Executor, FromRow};

pub struct NewLetter<'a> {
    pub outbox_id: &'a str,
    pub customer_id: &'a CustomerId,
    pub reference: &'a str,
    pub bytes: &'a [u8],
    pub file_sha256: &'a str,
    pub queued_at: Millis,
}

/// How many letters to a customer wait to be printed, as they were made.
pub async fn waiting_of(tx: &mut Tx, customer: &CustomerId) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(
        "select count(*)
         from print_queue p
         join outbox o on o.id = p.outbox_id
         where p.customer_id = $1 and p.state = 'queued' and o.state = 'printing'",
    )
    .bind(customer.as_str())
    .fetch_one(&mut **tx)
    .await?)
}

/// A message comes into the queue once.
pub async fn insert(tx: &mut Tx, new: &NewLetter<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into print_queue (outbox_id, customer_id, reference, state, bytes, file_sha256, queued_at, printed_at)
         values ($1, $2, $3, 'queued', $4, $5, $6, null)
         on conflict (outbox_id) do nothing",
    )
    .bind(new.outbox_id)
    .bind(new.customer_id.as_str())
    .bind(new.reference)
    .bind(new.bytes)
    .bind(new.file_sha256)
    .bind(new.queued_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One line of the queue. Whom it goes to is in the letter's address window and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct QueuedLetter {
    pub outbox_id: String,
    pub reference: String,
    pub template: String,
    pub language: String,
    pub weight: String,
    pub file_sha256: String,
    pub queued_at: Millis,
}

/// The letters that wait to be printed and were not withdrawn, oldest first, at most `limit`.
pub async fn waiting<'e>(executor: impl Executor<'e, Database = Any>, limit: i64) -> StoreResult<Vec<QueuedLetter>> {
    Ok(sqlx::query_as(
        "select p.outbox_id, p.reference, o.template, o.language, o.weight, p.file_sha256, p.queued_at
         from print_queue p
         join outbox o on o.id = p.outbox_id
         where p.state = 'queued' and o.state = 'printing'
         order by p.queued_at, p.outbox_id
         limit $1",
    )
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

pub async fn bytes<'e>(executor: impl Executor<'e, Database = Any>, outbox_id: &str) -> StoreResult<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("select bytes from print_queue where outbox_id = $1").bind(outbox_id).fetch_optional(executor).await?)
}

/// Whether it was in the queue until now.
pub async fn mark_printed(tx: &mut Tx, outbox_id: &str, at: Millis) -> StoreResult<bool> {
    let done = sqlx::query("update print_queue set state = 'printed', printed_at = $2 where outbox_id = $1 and state = 'queued'")
        .bind(outbox_id)
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether there was ever such a letter.
pub async fn is_known(tx: &mut Tx, outbox_id: &str) -> StoreResult<bool> {
    let found: i64 =
        sqlx::query_scalar("select count(*) from print_queue where outbox_id = $1").bind(outbox_id).fetch_one(&mut **tx).await?;
    Ok(found > 0)
}
