//! Signing in by reference, date of birth and postal code.

use crate::app::{TestApp, answers, right_answers};
use crate::support::seed::{self, SeedAccount};
use http::StatusCode;
use std::time::{Duration, Instant};

const NO_MATCH: &str = "These answers don't match what we have.";
const LIMITED: &str = "There were too many tries.";

#[tokio::test(flavor = "multi_thread")]
async fn right_answers_lead_to_the_account() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.browser();
    let typed = format!(" {} ", seeded.reference.to_lowercase());
    let answer = browser.post_here("/api/sign_in", &answers(&typed, "29", "80276-1234")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/account");
    assert_eq!(app.count("select count(*) from events where action = 'sign_in.accepted'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_accounts_open_too() {
    let app = TestApp::sqlite().await;
    let seeded = seed::account(app.db(), SeedAccount { status: "closed".into(), ..SeedAccount::default() }).await;
    app.signed_in(&seeded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_goes_on_to_the_page_that_was_asked_for_but_never_to_another_site() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    for (next, leads_to) in
        [("/account/abc/options", "/account/abc/options"), ("//evil.example/", "/account"), ("https://evil.example", "/account")]
    {
        let mut fields = right_answers(&seeded.reference).to_vec();
        fields.push(("next", next));
        let answer = app.browser().post_here("/api/sign_in", &fields).await;
        assert_eq!(answer.location(), leads_to);
    }
    let page = app.browser().get("/sign-in?next=/account/abc/options").await;
    assert_eq!(page.value_of("next").as_deref(), Some("/account/abc/options"));
    let page = app.browser().get("/sign-in?next=//evil.example").await;
    assert_eq!(page.value_of("next"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_answer_gets_the_same_reply_after_the_same_wait() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let wrong = [
        answers("NG-NOBODY", "29", "80276"),
        answers(&seeded.reference, "28", "80276"),
        answers(&seeded.reference, "29", "10001"),
    ];
    let mut replies = Vec::new();
    for fields in wrong {
        let mut browser = app.browser();
        let started = Instant::now();
        let posted = browser.post_here("/api/sign_in", &fields).await;
        assert!(started.elapsed() >= Duration::from_millis(250), "answered after {:?}", started.elapsed());
        assert_eq!(posted.status, StatusCode::SEE_OTHER);
        let (path, tag) = posted.location().split_once("?again=").map(|(path, tag)| (path.to_owned(), tag.len())).expect("a tag");
        let shown = browser.get(&posted.location()).await;
        shown.assert_says(NO_MATCH);
        let names: Vec<String> = posted.headers.keys().chain(shown.headers.keys()).map(ToString::to_string).collect();
        replies.push((path, tag, shown.status, shown.text(), names));
    }
    assert_eq!(replies[0], replies[1]);
    assert_eq!(replies[1], replies[2]);
    assert_eq!(app.count("select count(*) from events where action = 'sign_in.refused'").await, 3);
    assert_eq!(app.count("select count(*) from events where action = 'sign_in.refused' and account_id is not null").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_still_there_but_not_in_the_address() {
    let app = TestApp::sqlite().await;
    let mut browser = app.browser();
    let shown = browser.post("/api/sign_in", &answers("NG-NOBODY", "28", "10001")).await;
    assert_eq!(shown.value_of("reference").as_deref(), Some("NG-NOBODY"));
    assert_eq!(shown.value_of("birth_date_day").as_deref(), Some("28"));
    assert!(!shown.path.contains("NOBODY") && !shown.path.contains("10001"), "{}", shown.path);
    // A reload shows it again; the bare page does not.
    assert!(shown.body.contains("<a href=\"#reference\">"), "what concerns the whole form leads to its first field");
    browser.get(&shown.path).await.assert_says(NO_MATCH);
    assert_eq!(browser.get("/sign-in").await.value_of("reference"), None);
    assert_eq!(browser.get("/sign-in?again=AAAAAAAA").await.value_of("reference"), None);
    // Somebody else with the address sees nothing.
    assert_eq!(app.browser().get(&shown.path).await.value_of("reference"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_said_at_each_field() {
    let app = TestApp::sqlite().await;
    let shown = app.browser().post("/api/sign_in", &[]).await;
    shown.assert_says("Enter your reference");
    shown.assert_says("Enter the month, day and year you were born");
    shown.assert_says("Enter your postal code");
    let mut fields = answers("NG-1", "30", "80276");
    fields[1].1 = "30";
    app.browser().post("/api/sign_in", &fields).await.assert_says("this day is not in the calendar");
    assert_eq!(app.count("select count(*) from sign_in_attempts").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_limited_wherever_the_guesses_come_from_and_whether_or_not_it_exists() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let other = app.seeded().await;
    for reference in [seeded.reference.as_str(), "NG-NOBODY"] {
        for guess in 1..=5 {
            let address = format!("198.51.100.{guess}");
            app.browser_at(&address).post("/api/sign_in", &answers(reference, "28", "80276")).await.assert_says(NO_MATCH);
        }
        let shown = app.browser_at("198.51.100.99").post("/api/sign_in", &right_answers(reference)).await;
        shown.assert_says(LIMITED);
        shown.assert_says("You can try again in 15 min, or call");
        // No form that would only be refused again, and nothing of theirs to put right; a person is one link away.
        shown.assert_says("Please wait a little");
        shown.assert_never_says("There is something to put right");
        shown.assert_never_says("birth_date_day");
        shown.assert_says("I need help");
    }
    assert_eq!(app.count("select count(*) from events where action = 'sign_in.limited'").await, 2);
    app.signed_in(&other).await;
    // Only the keyed digest of what was typed is kept.
    let kept = app.count("select count(*) from sign_in_attempts where length(subject) <> 64").await;
    assert_eq!(kept, 0);
    // The time that was stated is the time it takes.
    app.execute("update sign_in_attempts set at = at - 15 * 60000").await;
    app.signed_in(&seeded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_while_limited_do_not_keep_the_door_shut() {
    let app = TestApp::with(&[("sign_in.attempts", "3")]).await;
    let seeded = app.seeded().await;
    for _ in 0..3 {
        app.browser().post("/api/sign_in", &answers(&seeded.reference, "28", "80276")).await.assert_says(NO_MATCH);
    }
    app.execute("update sign_in_attempts set at = at - 14 * 60000").await;
    for _ in 0..4 {
        app.browser().post("/api/sign_in", &answers(&seeded.reference, "28", "80276")).await.assert_says(LIMITED);
    }
    app.execute("update sign_in_attempts set at = at - 60000 where outcome = 'refused'").await;
    app.signed_in(&seeded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_limited_over_all_references() {
    let app = TestApp::with(&[("sign_in.attempts", "3")]).await;
    let seeded = app.seeded().await;
    let references: Vec<String> = (0..12).map(|guess| format!("NG-GUESS{guess}")).collect();
    for reference in &references {
        app.browser().post_here("/api/sign_in", &answers(reference, "28", "80276")).await;
    }
    app.browser().post("/api/sign_in", &right_answers(&seeded.reference)).await.assert_says(LIMITED);
    let elsewhere = app.browser_at("198.51.100.1").post_here("/api/sign_in", &right_answers(&seeded.reference)).await;
    assert_eq!(elsewhere.location(), "/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_made_at_once_get_no_more_than_the_limit() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut guesses = tokio::task::JoinSet::new();
        for guess in 0..40 {
            let mut browser = app.browser_at(&format!("198.51.100.{guess}"));
            let reference = seeded.reference.clone();
            guesses.spawn(async move { browser.post_here("/api/sign_in", &answers(&reference, "28", "80276")).await.status });
        }
        assert!(guesses.join_all().await.into_iter().all(|status| status == StatusCode::SEE_OTHER));
        let judged = app.count("select count(*) from events where action = 'sign_in.refused'").await;
        let limited = app.count("select count(*) from events where action = 'sign_in.limited'").await;
        assert!(judged <= 5, "{judged} guesses were judged");
        assert_eq!(judged + limited, 40);
    }
}
