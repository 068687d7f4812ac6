//! What customers have typed to the team and not sent: one new message, and one reply in each conversation.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::ids::CustomerId;
use crate::server::clock::Millis;
use sqlx::{Any, Executor};
use std::collections::BTreeMap;

/// Has no Debug: it holds free text.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageDraft {
    pub id: String,
    /// The reply is meant for; `None` for a new message.
    pub conversation_id: Option<String>,
    pub typed: BTreeMap<String, String>,
    /// Raised whenever it changes: what is sent is what was shown.
    pub revision: i64,
    pub updated_at: Millis,
}

type Row = (String, Option<String>, String, i64, i64);

fn read(row: Row) -> StoreResult<MessageDraft> {
    let (id, conversation_id, typed, revision, updated_at) = row;
    let typed = serde_json::from_str(&typed).map_err(|_| StoreError::Unreadable("draft of a message"))?;
    Ok(MessageDraft { id, conversation_id, typed, revision, updated_at })
}

/// A customer's draft of a new message, or of a reply in a conversation.
pub async fn of_customer<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    conversation_id: Option<&str>,
) -> StoreResult<Option<MessageDraft>> {
    let row: Option<Row> = sqlx::query_as(
        "select id, conversation_id, typed, revision, updated_at from message_drafts
         where customer_id = $1 and coalesce(conversation_id, '') = $2",
    )
    .bind(customer.as_str())
    .bind(conversation_id.unwrap_or_default())
    .fetch_optional(executor)
    .await?;
    row.map(read).transpose()
}

/// One by its id; another's is not found.
pub async fn by_id<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    id: &str,
) -> StoreResult<Option<MessageDraft>> {
    let row: Option<Row> = sqlx::query_as(
        "select id, conversation_id, typed, revision, updated_at from message_drafts where customer_id = $1 and id = $2",
    )
    .bind(customer.as_str())
    .bind(id)
    .fetch_optional(executor)
    .await?;
    row.map(read).transpose()
}

pub async fn insert(tx: &mut Tx, customer: &CustomerId, draft: &MessageDraft) -> StoreResult<()> {
    sqlx::query(
        "insert into message_drafts (id, customer_id, conversation_id, typed, revision, updated_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&draft.id)
    .bind(customer.as_str())
    .bind(draft.conversation_id.as_deref())
    .bind(written(draft)?)
    .bind(draft.revision)
    .bind(draft.updated_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn keep(tx: &mut Tx, draft: &MessageDraft, now: Millis) -> StoreResult<()> {
    let result = sqlx::query("update message_drafts set typed = $2, revision = revision + 1, updated_at = $3 where id = $1")
        .bind(&draft.id)
        .bind(written(draft)?)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}

fn written(draft: &MessageDraft) -> StoreResult<String> {
    serde_json::to_string(&draft.typed).map_err(|_| StoreError::Unreadable("draft of a message"))
}

/// It was sent or thrown away; false if it is not there.
pub async fn forget(tx: &mut Tx, customer: &CustomerId, id: &str) -> StoreResult<bool> {
    let result = sqlx::query("delete from message_drafts where id = $1 and customer_id = $2")
        .bind(id)
        .bind(customer.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(result.rows_affected() == 1)
}
