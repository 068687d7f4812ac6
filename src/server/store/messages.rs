//! What a customer wrote to a person about one of their accounts.

use super::{StoreResult, Tx};
use crate::domain::contact::AnswerKind;
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::clock::Millis;
use sqlx::AnyPool;

pub struct NewMessage<'a> {
    pub id: &'a str,
    pub reference: &'a str,
    pub kind: &'a str,
    pub account_id: &'a AccountId,
    pub reply_to: &'a str,
    pub text: &'a str,
    pub language: &'a str,
    pub created_at: Millis,
    pub answer_by: Millis,
}

pub async fn insert(tx: &mut Tx, message: &NewMessage<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into contact_requests
           (id, reference, kind, account_id, reply_to, message, language, created_at, answer_by, answered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null)",
    )
    .bind(message.id)
    .bind(message.reference)
    .bind(message.kind)
    .bind(message.account_id.as_str())
    .bind(message.reply_to)
    .bind(message.text)
    .bind(message.language)
    .bind(message.created_at)
    .bind(message.answer_by)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How many messages came from an account since an instant; answers to ours, which anybody can send, not among them.
pub async fn count_since(tx: &mut Tx, account_id: &AccountId, since: Millis) -> StoreResult<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from contact_requests where account_id = $1 and created_at > $2 and kind not in ($3, $4)",
    )
    .bind(account_id.as_str())
    .bind(since)
    .bind(AnswerKind::Answer.code())
    .bind(AnswerKind::PerhapsStopPayment.code())
    .fetch_one(&mut **tx)
    .await?;
    Ok(count)
}

/// How many answers to our messages came about an account since an instant.
pub async fn count_answers_since(tx: &mut Tx, account_id: &AccountId, since: Millis) -> StoreResult<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from contact_requests where account_id = $1 and created_at > $2 and kind in ($3, $4)",
    )
    .bind(account_id.as_str())
    .bind(since)
    .bind(AnswerKind::Answer.code())
    .bind(AnswerKind::PerhapsStopPayment.code())
    .fetch_one(&mut **tx)
    .await?;
    Ok(count)
}

/// A message as its writer sees it again: what about, and by when it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMessage {
    pub reference: String,
    pub kind: String,
    pub answer_by: Millis,
    /// Collections wait until it is answered.
    pub collections_wait: bool,
}

/// Reads a message that this customer wrote here; another's is not found, and neither is an answer to a message of ours.
pub async fn of_customer(pool: &AnyPool, customer: &CustomerId, reference: &str) -> StoreResult<Option<SentMessage>> {
    let row: Option<(String, String, i64, i64)> = sqlx::query_as(
        "select contact_requests.reference, contact_requests.kind, contact_requests.answer_by,
           (select count(*) from holds
             where holds.reason = contact_requests.reference and holds.kind = 'stop_asked' and holds.released_at is null)
         from contact_requests
         join accounts on accounts.id = contact_requests.account_id
         where contact_requests.reference = $1 and accounts.customer_id = $2 and contact_requests.kind not in ($3, $4)",
    )
    .bind(reference)
    .bind(customer.as_str())
    .bind(AnswerKind::Answer.code())
    .bind(AnswerKind::PerhapsStopPayment.code())
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|(reference, kind, answer_by, holds)| SentMessage { reference, kind, answer_by, collections_wait: holds > 0 }))
}
