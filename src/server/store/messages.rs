//! What a customer wrote to a person outside of the portal's own messages ([`super::conversations`]): answers to our e-mail, what a
//! dispute says beside itself, what a letter could not say. They wait among the requests ([`super::requests`]).

use super::{StoreResult, Tx};
use crate::domain::contact::AnswerKind;
use crate::domain::ids::AccountId;
use crate::server::clock::Millis;

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
