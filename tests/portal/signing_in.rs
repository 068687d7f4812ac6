//! A password of one's own: set, used, asked for every time, removed; and showing first who one is.

use crate::app::{Answer, Browser, TestApp, answers, right_answers};
use crate::support::seed::Seeded;
use evenkeel::server::services::links;
use http::StatusCode;
use std::time::{Duration, Instant};

const PAGE: &str = "/you/signing-in";
const PASSWORD: &str = "harbour lamp quiet tide";
const NO_MATCH: &str = "These answers don't match what we have.";

async fn set(browser: &mut Browser, password: &str) -> Answer {
    browser.post("/api/set_password", &[("password", password)]).await
}

async fn come_in(browser: &mut Browser, reference: &str, password: &str) -> Answer {
    browser.post_here("/api/sign_in", &[("reference", reference), ("password", password)]).await
}

/// A customer who has set a password, in the browser in which they did.
async fn with_password(app: &TestApp) -> (Seeded, Browser) {
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    set(&mut browser, PASSWORD).await.assert_says("Your password is set.");
    (seeded, browser)
}

/// As if the customer had shown who they are long ago.
async fn long_ago(app: &TestApp) {
    app.execute("update sessions set data = replace(data, '\"proved_at\":', '\"proved_at\":1')").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_lets_its_customer_in_and_is_told_and_nobody_must_have_one() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let (seeded, mut browser) = with_password(&app).await;
        let page = browser.get(PAGE).await;
        page.assert_says("You have a password.");
        page.assert_never_says(PASSWORD);
        assert_eq!(come_in(&mut app.browser(), &seeded.reference, PASSWORD).await.location(), "/account");
        assert_eq!(
            come_in(&mut app.browser(), &format!(" {}", seeded.reference.to_lowercase()), PASSWORD).await.location(),
            "/account"
        );
        app.signed_in(&seeded).await;
        assert_eq!(
            app.count("select count(*) from ways_in where password_hash like '$argon2id$v=19$m=19456,t=2,p=1$%'").await,
            1
        );
        assert_eq!(app.count("select count(*) from outbox where template = 'sign_in_changed'").await, 1);
        assert_eq!(app.count("select count(*) from events where action = 'password.set' and details = '{}'").await, 1);
        assert_eq!(app.count("select count(*) from outbox where body_text like '%password%'").await, 0);

        set(&mut browser, "another lamp, another tide").await;
        assert_eq!(app.count("select count(*) from events where action = 'password.changed'").await, 1);
        come_in(&mut app.browser(), &seeded.reference, PASSWORD).await.location().find("again=").expect("the old one is none");
        for _pressed_twice in 0..2 {
            browser.post("/api/remove_password", &[]).await.assert_says("You have no password.");
        }
        assert_eq!(app.count("select count(*) from events where action = 'password.removed'").await, 1);
        app.signed_in(&seeded).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_guessed_is_refused_and_never_shown_again() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let long = "ab cd ef gh ".repeat(20);
    for (password, words) in [
        ("", "Use at least 12 letters or signs"),
        ("short one", "Use at least 12 letters or signs"),
        (long.as_str(), "Use at most 128 letters or signs"),
        ("abababababab", "This repeats the same few letters."),
        ("Password123456!", "This is one of those that are guessed first."),
        ("quiet Moreno tide", "Leave out your name"),
        ("quiet tide of 1980", "Leave out your name"),
        ("quiet tide of 80276", "Leave out your name"),
    ] {
        let shown = set(&mut browser, password).await;
        shown.assert_says(words);
        assert!(password.is_empty() || !shown.body.contains(password), "{password} is shown again");
    }
    assert_eq!(app.count("select count(*) from outbox").await, 0);
    assert_eq!(app.count("select count(*) from ways_in where password_hash is not null").await, 0);
    assert_eq!(app.count("select count(*) from sessions where data like '%Moreno%'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_an_unknown_reference_and_no_password_at_all_are_one_answer() {
    let app = TestApp::sqlite().await;
    let (seeded, _) = with_password(&app).await;
    let without = app.seeded().await;
    let mut replies = Vec::new();
    for reference in [seeded.reference.as_str(), without.reference.as_str(), "NG-NOBODY"] {
        let mut browser = app.browser();
        let started = Instant::now();
        let posted = come_in(&mut browser, reference, "quite another one").await;
        assert!(started.elapsed() >= Duration::from_millis(250), "answered after {:?}", started.elapsed());
        let shown = browser.get(&posted.location()).await;
        shown.assert_says(NO_MATCH);
        shown.assert_never_says("quite another one");
        assert_eq!(shown.value_of("password").unwrap_or_default(), "");
        let names: Vec<String> = posted.headers.keys().chain(shown.headers.keys()).map(ToString::to_string).collect();
        replies.push((posted.status, shown.status, shown.text(), names));
    }
    assert_eq!(replies[0], replies[1]);
    assert_eq!(replies[1], replies[2]);
    let shown = app.browser().post("/api/sign_in", &[("password", PASSWORD)]).await;
    shown.assert_says("Enter your reference");
    shown.assert_never_says(PASSWORD);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_and_wrong_answers_share_one_limit() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let (seeded, _) = with_password(&app).await;
        for guess in 1..=5 {
            let mut guesser = app.browser_at(&format!("198.51.100.{guess}"));
            if guess % 2 == 0 {
                come_in(&mut guesser, &seeded.reference, "quite another one").await;
            } else {
                guesser.post_here("/api/sign_in", &answers(&seeded.reference, "28", "80276")).await;
            }
        }
        let mut late = app.browser_at("198.51.100.99");
        let answer = come_in(&mut late, &seeded.reference, PASSWORD).await;
        late.get(&answer.location()).await.assert_says("There were too many tries.");
        assert_eq!(app.count("select count(*) from events where action = 'sign_in.limited'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_while_a_customer_first_shows_who_they_are() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let (_, mut browser) = with_password(&app).await;
        long_ago(&app).await;
        let page = browser.get(PAGE).await;
        page.assert_says("First, show us that it is you");
        page.assert_never_says("Remove the password");
        for door in ["set_password", "remove_password", "choose_always", "add_passkey", "remove_passkey"] {
            let posted = browser
                .post_here(&format!("/api/{door}"), &[("password", "another lamp, another tide"), ("always", "yes")])
                .await;
            assert_eq!((posted.status, posted.location().as_str()), (StatusCode::SEE_OTHER, PAGE), "{door}");
        }
        assert_eq!(app.count("select count(*) from outbox").await, 1, "nothing was changed");

        let shown = browser
            .post(
                "/api/prove_identity",
                &[("birth_date_day", "28"), ("birth_date_month", "2"), ("birth_date_year", "1980"), ("postal_code", "80276")],
            )
            .await;
        shown.assert_says("This doesn't match what we have.");
        assert_eq!(shown.value_of("postal_code").as_deref(), Some("80276"));
        browser.post("/api/prove_identity", &[]).await.assert_says("Enter the month, day and year you were born");
        let before = browser.cookies["evenkeel-session"].clone();
        let shown = browser.post("/api/prove_identity", &answers("", "29", "80276")).await;
        shown.assert_says("For ten minutes you can change things here.");
        shown.assert_says("Remove the password");
        assert_ne!(before, browser.cookies["evenkeel-session"], "more may be done with it: it has a new id");

        long_ago(&app).await;
        browser.post("/api/prove_identity", &[("current_password", "quite another one")]).await.assert_says("This doesn't match");
        browser.post("/api/prove_identity", &[("current_password", PASSWORD)]).await.assert_says("Remove the password");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_an_open_telephone_gets_five_guesses() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    long_ago(&app).await;
    for _ in 0..5 {
        browser.post("/api/prove_identity", &answers("", "28", "80276")).await.assert_says("This doesn't match");
    }
    let shown = browser.post("/api/prove_identity", &answers("", "29", "80276")).await;
    shown.assert_says("There were too many tries. You can try again in 15 min");
    shown.assert_never_says("Set this password");
    // At the door their own customer is not kept waiting for it.
    app.signed_in(&seeded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_for_every_time_answers_alone_are_not_enough_and_a_link_always_is() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        // With nothing to ask for, nothing is asked for.
        browser.get(PAGE).await.assert_never_says("Ask for it every time");
        browser.post("/api/choose_always", &[("always", "yes")]).await;
        app.signed_in(&seeded).await;
        set(&mut browser, PASSWORD).await.assert_says("Ask for it every time");
        for _pressed_twice in 0..2 {
            browser.post("/api/choose_always", &[("always", "yes")]).await.assert_says("From now on we ask for it every time.");
        }
        assert_eq!(app.count("select count(*) from events where action = 'sign_in.always_asked'").await, 1);

        // The very words a stranger gets.
        app.browser().post("/api/sign_in", &right_answers(&seeded.reference)).await.assert_says(NO_MATCH);
        assert_eq!(come_in(&mut app.browser(), &seeded.reference, PASSWORD).await.location(), "/account");
        let made = links::make(&app.state, &seeded.reference).await.expect("a link");
        let token = made.url.rsplit('/').next().expect("a token").to_owned();
        let fields =
            [("token", token.as_str()), ("birth_date_day", "29"), ("birth_date_month", "2"), ("birth_date_year", "1980")];
        let mut by_link = app.browser();
        assert_eq!(by_link.post_here("/api/open_link", &fields).await.location(), "/account");

        // Here too the answers do not do any more.
        long_ago(&app).await;
        browser.get(PAGE).await.assert_never_says("Your postal code");
        browser.post("/api/prove_identity", &answers("", "29", "80276")).await.assert_says("This doesn't match");
        browser.post("/api/prove_identity", &[("current_password", PASSWORD)]).await.assert_says("Remove the password");
        // Who removes the last of them is not locked out.
        browser.post("/api/remove_password", &[]).await.assert_says("You have no password.");
        app.signed_in(&seeded).await;
    }
}
