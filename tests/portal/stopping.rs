//! Stopping e-mail in one step, as a person and as a mail program does; and what the account page says of what will be sent.

use crate::app::{Answer, Browser, TestApp, attribute, tags};
use crate::support::seed::Seeded;
use axum::body::Body;
use evenkeel::domain::ids::CustomerId;
use evenkeel::domain::language::Language;
use evenkeel::server::notify::letters::Template;
use evenkeel::server::services::outbox::{self, Hurry, Message};
use http::StatusCode;

const MAIL: (&str, &str) = ("mail.smtp_url", "smtp://127.0.0.1:9");

/// A receipt's message waits for a customer; the address of its stop link.
async fn written(app: &TestApp, seeded: &Seeded) -> String {
    let customer_id = CustomerId(seeded.customer_id.clone());
    let message = Message {
        customer_id: &customer_id,
        template: Template::ReceiptCopy,
        language: Language::English,
        values: Template::ReceiptCopy.example(),
        document_id: None,
        hurry: Hurry::InWindow,
        once: "receipt",
    };
    let mut tx = app.db().begin_write().await.expect("begins");
    outbox::enqueue(&app.state, &mut tx, &message).await.expect("is written");
    tx.commit().await.expect("commits");
    let text: String = sqlx::query_scalar("select body_text from outbox").fetch_one(app.db().pool()).await.expect("its text");
    let token = text.split("/stop/").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    format!("/stop/{token}")
}

/// A POST as a mail program makes it: no cookie, no origin, nothing a browser says.
async fn one_click(app: &TestApp, path: &str) -> Answer {
    let request = http::Request::builder()
        .method("POST")
        .uri(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("List-Unsubscribe=One-Click"))
        .expect("a request");
    app.browser().send(request).await
}

async fn stopped(app: &TestApp) -> i64 {
    app.count("select count(*) from channel_marks where channel = 'email' and mark = 'stopped' and ended_at is null").await
}

async fn press(browser: &mut Browser, path: &str) -> Answer {
    let request = browser.form(path, &[]).body(Body::empty()).expect("a request");
    let answer = browser.send(request).await;
    assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, path));
    browser.get(path).await
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_changes_nothing_and_one_button_stops_email() {
    for app in [TestApp::with(&[MAIL]).await, TestApp::postgres_with(&[MAIL]).await] {
        let seeded = app.seeded().await;
        let path = written(&app, &seeded).await;
        let mut browser = app.browser();
        for _ in 0..2 {
            let page = browser.get(&path).await;
            page.assert_says("Stop e-mail from us");
            page.assert_says("still come by post");
            for secret in ["Ada", "Moreno", "Northgate", "example.net", "owe", "debt", "$"] {
                page.assert_never_says(secret);
            }
        }
        assert_eq!(stopped(&app).await, 0);
        let done = press(&mut browser, &path).await;
        done.assert_says("E-mail is stopped");
        press(&mut browser, &path).await.assert_says("E-mail is stopped");
        assert_eq!(stopped(&app).await, 1);
        assert_eq!(app.count("select count(*) from events where action = 'channel.marked'").await, 1);
        browser.accept_language = "es".into();
        browser.get(&path).await.assert_says("Ya no recibirá más correos electrónicos");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stopped_email_takes_it_up_again_with_one_button() {
    for app in [TestApp::with(&[MAIL]).await, TestApp::postgres_with(&[MAIL]).await] {
        let path = written(&app, &app.seeded().await).await;
        let again = format!("{path}/again");
        let mut browser = app.browser();
        press(&mut browser, &path).await.assert_says("Send me e-mail again");
        // An address that does not work is another matter: a button makes it no better.
        app.execute(
            "insert into channel_marks (id, customer_id, channel, mark, address, learned_from, message_id, learned_at, ended_at)
             select 'm2', customer_id, channel, 'unusable', 'Ada.Moreno@example.net', 'mail_server', null, learned_at, null
             from channel_marks",
        )
        .await;
        for _ in 0..2 {
            let request = browser.form(&again, &[]).body(Body::empty()).expect("a request");
            let answer = browser.send(request).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            let page = browser.get(&answer.location()).await;
            page.assert_says("You get e-mail from us again.");
            page.assert_says("Stop e-mail from us");
        }
        assert_eq!(stopped(&app).await, 0);
        assert_eq!(app.count("select count(*) from events where action = 'channel.allowed'").await, 1);
        assert_eq!(app.count("select count(*) from channel_marks where mark = 'unusable' and ended_at is null").await, 1);
        browser.get(&path).await.assert_never_says("You get e-mail from us again.");
        press(&mut browser, &path).await.assert_says("E-mail is stopped");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_program_stops_it_with_one_post_and_is_not_redirected() {
    let app = TestApp::with(&[MAIL]).await;
    let path = written(&app, &app.seeded().await).await;
    for _ in 0..2 {
        let answer = one_click(&app, &path).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "stopped\n"));
    }
    assert_eq!(stopped(&app).await, 1);
    assert_eq!(app.count("select count(*) from channel_marks where learned_from = 'one_click'").await, 1);
    assert_eq!(app.count("select count(*) from sessions").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_none_of_ours_changes_nothing_and_says_whom_to_call() {
    let app = TestApp::with(&[MAIL]).await;
    written(&app, &app.seeded().await).await;
    for path in ["/stop/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/stop/x"] {
        app.browser().get(path).await.assert_says("This link does not work");
        assert_eq!(one_click(&app, path).await.status, StatusCode::NOT_FOUND);
        let mut browser = app.browser();
        let request = browser.form(path, &[]).body(Body::empty()).expect("a request");
        let answer = browser.send(request).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        answer.assert_says("This page is not here");
        let request = browser.form(&format!("{path}/again"), &[]).body(Body::empty()).expect("a request");
        assert_eq!(browser.send(request).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(stopped(&app).await, 0);
    assert_eq!(app.count("select count(*) from events where action <> 'message.written'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_page_says_what_comes_how_and_why_not_before() {
    // 23:30 in Denver.
    let night = [MAIL, ("sandbox.clock", "2026-11-21T06:30:00Z")];
    for app in [TestApp::with(&night).await, TestApp::postgres_with(&night).await] {
        let seeded = app.seeded().await;
        let path = written(&app, &seeded).await;
        let mut browser = app.signed_in(&seeded).await;
        let page = browser.get("/account").await;
        page.assert_says("A receipt, by e-mail, from 21 November 2026: we write only between 8:00 and 21:00 where you live");
        one_click(&app, &path).await;
        let account = browser.get("/account").await;
        account.assert_says("You have stopped e-mail. What you must get comes by post.");
        assert!(tags(&account.body, "a").any(|tag| attribute(tag, "href").as_deref() == Some("/you/contact")));
        outbox::send_due(&app.state).await.expect("sends");
        browser.get("/account").await.assert_says("A receipt, by post: it is being printed");
        // An address that does not work is said too, and only as long as it is the address.
        app.execute("update channel_marks set mark = 'unusable', address = 'Ada.Moreno@example.net'").await;
        browser.get("/account").await.assert_says("E-mail to your address comes back to us");
        app.execute("update customers set email = 'new@example.net'").await;
        browser.get("/account").await.assert_never_says("comes back to us");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_says_whether_messages_leave() {
    let said = "No money moves and no message leaves.";
    TestApp::sqlite().await.browser().get("/").await.assert_says(said);
    let writes = TestApp::with(&[MAIL]).await.browser().get("/").await;
    writes.assert_says("No money moves, but messages do leave.");
    writes.assert_never_says(said);
}
