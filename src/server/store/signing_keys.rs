//! The keys that sign documents. One is live; the retired ones stay so that what they signed can be checked.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::server::clock::Millis;
use crate::server::security::signing::{ALGORITHM, DocumentKey, PublicKey};
use sqlx::{Any, Executor, Row};

/// A published key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    pub key: PublicKey,
    pub created_at: Millis,
    pub retired_at: Option<Millis>,
}

/// The key that signs now, if one was made.
pub async fn live(tx: &mut Tx) -> StoreResult<Option<DocumentKey>> {
    let secret: Option<String> =
        sqlx::query_scalar("select secret_key from signing_keys where retired_at is null and algorithm = $1")
            .bind(ALGORITHM)
            .fetch_optional(&mut **tx)
            .await?;
    secret.map(|secret| DocumentKey::from_text(&secret).map_err(|_| StoreError::Unreadable("signing key"))).transpose()
}

/// Adds a live key, unless there is one already.
pub async fn add(tx: &mut Tx, key: &DocumentKey, now: Millis) -> StoreResult<()> {
    sqlx::query(
        "insert into signing_keys (id, algorithm, public_key, secret_key, created_at, retired_at)
         values ($1, $2, $3, $4, $5, null)
         on conflict do nothing",
    )
    .bind(key.id())
    .bind(ALGORITHM)
    .bind(key.public().text())
    .bind(key.secret_text())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a key out of use. Its secret half is overwritten: it never signs again.
pub async fn retire(tx: &mut Tx, id: &str, now: Millis) -> StoreResult<()> {
    let done = sqlx::query("update signing_keys set retired_at = $2, secret_key = '' where id = $1 and retired_at is null")
        .bind(id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    expect_rows(&done, 1)
}

/// Every key there ever was, oldest first.
pub async fn all<'e>(executor: impl Executor<'e, Database = Any>) -> StoreResult<Vec<KnownKey>> {
    let rows = sqlx::query("select public_key, created_at, retired_at from signing_keys order by created_at, id")
        .fetch_all(executor)
        .await?;
    rows.iter()
        .map(|row| {
            let text: String = row.try_get("public_key")?;
            Ok(KnownKey {
                key: PublicKey::from_text(&text).map_err(|_| StoreError::Unreadable("signing key"))?,
                created_at: row.try_get("created_at")?,
                retired_at: row.try_get("retired_at")?,
            })
        })
        .collect()
}
