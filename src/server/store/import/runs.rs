//! How far each run of the importer is.

use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::store::{StoreResult, Tx, expect_rows};
use sqlx::Row;

/// One run of the importer over one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub id: String,
    pub started_at: Millis,
    pub counts: Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub done: i64,
    pub new: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub rejected: i64,
}

/// What identifies a run: it goes on only with the same file and the same mapping.
#[derive(Clone, Debug)]
pub struct RunKey {
    pub kind: &'static str,
    pub file_name: String,
    pub file_sha256: String,
    pub mapping_sha256: String,
}

/// The run that was interrupted over this file, if there is one.
pub async fn find_interrupted(tx: &mut Tx, key: &RunKey) -> StoreResult<Option<Run>> {
    let row = sqlx::query(
        "select id, started_at, rows_done, rows_new, rows_updated, rows_unchanged, rows_rejected
         from imports
         where file_sha256 = $1 and mapping_sha256 = $2 and kind = $3 and state = 'running'
         order by started_at desc
         limit 1",
    )
    .bind(&key.file_sha256)
    .bind(&key.mapping_sha256)
    .bind(key.kind)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Run {
            id: row.try_get(0)?,
            started_at: row.try_get(1)?,
            counts: Counts {
                done: row.try_get(2)?,
                new: row.try_get(3)?,
                updated: row.try_get(4)?,
                unchanged: row.try_get(5)?,
                rejected: row.try_get(6)?,
            },
        })
    })
    .transpose()
}

pub async fn begin_run(tx: &mut Tx, key: &RunKey, now: Millis) -> StoreResult<Run> {
    let run = Run { id: ids::new_id(), started_at: now, counts: Counts::default() };
    let written = sqlx::query(
        "insert into imports (id, kind, file_name, file_sha256, mapping_sha256, state, rows_done, rows_new, rows_updated,
           rows_unchanged, rows_rejected, started_at, finished_at)
         values ($1, $2, $3, $4, $5, 'running', 0, 0, 0, 0, 0, $6, null)",
    )
    .bind(&run.id)
    .bind(key.kind)
    .bind(&key.file_name)
    .bind(&key.file_sha256)
    .bind(&key.mapping_sha256)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    expect_rows(&written, 1)?;
    Ok(run)
}

/// Writes how far a run is, in the transaction of the rows themselves. `finished_at` ends it.
pub async fn record_progress(tx: &mut Tx, run: &Run, finished_at: Option<Millis>) -> StoreResult<()> {
    let counts = run.counts;
    let written = sqlx::query(
        "update imports
         set rows_done = $2, rows_new = $3, rows_updated = $4, rows_unchanged = $5, rows_rejected = $6, finished_at = $7,
           state = $8
         where id = $1 and state = 'running'",
    )
    .bind(&run.id)
    .bind(counts.done)
    .bind(counts.new)
    .bind(counts.updated)
    .bind(counts.unchanged)
    .bind(counts.rejected)
    .bind(finished_at)
    .bind(if finished_at.is_some() { "finished" } else { "running" })
    .execute(&mut **tx)
    .await?;
    expect_rows(&written, 1)
}
