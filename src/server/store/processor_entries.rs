//! What our ledger says of money at the payment company: the postings of the book `processor`, by payment.

use super::{StoreError, StoreResult, Tx};
use crate::domain::money::{Currency, Money};
use crate::server::clock::Millis;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

/// What one entry moved at the processor, or several for the accounts of one payment: their keys differ by the account only.
#[derive(Clone, Debug)]
pub struct ProcessorEntry {
    /// The payment's reference.
    pub payment: String,
    pub processor_reference: Option<String>,
    /// When the payment was recorded.
    pub created_at: Millis,
    /// The kind of the ledger entry.
    pub kind: String,
    pub posted_at: Millis,
    /// Received is positive.
    pub amount: Money,
}

const ENTRIES: &str = "select p.reference, p.processor_reference, p.created_at, t.kind, t.posted_at, l.currency,
       cast(sum(l.amount_minor) as bigint) as amount_minor
     from ledger_transactions t
     join payments p on p.id = t.payment_id
     join postings l on l.transaction_id = t.id and l.book = 'processor'";
const BY_ENTRY: &str = "group by p.reference, p.processor_reference, p.created_at, t.kind, t.posted_at, l.currency,
       replace(t.once_key, ':' || t.account_id, '')
     order by t.posted_at, p.reference";

/// Everything booked from one instant to before another.
pub async fn between(tx: &mut Tx, processor: &str, from: Millis, before: Millis) -> StoreResult<Vec<ProcessorEntry>> {
    let query = format!("{ENTRIES} where p.processor = $1 and t.posted_at >= $2 and t.posted_at < $3 {BY_ENTRY}");
    let rows = sqlx::query(AssertSqlSafe(query)).bind(processor).bind(from).bind(before).fetch_all(&mut **tx).await?;
    rows.iter().map(read).collect()
}

/// Everything booked of one payment, whenever that was.
pub async fn of_payment(tx: &mut Tx, processor: &str, reference: &str) -> StoreResult<Vec<ProcessorEntry>> {
    let query = format!("{ENTRIES} where p.processor = $1 and p.reference = $2 {BY_ENTRY}");
    let rows = sqlx::query(AssertSqlSafe(query)).bind(processor).bind(reference).fetch_all(&mut **tx).await?;
    rows.iter().map(read).collect()
}

/// How a payment stands here; `None` where there is none of that reference.
pub async fn state_of_payment(tx: &mut Tx, processor: &str, reference: &str) -> StoreResult<Option<String>> {
    let query = "select state from payments where processor = $1 and reference = $2";
    Ok(sqlx::query_scalar(query).bind(processor).bind(reference).fetch_optional(&mut **tx).await?)
}

fn read(row: &AnyRow) -> StoreResult<ProcessorEntry> {
    let currency: String = row.try_get("currency")?;
    let currency = Currency::from_code(&currency).ok_or(StoreError::Unreadable("currency"))?;
    Ok(ProcessorEntry {
        payment: row.try_get("reference")?,
        processor_reference: row.try_get("processor_reference")?,
        created_at: row.try_get("created_at")?,
        kind: row.try_get("kind")?,
        posted_at: row.try_get("posted_at")?,
        amount: Money::new(row.try_get("amount_minor")?, currency),
    })
}
