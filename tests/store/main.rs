//! The contract of the store, on SQLite and on PostgreSQL.

#[path = "../support/mod.rs"]
mod support;

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
