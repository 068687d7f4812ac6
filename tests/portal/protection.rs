//! What the portal refuses, and what it says when something is wrong.

use crate::app::{Answer, Browser, TestApp, encode, right_answers};
use axum::body::Body;
use evenkeel::paths;
use http::{HeaderValue, StatusCode};

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

/// Bodies that no form of ours sends, with what must not come back.
const UNREADABLE: [&[u8]; 3] = [
    b"reference=NG-SECRET\xff\xfe&account=NG-SECRET\xff&token=\xff&language=\xff",
    b"reference[a]=NG-SECRET&reference=NG-SECRET&token[a]=1&token=2&kind[a]=1&kind=2&account[a]=1&account=2",
    b"reference=NG-SECRET&reference=NG-SECRET&token=1&token=2&kind=1&kind=2&account=1&account=2",
];
const REFERERS: [&str; 4] =
    ["http://localhost:3000/sign-in?reference=NG-SECRET", "https://evil.example/", "//evil.example", "not an address"];

async fn send_raw(browser: &mut Browser, door: &str, body: &'static [u8], referer: Option<&str>, accept: &'static str) -> Answer {
    let mut form = browser.form(door, &[]).header("sec-fetch-site", "same-origin");
    if let Some(referer) = referer {
        form = form.header("referer", referer);
    }
    let mut request = form.body(Body::from(body)).expect("a request");
    request.headers_mut().insert("accept", HeaderValue::from_static(accept));
    browser.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_read_gets_a_calm_page_wherever_it_says_it_comes_from() {
    let app = TestApp::sqlite().await;
    let mut browser = app.browser();
    browser.accept_language = "es".into();
    for door in ["/api/sign_in", "/api/open_link", "/api/ask_person"] {
        for body in UNREADABLE {
            for referer in REFERERS.map(Some).into_iter().chain([None]) {
                for accept in ["text/html", "*/*"] {
                    let answer = send_raw(&mut browser, door, body, referer, accept).await;
                    let told = format!("{door} {} {referer:?}: {}", String::from_utf8_lossy(body), answer.text());
                    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{told}");
                    assert_eq!(answer.title(), "No pudimos leer ese formulario");
                    assert_eq!(answer.location(), "");
                    assert_eq!(answer.header("serverfnerror"), "");
                    answer.assert_never_says("NG-SECRET");
                }
            }
        }
    }
    assert_eq!(app.count("select count(*) from sessions").await, 0);
    let long = "a".repeat(300 * 1024);
    let answer = app.browser().post_here("/api/ask_person", &[("message", &long)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    answer.assert_says("We could not read that form");
}

/// Signed in too, and whatever a browser writes: an answer is one of our pages or leads to one.
#[tokio::test(flavor = "multi_thread")]
async fn no_door_sends_anybody_where_a_browser_says() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let doors: Vec<String> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    for door in &doors {
        let browser = app.signed_in(&seeded).await;
        for body in UNREADABLE.into_iter().chain([&b""[..], b"]=NG-SECRET&[[[=%"]) {
            for referer in REFERERS {
                let answer = send_raw(&mut browser.clone(), door, body, Some(referer), "text/html").await;
                let told = format!("{door} {} {referer}: {} {}", String::from_utf8_lossy(body), answer.status, answer.location());
                assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{told}");
                assert!(!answer.location().contains("__err"), "{told}");
                assert!(answer.location().is_empty() || paths::is_local(&answer.location()), "{told}");
                answer.assert_never_says("NG-SECRET");
            }
        }
    }
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
        "POST /api/accept_help",
        "POST /api/add_passkey",
        "POST /api/add_to_dispute",
        "POST /api/answer_hardship",
        "POST /api/answer_questions",
        "POST /api/appeal_hardship",
        "POST /api/ask_email_code",
        "POST /api/ask_information",
        "POST /api/ask_person",
        "POST /api/authorise_collection",
        "POST /api/begin_passkey",
        "POST /api/begin_passkey_sign_in",
        "POST /api/cancel_payment",
        "POST /api/choose_always",
        "POST /api/choose_change",
        "POST /api/choose_language",
        "POST /api/choose_payment",
        "POST /api/choose_plan",
        "POST /api/choose_promise",
        "POST /api/choose_several",
        "POST /api/confirm_address",
        "POST /api/confirm_helper",
        "POST /api/contradict_life_event",
        "POST /api/decline_questions",
        "POST /api/discard_message",
        "POST /api/end_agreement",
        "POST /api/end_hardship_pause",
        "POST /api/end_help",
        "POST /api/end_sessions",
        "POST /api/end_time",
        "POST /api/enter_email_code",
        "POST /api/extend_session",
        "POST /api/forget_circumstances",
        "POST /api/give_consent",
        "POST /api/have_back",
        "POST /api/join_account",
        "POST /api/keep_address",
        "POST /api/keep_dispute",
        "POST /api/keep_helper",
        "POST /api/keep_phone",
        "POST /api/keep_wishes",
        "POST /api/leave_and_clear",
        "POST /api/name_adviser",
        "POST /api/open_link",
        "POST /api/prove_for_details",
        "POST /api/prove_identity",
        "POST /api/put_change_aside",
        "POST /api/remove_passkey",
        "POST /api/remove_password",
        "POST /api/remove_phone",
        "POST /api/save_budget",
        "POST /api/save_hardship",
        "POST /api/send_dispute",
        "POST /api/send_hardship",
        "POST /api/send_kept",
        "POST /api/send_message",
        "POST /api/send_reply",
        "POST /api/set_password",
        "POST /api/settle_conversation",
        "POST /api/sign_agreement",
        "POST /api/sign_change",
        "POST /api/sign_in",
        "POST /api/sign_in_helper",
        "POST /api/sign_in_passkey",
        "POST /api/sign_out",
        "POST /api/staff_add_person",
        "POST /api/staff_change_password",
        "POST /api/staff_change_role",
        "POST /api/staff_choose_password",
        "POST /api/staff_disable",
        "POST /api/staff_enable",
        "POST /api/staff_end_own_sessions",
        "POST /api/staff_end_sessions",
        "POST /api/staff_extend_session",
        "POST /api/staff_give_creditors",
        "POST /api/staff_keep_codes",
        "POST /api/staff_make_password",
        "POST /api/staff_replace_code",
        "POST /api/staff_replace_codes",
        "POST /api/staff_reset_second_factor",
        "POST /api/staff_set_up_code",
        "POST /api/staff_show_code",
        "POST /api/staff_sign_in",
        "POST /api/staff_sign_out",
        "POST /api/start_payment",
        "POST /api/start_several",
        "POST /api/stop_contact",
        "POST /api/stop_mandate",
        "POST /api/take_time",
        "POST /api/take_up_contact",
        "POST /api/tell_us",
        "POST /api/withdraw_consent",
        "POST /api/withdraw_dispute",
        "POST /api/withdraw_hardship",
    ];
    assert_eq!(doors, expected);
}
