//! Issued documents: whether they are genuine, in the portal and far from it.

use crate::app::TestApp;
use crate::support::seed::Seeded;
use crate::{contents, tools};
use evenkeel::domain::ids::{AccountId, AgreementId, CustomerId, DocumentId};
use evenkeel::domain::language::Language;
use evenkeel::server::ids;
use evenkeel::server::services::documents::{self, DocumentKind, Subject, Verdict};
use std::path::Path;
use std::process::{Command, Output};

/// An issued confirmation: its id and its file.
pub async fn issued(app: &TestApp, seeded: &Seeded) -> (DocumentId, Vec<u8>) {
    let (id, customer, account) =
        (DocumentId(ids::new_id()), CustomerId(seeded.customer_id.clone()), AccountId(seeded.account_id.clone()));
    let mut content = contents::plan(Language::English, 6);
    content.document_reference = ids::new_reference("DC");
    let subject = Subject {
        id: &id,
        kind: DocumentKind::Confirmation,
        reference: &content.document_reference,
        customer_id: &customer,
        account_id: &account,
        agreement: Some((&AgreementId(ids::new_id()), 1)),
        payment_id: None,
        language: content.language,
        terms: content.terms.clone(),
        file: content.to_pdf().expect("typesets"),
    };
    let mut tx = app.db().begin_write().await.expect("begins");
    documents::issue(&mut tx, subject, app.state.clock.now_millis()).await.expect("issues");
    tx.commit().await.expect("commits");
    let file = documents::file_of_customer(&app.state, &customer, &id).await.expect("reads").expect("the owner's file");
    (id, file.bytes)
}

#[tokio::test]
async fn a_document_stays_genuine_after_its_key_was_rotated() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let (_, file) = issued(&app, &seeded).await;
        assert_eq!(documents::verify_file(&app.state, &file).await.expect("checks"), Verdict::Genuine);
        let before = documents::keys(&app.state).await.expect("keys");
        documents::rotate_key(&app.state).await.expect("rotates");
        let (_, newer) = issued(&app, &seeded).await;
        for file in [&file, &newer] {
            assert_eq!(documents::verify_file(&app.state, file).await.expect("checks"), Verdict::Genuine);
        }
        let keys = documents::keys(&app.state).await.expect("keys");
        assert_eq!((before.len(), keys.len()), (1, 2));
        assert_eq!(keys.iter().filter(|key| key.retired_at.is_none()).count(), 1);
        assert_eq!(app.count("select count(*) from signing_keys where retired_at is not null and secret_key <> ''").await, 0);
        assert_eq!(app.count("select count(*) from events where action = 'document.issued'").await, 2);
    }
}

#[tokio::test]
async fn a_changed_byte_anywhere_is_found_and_qpdf_still_opens_the_original() {
    let app = TestApp::sqlite().await;
    let (_, file) = issued(&app, &app.seeded().await).await;
    let path = tools::keep("issued.pdf", &file);
    tools::run("qpdf", &["--check"], &path);
    assert!(tools::run("pdfinfo", &[], &path).contains("Tagged:          yes"));
    for index in (0..file.len()).step_by(997).chain(file.len() - 250..file.len()) {
        let mut altered = file.clone();
        altered[index] ^= 0x04;
        let verdict = documents::verify_file(&app.state, &altered).await.expect("checks");
        assert_ne!(verdict, Verdict::Genuine, "byte {index}");
    }
}

#[tokio::test]
async fn another_portals_document_is_not_ours() {
    let (ours, theirs) = (TestApp::sqlite().await, TestApp::sqlite().await);
    let (_, file) = issued(&theirs, &theirs.seeded().await).await;
    issued(&ours, &ours.seeded().await).await;
    assert_eq!(documents::verify_file(&ours.state, &file).await.expect("checks"), Verdict::Unknown);
}

#[tokio::test]
async fn two_first_documents_at_once_make_one_key() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let (first, second) = (app.seeded().await, app.seeded().await);
        tokio::join!(issued(&app, &first), issued(&app, &second));
        assert_eq!(documents::keys(&app.state).await.expect("keys").len(), 1);
    }
}

fn evenkeel(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .output()
        .expect("the program runs")
}

#[tokio::test]
async fn the_command_line_tells_genuine_from_altered_without_a_database() {
    let app = TestApp::sqlite().await;
    let (_, file) = issued(&app, &app.seeded().await).await;
    let folder = tempfile::tempdir().expect("a folder");
    let keep = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("written");
    keep("genuine.pdf", &file);
    let mut altered = file.clone();
    altered[file.len() / 2] ^= 1;
    keep("altered.pdf", &altered);
    keep("stranger.pdf", &contents::receipt(Language::English).to_pdf().expect("a document"));
    let verify = |name: &str, more: &[&str]| {
        let arguments = [&["verify", "document", name, "--json"], more].concat();
        let output = evenkeel(folder.path(), &arguments);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (output.status.code(), json["result"].as_str().expect("a result").to_owned(), json["key_known"].clone())
    };
    assert_eq!(verify("genuine.pdf", &[]), (Some(0), "genuine".into(), serde_json::Value::Null));
    assert_eq!(verify("altered.pdf", &[]).0, Some(1));
    assert_eq!(verify("stranger.pdf", &[]), (Some(1), "unknown".into(), serde_json::Value::Null));
    assert!(!folder.path().join("data").exists(), "checking a file makes no database");

    let published = app.browser().get("/.well-known/evenkeel-keys.json").await;
    keep("keys.json", published.body.as_bytes());
    assert_eq!(verify("genuine.pdf", &["--keys", "keys.json"]), (Some(0), "genuine".into(), true.into()));
    keep("none.json", b"{\"keys\": []}");
    assert_eq!(verify("genuine.pdf", &["--keys", "none.json"]), (Some(1), "unknown".into(), false.into()));
    assert_eq!(evenkeel(folder.path(), &["verify", "document", "nothing.pdf"]).status.code(), Some(2));
}
