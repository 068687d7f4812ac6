//! The text of every policy that was ever in force, by its version.

use super::{StoreResult, Tx};
use crate::domain::ids::PolicyVersion;
use crate::server::clock::Millis;
use sqlx::{Any, Executor};

/// Keeps the text of a policy; one that is there already stays as it is.
pub async fn keep(tx: &mut Tx, version: &PolicyVersion, text: &str, now: Millis) -> StoreResult<()> {
    sqlx::query("insert into policies (version, text, first_used_at) values ($1, $2, $3) on conflict (version) do nothing")
        .bind(version.as_str())
        .bind(text)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn text<'e>(executor: impl Executor<'e, Database = Any>, version: &PolicyVersion) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select text from policies where version = $1").bind(version.as_str()).fetch_optional(executor).await?)
}
