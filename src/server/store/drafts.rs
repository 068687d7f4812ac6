//! What a customer has chosen so far for one account: kept as typed, on any device, until it is signed or replaced.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DraftId, OfferSetId};
use crate::domain::offers::PlanChoice;
use crate::server::clock::Millis;
use serde::{Deserialize, Serialize};
use sqlx::{Any, Executor};
use std::collections::BTreeMap;

/// A choice, and the form as it was typed: field names and values, shown again when the customer comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftChoice {
    pub typed: BTreeMap<String, String>,
    pub choice: PlanChoice,
    /// The agreement on whose days it is paid: one that runs, and that it joins when it is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<AgreementId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub id: DraftId,
    pub customer_id: CustomerId,
    pub account_id: AccountId,
    pub offer_set_id: OfferSetId,
    pub offer_id: String,
    pub choice: DraftChoice,
    /// The canonical terms computed when it was chosen, and their SHA-256.
    pub terms: String,
    pub terms_sha256: String,
    pub updated_at: Millis,
    pub ended: bool,
}

const COLUMNS: &str = "id, customer_id, account_id, offer_set_id, offer_id, choice, terms, terms_sha256, updated_at, ended_at";

type Row = (String, String, String, String, String, String, String, String, i64, Option<i64>);

fn read(row: Row) -> StoreResult<Draft> {
    let (id, customer_id, account_id, offer_set_id, offer_id, choice, terms, terms_sha256, updated_at, ended_at) = row;
    Ok(Draft {
        id: DraftId(id),
        customer_id: CustomerId(customer_id),
        account_id: AccountId(account_id),
        offer_set_id: OfferSetId(offer_set_id),
        offer_id,
        choice: serde_json::from_str(&choice).map_err(|_| StoreError::Unreadable("draft"))?,
        terms,
        terms_sha256,
        updated_at,
        ended: ended_at.is_some(),
    })
}

/// The live draft of an account.
pub async fn live<'e>(executor: impl Executor<'e, Database = Any>, account_id: &AccountId) -> StoreResult<Option<Draft>> {
    let query = format!("select {COLUMNS} from drafts where account_id = $1 and ended_at is null");
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(account_id.as_str()).fetch_optional(executor).await?;
    row.map(read).transpose()
}

/// A draft by its id, live or ended.
pub async fn by_id<'e>(executor: impl Executor<'e, Database = Any>, id: &DraftId) -> StoreResult<Option<Draft>> {
    let query = format!("select {COLUMNS} from drafts where id = $1");
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(id.as_str()).fetch_optional(executor).await?;
    row.map(read).transpose()
}

/// Keeps a draft: replaces the account's live one in place (its id stays, so that an open tab still finds it), or adds it.
pub async fn keep(tx: &mut Tx, draft: &Draft) -> StoreResult<DraftId> {
    let choice = serde_json::to_string(&draft.choice).map_err(|_| StoreError::Unreadable("draft"))?;
    let id: String = sqlx::query_scalar(
        "insert into drafts (id, customer_id, account_id, offer_set_id, offer_id, choice, terms, terms_sha256, created_at,
           updated_at, ended_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, null)
         on conflict (account_id) where ended_at is null do update
         set offer_set_id = excluded.offer_set_id, offer_id = excluded.offer_id, choice = excluded.choice,
           terms = excluded.terms, terms_sha256 = excluded.terms_sha256, updated_at = excluded.updated_at
         returning id",
    )
    .bind(draft.id.as_str())
    .bind(draft.customer_id.as_str())
    .bind(draft.account_id.as_str())
    .bind(draft.offer_set_id.as_str())
    .bind(&draft.offer_id)
    .bind(choice)
    .bind(&draft.terms)
    .bind(&draft.terms_sha256)
    .bind(draft.updated_at)
    .fetch_one(&mut **tx)
    .await?;
    Ok(DraftId(id))
}

pub async fn end(tx: &mut Tx, id: &DraftId, now: Millis) -> StoreResult<()> {
    let result = sqlx::query("update drafts set ended_at = $2 where id = $1 and ended_at is null")
        .bind(id.as_str())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}
