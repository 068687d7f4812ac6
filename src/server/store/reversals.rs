//! Money that went back after a payment succeeded. A refund's row is written before the processor is asked; no row is deleted.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::ids::{AccountId, PaymentId, ReversalId};
use crate::domain::money::{Currency, Money};
use crate::domain::reversal::{DecidedBy, Reversal, ReversalKind, ReversalReason, ReversalState, Scope};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

const COLUMNS: &str = "id, reference, payment_id, account_id, scope, kind, amount_minor, currency, reason, decided_by, decided_by_id, \
                       state, once_key, processor, processor_reference, created_at, settled_at, undone_at, undone_minor";

/// What stands in the row beside the reversal itself.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The reason in the words of whoever decided it.
    pub reason_text: Option<&'a str>,
    /// One decision may be several refunds.
    pub decision_key: Option<&'a str>,
    pub request_sha256: &'a str,
}

pub async fn insert(tx: &mut Tx, reversal: &Reversal, asked: &Asked<'_>) -> StoreResult<()> {
    let (decided_by, decided_by_id) = match &reversal.decided_by {
        DecidedBy::Customer(id) => ("customer", Some(id.as_str())),
        DecidedBy::Operator(name) => ("operator", Some(name.as_str())),
        DecidedBy::Processor => ("processor", None),
    };
    sqlx::query(
        "insert into reversals (id, reference, payment_id, account_id, kind, amount_minor, currency, reason, reason_text,
           decided_by, decided_by_id, state, decision_key, once_key, request_sha256, processor, processor_reference, created_at,
           settled_at, undone_at, undone_minor, scope)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'created', $12, $13, $14, $15, $16, $17, null, null, null, $18)",
    )
    .bind(reversal.id.as_str())
    .bind(&reversal.reference)
    .bind(reversal.payment_id.as_str())
    .bind(reversal.account_id.as_str())
    .bind(reversal.kind.code())
    .bind(reversal.amount.minor())
    .bind(reversal.amount.currency().code())
    .bind(reversal.reason.code())
    .bind(asked.reason_text)
    .bind(decided_by)
    .bind(decided_by_id)
    .bind(asked.decision_key)
    .bind(&reversal.once_key)
    .bind(asked.request_sha256)
    .bind(&reversal.processor)
    .bind(reversal.processor_reference.as_deref())
    .bind(reversal.created_at)
    .bind(reversal.scope.code())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes a new state with the facts that belong to it. `from` is the state it was read in.
pub async fn set_state(tx: &mut Tx, reversal: &Reversal, from: &ReversalState) -> StoreResult<()> {
    let (settled_at, undone_at, again) = match reversal.state {
        ReversalState::Created | ReversalState::Pending | ReversalState::Unknown => (None, None, None),
        ReversalState::Succeeded { settled_at } | ReversalState::Failed { settled_at } => (Some(settled_at), None, None),
        ReversalState::Undone { settled_at, undone_at } => (Some(settled_at), Some(undone_at), None),
        ReversalState::PartlyUndone { settled_at, undone_at, again } => (Some(settled_at), Some(undone_at), Some(again)),
    };
    let result = sqlx::query(
        "update reversals set state = $2, processor_reference = $3, settled_at = $4, undone_at = $5, undone_minor = $6
         where id = $1 and state = $7",
    )
    .bind(reversal.id.as_str())
    .bind(reversal.state.code())
    .bind(reversal.processor_reference.as_deref())
    .bind(settled_at)
    .bind(undone_at)
    .bind(again.map(Money::minor))
    .bind(from.code())
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

pub async fn by_id(tx: &mut Tx, id: &ReversalId) -> StoreResult<Option<Reversal>> {
    one(tx, "id = $1", id.as_str()).await
}

/// By the key it was asked for with, or that was made from the processor's name for it.
pub async fn of_key(tx: &mut Tx, once_key: &str) -> StoreResult<Option<Reversal>> {
    one(tx, "once_key = $1", once_key).await
}

async fn one(tx: &mut Tx, condition: &'static str, value: &str) -> StoreResult<Option<Reversal>> {
    let query = format!("select {COLUMNS} from reversals where {condition}");
    let row = sqlx::query(AssertSqlSafe(query)).bind(value).fetch_optional(&mut **tx).await?;
    row.as_ref().map(read).transpose()
}

/// By the processor's own name for it.
pub async fn of_processor(tx: &mut Tx, processor: &str, processor_reference: &str) -> StoreResult<Option<Reversal>> {
    let query = format!("select {COLUMNS} from reversals where processor = $1 and processor_reference = $2");
    let row = sqlx::query(AssertSqlSafe(query)).bind(processor).bind(processor_reference).fetch_optional(&mut **tx).await?;
    row.as_ref().map(read).transpose()
}

/// Everything that went back of a payment, or was to, oldest first.
pub async fn of_payment(tx: &mut Tx, payment_id: &PaymentId) -> StoreResult<Vec<Reversal>> {
    many(tx, "payment_id = $1", payment_id.as_str()).await
}

/// The refunds of one decision.
pub async fn of_decision(tx: &mut Tx, decision_key: &str) -> StoreResult<Vec<Reversal>> {
    many(tx, "decision_key = $1", decision_key).await
}

async fn many(tx: &mut Tx, condition: &'static str, value: &str) -> StoreResult<Vec<Reversal>> {
    let query = format!("select {COLUMNS} from reversals where {condition} order by created_at, id");
    let rows = sqlx::query(AssertSqlSafe(query)).bind(value).fetch_all(&mut **tx).await?;
    rows.iter().map(read).collect()
}

/// What was asked under a decision's key.
pub async fn request_of_decision(tx: &mut Tx, decision_key: &str) -> StoreResult<Option<String>> {
    let digest = sqlx::query_scalar("select request_sha256 from reversals where decision_key = $1 order by id limit 1")
        .bind(decision_key)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(digest)
}

fn read(row: &AnyRow) -> StoreResult<Reversal> {
    let text = |column: &'static str| row.try_get::<Option<String>, _>(column);
    let needed = |column: &'static str| text(column)?.ok_or(StoreError::Unreadable(column));
    let number = |column: &'static str| row.try_get::<Option<i64>, _>(column)?.ok_or(StoreError::Unreadable(column));
    let currency = Currency::from_code(&needed("currency")?).ok_or(StoreError::Unreadable("currency"))?;
    Ok(Reversal {
        id: ReversalId(needed("id")?),
        reference: needed("reference")?,
        payment_id: PaymentId(needed("payment_id")?),
        account_id: AccountId(needed("account_id")?),
        scope: Scope::from_code(&needed("scope")?).ok_or(StoreError::Unreadable("scope of a reversal"))?,
        kind: ReversalKind::from_code(&needed("kind")?).ok_or(StoreError::Unreadable("kind of a reversal"))?,
        amount: Money::new(row.try_get("amount_minor")?, currency),
        reason: ReversalReason::from_code(&needed("reason")?).ok_or(StoreError::Unreadable("reason of a reversal"))?,
        decided_by: match (needed("decided_by")?.as_str(), text("decided_by_id")?) {
            ("customer", Some(id)) => DecidedBy::Customer(id),
            ("operator", Some(name)) => DecidedBy::Operator(name),
            ("processor", _) => DecidedBy::Processor,
            _ => return Err(StoreError::Unreadable("who decided")),
        },
        once_key: needed("once_key")?,
        processor: needed("processor")?,
        processor_reference: text("processor_reference")?,
        state: match needed("state")?.as_str() {
            "created" => ReversalState::Created,
            "pending" => ReversalState::Pending,
            "succeeded" => ReversalState::Succeeded { settled_at: number("settled_at")? },
            "failed" => ReversalState::Failed { settled_at: number("settled_at")? },
            "undone" => ReversalState::Undone { settled_at: number("settled_at")?, undone_at: number("undone_at")? },
            "partly_undone" => ReversalState::PartlyUndone {
                settled_at: number("settled_at")?,
                undone_at: number("undone_at")?,
                again: Money::new(number("undone_minor")?, currency),
            },
            "unknown" => ReversalState::Unknown,
            _ => return Err(StoreError::Unreadable("state of a reversal")),
        },
        created_at: row.try_get("created_at")?,
    })
}
