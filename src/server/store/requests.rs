//! What people wrote to us and nobody has answered yet: read and closed by a person at the operator's. Written by
//! `store::contact_requests` and `store::messages`.

use super::{StoreResult, Tx};
use crate::domain::contact::{AnswerKind, Topic};
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::clock::Millis;
use sqlx::{AnyPool, FromRow};

/// Asks for the original creditor's address, which is not known here: the account is on hold until a person has answered
/// (`services::information`).
pub const CREDITOR_ASKED: &str = "creditor-asked";

/// One that waits. What was written is not part of it, nor who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OpenRequest {
    pub reference: String,
    pub kind: String,
    /// Of the account it is about, where that is known.
    pub account: Option<String>,
    pub created_at: Millis,
    pub answer_by: Millis,
    /// So many accounts are on hold until it is answered.
    pub holds: i64,
}

/// Those that are not answered, what collections wait for first, then by the day of the answer.
pub async fn open(pool: &AnyPool, limit: i64) -> StoreResult<Vec<OpenRequest>> {
    Ok(sqlx::query_as(
        "select r.reference, r.kind, a.reference as account, r.created_at, r.answer_by,
           (select count(*) from holds h where h.reason = r.reference and h.kind = 'stop_asked' and h.released_at is null)
             + (select count(*) from holds h where h.account_id = r.account_id and h.reason = r.reference and h.kind = 'dispute'
                 and h.released_at is null) as holds
         from contact_requests r
         left join accounts a on a.id = r.account_id
         where r.answered_at is null
         order by case when r.kind = $1 then 0
             when r.reference in (select h.reason from holds h where h.kind = 'stop_asked' and h.released_at is null) then 0
             else 1 end, r.answer_by, r.reference
         limit $2",
    )
    .bind(AnswerKind::PerhapsStopPayment.code())
    .bind(limit)
    .fetch_all(pool)
    .await?)
}

/// One with what was written. Has no Debug: it holds an address and free text.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct WholeRequest {
    pub reference: String,
    pub kind: String,
    pub account: Option<String>,
    pub reply_to: String,
    pub message: String,
    pub language: String,
    pub created_at: Millis,
    pub answer_by: Millis,
    pub answered_at: Option<Millis>,
}

pub async fn whole(pool: &AnyPool, reference: &str) -> StoreResult<Option<WholeRequest>> {
    Ok(sqlx::query_as(
        "select r.reference, r.kind, a.reference as account, r.reply_to, r.message, r.language, r.created_at, r.answer_by,
           r.answered_at
         from contact_requests r
         left join accounts a on a.id = r.account_id
         where r.reference = $1",
    )
    .bind(reference)
    .fetch_optional(pool)
    .await?)
}

/// The accounts that are on hold until it is answered and the one it is about, in the order of their ids, each with its customer.
pub async fn accounts_of(tx: &mut Tx, reference: &str) -> StoreResult<Vec<(AccountId, CustomerId)>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select a.id, a.customer_id from accounts a
         where a.id in (select account_id from holds where reason = $1 and kind = 'stop_asked')
            or a.id in (select account_id from contact_requests where reference = $1)
         order by a.id",
    )
    .bind(reference)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(account, customer)| (AccountId(account), CustomerId(customer))).collect())
}

/// The id of a request, answered or not.
pub async fn id_of(tx: &mut Tx, reference: &str) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select id from contact_requests where reference = $1")
        .bind(reference)
        .fetch_optional(&mut **tx)
        .await?)
}

/// Notes who has answered it; false if somebody had before.
pub async fn set_answered(tx: &mut Tx, reference: &str, by: &str, at: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "update contact_requests set answered_at = $3, answered_by = $2 where reference = $1 and answered_at is null",
    )
    .bind(reference)
    .bind(by)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The account on hold because it is disputed, as this says and perhaps others do, with its customer.
pub async fn disputed_by(tx: &mut Tx, reference: &str) -> StoreResult<Option<(AccountId, CustomerId)>> {
    let row: Option<(String, String)> = sqlx::query_as(
        "select a.id, a.customer_id from contact_requests r
         join accounts a on a.id = r.account_id
         where r.reference = $1 and r.kind = $2
           and exists (select 1 from holds h where h.account_id = a.id and h.kind = 'dispute' and h.released_at is null
             and h.reason in (select m.reference from contact_requests m where m.account_id = a.id and m.kind = $2))",
    )
    .bind(reference)
    .bind(Topic::NotRight.code())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|(account, customer)| (AccountId(account), CustomerId(customer))))
}

/// Whether collections wait for its answer.
pub async fn is_waited_for(tx: &mut Tx, reference: &str) -> StoreResult<bool> {
    let holds: i64 =
        sqlx::query_scalar("select count(*) from holds where reason = $1 and kind = 'stop_asked' and released_at is null")
            .bind(reference)
            .fetch_one(&mut **tx)
            .await?;
    Ok(holds > 0)
}

/// Ends the holds that messages began on a disputed account; those of a dispute itself end with its answer.
pub async fn release_dispute(tx: &mut Tx, account: &AccountId, at: Millis) -> StoreResult<()> {
    sqlx::query(
        "update holds set released_at = $2
         where account_id = $1 and kind = 'dispute' and released_at is null
           and reason in (select reference from contact_requests where account_id = $1 and kind = $3)",
    )
    .bind(account.as_str())
    .bind(at)
    .bind(Topic::NotRight.code())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends the holds that wait for this answer; returns how many there were.
pub async fn release_holds(tx: &mut Tx, reference: &str, at: Millis) -> StoreResult<u64> {
    let done = sqlx::query(
        "update holds set released_at = $2
         where reason = $1 and released_at is null
           and (kind = 'stop_asked'
             or (kind = 'dispute' and reason in (select reference from contact_requests where reference = $1 and kind = $3)))",
    )
    .bind(reference)
    .bind(at)
    .bind(CREDITOR_ASKED)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
