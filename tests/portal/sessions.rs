//! The session: its cookie, its id, how long it lasts.

use crate::app::{TestApp, answers, right_answers};
use http::{Method, StatusCode};

const COOKIE: &str = "evenkeel-session";

#[tokio::test(flavor = "multi_thread")]
async fn who_only_looks_gets_no_cookie() {
    let app = TestApp::sqlite().await;
    for path in ["/", "/sign-in", "/contact", "/signed-out", "/link/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let page = app.browser().get(path).await;
        assert!(page.headers.get("set-cookie").is_none(), "{path}");
    }
    assert_eq!(app.count("select count(*) from sessions").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_cookie_is_bound_to_this_host_and_out_of_reach_of_scripts() {
    let app = TestApp::with(&[("server.public_url", "https://pay.example.org")]).await;
    let seeded = app.seeded().await;
    let answer = app.browser().post_here("/api/sign_in", &right_answers(&seeded.reference)).await;
    let attributes = |name: &str| -> Vec<String> {
        let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().expect("text"));
        let cookie = cookies.into_iter().find(|cookie| cookie.starts_with(name)).expect("the cookie");
        let mut attributes: Vec<String> = cookie.split("; ").skip(1).map(str::to_owned).collect();
        attributes.sort_unstable();
        attributes
    };
    assert_eq!(attributes("__Host-session="), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    assert_eq!(attributes("__Host-browser="), ["HttpOnly", "Max-Age=2678400", "Path=/", "SameSite=Lax", "Secure"]);
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_changes_the_id_and_forgets_what_was_typed_before() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.browser();
    let refused = browser.post_here("/api/sign_in", &answers(&seeded.reference, "28", "80276")).await;
    let before = browser.cookies[COOKIE].clone();
    browser.post_here("/api/sign_in", &right_answers(&seeded.reference)).await;
    let after = browser.cookies[COOKIE].clone();
    assert_ne!(before, after);
    // The old id opens nothing, and what was refused is gone.
    let mut fixed = app.browser();
    fixed.cookies.insert(COOKIE.into(), before);
    assert_eq!(extend(&mut fixed).await, "0");
    assert_ne!(extend(&mut browser).await, "0");
    assert_eq!(browser.get(&refused.location()).await.value_of("reference"), None);
    assert_eq!(app.count("select count(*) from sessions").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_is_kept_only_as_a_digest() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let browser = app.signed_in(&seeded).await;
    let (digest, customer): (String, String) =
        sqlx::query_as("select id_digest, customer_id from sessions").fetch_one(app.db().pool()).await.expect("a session");
    assert_ne!(digest, browser.cookies[COOKIE]);
    assert_eq!(customer, seeded.customer_id);
}

async fn extend(browser: &mut crate::app::Browser) -> String {
    browser.post_here("/api/extend_session", &[]).await.body
}

#[tokio::test(flavor = "multi_thread")]
async fn staying_signed_in_makes_the_session_last_but_not_for_ever() {
    let app = TestApp::with(&[("session.idle_minutes", "5"), ("session.longest_hours", "1")]).await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    // Four minutes have passed.
    app.execute("update sessions set created_at = created_at - 240000, last_seen_at = last_seen_at - 240000, expires_at = expires_at - 240000").await;
    let left: i64 = extend(&mut browser).await.parse().expect("seconds");
    assert!((290..=300).contains(&left), "{left} s");
    // 58 minutes after signing in there are two left, however busy it was.
    app.execute("update sessions set created_at = created_at - 3240000, last_seen_at = last_seen_at - 61000").await;
    let left: i64 = extend(&mut browser).await.parse().expect("seconds");
    assert!((110..=120).contains(&left), "{left} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_pages_writes_at_most_once_a_minute() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let seen = "select last_seen_at from sessions";
    let first = app.count(seen).await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    browser.get("/contact").await;
    assert_eq!(app.count(seen).await, first);
    app.execute("update sessions set last_seen_at = last_seen_at - 60000").await;
    browser.get("/contact").await;
    assert!(app.count(seen).await > first);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_session_ends_and_signing_in_comes_back_to_the_page() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    app.execute("update sessions set expires_at = 1").await;
    assert_eq!(extend(&mut browser).await, "0");
    // http/layers.rs has the test that a page leads here.
    let page = browser.get("/sign-in?next=/account").await;
    page.assert_says("You were signed out because nothing happened for a while.");
    assert_eq!(page.value_of("next").as_deref(), Some("/account"));
    let deleted = evenkeel::server::services::sessions::delete_ended(&app.state).await.expect("deletes");
    assert_eq!(deleted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_everywhere() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let mut copy = browser.clone();
    let page = browser.post("/api/sign_out", &[]).await;
    page.assert_says("You are signed out");
    assert!(!browser.cookies.contains_key(COOKIE), "the cookie is gone");
    assert_eq!(extend(&mut copy).await, "0");
    assert_eq!(app.count("select count(*) from sessions").await, 0);
    // Reading a page never signs anybody out.
    let answer = copy.send(copy.request(Method::GET, "/api/sign_out").body(axum::body::Body::empty()).expect("a request")).await;
    assert!(!answer.status.is_success() && !answer.status.is_redirection(), "{}", answer.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_is_asked_before_time_runs_out() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let page = app.signed_in(&seeded).await.get("/contact").await;
    page.assert_says("Are you still there?");
    assert!(page.body.contains("data-extend=\"/api/extend_session\""));
    assert!(!app.browser().get("/contact").await.body.contains("session-warning"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_inside_does_not_stand_at_the_door_again() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    for (door, leads_to) in [("/", "/account"), ("/sign-in", "/account"), ("/sign-in?next=/account/abc", "/account/abc")] {
        let answer = browser.get_here(door).await;
        assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, leads_to), "{door}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_is_the_visitors_choice_then_the_customers_then_the_browsers() {
    let app = TestApp::sqlite().await;
    let mut browser = app.browser();
    browser.accept_language = "es-MX,es;q=0.9,en;q=0.5".into();
    let page = browser.get("/sign-in").await;
    page.assert_says("Su fecha de nacimiento");
    assert!(page.body.contains("<html lang=\"es\""));
    let back = browser.post_here("/api/choose_language", &[("language", "en"), ("back", "/contact")]).await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/contact".to_owned()));
    browser.get("/sign-in").await.assert_says("Your date of birth");
    assert_eq!(app.count("select count(*) from sessions").await, 0);
    let away = browser.post_here("/api/choose_language", &[("language", "es"), ("back", "//evil.example")]).await;
    assert_eq!(away.location(), "/");

    let seeded = crate::support::seed::account(
        app.db(),
        crate::support::seed::SeedAccount { language: "es".into(), ..Default::default() },
    )
    .await;
    app.signed_in(&seeded).await.get("/contact").await.assert_says("Hablar con una persona");
}
