//! What strangers can make us write before they sign in, and what they are told when it was enough.

use crate::app::{Answer, Browser, TestApp, answers, right_answers};
use evenkeel::server::jobs;
use evenkeel::server::services::links;
use http::StatusCode;

/// With three tries before a limit, so many forms are let in a window: 3 × 12.
const LET_IN: usize = 36;
const FEW_TRIES: (&str, &str) = ("sign_in.attempts", "3");
const MESSAGE: [(&str, &str); 3] = [("kind", "moved"), ("reply_to", "ada@example.net"), ("message", "I moved")];

async fn both() -> [TestApp; 2] {
    [TestApp::with(&[FEW_TRIES]).await, TestApp::postgres_with(&[FEW_TRIES]).await]
}

/// Everything that anybody can cause to be written.
async fn rows(app: &TestApp) -> i64 {
    let tables = "select (select count(*) from sessions) + (select count(*) from sign_in_attempts)
      + (select count(*) from events) + (select count(*) from contact_requests) + (select count(*) from door_tallies)
      + (select count(*) from jobs) + (select count(*) from outbox) + (select count(*) from portal_secrets)";
    app.count(tables).await
}

/// Windows begin on the quarter of the hour: a test that meets the end of one would see two.
async fn within_one_window(app: &TestApp) {
    const ROOM_MILLIS: i64 = 60_000;
    let window = i64::from(app.state.config.sign_in_window_minutes) * 60_000;
    let left = window - app.state.clock.real_now_millis().rem_euclid(window);
    if left < ROOM_MILLIS {
        tokio::time::sleep(std::time::Duration::from_millis(left.unsigned_abs() + 1)).await;
    }
}

fn assert_told_to_wait(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: i64 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=15 * 60 + 1).contains(&seconds), "{seconds}");
    answer.assert_says("Please wait a little");
    answer.assert_says(&format!("You can try again in {} min.", (seconds + 59) / 60));
    assert!(answer.headers.get("set-cookie").is_none(), "no session is begun");
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn dead_token(n: usize) -> String {
    format!("{n:043}")
}

/// Answers take a quarter of a second each; forms that lack something take none.
const WHOLE_EVERY: usize = 6;

/// The fields of a form that a stranger can send to each door, the `n`th of many.
fn strangers_form(door: &str, n: usize) -> Vec<(String, String)> {
    match door {
        "/api/sign_in" if n.is_multiple_of(WHOLE_EVERY) => owned(&answers(&format!("NG-GUESS{n}"), "28", "80276")),
        "/api/open_link" if n.is_multiple_of(WHOLE_EVERY) => {
            let token = dead_token(n);
            owned(&[("token", token.as_str()), ("birth_date_day", "1"), ("birth_date_month", "2"), ("birth_date_year", "1980")])
        }
        "/api/open_link" => owned(&[("token", &dead_token(n))]),
        "/api/ask_person" if n.is_multiple_of(WHOLE_EVERY) => owned(&MESSAGE),
        // Nothing filled in.
        _ => Vec::new(),
    }
}

async fn send(browser: &mut Browser, door: &str, form: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post_here(door, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_door_that_is_open_to_strangers_lets_one_address_write_without_end() {
    let doors: Vec<String> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    for app in both().await {
        within_one_window(&app).await;
        for door in doors.iter().filter(|door| evenkeel::paths::is_open_to_visitors(door)) {
            for n in 0..LET_IN {
                send(&mut app.browser(), door, &strangers_form(door, n)).await;
            }
            let full = rows(&app).await;
            for n in LET_IN..LET_IN + 40 {
                send(&mut app.browser(), door, &strangers_form(door, n)).await;
            }
            assert_eq!(rows(&app).await, full, "{door} still writes");
        }
        for door in ["/api/sign_in", "/api/open_link", "/api/ask_person"] {
            assert_told_to_wait(&send(&mut app.browser(), door, &strangers_form(door, 0)).await);
        }
        // A form lets two attempts, an event and a session be written, and each door one count.
        let all = rows(&app).await;
        assert!(all <= 3 * (LET_IN as i64 * 4 + 1) + 1, "{all} rows");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_verifies_or_only_looks_writes_nothing() {
    let app = TestApp::sqlite().await;
    for _ in 0..5 {
        let mut browser = app.browser();
        let form = browser
            .request(http::Method::POST, "/verify")
            .header("content-type", "multipart/form-data; boundary=b")
            .header("sec-fetch-site", "same-origin");
        let body = "--b\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\nABCD-EFGH\r\n--b--\r\n";
        browser.send(form.body(axum::body::Body::from(body)).expect("a request")).await;
        browser.get("/link/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
        browser.get("/contact/received/C-2222-2222").await;
    }
    assert_eq!(rows(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_were_turned_away_become_one_event_with_their_number() {
    for app in both().await {
        within_one_window(&app).await;
        for n in 0..LET_IN + 100 {
            send(&mut app.browser(), "/api/sign_in", &strangers_form("/api/sign_in", n)).await;
        }
        assert_eq!(app.count("select count(*) from events where action = 'door.turned_away'").await, 0, "the window is not over");
        app.execute("update door_tallies set window_started_at = window_started_at - 16 * 60000").await;
        jobs::tidy(&app.state).await;
        jobs::tidy(&app.state).await;
        let details: Vec<String> = sqlx::query_scalar("select details from events where action = 'door.turned_away'")
            .fetch_all(app.db().pool())
            .await
            .expect("events");
        assert_eq!(details.len(), 1);
        let details: serde_json::Value = serde_json::from_str(&details[0]).expect("JSON");
        let at_least = details["at_least"].as_i64().expect("a number");
        assert!((50..=100).contains(&at_least), "{at_least} of 100 were noted");
        assert_eq!(details["subject"].as_str().map(str::len), Some(64), "a digest, never the address");
        assert_eq!(app.count("select count(*) from door_tallies").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_turns_away_the_same_address_and_lets_another_in() {
    for app in both().await {
        within_one_window(&app).await;
        for n in 0..LET_IN {
            send(&mut app.browser(), "/api/sign_in", &strangers_form("/api/sign_in", n)).await;
        }
        let beside = app.beside(&[FEW_TRIES]).await;
        assert_told_to_wait(&beside.browser().post_here("/api/sign_in", &right_answers("NG-1")).await);
        let seeded = app.seeded().await;
        let elsewhere = beside.browser_at("198.51.100.1").post_here("/api/sign_in", &right_answers(&seeded.reference)).await;
        assert_eq!(elsewhere.location(), "/account");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_version_six_are_counted_by_the_network_of_a_household() {
    let app = TestApp::with(&[FEW_TRIES]).await;
    within_one_window(&app).await;
    for n in 0..LET_IN {
        let mut browser = app.browser_at(&format!("2001:db8:1:2::{n:x}"));
        assert_ne!(send(&mut browser, "/api/ask_person", &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_told_to_wait(&send(&mut app.browser_at("2001:db8:1:2:ffff::1"), "/api/ask_person", &[]).await);
    let neighbour = send(&mut app.browser_at("2001:db8:1:3::1"), "/api/ask_person", &[]).await;
    assert_eq!(neighbour.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guessed_too_much_can_still_open_a_link_and_reach_a_person() {
    for app in both().await {
        within_one_window(&app).await;
        let seeded = app.seeded().await;
        for door in ["/api/sign_in", "/api/open_link"] {
            for n in 0..=LET_IN {
                send(&mut app.browser(), door, &strangers_form(door, n)).await;
            }
            assert_told_to_wait(&send(&mut app.browser(), door, &strangers_form(door, 0)).await);
        }
        app.browser().post("/api/ask_person", &MESSAGE).await.assert_says("We have your message");
        let made = links::make(&app.state, &seeded.reference).await.expect("a link");
        let token = made.url.rsplit('/').next().expect("a token").to_owned();
        let fields =
            [("token", token.as_str()), ("birth_date_day", "29"), ("birth_date_month", "2"), ("birth_date_year", "1980")];
        assert_eq!(app.browser().post_here("/api/open_link", &fields).await.location(), "/account");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_works_is_bounded_too() {
    let app = TestApp::with(&[FEW_TRIES]).await;
    within_one_window(&app).await;
    let seeded = app.seeded().await;
    let made = links::make(&app.state, &seeded.reference).await.expect("a link");
    let token = made.url.rsplit('/').next().expect("a token").to_owned();
    for n in 0..LET_IN {
        let mut browser = app.browser_at(&format!("198.51.100.{n}"));
        assert_eq!(browser.post_here("/api/open_link", &[("token", &token)]).await.status, StatusCode::SEE_OTHER);
    }
    assert_told_to_wait(&app.browser_at("198.51.100.99").post_here("/api/open_link", &[("token", &token)]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_shared_by_many_never_shuts_itself_out_by_signing_in() {
    let app = TestApp::with(&[FEW_TRIES]).await;
    let seeded = app.seeded().await;
    for _ in 0..LET_IN + 4 {
        app.signed_in(&seeded).await;
    }
    assert_eq!(app.count("select sum(let_in) from door_tallies").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wait_is_told_in_spanish_too() {
    let app = TestApp::with(&[FEW_TRIES]).await;
    within_one_window(&app).await;
    let mut browser = app.browser();
    browser.accept_language = "es".into();
    for _ in 0..LET_IN {
        browser.post_here("/api/ask_person", &[]).await;
    }
    let answer = browser.post_here("/api/ask_person", &[]).await;
    assert_eq!(answer.title(), "Espere un momento, por favor");
    answer.assert_says("Puede volver a intentarlo en");
}

/// A form with another invented address each time, through a proxy that writes down where it came from, or past it.
async fn invents_addresses(app: &TestApp, connection: &str, proxy_saw: Option<&str>) -> Answer {
    let mut last = None;
    for n in 0..=LET_IN {
        let mut browser = app.browser_at(connection);
        let invented = format!("192.0.2.{n}");
        let forwarded = proxy_saw.map_or(invented.clone(), |saw| format!("{invented}, {saw}"));
        let form = browser.form("/api/ask_person", &[]).header("sec-fetch-site", "same-origin");
        let request = form.header("x-forwarded-for", forwarded).body(axum::body::Body::empty()).expect("a request");
        last = Some(browser.send(request).await);
    }
    last.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_becomes_many_by_inventing_addresses() {
    let proxies: [&[(&str, &str)]; 3] = [
        &[FEW_TRIES],
        &[FEW_TRIES, ("server.trusted_proxies", "1")],
        &[FEW_TRIES, ("server.trusted_proxies", "1"), ("server.proxy_networks", "203.0.113.0/24")],
    ];
    for settings in proxies {
        let app = TestApp::with(settings).await;
        within_one_window(&app).await;
        // Past the proxy, if there is one.
        assert_told_to_wait(&invents_addresses(&app, "198.51.100.1", None).await);
    }
    let app = TestApp::with(&[FEW_TRIES, ("server.trusted_proxies", "1")]).await;
    within_one_window(&app).await;
    assert_told_to_wait(&invents_addresses(&app, "10.0.0.1", Some("198.51.100.1")).await);
    let neighbour = app.browser_at("10.0.0.1");
    let form = neighbour.form("/api/ask_person", &[]).header("sec-fetch-site", "same-origin");
    let request = form.header("x-forwarded-for", "198.51.100.2").body(axum::body::Body::empty()).expect("a request");
    assert_eq!(neighbour.clone().send(request).await.status, StatusCode::SEE_OTHER);
}
