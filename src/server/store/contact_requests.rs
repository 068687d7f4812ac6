//! What people without a sign-in asked of a person.

use super::{Db, StoreResult, Tx};
use crate::server::clock::Millis;

pub struct NewContactRequest<'a> {
    pub id: &'a str,
    pub reference: &'a str,
    pub kind: &'a str,
    pub reply_to: &'a str,
    pub message: &'a str,
    pub language: &'a str,
    pub created_at: Millis,
    pub answer_by: Millis,
}

pub async fn insert(tx: &mut Tx, request: &NewContactRequest<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into contact_requests (id, reference, kind, reply_to, message, language, created_at, answer_by, answered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, null)",
    )
    .bind(request.id)
    .bind(request.reference)
    .bind(request.kind)
    .bind(request.reply_to)
    .bind(request.message)
    .bind(request.language)
    .bind(request.created_at)
    .bind(request.answer_by)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Until when the request with this reference is to be answered.
pub async fn find_answer_by(db: &Db, reference: &str) -> StoreResult<Option<Millis>> {
    let answer_by = sqlx::query_scalar("select answer_by from contact_requests where reference = $1")
        .bind(reference)
        .fetch_optional(db.pool())
        .await?;
    Ok(answer_by)
}
