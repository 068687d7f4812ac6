//! What is attached to a message to the team: added while it is a draft, sent with it, and kept until some time after the last word.

use crate::app::{Answer, Browser, TestApp};
use crate::samples;
use crate::support::seed::Seeded;
use crate::uploading::upload;
use evenkeel::domain::evidence::EvidenceKind;
use evenkeel::server::jobs;
use evenkeel::server::services::messages;
use evenkeel::server::services::requests::Collections;

async fn both() -> [TestApp; 2] {
    [TestApp::sqlite().await, TestApp::postgres().await]
}

async fn word(app: &TestApp, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(app.db().pool()).await.expect("a word")
}

async fn keep(browser: &mut Browser, seeded: &Seeded, text: &str) -> Answer {
    let account = seeded.account_id.as_str();
    browser.post("/api/send_message", &[("account", account), ("topic", "payment"), ("text", text), ("intent", "papers")]).await
}

async fn answer(app: &TestApp, reference: &str) {
    let answer = messages::Answer { text: "Thank you.", by: "Ines", collections: Collections::GoOn };
    messages::answer(&app.state, reference, &answer).await.expect("no failure").expect("answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_attached_goes_with_the_message_and_stays_while_it_is_talked_about() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        keep(&mut browser, &seeded, "Here is my receipt.").await.assert_says("Papers and photos that help");
        let draft = word(&app, "select id from message_drafts").await;
        for kind in [EvidenceKind::Pdf, EvidenceKind::Jpeg] {
            upload(&mut browser, &draft, "receipt", &samples::of(kind)).await;
        }
        let check = browser.get("/messages/draft").await;
        check.assert_says("PDF, ");
        // Sent from the form itself, with the key that stands in it, they come along.
        let account = seeded.account_id.as_str();
        let fields = [("account", account), ("topic", "payment"), ("text", "Here is my receipt."), ("key", draft.as_str())];
        browser.post("/api/send_message", &fields).await.assert_says("We have your message");
        let reference = word(&app, "select reference from conversations").await;
        let page = browser.get(&format!("/messages/{reference}")).await;
        for words in ["Added to it:", "PDF, ", "JPEG, "] {
            page.assert_says(words);
        }
        // What was sent takes no more.
        let refused = upload(&mut browser, &draft, "late.jpg", &samples::jpeg()).await;
        assert!(refused.location().contains("again="), "{}", refused.location());
        assert_eq!(app.count("select count(*) from evidence_items").await, 2);

        // A month before its day it is talked about again: it stays for as long as if it had been sent then.
        let before = word(&app, "select delete_on from evidence_cases").await;
        let later = app.beside(&[("sandbox.clock", "2026-12-01T18:00:00Z")]).await;
        answer(&later, &reference).await;
        let after = word(&app, "select delete_on from evidence_cases").await;
        assert!(after > before, "{before} {after}");
        let over = app.beside(&[("sandbox.clock", "2028-06-01T12:00:00Z")]).await;
        jobs::tidy(&over.state).await;
        assert_eq!(app.count("select count(*) from evidence_items").await, 0);
        // The words stay.
        let page = browser.get(&format!("/messages/{reference}")).await;
        page.assert_says("Here is my receipt.");
        page.assert_never_says("Added to it:");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_of_a_form_reaches_a_case_of_somebody_else() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        keep(&mut browser, &seeded, "Here is my receipt.").await;
        let draft = word(&app, "select id from message_drafts").await;
        let other = app.seeded().await;
        let mut stranger = app.signed_in(&other).await;
        let fields = [("account", ""), ("topic", "other"), ("text", "Hello"), ("key", draft.as_str())];
        stranger.post("/api/send_message", &fields).await.assert_says("We have your message");
        stranger.post("/api/discard_message", &[("draft", &draft)]).await;
        assert_eq!(app.count("select count(*) from evidence_cases where finished_at is not null").await, 0);
        // Thrown away by its owner, it takes no more.
        browser.post("/api/discard_message", &[("draft", &draft)]).await;
        assert_eq!(app.count("select count(*) from evidence_cases where finished_at is not null").await, 1);
        let refused = upload(&mut browser, &draft, "late.jpg", &samples::jpeg()).await;
        assert!(refused.location().contains("again="), "{}", refused.location());
    }
}
