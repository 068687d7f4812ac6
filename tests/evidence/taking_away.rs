//! The list of everything that was issued, and everything about a customer in one file.

use crate::app::{Answer, TestApp};
use crate::samples;
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::uploading::{begin, upload};
use evenkeel::domain::ids::{AccountId, CustomerId, DocumentId};
use evenkeel::domain::language::Language;
use evenkeel::server::ids;
use evenkeel::server::services::documents::{self, DocumentKind, Subject};
use http::StatusCode;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::process::Command;
use zip::ZipArchive;

/// 2026-11-20 12:00 UTC.
const ISSUED_AT: i64 = 1_795_176_000_000;
const A_YEAR: i64 = 365 * 86_400_000;

async fn both() -> [TestApp; 2] {
    [TestApp::sqlite().await, TestApp::postgres().await]
}

async fn issue(app: &TestApp, seeded: &Seeded, reference: &str, at: i64) -> String {
    let id = DocumentId(ids::new_id());
    let mut tx = app.db().begin_write().await.expect("begins");
    let subject = Subject {
        id: &id,
        kind: DocumentKind::Information,
        reference,
        customer_id: &CustomerId(seeded.customer_id.clone()),
        account_id: &AccountId(seeded.account_id.clone()),
        agreement: None,
        payment_id: None,
        language: Language::English,
        terms: format!("{{\"of\":\"{reference}\"}}"),
        file: b"%PDF-1.7\n%%EOF\n".to_vec(),
    };
    documents::issue(&mut tx, subject, at).await.expect("is issued");
    tx.commit().await.expect("commits");
    id.to_string()
}

fn opened(answer: &Answer) -> ZipArchive<Cursor<Vec<u8>>> {
    ZipArchive::new(Cursor::new(answer.bytes.clone())).expect("a ZIP")
}

fn file(zip: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    zip.by_name(name).expect("the file").read_to_end(&mut bytes).expect("is read");
    bytes
}

fn names(zip: &ZipArchive<Cursor<Vec<u8>>>) -> BTreeSet<String> {
    zip.file_names().map(|name| name.expect("a name").into_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_by_year_with_what_they_are_and_stay_when_an_account_is_gone() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        browser.get("/documents").await.assert_says("Nothing has been issued to you yet.");
        let id = issue(&app, &seeded, "DC-NEW", ISSUED_AT).await;
        issue(&app, &seeded, "DC-OLD", ISSUED_AT - A_YEAR).await;
        app.execute("update accounts set status = 'recalled'").await;
        let page = browser.get("/documents").await;
        for words in ["Documents of 2026", "Documents of 2025", "Letter with information you asked for", "Get DC-NEW (PDF)"] {
            page.assert_says(words);
        }
        page.assert_says(&format!("Credit card, {}, Northgate Credit Union", seeded.reference));
        assert!(page.body.find("DC-NEW") < page.body.find("DC-OLD"), "the newest first");
        assert!(page.body.contains(&format!("/documents/{id}.pdf")) && page.body.contains("/verify"));
        // The code on the page is one that the verify page knows.
        let digest: String = sqlx::query_scalar("select terms_sha256 from documents where reference = 'DC-NEW'")
            .fetch_one(app.db().pool())
            .await
            .expect("a digest");
        let code = documents::check_code(&digest);
        page.assert_says(&code);
        assert_eq!(documents::verify_code(&app.state, &code).await.expect("reads"), Some(documents::Verdict::Genuine));
        // Nobody else's.
        let other = seed::account(app.db(), SeedAccount::default()).await;
        app.signed_in(&other).await.get("/documents").await.assert_never_says("DC-NEW");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_a_page_there_is_another() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    for number in 0..51 {
        issue(&app, &seeded, &format!("DC-{number:03}"), ISSUED_AT + number).await;
    }
    let mut browser = app.signed_in(&seeded).await;
    let first = browser.get("/documents").await;
    first.assert_says("DC-050");
    first.assert_never_says("DC-000");
    first.assert_says("Older documents");
    for path in ["/documents?page=2", "/documents?page=999"] {
        let second = browser.get(path).await;
        second.assert_says("DC-000");
        second.assert_never_says("DC-001");
    }
    browser.get("/documents?page=x").await.assert_says("DC-050");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_holds_what_is_theirs_and_nothing_secret_or_of_others() {
    for app in both().await {
        let seeded = app.seeded().await;
        issue(&app, &seeded, "DC-NEW", ISSUED_AT).await;
        let other =
            SeedAccount { given_name: "Zacharias".into(), email: Some("zach@example.net".into()), ..SeedAccount::default() };
        let other = seed::account(app.db(), other).await;
        issue(&app, &other, "DC-OTHER", ISSUED_AT).await;
        begin(&app, &seeded, "case-1").await;
        let mut browser = app.signed_in(&seeded).await;
        upload(&mut browser, "case-1", "a.jpg", &samples::jpeg()).await;

        let answer = browser.post_here("/documents/everything", &[]).await;
        assert_eq!((answer.status, answer.headers["content-type"].to_str().ok()), (StatusCode::OK, Some("application/zip")));
        assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"everything-2026-11-20.zip\"");
        let mut zip = opened(&answer);
        let held = names(&zip);
        let item: String = sqlx::query_scalar("select id from evidence_items").fetch_one(app.db().pool()).await.expect("a file");
        let evidence = format!("evidence/{item}.jpeg");
        assert_eq!(held, BTreeSet::from(["everything.json".into(), "documents/DC-NEW.pdf".into(), evidence.clone()]));
        assert!(samples::contains(&file(&mut zip, &evidence), samples::SCAN));
        let pdf = file(&mut zip, "documents/DC-NEW.pdf");
        assert_eq!(documents::verify_file(&app.state, &pdf).await.expect("reads"), documents::Verdict::Genuine);

        let text = String::from_utf8(file(&mut zip, "everything.json")).expect("text");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(json["schema_version"], 1);
        assert_eq!(json["customer"][0]["given_name"], "Ada");
        assert_eq!(json["accounts"][0]["reference"], seeded.reference);
        assert_eq!(json["documents"][0]["terms"]["of"], "DC-NEW");
        assert_eq!(json["ledger_postings"].as_array().map(Vec::len), Some(2));
        assert_eq!(json["evidence_files"][0]["id"], item);
        assert!(
            json["events"].as_array().is_some_and(|events| events.iter().any(|event| event["action"] == "everything.downloaded"))
        );
        for secret in ["Zacharias", "zach@example.net", "DC-OTHER", "wrapped_key", "token_digest", "once_key", "decision_key"] {
            assert!(!text.contains(secret), "{secret}");
        }
        // It is written down that their file was opened, and by whom.
        assert_eq!(app.count("select count(*) from evidence_openings where opened_by = 'customer'").await, 1);
        assert_eq!(
            app.count("select count(*) from events where action = 'evidence.opened' and actor_kind = 'customer'").await,
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rows_than_are_read_at_once_are_all_there_once() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    for number in 0..450 {
        sqlx::query(
            "insert into events (id, at, actor_kind, actor_id, on_behalf_of, action, customer_id, account_id, subject_id, details)
             values ($1, 0, 'system', null, null, 'test.counted', $2, null, null, '{}')",
        )
        .bind(format!("event-{number:04}"))
        .bind(&seeded.customer_id)
        .execute(app.db().pool())
        .await
        .expect("an event");
    }
    let answer = app.signed_in(&seeded).await.post_here("/documents/everything", &[]).await;
    let json: serde_json::Value = serde_json::from_slice(&file(&mut opened(&answer), "everything.json")).expect("JSON");
    let counted: BTreeSet<&str> = json["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|event| event["action"] == "test.counted")
        .filter_map(|event| event["id"].as_str())
        .collect();
    let listed = json["events"].as_array().expect("events").iter().filter(|event| event["action"] == "test.counted").count();
    assert_eq!((counted.len(), listed), (450, 450));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_a_day_are_enough_and_tomorrow_there_are_more() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        for _ in 0..3 {
            assert_eq!(browser.post_here("/documents/everything", &[]).await.status, StatusCode::OK);
        }
        let refused = browser.post_here("/documents/everything", &[]).await;
        assert_eq!((refused.status, refused.location().as_str()), (StatusCode::SEE_OTHER, "/documents#everything"));
        browser.get("/documents").await.assert_says("You have downloaded it 3 times today.");
        assert_eq!(app.count("select count(*) from events where action = 'everything.downloaded'").await, 3);
        app.execute("update events set at = at - 86400000 where action = 'everything.downloaded'").await;
        assert_eq!(browser.post_here("/documents/everything", &[]).await.status, StatusCode::OK);
        // Looking at its address downloads nothing, and a stranger is asked who they are.
        assert_eq!(browser.get_here("/documents/everything").await.status, StatusCode::SEE_OTHER);
        let stranger = app.browser().post_here("/documents/everything", &[]).await;
        assert!(stranger.status.is_redirection() && stranger.location().starts_with("/sign-in"));
        assert_eq!(app.count("select count(*) from events where action = 'everything.downloaded'").await, 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_writes_the_same_and_over_nothing() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    issue(&app, &seeded, "DC-NEW", ISSUED_AT).await;
    let folder = app.state.config.evidence.temporary_dir.clone();
    let export = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(["export", "customer"])
            .args(arguments)
            .current_dir(&folder)
            .env("DATABASE_URL", "sqlite:test.db")
            .env("EVENKEEL_POLICY_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/default.toml"))
            .env("EVENKEEL_ADVICE_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/advice.toml"))
            .output()
            .expect("the program runs")
    };
    let done = export(&[&seeded.reference, "--out", "all.zip"]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let bytes = std::fs::read(folder.join("all.zip")).expect("the file");
    let zip = ZipArchive::new(Cursor::new(bytes)).expect("a ZIP");
    assert!(names(&zip).contains("documents/DC-NEW.pdf"));
    assert_eq!(
        app.count("select count(*) from events where action = 'everything.downloaded' and actor_kind = 'operator'").await,
        1
    );
    assert_eq!(export(&[&seeded.reference, "--out", "all.zip"]).status.code(), Some(3));
    assert_eq!(export(&["nobody", "--out", "other.zip"]).status.code(), Some(1));
    assert_eq!(export(&[&seeded.reference]).status.code(), Some(2));
}
