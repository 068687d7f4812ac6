//! A creditor's files into the portal: both sample layouts and others nobody has seen, every fault, files that come again
//! or are cut off, on SQLite and on PostgreSQL.
//!
//! bad-rows.csv beside this file is derived from the same source as samples/ (see samples/README.md).

#[path = "../support/mod.rs"]
mod support;

mod again;
mod books;
mod commands;
mod details;
mod faults;
mod layouts;
mod told;

use evenkeel::server::import::{Input, Mapping, Progress, Request, Summary, import};
use evenkeel::server::store::Db;
use sqlx::Row;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

pub const NORTHGATE: &str = include_str!("../../samples/northgate.toml");
pub const NORTHGATE_HISTORY: &str = include_str!("../../samples/northgate-transactions.toml");
pub const HARBOR: &str = include_str!("../../samples/harbor.toml");

pub fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// The day on which the samples are imported: two days after their balance date.
pub const NOW: &str = "2026-11-22T12:00:00Z";

pub fn request(file: PathBuf, mapping: &str) -> Request {
    Request {
        input: Input::File(file),
        mapping: Mapping::parse(mapping).expect("a mapping"),
        dry_run: false,
        rejects: None,
        shift_months: 0,
        now: NOW.parse().expect("an instant"),
        // One chunk a batch, so that even small files take several.
        batch: Duration::ZERO,
    }
}

pub async fn run(db: &Db, request: Request) -> Summary {
    import(db, request, |_| ControlFlow::Continue(())).await.expect("the import runs")
}

/// Imports a file and stops after so many batches, as an operator does with Ctrl-C.
pub async fn run_and_stop_after(db: &Db, request: Request, batches: u32) -> Summary {
    let mut left = batches;
    let stop = |_: Progress| {
        left -= 1;
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    import(db, request, stop).await.expect("the import runs")
}

/// A file with this content, in a folder that lives as long as the test.
pub struct Files(tempfile::TempDir);

impl Files {
    pub fn in_a_new_folder() -> Files {
        Files(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a file");
        path
    }
}

pub async fn number(db: &Db, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db.pool()).await.expect(sql)
}

/// One row as text, a value for each column; numbers are written out.
pub async fn row(db: &Db, sql: &'static str) -> Vec<String> {
    let row = sqlx::query(sql).fetch_one(db.pool()).await.expect(sql);
    (0..row.len())
        .map(|column| match row.try_get::<Option<String>, _>(column) {
            Ok(text) => text.unwrap_or_else(|| "(null)".into()),
            Err(_) => row.try_get::<Option<i64>, _>(column).expect("text or number").map_or("(null)".into(), |n| n.to_string()),
        })
        .collect()
}

pub fn counts(summary: &Summary) -> (i64, i64, i64, i64) {
    (summary.new, summary.updated, summary.unchanged, summary.rejected)
}

/// Every table the importer may write, as one text: equal texts, equal tables.
pub async fn everything(db: &Db) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for sql in [
        "select cast(count(*) as bigint), cast(coalesce(sum(updated_at), 0) as bigint) from customers",
        "select cast(count(*) as bigint), cast(coalesce(sum(version), 0) as bigint), cast(coalesce(sum(reported_balance_minor), 0) as bigint),
           cast(coalesce(sum(updated_at), 0) as bigint) from accounts",
        "select cast(count(*) as bigint), cast(coalesce(sum(amount_minor), 0) as bigint) from postings",
        "select cast(count(*) as bigint), cast(coalesce(sum(amount_minor), 0) as bigint) from creditor_transactions",
        "select cast(count(*) as bigint), cast(count(released_at) as bigint) from holds",
        "select cast(count(*) as bigint) from events",
    ] {
        all.push(row(db, sql).await);
    }
    all
}
