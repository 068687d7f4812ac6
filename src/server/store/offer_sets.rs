//! Offers as they were shown, held until a fixed instant.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::ids::{AccountId, OfferSetId};
use crate::domain::offers::OfferSet;
use crate::server::clock::Millis;
use sqlx::{Any, Executor};

/// A set as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOffers {
    pub id: OfferSetId,
    pub account_id: AccountId,
    pub held_until: Millis,
    pub set: OfferSet,
}

/// The live set of an account, held or expired.
pub async fn live<'e>(executor: impl Executor<'e, Database = Any>, account_id: &AccountId) -> StoreResult<Option<StoredOffers>> {
    let row: Option<(String, i64, String)> =
        sqlx::query_as("select id, held_until, offers from offer_sets where account_id = $1 and ended_at is null")
            .bind(account_id.as_str())
            .fetch_optional(executor)
            .await?;
    row.map(|(id, held_until, offers)| {
        let set = serde_json::from_str(&offers).map_err(|_| StoreError::Unreadable("offer set"))?;
        Ok(StoredOffers { id: OfferSetId(id), account_id: account_id.clone(), held_until, set })
    })
    .transpose()
}

pub async fn insert(tx: &mut Tx, stored: &StoredOffers, account_version: i64, now: Millis) -> StoreResult<()> {
    let offers = serde_json::to_string(&stored.set).map_err(|_| StoreError::Unreadable("offer set"))?;
    sqlx::query(
        "insert into offer_sets (id, account_id, policy_version, account_version, balance_minor, past_due_minor, made_on,
           held_until, offers, created_at, ended_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null)",
    )
    .bind(stored.id.as_str())
    .bind(stored.account_id.as_str())
    .bind(stored.set.policy_version.as_str())
    .bind(account_version)
    .bind(stored.set.balance.minor())
    .bind(stored.set.past_due.minor())
    .bind(stored.set.made_on.to_string())
    .bind(stored.held_until)
    .bind(offers)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends a live set: it was replaced, or an agreement came of it.
pub async fn end(tx: &mut Tx, id: &OfferSetId, now: Millis) -> StoreResult<()> {
    let result = sqlx::query("update offer_sets set ended_at = $2 where id = $1 and ended_at is null")
        .bind(id.as_str())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}
