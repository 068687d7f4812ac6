//! How many forms came to a door before signing in: one row per who (a digest) and window.

use super::{StoreResult, Tx};
use crate::server::clock::Millis;

/// Counts one form in, unless `most` were let in within this window already. Of any number at once no more than `most` are.
pub async fn let_in(tx: &mut Tx, subject: &str, window_started_at: Millis, most: i64) -> StoreResult<bool> {
    sqlx::query(
        "insert into door_tallies (subject, window_started_at, let_in, turned_away)
         values ($1, $2, 0, 0)
         on conflict (subject, window_started_at) do nothing",
    )
    .bind(subject)
    .bind(window_started_at)
    .execute(&mut **tx)
    .await?;
    let result = sqlx::query(
        "update door_tallies
         set let_in = let_in + 1
         where subject = $1
           and window_started_at = $2
           and let_in < $3",
    )
    .bind(subject)
    .bind(window_started_at)
    .bind(most)
    .execute(&mut **tx)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// One form that was let in does not count after all. A window that has ended is left alone.
pub async fn give_back(tx: &mut Tx, subject: &str, window_started_at: Millis) -> StoreResult<()> {
    sqlx::query(
        "update door_tallies
         set let_in = let_in - 1
         where subject = $1
           and window_started_at = $2
           and let_in > 0",
    )
    .bind(subject)
    .bind(window_started_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn add_turned_away(tx: &mut Tx, subject: &str, window_started_at: Millis, how_many: i64) -> StoreResult<()> {
    sqlx::query("update door_tallies set turned_away = turned_away + $1 where subject = $2 and window_started_at = $3")
        .bind(how_many)
        .bind(subject)
        .bind(window_started_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A window that is over.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EndedWindow {
    pub subject: String,
    pub window_started_at: Millis,
    pub turned_away: i64,
}

/// Takes out at most `most` windows that began before `before`: each is handed to one caller, whoever else asks.
pub async fn take_ended(tx: &mut Tx, before: Millis, most: i64) -> StoreResult<Vec<EndedWindow>> {
    let ended = sqlx::query_as(
        "delete from door_tallies
         where (subject, window_started_at) in (
           select subject, window_started_at
           from door_tallies
           where window_started_at < $1
           limit $2
         )
         returning subject, window_started_at, turned_away",
    )
    .bind(before)
    .bind(most)
    .fetch_all(&mut **tx)
    .await?;
    Ok(ended)
}
