//! What was asked for under the key of a correction or a write-off.

use super::{StoreResult, Tx};

pub struct Asked<'a> {
    pub decision_key: &'a str,
    pub account_id: &'a str,
    pub request_sha256: &'a str,
    /// Of the entry in the ledger.
    pub once_key: &'a str,
}

/// The digest of what was asked under a key, and the ledger's key of the entry it became.
pub async fn of_decision(tx: &mut Tx, decision_key: &str) -> StoreResult<Option<(String, String)>> {
    Ok(sqlx::query_as("select request_sha256, once_key from asked_entries where decision_key = $1")
        .bind(decision_key)
        .fetch_optional(&mut **tx)
        .await?)
}

/// A key that is there already is an error that `StoreError::is_duplicate` recognises; the transaction must then be given up.
pub async fn insert(tx: &mut Tx, asked: &Asked<'_>) -> StoreResult<()> {
    sqlx::query("insert into asked_entries (decision_key, account_id, request_sha256, once_key) values ($1, $2, $3, $4)")
        .bind(asked.decision_key)
        .bind(asked.account_id)
        .bind(asked.request_sha256)
        .bind(asked.once_key)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
