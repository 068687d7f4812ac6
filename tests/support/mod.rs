//! What every test that needs a database shares: a fresh SQLite file, a fresh PostgreSQL database, and valid things in them.

#![allow(dead_code, reason = "each test binary uses a part of this")]

pub mod seed;

use evenkeel::server::store::Db;
use sqlx::Executor;
use std::sync::atomic::{AtomicU32, Ordering};

/// A database of its own for one test, gone when dropped (SQLite) or when the test cluster ends (PostgreSQL).
pub struct TestDb {
    pub db: Db,
    pub url: String,
    pub name: &'static str,
    _folder: Option<tempfile::TempDir>,
}

/// A new, migrated SQLite database.
pub async fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}/test.db", folder.path().display());
    let db = Db::connect(&url, 8).await.expect("SQLite opens");
    db.migrate().await.expect("SQLite migrates");
    TestDb { db, url, name: "SQLite", _folder: Some(folder) }
}

/// A new, migrated database in the PostgreSQL cluster that `make test` starts.
pub async fn postgres() -> TestDb {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    #[expect(clippy::disallowed_methods, reason = "the test cluster is no setting of the portal")]
    let server = std::env::var("EVENKEEL_TEST_POSTGRES")
        .expect("EVENKEEL_TEST_POSTGRES is not set: run the tests with `make test`, or see docs/operating.md");
    let name = format!("evenkeel_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = Db::connect(&format!("{server}/postgres"), 1).await.expect("the test cluster answers");
    admin.pool().execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.expect("a new database");
    admin.close().await;
    let url = format!("{server}/{name}");
    let db = Db::connect(&url, 8).await.expect("PostgreSQL opens");
    db.migrate().await.expect("PostgreSQL migrates");
    TestDb { db, url, name: "PostgreSQL", _folder: None }
}

/// Both databases, for the contract suite.
pub async fn both() -> [TestDb; 2] {
    [sqlite().await, postgres().await]
}
