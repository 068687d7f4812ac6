//! Text messages: only to those who agreed, over the port, and stopped by one word.

use crate::app::TestApp;
use crate::sending::{send, stands, write};
use crate::support::seed::{self, SeedAccount, Seeded};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use evenkeel::domain::language::Language;
use evenkeel::server::services::outbox::{self, Channel, Reason, Round, State};
use evenkeel::server::services::stopping::{self, Wish};
use std::sync::{Arc, Mutex};

const SECRET: &str = "0123456789abcdef";

/// A customer without e-mail, with a telephone, who has agreed to texts.
pub async fn agreed(app: &TestApp) -> Seeded {
    let seeded = seed::account(app.db(), SeedAccount { email: None, ..SeedAccount::default() }).await;
    app.execute("update customers set phone = '(303) 555-0100'").await;
    let wish = Wish::ConsentToTexts(Language::English);
    stopping::record_wish(&app.state, &seeded.reference, wish).await.expect("is written down");
    seeded
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_goes_only_to_the_number_that_was_agreed_to() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = agreed(&app).await;
        write(&app, &seeded, "text").await;
        assert_eq!(send(&app).await, Round { sent: 1, ..Round::default() });
        assert_eq!(stands(&app, "text").await.1, Channel::Text);
        let texts = outbox::sandbox_messages(&app.state).await.expect("texts");
        assert_eq!(texts.len(), 1);
        assert!(texts[0].1.contains("your receipt EK-7F3K-9Q2M is ready") && texts[0].1.contains("STOP"), "{texts:?}");
        let page = app.browser().get("/sandbox-messages").await;
        page.assert_says("EK-7F3K-9Q2M is ready");
        page.assert_says("Sandbox: no real money");

        // A number that is no longer theirs may be somebody else's.
        app.execute("update customers set phone = '303-555-0199'").await;
        write(&app, &seeded, "letter").await;
        assert_eq!(send(&app).await, Round { to_print: 1, ..Round::default() });
        app.execute("update customers set phone = '303-555-0100'").await;
        stopping::record_wish(&app.state, &seeded.reference, Wish::WithdrawConsent).await.expect("is written down");
        write(&app, &seeded, "withdrawn").await;
        assert_eq!(send(&app).await, Round { to_print: 1, ..Round::default() });
    }
}

/// What a carrier was handed: its headers and its body.
type Handed = Arc<Mutex<Vec<(HeaderMap, String)>>>;

/// A carrier on this machine that is busy once and then takes everything.
async fn carrier(handed: Handed) -> String {
    let app = Router::new().route(
        "/send",
        post(move |headers: HeaderMap, body: String| {
            let handed = handed.clone();
            async move {
                let mut handed = handed.lock().expect("nobody broke it");
                handed.push((headers, body));
                if handed.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::ACCEPTED }
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/send")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_is_busy_is_asked_again_under_the_same_id() {
    let handed = Handed::default();
    let url = carrier(handed.clone()).await;
    let app = TestApp::with(&[("text.url", &url), ("text.secret", SECRET)]).await;
    let seeded = agreed(&app).await;
    let id = write(&app, &seeded, "text").await;
    assert_eq!(send(&app).await, Round { put_off: 1, ..Round::default() });
    assert!(matches!(stands(&app, "text").await.0, State::Waiting { reason: Some(Reason::ServerUnreachable), .. }));
    app.execute("update outbox set not_before = 0").await;
    assert_eq!(send(&app).await, Round { sent: 1, ..Round::default() });
    let handed = handed.lock().expect("nobody broke it").clone();
    assert_eq!(handed.len(), 2);
    for (headers, body) in &handed {
        assert_eq!(headers["authorization"], format!("Bearer {SECRET}"));
        assert_eq!(headers["idempotency-key"], id.as_str());
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!((&body["id"], &body["to"]), (&id.as_str().into(), &"+13035550100".into()));
        assert!(body["text"].as_str().expect("text").contains("EK-7F3K-9Q2M"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_as_an_answer_stops_texts_and_only_the_carrier_is_believed() {
    let app = TestApp::with(&[("text.inbound_secret", SECRET)]).await;
    let seeded = agreed(&app).await;
    let mut browser = app.browser();
    let mut come_in = async |secret: Option<&str>, body: &str| {
        let mut request =
            http::Request::builder().method("POST").uri("/webhooks/text").header("content-type", "application/json");
        if let Some(secret) = secret {
            request = request.header("authorization", format!("Bearer {secret}"));
        }
        browser.send(request.body(Body::from(body.to_owned())).expect("a request")).await.status
    };
    let stop = r#"{"from": "+13035550100", "text": "Stop"}"#;
    assert_eq!(come_in(None, stop).await, StatusCode::UNAUTHORIZED);
    assert_eq!(come_in(Some("0123456789abcdeF"), stop).await, StatusCode::UNAUTHORIZED);
    assert_eq!(come_in(Some(SECRET), "not JSON").await, StatusCode::BAD_REQUEST);
    assert_eq!(come_in(Some(SECRET), r#"{"from": "+13035550100", "text": "Thank you"}"#).await, StatusCode::OK);
    assert_eq!(app.count("select count(*) from channel_marks").await, 0);
    // That is for a person, and whoever wrote is told so by text.
    assert_eq!(app.count("select count(*) from contact_requests where kind = 'answer'").await, 1);
    assert_eq!(send(&app).await, Round { sent: 1, ..Round::default() });
    let texts = outbox::sandbox_messages(&app.state).await.expect("texts");
    assert!(texts[0].1.contains("A person answers by Tuesday 24 November 2026"), "{texts:?}");
    for _ in 0..2 {
        assert_eq!(come_in(Some(SECRET), stop).await, StatusCode::OK);
    }
    assert_eq!(app.count("select count(*) from channel_marks where channel = 'text' and mark = 'stopped'").await, 1);
    assert_eq!(app.count("select count(*) from channel_consents where withdrawn_at is null").await, 0);
    write(&app, &seeded, "letter").await;
    assert_eq!(send(&app).await, Round { to_print: 1, ..Round::default() });

    let closed = TestApp::sqlite().await;
    let request = http::Request::builder().method("POST").uri("/webhooks/text").body(Body::from(stop)).expect("a request");
    assert_eq!(closed.browser().send(request).await.status, StatusCode::NOT_FOUND);
}
