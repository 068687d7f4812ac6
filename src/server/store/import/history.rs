//! The creditor's own history, line by line.

use super::{fetch, select_in};
use crate::server::store::rows::{Insert, placeholders};
use crate::server::store::{StoreResult, Tx};
use sqlx::Row;

/// One line of the creditor's own history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    pub account_id: String,
    pub fingerprint: String,
    pub posted_on: String,
    pub kind: &'static str,
    pub amount_minor: i64,
    pub description: String,
}

/// Adds lines that are not there yet; returns how many were.
pub async fn insert_history(tx: &mut Tx, rows: &[HistoryRow]) -> StoreResult<u64> {
    write_history(tx, rows, "on conflict (account_id, fingerprint) do nothing").await
}

/// Adds lines, and corrects those that have the same identity but other content; returns how many were written.
pub async fn correct_history(tx: &mut Tx, rows: &[HistoryRow]) -> StoreResult<u64> {
    let on_conflict = "on conflict (account_id, fingerprint) do update
         set posted_on = excluded.posted_on, kind = excluded.kind, amount_minor = excluded.amount_minor,
           description = excluded.description";
    write_history(tx, rows, on_conflict).await
}

async fn write_history(tx: &mut Tx, rows: &[HistoryRow], on_conflict: &'static str) -> StoreResult<u64> {
    let insert = Insert {
        into: "creditor_transactions (account_id, fingerprint, posted_on, kind, amount_minor, description)",
        columns: 6,
        on_conflict,
    };
    insert
        .run(tx, rows, |query, row| {
            query
                .bind(&row.account_id)
                .bind(&row.fingerprint)
                .bind(&row.posted_on)
                .bind(row.kind)
                .bind(row.amount_minor)
                .bind(&row.description)
        })
        .await
}

/// The stored lines with these identities.
pub async fn history_by_identity(
    tx: &mut Tx,
    rows: &[HistoryRow],
) -> StoreResult<Vec<(String, String, String, String, i64, String)>> {
    let mut sql = String::from(
        "select account_id, fingerprint, posted_on, kind, amount_minor, description
         from creditor_transactions
         where (account_id, fingerprint) in (values ",
    );
    let mut values = Vec::with_capacity(rows.len() * 2);
    for (index, row) in rows.iter().enumerate() {
        sql.push_str(if index == 0 { "(" } else { ", (" });
        placeholders(&mut sql, values.len(), 2);
        sql.push(')');
        values.extend([row.account_id.as_str(), row.fingerprint.as_str()]);
    }
    sql.push(')');
    let stored = fetch(tx, sql, &values).await?;
    stored
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?, row.try_get(5)?)))
        .collect()
}

/// Which of these references are payments of ours.
pub async fn our_payments(tx: &mut Tx, references: &[&str]) -> StoreResult<Vec<String>> {
    let rows = select_in(tx, "select reference from payments where reference in (", references, ")").await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
