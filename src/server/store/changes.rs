//! Changes of agreements: what is wanted and not yet signed, and the version that signing one makes.

use super::agreements::{NewVersion, insert_version};
use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::changing::Change;
use crate::domain::due_dates::DuePattern;
use crate::domain::ids::{AgreementId, CustomerId, DocumentId};
use crate::server::clock::Millis;
use sqlx::{Any, Executor};

/// What is wanted of a version that was in force when it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeDraft {
    pub version: i64,
    pub change: Change,
}

/// Keeps what is wanted in place of what was wanted before.
pub async fn keep(
    tx: &mut Tx,
    agreement: &AgreementId,
    customer: &CustomerId,
    draft: &ChangeDraft,
    now: Millis,
) -> StoreResult<()> {
    sqlx::query(
        "insert into change_drafts (agreement_id, customer_id, version, change, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (agreement_id) do update
         set customer_id = excluded.customer_id, version = excluded.version, change = excluded.change,
           updated_at = excluded.updated_at",
    )
    .bind(agreement.as_str())
    .bind(customer.as_str())
    .bind(draft.version)
    .bind(serde_json::to_string(&draft.change).map_err(|_| StoreError::Unreadable("change"))?)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn wanted<'e>(
    executor: impl Executor<'e, Database = Any>,
    agreement: &AgreementId,
) -> StoreResult<Option<ChangeDraft>> {
    let row: Option<(i64, String)> = sqlx::query_as("select version, change from change_drafts where agreement_id = $1")
        .bind(agreement.as_str())
        .fetch_optional(executor)
        .await?;
    row.map(|(version, change)| {
        let change = serde_json::from_str(&change).map_err(|_| StoreError::Unreadable("change"))?;
        Ok(ChangeDraft { version, change })
    })
    .transpose()
}

pub async fn forget(tx: &mut Tx, agreement: &AgreementId) -> StoreResult<()> {
    sqlx::query("delete from change_drafts where agreement_id = $1").bind(agreement.as_str()).execute(&mut **tx).await?;
    Ok(())
}

/// What was signed so far, version by version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub number: i64,
    pub signed_at: Millis,
    pub terms_sha256: String,
    pub document_id: DocumentId,
    /// `None` for the first.
    pub change: Option<Change>,
    pub pattern: Option<DuePattern>,
}

pub async fn versions<'e>(executor: impl Executor<'e, Database = Any>, agreement: &AgreementId) -> StoreResult<Vec<Version>> {
    type Row = (i64, i64, String, String, Option<String>, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "select number, signed_at, terms_sha256, document_id, change, pattern from agreement_versions
         where agreement_id = $1
         order by number",
    )
    .bind(agreement.as_str())
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(number, signed_at, terms_sha256, document_id, change, pattern)| {
            let read_change = |text: &String| serde_json::from_str(text).map_err(|_| StoreError::Unreadable("change"));
            let read_days = |text: &String| serde_json::from_str(text).map_err(|_| StoreError::Unreadable("days of a plan"));
            Ok(Version {
                number,
                signed_at,
                terms_sha256,
                document_id: DocumentId(document_id),
                change: change.as_ref().map(read_change).transpose()?,
                pattern: pattern.as_ref().map(read_days).transpose()?,
            })
        })
        .collect()
}

/// Adds a version, and puts it in force in place of the one before.
pub async fn add_version(tx: &mut Tx, agreement: &AgreementId, version: &NewVersion<'_>) -> StoreResult<()> {
    insert_version(tx, agreement, version).await?;
    let result =
        sqlx::query("update agreements set current_version = $2 where id = $1 and state = 'active' and current_version = $2 - 1")
            .bind(agreement.as_str())
            .bind(version.number)
            .execute(&mut **tx)
            .await?;
    expect_rows(&result, 1)
}

/// Ends an agreement because its customer wants it.
pub async fn cancel(tx: &mut Tx, agreement: &AgreementId, at: Millis) -> StoreResult<()> {
    let result = sqlx::query(
        // Without `cancelled_because`: that says which status of its account the creditor reported.
        "update agreements set state = 'cancelled', ended_at = $2 where id = $1 and state = 'active'",
    )
    .bind(agreement.as_str())
    .bind(at)
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)?;
    sqlx::query("update agreement_accounts set ended_at = $2 where agreement_id = $1 and ended_at is null")
        .bind(agreement.as_str())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
