//! Who opens a file is written down; on its day the key is destroyed and the file deleted; a backup holds everything.

use crate::app::TestApp;
use crate::samples;
use crate::support;
use crate::uploading::{begin, finish, upload};
use evenkeel::domain::evidence::EvidenceKind;
use evenkeel::domain::ids::CustomerId;
use evenkeel::server::clock::Clock;
use evenkeel::server::evidence::vault::Key;
use evenkeel::server::jobs;
use evenkeel::server::services::backups;
use evenkeel::server::services::evidence::{self, NotOpened, Rewrapped};

const CASE: &str = "case-1";

/// A portal with one file in one case; its customer and the file's id.
async fn with_a_file(app: &TestApp) -> (CustomerId, String) {
    let seeded = app.seeded().await;
    begin(app, &seeded, CASE).await;
    let mut browser = app.signed_in(&seeded).await;
    upload(&mut browser, CASE, "a.jpg", &samples::jpeg()).await;
    (CustomerId(seeded.customer_id), the_file(app).await)
}

async fn the_file(app: &TestApp) -> String {
    sqlx::query_scalar("select id from evidence_items").fetch_one(app.db().pool()).await.expect("a file")
}

async fn opened(app: &TestApp, item: &str) -> Result<Vec<u8>, NotOpened> {
    let opened = evidence::open(&app.state, CASE, item, "Grace Hopper", "to decide").await.expect("no machine broke");
    opened.map(|opened| {
        assert_eq!(opened.kind, EvidenceKind::Jpeg);
        opened.bytes
    })
}

async fn both() -> [TestApp; 2] {
    [TestApp::sqlite().await, TestApp::postgres().await]
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_a_file_is_written_down_with_who_and_why() {
    for app in both().await {
        let (_, item) = with_a_file(&app).await;
        let open = async |item: &str, by: &str, reason: &str| {
            evidence::open(&app.state, CASE, item, by, reason).await.expect("no machine broke").map(|opened| opened.bytes)
        };
        assert_eq!(open(&item, " ", "to decide").await, Err(NotOpened::NoPerson));
        assert_eq!(open(&item, "Grace Hopper", "").await, Err(NotOpened::NoReason));
        assert_eq!(open("another", "Grace Hopper", "to decide").await, Err(NotOpened::NoSuchFile));
        assert_eq!(app.count("select count(*) from evidence_openings").await, 0);
        for _ in 0..2 {
            let bytes = opened(&app, &item).await.expect("opened");
            assert!(samples::contains(&bytes, samples::SCAN) && !samples::contains(&bytes, samples::MARK));
        }
        let listed = evidence::list(&app.state, CASE).await.expect("read").expect("a case");
        assert_eq!(listed.openings.len(), 2);
        assert_eq!((listed.openings[0].opened_by.as_str(), listed.openings[0].reason.as_str()), ("Grace Hopper", "to decide"));
        assert_eq!(app.count("select count(*) from events where action = 'evidence.opened'").await, 2);
        assert_eq!(app.count("select count(*) from events where details like '%Grace%'").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_its_day_the_key_is_destroyed_and_everything_deleted() {
    for (app, is_postgres) in both().await.into_iter().zip([false, true]) {
        let (customer, item) = with_a_file(&app).await;
        finish(&app, CASE).await;
        // 180 days after 20 November 2026 is 19 May 2027.
        let day_before = app.beside(&[("sandbox.clock", "2027-05-18T23:59:00Z")]).await;
        jobs::tidy(&day_before.state).await;
        assert!(opened(&app, &item).await.is_ok(), "not before");
        let that_day = app.beside(&[("sandbox.clock", "2027-05-19T00:01:00Z")]).await;
        // Stopped between the key and the bytes, the rest is found the next time.
        for _ in 0..2 {
            jobs::tidy(&that_day.state).await;
        }
        assert_eq!(opened(&app, &item).await, Err(NotOpened::Deleted));
        assert!(evidence::of_case(&app.state, &customer, CASE).await.expect("read").is_empty());
        let left = app
            .count(
                "select (select count(*) from evidence_items) + (select count(*) from evidence_pieces)
                   + (select count(*) from evidence_cases where wrapped_key is not null)",
            )
            .await;
        assert_eq!(left, 0, "PostgreSQL: {is_postgres}");
        let told: Vec<String> = sqlx::query_scalar("select details from events where action = 'evidence.deleted'")
            .fetch_all(app.db().pool())
            .await
            .expect("events");
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("kept_long_enough") && told[0].contains("\"files\":1"), "{told:?}");
        // Who had opened it stays.
        assert_eq!(app.count("select count(*) from evidence_openings").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_is_left_is_deleted_and_can_begin_anew() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    begin(&app, &seeded, CASE).await;
    upload(&mut app.signed_in(&seeded).await, CASE, "a.jpg", &samples::jpeg()).await;
    let key = async || -> String {
        sqlx::query_scalar("select recipient from evidence_cases").fetch_one(app.db().pool()).await.expect("a key")
    };
    let before = key().await;
    begin(&app, &seeded, CASE).await;
    assert_eq!(key().await, before, "beginning twice changes nothing");
    let later = app.beside(&[("sandbox.clock", "2027-06-01T12:00:00Z")]).await;
    jobs::tidy(&later.state).await;
    assert_eq!(app.count("select count(*) from events where details like '%never_finished%'").await, 1);
    assert_eq!(app.count("select count(*) from evidence_items").await, 0);
    begin(&later, &seeded, CASE).await;
    assert_ne!(key().await, before);
    upload(&mut app.signed_in(&seeded).await, CASE, "a.jpg", &samples::jpeg()).await;
    assert!(opened(&app, &the_file(&app).await).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_opens_the_same_file() {
    for app in both().await {
        let (_, item) = with_a_file(&app).await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("backup");
        backups::take(app.db(), Clock::Real, &file, None).await.expect("a backup");
        let into = support::sqlite().await;
        backups::restore(&into.db, &file, None).await.expect("a restore");
        let mut state = app.state.clone();
        state.db = into.db.clone();
        let restored = evidence::open(&state, CASE, &item, "Grace Hopper", "to decide").await.expect("no machine broke");
        assert_eq!(restored.map(|opened| opened.bytes).ok(), opened(&app, &item).await.ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_key_of_the_settings_the_database_alone_opens_nothing() {
    let (old, new) = (Key::generate().secret_text(), Key::generate().secret_text());
    let app = TestApp::with(&[("evidence.key", &old)]).await;
    let (_, item) = with_a_file(&app).await;
    assert_eq!(app.count("select count(*) from portal_secrets where name = 'evidence_key'").await, 0);
    assert!(opened(&app, &item).await.is_ok());
    let without = app.beside(&[]).await;
    assert_eq!(opened(&without, &item).await, Err(NotOpened::WrongKey));
    // The key is exchanged: both for a while, then the new one alone.
    let exchanging = app.beside(&[("evidence.key", &format!("{new},{old}"))]).await;
    assert_eq!(evidence::rewrap(&exchanging.state).await.expect("rewrapped"), Rewrapped { cases: 1, unknown: 0 });
    assert_eq!(opened(&app, &item).await, Err(NotOpened::WrongKey), "the old key opens nothing any more");
    let with_new = app.beside(&[("evidence.key", &new)]).await;
    assert!(opened(&with_new, &item).await.is_ok());
    assert_eq!(evidence::rewrap(&without.state).await.expect("tried"), Rewrapped { cases: 0, unknown: 1 });
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_of_a_day_are_counted_whatever_came_of_them() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    begin(&app, &seeded, CASE).await;
    let mut browser = app.signed_in(&seeded).await;
    for _ in 0..evenkeel::domain::evidence::MOST_UPLOADS_A_DAY {
        upload(&mut browser, CASE, "a.zip", b"PK").await;
    }
    let answer = upload(&mut browser, CASE, "a.jpg", &samples::jpeg()).await;
    assert!(answer.location().contains("again="));
    assert_eq!(app.count("select count(*) from evidence_items").await, 0);
    let counted = app.count("select count(*) from events where action = 'evidence.refused'").await;
    assert_eq!(counted, evenkeel::domain::evidence::MOST_UPLOADS_A_DAY);
}
