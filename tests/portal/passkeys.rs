//! Passkeys over HTTP, with a device made of software: added, used, removed, and whatever is not quite right refused.

use crate::app::{Answer, Browser, TestApp};
use crate::authenticator::{Authenticator, Fields, SOMEBODY_THERE, VERIFIED, encode};
use crate::support::seed::Seeded;
use axum::body::Body;
use evenkeel::server::jobs;
use http::{HeaderValue, StatusCode};
use serde_json::Value;

const PAGE: &str = "/you/signing-in";
const NOT_HERE: &str = "That passkey did not work here.";
const NOT_ADDED: &str = "That did not work, and nothing was changed.";

/// What the script asks for and gets.
async fn begin(browser: &mut Browser, door: &str) -> Value {
    let mut request = browser.form(door, &[]).header("sec-fetch-site", "same-origin").body(Body::empty()).expect("a request");
    request.headers_mut().insert("accept", HeaderValue::from_static("application/json"));
    let answer = browser.send(request).await;
    serde_json::from_str(&answer.body).unwrap_or(Value::Null)
}

async fn post(browser: &mut Browser, door: &str, fields: &Fields) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(door, &fields).await
}

/// A customer, signed in, with a device that has a passkey.
async fn with_passkey(app: &TestApp) -> (Seeded, Browser, Authenticator) {
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let mut device = Authenticator::new();
    let asked = begin(&mut browser, "/api/begin_passkey").await;
    let made = device.make(&asked);
    post(&mut browser, "/api/add_passkey", &made).await.assert_says("Your passkey is added.");
    (seeded, browser, device)
}

async fn come_in(app: &TestApp, device: &mut Authenticator) -> (Browser, Answer) {
    let mut browser = app.browser();
    let asked = begin(&mut browser, "/api/begin_passkey_sign_in").await;
    let signed = device.sign(&asked);
    let answer = post(&mut browser, "/api/sign_in_passkey", &signed).await;
    (browser, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_lets_its_customer_in_and_is_removed() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let (_, mut browser, mut device) = with_passkey(&app).await;
        browser.get(PAGE).await.assert_says("Firefox on Linux, added on");
        assert_eq!(app.count("select count(*) from outbox where template = 'sign_in_changed'").await, 1);
        let (mut elsewhere, came) = come_in(&app, &mut device).await;
        assert!(came.path.starts_with("/account"), "{}", came.path);
        elsewhere.get("/you/signing-in/devices").await.assert_says("Passkey Came in");
        // It does not count, and works again and again.
        let (_, came) = come_in(&app, &mut device).await;
        assert!(came.path.starts_with("/account"), "{}", came.path);
        let page = browser.get(PAGE).await;
        page.assert_says("Last used on");

        // A stranger who knows its name removes nothing.
        let id = page.value_of("passkey").expect("it can be removed");
        let stranger = app.seeded().await;
        app.signed_in(&stranger).await.post("/api/remove_passkey", &[("passkey", &id)]).await;
        assert_eq!(app.count("select count(*) from passkeys").await, 1);
        for _pressed_twice in 0..2 {
            browser.post("/api/remove_passkey", &[("passkey", &id)]).await.assert_says("The passkey is removed here.");
        }
        assert_eq!(app.count("select count(*) from events where action = 'passkey.removed'").await, 1);
        let (_, refused) = come_in(&app, &mut device).await;
        refused.assert_says(NOT_HERE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_names_nobody_before_signing_in_and_the_device_makes_sure_who_it_is() {
    let app = TestApp::sqlite().await;
    let (seeded, mut browser, device) = with_passkey(&app).await;
    let asked = begin(&mut app.browser(), "/api/begin_passkey_sign_in").await;
    assert_eq!(asked["rpId"], "localhost");
    assert_eq!(asked["userVerification"], "required");
    assert!(asked.get("allowCredentials").is_none());
    let asked = begin(&mut browser, "/api/begin_passkey").await;
    assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(asked["attestation"], "none");
    assert_eq!(asked["excludeCredentials"][0]["id"], encode(&device.credential));
    let algorithms: Vec<i64> =
        asked["pubKeyCredParams"].as_array().expect("a list").iter().filter_map(|kind| kind["alg"].as_i64()).collect();
    assert_eq!(algorithms, [-7, -257]);
    let said = asked.to_string();
    for own in [seeded.reference.as_str(), "Moreno", "ada.moreno", "Northgate"] {
        assert!(!said.contains(own), "{said}");
    }
    // Nobody who is not signed in is told anything of this.
    assert_eq!(begin(&mut app.browser(), "/api/begin_passkey").await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_that_is_not_quite_right_is_not_added() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        let mut elsewhere = Authenticator::new();
        elsewhere.origin = "https://evil.example".into();
        let mut of_another_site = Authenticator::new();
        of_another_site.site = Some("evil.example".into());
        let mut nobody_there = Authenticator::new();
        nobody_there.flags = VERIFIED;
        let mut not_verified = Authenticator::new();
        not_verified.flags = SOMEBODY_THERE;
        let mut short_name = Authenticator::new();
        short_name.credential.truncate(8);
        for device in [&mut elsewhere, &mut of_another_site, &mut nobody_there, &mut not_verified, &mut short_name] {
            let asked = begin(&mut browser, "/api/begin_passkey").await;
            let made = device.make(&asked);
            post(&mut browser, "/api/add_passkey", &made).await.assert_says(NOT_ADDED);
        }
        // A challenge of signing in, another customer's, one that is too old, one that was used.
        let mut device = Authenticator::new();
        let mut asked = begin(&mut browser, "/api/begin_passkey").await;
        asked["challenge"] = begin(&mut app.browser(), "/api/begin_passkey_sign_in").await["challenge"].clone();
        let made = device.make(&asked);
        post(&mut browser, "/api/add_passkey", &made).await.assert_says(NOT_ADDED);
        let stranger = app.seeded().await;
        let theirs = begin(&mut app.signed_in(&stranger).await, "/api/begin_passkey").await;
        let made = device.make(&theirs);
        post(&mut browser, "/api/add_passkey", &made).await.assert_says(NOT_ADDED);
        let asked = begin(&mut browser, "/api/begin_passkey").await;
        app.execute("update passkey_challenges set expires_at = expires_at - 300001").await;
        let made = device.make(&asked);
        post(&mut browser, "/api/add_passkey", &made).await.assert_says(NOT_ADDED);
        assert_eq!(app.count("select count(*) from passkeys").await, 0);
        assert_eq!(app.count("select count(*) from outbox").await, 0);
        jobs::tidy(&app.state).await;
        assert_eq!(app.count("select count(*) from passkey_challenges").await, 0);

        let asked = begin(&mut browser, "/api/begin_passkey").await;
        let made = device.make(&asked);
        post(&mut browser, "/api/add_passkey", &made).await.assert_says("Your passkey is added.");
        post(&mut browser, "/api/add_passkey", &made).await.assert_says(NOT_ADDED);
        // Nor is one that somebody has added already.
        let mut other = app.signed_in(&stranger).await;
        let asked = begin(&mut other, "/api/begin_passkey").await;
        let made = device.make(&asked);
        post(&mut other, "/api/add_passkey", &made).await.assert_says(NOT_ADDED);
        assert_eq!(app.count("select count(*) from passkeys").await, 1);
        for (client, data) in [("", ""), ("e30", "AA"), ("%%%", "***"), ("AAAA", &"A".repeat(9_000))] {
            let fields = vec![("client_data", client.to_owned()), ("authenticator_data", data.to_owned())];
            post(&mut browser, "/api/add_passkey", &fields).await.assert_says(NOT_ADDED);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_is_not_quite_right_lets_nobody_in() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let (_, _, mut device) = with_passkey(&app).await;
        let refused = |answer: Answer| {
            answer.assert_says(NOT_HERE);
            assert!(answer.path.starts_with("/sign-in"), "{}", answer.path);
        };
        device.origin = "https://evil.example".into();
        refused(come_in(&app, &mut device).await.1);
        device.origin = crate::authenticator::ORIGIN.into();
        device.site = Some("evil.example".into());
        refused(come_in(&app, &mut device).await.1);
        device.site = None;
        for flags in [0, VERIFIED, SOMEBODY_THERE] {
            device.flags = flags;
            refused(come_in(&app, &mut device).await.1);
        }
        device.flags = SOMEBODY_THERE | VERIFIED;
        // These were five, which is as many as there may be for a while.
        app.execute("update sign_in_attempts set at = at - 15 * 60000").await;
        let user = std::mem::replace(&mut device.user, encode(b"somebody else"));
        refused(come_in(&app, &mut device).await.1);
        device.user = user;
        // Another device under its name.
        let mut forger = Authenticator::new();
        forger.credential = device.credential.clone();
        refused(come_in(&app, &mut forger).await.1);
        // The same signature twice.
        let mut browser = app.browser();
        let asked = begin(&mut browser, "/api/begin_passkey_sign_in").await;
        let signed = device.sign(&asked);
        assert!(post(&mut browser, "/api/sign_in_passkey", &signed).await.path.starts_with("/account"));
        refused(post(&mut app.browser(), "/api/sign_in_passkey", &signed).await);
        // Of the challenge of another page, and with a letter changed.
        let asked = begin(&mut app.browser(), "/api/begin_passkey_sign_in").await;
        let mut signed = device.sign(&asked);
        let other = begin(&mut app.browser(), "/api/begin_passkey_sign_in").await;
        signed[1] = device.sign(&other)[1].clone();
        refused(post(&mut app.browser(), "/api/sign_in_passkey", &signed).await);
        refused(post(&mut app.browser(), "/api/sign_in_passkey", &Vec::new()).await);
        assert_eq!(app.count("select count(*) from sign_in_history where way = 'passkey' and outcome = 'accepted'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_counts_less_than_it_did_is_refused() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let (_, _, mut device) = with_passkey(&app).await;
        device.counter = 7;
        assert!(come_in(&app, &mut device).await.1.path.starts_with("/account"));
        device.counter = 3;
        come_in(&app, &mut device).await.1.assert_says(NOT_HERE);
        device.counter = 0;
        come_in(&app, &mut device).await.1.assert_says(NOT_HERE);
        device.counter = 20;
        assert!(come_in(&app, &mut device).await.1.path.starts_with("/account"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_at_a_passkey_is_limited_and_so_is_asking() {
    let app = TestApp::sqlite().await;
    let (seeded, _, mut device) = with_passkey(&app).await;
    let mut forger = Authenticator::new();
    forger.credential = device.credential.clone();
    for _ in 0..5 {
        come_in(&app, &mut forger).await.1.assert_says(NOT_HERE);
    }
    come_in(&app, &mut device).await.1.assert_says("There were too many tries.");
    // Other ways in stay open.
    app.signed_in(&seeded).await;
    let mut browser = app.browser_at("198.51.100.50");
    let mut asked = 0;
    while !begin(&mut browser, "/api/begin_passkey_sign_in").await.is_null() {
        asked += 1;
        assert!(asked <= 60, "asking is not limited");
    }
    assert_eq!(asked, 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_devices_are_enough_and_a_portal_without_a_name_has_none() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    for _ in 0..10 {
        let asked = begin(&mut browser, "/api/begin_passkey").await;
        let made = Authenticator::new().make(&asked);
        post(&mut browser, "/api/add_passkey", &made).await;
    }
    browser.get(PAGE).await.assert_says("You have ten passkeys, which is the most.");
    assert_eq!(begin(&mut browser, "/api/begin_passkey").await, Value::Null);
    assert_eq!(app.count("select count(*) from passkeys").await, 10);

    let app = TestApp::with(&[("server.public_url", "http://127.0.0.1:3000")]).await;
    let page = app.browser().get("/sign-in").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("data-passkey"));
    assert_eq!(begin(&mut app.browser(), "/api/begin_passkey_sign_in").await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_there_is_no_button_that_does_nothing() {
    let app = TestApp::sqlite().await;
    let page = app.browser().get("/sign-in").await;
    assert!(page.body.contains("data-passkey=\"get\"") && page.body.contains(" hidden"), "{}", page.body);
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    assert!(page.body.contains(&format!("nonce=\"{nonce}\"")), "the script is the page's own");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
}
