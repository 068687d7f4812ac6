//! What every test that needs a database shares: a fresh SQLite file, a fresh PostgreSQL database, and valid things in them.

#![allow(dead_code, reason = "each test binary uses a part of this")]

pub mod seed;

use evenkeel::server::store::Db;
use sqlx::Executor;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// A database of its own for one test, gone when dropped (SQLite) or when the test cluster ends (PostgreSQL).
pub struct TestDb {
    pub db: Db,
    pub url: String,
    pub name: &'static str,
    _folder: Option<tempfile::TempDir>,
}

/// A new, migrated SQLite database: a copy of one that was migrated once.
pub async fn sqlite() -> TestDb {
    static MIGRATED: OnceCell<Vec<u8>> = OnceCell::const_new();
    let migrated = MIGRATED.get_or_init(migrated_file).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("test.db");
    std::fs::write(&file, migrated).expect("a copy");
    let url = format!("sqlite:{}", file.display());
    let db = Db::connect(&url, 8).await.expect("SQLite opens");
    TestDb { db, url, name: "SQLite", _folder: Some(folder) }
}

async fn migrated_file() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("migrated.db");
    let db = Db::connect(&format!("sqlite:{}", file.display()), 1).await.expect("SQLite opens");
    db.migrate().await.expect("SQLite migrates");
    // Else what was written last is in a file beside it.
    db.pool().execute("pragma wal_checkpoint(truncate)").await.expect("everything is in one file");
    db.close().await;
    std::fs::read(&file).expect("the file")
}

/// A new, migrated database in the PostgreSQL cluster that `make test` starts: a copy of one that was migrated once.
pub async fn postgres() -> TestDb {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    static MIGRATED: OnceCell<String> = OnceCell::const_new();
    let migrated = MIGRATED.get_or_init(migrated_database).await;
    let name = format!("evenkeel_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    make_database(&format!("create database {name} template {migrated}")).await;
    let url = format!("{}/{name}", cluster_url());
    let db = Db::connect(&url, 8).await.expect("PostgreSQL opens");
    TestDb { db, url, name: "PostgreSQL", _folder: None }
}

async fn migrated_database() -> String {
    let name = format!("evenkeel_migrated_{}", std::process::id());
    make_database(&format!("create database {name}")).await;
    let db = Db::connect(&format!("{}/{name}", cluster_url()), 1).await.expect("PostgreSQL opens");
    db.migrate().await.expect("PostgreSQL migrates");
    // Nothing is copied to which somebody is connected.
    db.close().await;
    name
}

async fn make_database(sql: &str) {
    let admin = Db::connect(&format!("{}/postgres", cluster_url()), 1).await.expect("the test cluster answers");
    admin.pool().execute(sqlx::AssertSqlSafe(sql.to_owned())).await.expect("a new database");
    admin.close().await;
}

#[expect(clippy::disallowed_methods, reason = "the test cluster is no setting of the portal")]
fn cluster_url() -> String {
    std::env::var("EVENKEEL_TEST_POSTGRES")
        .expect("EVENKEEL_TEST_POSTGRES is not set: run the tests with `make test`, or see docs/operating.md")
}

/// Both databases, for the contract suite.
pub async fn both() -> [TestDb; 2] {
    [sqlite().await, postgres().await]
}
