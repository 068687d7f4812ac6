//! What the portal refuses, and what it says when something is wrong.

use crate::app::{TestApp, encode, right_answers};
use axum::body::Body;
use http::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_form_changes_nothing() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.browser();
    let fields = right_answers(&seeded.reference);
    let foreign: [&[(&str, &str)]; 5] = [
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:3000")],
    ];
    for headers in foreign {
        let mut request = browser.form("/api/sign_in", &fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = browser.send(request.body(Body::from(encode(&fields))).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        answer.assert_says("That did not come from this site");
    }
    assert_eq!(app.count("select count(*) from sessions").await, 0);
    assert_eq!(app.count("select count(*) from sign_in_attempts").await, 0);
    let ours = browser.form("/api/sign_in", &fields).header("origin", "http://localhost:3000");
    let answer = browser.send(ours.body(Body::from(encode(&fields))).expect("a request")).await;
    assert_eq!(answer.location(), "/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_there_gets_a_calm_page_with_a_reference() {
    let app = TestApp::sqlite().await;
    let mut browser = app.browser();
    browser.accept_language = "es".into();
    let page = browser.get("/no/such/page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.assert_says("Esta página no está aquí");
    assert_eq!(page.title(), "Esta página no está aquí");
    page.assert_says(page.header("x-request-id"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_kept_by_browsers_only_if_it_was_there() {
    let site = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(site.path().join("pkg")).expect("a folder");
    std::fs::write(site.path().join("pkg/evenkeel.abc.css"), "body {}").expect("a file");
    std::fs::write(site.path().join("favicon.svg"), "<svg/>").expect("a file");
    let app = TestApp::with(&[("server.site_dir", site.path().to_str().expect("text"))]).await;
    let kept = |path: &'static str| {
        let mut browser = app.browser();
        async move { browser.get(path).await.header("cache-control").to_owned() }
    };
    assert_eq!(kept("/pkg/evenkeel.abc.css").await, "public, max-age=31536000, immutable");
    assert_eq!(kept("/favicon.svg").await, "public, max-age=3600");
    assert_eq!(kept("/pkg/evenkeel.old.css").await, "no-store");
    assert_eq!(kept("/robots.txt").await, "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_read_gets_a_calm_page_and_no_error_text_in_the_address() {
    let app = TestApp::sqlite().await;
    let mut browser = app.browser();
    let garbled = browser
        .form("/api/sign_in", &[])
        .header("sec-fetch-site", "same-origin")
        .header("referer", "http://localhost:3000/sign-in");
    let answer = browser.send(garbled.body(Body::from("reference[a]=1&reference=%FF%FE")).expect("a request")).await;
    assert!(!answer.location().contains("__err"), "{}", answer.location());
    let long = "a".repeat(300 * 1024);
    let answer = browser.post_here("/api/ask_person", &[("message", &long)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    answer.assert_says("We could not read that form");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_machine_breaks_the_person_gets_a_reference_and_no_detail() {
    let app = TestApp::sqlite().await;
    app.execute("drop table sign_in_attempts").await;
    let answer = app.browser().post_here("/api/sign_in", &right_answers("NG-1")).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    answer.assert_says("Something on our side is not working");
    answer.assert_says(answer.header("x-request-id"));
    answer.assert_never_says("sign_in_attempts");
    assert_eq!(answer.location(), "");

    app.execute("drop table sign_in_links").await;
    let page = app.browser().get("/link/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    page.assert_says("Something on our side is not working");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_answered_without_a_session() {
    let app = TestApp::sqlite().await;
    assert_eq!(app.browser().get("/healthz").await.body, "alive\n");
    assert_eq!(app.browser().get("/readyz").await.body, "ready\n");
}

/// Every public endpoint that a server function makes. A function lost by the linker, a rename or an unnoticed new door
/// shows here.
#[tokio::test(flavor = "multi_thread")]
async fn the_doors_are_these() {
    TestApp::sqlite().await;
    let mut doors: Vec<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    doors.sort_unstable();
    let expected = [
        "POST /api/ask_person",
        "POST /api/cancel_payment",
        "POST /api/choose_language",
        "POST /api/choose_payment",
        "POST /api/choose_plan",
        "POST /api/choose_promise",
        "POST /api/extend_session",
        "POST /api/open_link",
        "POST /api/send_message",
        "POST /api/sign_agreement",
        "POST /api/sign_in",
        "POST /api/sign_out",
        "POST /api/start_payment",
    ];
    assert_eq!(doors, expected);
}
