//! What the importer reads and writes: customers, accounts with their opening entries, the creditor's history, and how far
//! each run is. Every function takes many rows at once; none decides anything.

mod accounts;
mod customers;
mod entries;
mod history;
mod runs;

use super::rows::placeholders;
use super::{StoreError, StoreResult, Tx};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

pub use accounts::{
    KnownAccount, Lock, NewAccount, Report, accounts_by_reference, balance_date, insert_accounts, update_account,
};
pub use customers::{
    CustomerRow, KnownCustomer, add_creditor, creditors_by_name, customers_by_id, customers_by_reference, insert_customers,
    update_customer,
};
pub use entries::{BookedEntry, Entry, booked_entries, hold_recalled, insert_entries, release_recalled};
pub use history::{HistoryRow, correct_history, history_by_identity, insert_history, our_payments};
pub use runs::{Counts, Run, RunKey, begin_run, find_interrupted, record_progress};

async fn select_in(tx: &mut Tx, head: &str, values: &[&str], tail: &str) -> StoreResult<Vec<AnyRow>> {
    let mut sql = head.to_owned();
    placeholders(&mut sql, 0, values.len());
    sql.push_str(tail);
    fetch(tx, sql, values).await
}

async fn fetch(tx: &mut Tx, sql: String, values: &[&str]) -> StoreResult<Vec<AnyRow>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in values {
        query = query.bind(*value);
    }
    Ok(query.fetch_all(&mut **tx).await?)
}

fn expect_count(found: u64, expected: usize) -> StoreResult<()> {
    let expected = u64::try_from(expected).unwrap_or(u64::MAX);
    if found == expected { Ok(()) } else { Err(StoreError::UnexpectedRows { expected, found }) }
}
