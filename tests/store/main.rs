//! The contract of the store, on SQLite and on PostgreSQL.

#[path = "../support/mod.rs"]
mod support;

use evenkeel::server::store::Db;
use support::seed::{self, SeedAccount};

/// 200 racing services that each read and then write one account: none is lost, none fails.
#[tokio::test(flavor = "multi_thread")]
async fn racing_writers_lose_nothing() {
    for test in support::both().await {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut racers = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let (db, account_id) = (test.db.clone(), seeded.account_id.clone());
            racers.spawn(async move {
                let mut tx = db.begin_write().await.expect("begins");
                let version = evenkeel::server::store::lock_account(&mut tx, &account_id).await.expect("locks");
                tokio::task::yield_now().await;
                tx.commit().await.expect("commits");
                version
            });
        }
        let mut versions = racers.join_all().await;
        versions.sort_unstable();
        assert_eq!(versions, (2..=201).collect::<Vec<i64>>(), "{}", test.name);
    }
}

/// Personal data and the keys that sign documents are in it.
#[cfg(unix)]
#[tokio::test]
async fn a_database_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("open.db");
    std::fs::write(&file, "").expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("readable by all");
    let db = Db::connect(&format!("sqlite:{}", file.display()), 1).await.expect("it opens");
    db.migrate().await.expect("migrated");
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let entry = entry.expect("an entry");
        let rights = entry.metadata().expect("rights").permissions().mode() & 0o777;
        assert_eq!(rights, 0o600, "{}", entry.path().display());
    }
}
