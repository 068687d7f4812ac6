//! Every row of every table, for a backup and back again. The one list of tables is [`TABLES`]; a test compares it with what
//! the migrations made, so that a new table cannot be forgotten.

use super::dialect::Dialect;
use super::{Db, MIGRATOR, StoreError, StoreResult, Tx};
use futures_util::TryStreamExt;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

/// What a backup holds, in an order in which rows can be put back: a row comes after those it refers to.
pub const TABLES: [&str; 75] = [
    "creditors",
    "customers",
    "accounts",
    "creditor_transactions",
    "imports",
    "ledger_transactions",
    "postings",
    "asked_entries",
    "holds",
    "portal_secrets",
    "sign_in_links",
    "sign_in_attempts",
    "door_tallies",
    "contact_requests",
    "staff",
    "staff_recovery_codes",
    "staff_creditors",
    "staff_sign_ins",
    "policies",
    "offer_sets",
    "drafts",
    "agreements",
    "agreement_accounts",
    "agreement_versions",
    "instalments",
    "change_drafts",
    "mandates",
    "payments",
    "payment_shares",
    "payments_elsewhere",
    "collections",
    "payment_allocations",
    "payment_components",
    "reversals",
    "creditor_feed",
    "processor_events",
    "sandbox_charges",
    "sandbox_refunds",
    "sandbox_mandates",
    "sandbox_deliveries",
    "sandbox_settings",
    "signing_keys",
    "documents",
    "hardship_cases",
    "hardship_steps",
    "circumstances",
    "events",
    "jobs",
    "outbox",
    "channel_marks",
    "channel_consents",
    "contact_wishes",
    "stop_tokens",
    "print_queue",
    "life_events",
    "helpers",
    "helper_drafts",
    "disputes",
    "dispute_words",
    "dispute_drafts",
    "information_requests",
    "evidence_cases",
    "evidence_items",
    "evidence_pieces",
    "evidence_openings",
    "ways_in",
    "passkeys",
    "sign_in_history",
    "conversations",
    "conversation_messages",
    "message_drafts",
    "feedback_asks",
    "feedback_answers",
    "own_details",
    "pending_details",
];

/// What a backup leaves out: a session that was ended must not come alive again, and what a device was asked to sign is used once.
/// People sign in anew.
pub const LEFT_OUT: [&str; 3] = ["sessions", "staff_sessions", "passkey_challenges"];

/// SQLite allows 32,766 values in a statement; this many are quick on both databases.
const MOST_VALUES_IN_A_STATEMENT: usize = 900;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Text,
    Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// One value, with its column's type even where it is null: PostgreSQL wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// The migrations of this program: number and digest.
pub fn migrations() -> Vec<(i64, String)> {
    MIGRATOR.iter().map(|migration| (migration.version, hex::encode(&*migration.checksum))).collect()
}

/// The tables that are there.
pub async fn tables(db: &Db) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(db.dialect().list_tables()).fetch_all(db.pool()).await?)
}

/// The columns of a table, in their order.
pub async fn columns(tx: &mut Tx, dialect: Dialect, table: &str) -> StoreResult<Vec<Column>> {
    let rows = sqlx::query(dialect.list_columns()).bind(table).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let kind = match row.try_get::<String, _>("kind")?.as_str() {
                "bigint" => Kind::Integer,
                "text" => Kind::Text,
                "bytea" => Kind::Bytes,
                _ => return Err(StoreError::Unreadable("column type")),
            };
            Ok(Column { name: row.try_get("name")?, kind })
        })
        .collect()
}

/// Whether nothing at all is stored yet.
pub async fn is_empty(tx: &mut Tx) -> StoreResult<bool> {
    for table in TABLES.into_iter().chain(LEFT_OUT) {
        let sql = format!("select count(*) from (select 1 as one from {table} limit 1) as some_row");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut **tx).await?;
        if count > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Hands every row of a table to `take`, one after another: the table is never in memory as a whole.
pub async fn read_rows<E: From<StoreError>>(
    tx: &mut Tx,
    table: &str,
    columns: &[Column],
    mut take: impl FnMut(Vec<Value>) -> Result<(), E>,
) -> Result<(), E> {
    let sql = format!("select {} from {table}", names(columns));
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut **tx);
    while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
        take(read_row(&row, columns)?)?;
    }
    Ok(())
}

fn read_row(row: &AnyRow, columns: &[Column]) -> StoreResult<Vec<Value>> {
    columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            Ok(match column.kind {
                Kind::Integer => Value::Integer(row.try_get(index)?),
                Kind::Text => Value::Text(row.try_get(index)?),
                Kind::Bytes => Value::Bytes(row.try_get(index)?),
            })
        })
        .collect()
}

/// Puts rows into a table.
pub async fn insert_rows(tx: &mut Tx, table: &str, columns: &[Column], rows: &[Vec<Value>]) -> StoreResult<()> {
    let rows_at_once = (MOST_VALUES_IN_A_STATEMENT / columns.len().max(1)).max(1);
    for rows in rows.chunks(rows_at_once) {
        let places: Vec<String> = (0..rows.len())
            .map(|row| {
                let first = row * columns.len() + 1;
                let places: Vec<String> = (first..first + columns.len()).map(|place| format!("${place}")).collect();
                format!("({})", places.join(", "))
            })
            .collect();
        let sql = format!("insert into {table} ({}) values {}", names(columns), places.join(", "));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in rows.iter().flatten() {
            query = match value {
                Value::Integer(integer) => query.bind(*integer),
                Value::Text(text) => query.bind(text.as_deref()),
                Value::Bytes(bytes) => query.bind(bytes.as_deref()),
            };
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}
