//! Guessing at one reference for weeks: what a stranger gets, and how its customer still comes in. Limits keep real time;
//! time passes here by making what is remembered older.

use crate::app::{Answer, Browser, TestApp, answers, right_answers};
use evenkeel::server::services::links;

const NO_MATCH: &str = "These answers don't match what we have.";
const LIMITED: &str = "There were too many tries";
const HOUR_MILLIS: i64 = 3_600_000;

async fn both() -> [TestApp; 2] {
    [TestApp::sqlite().await, TestApp::postgres().await]
}

async fn time_passes(app: &TestApp, millis: i64) {
    sqlx::query("update sign_in_attempts set at = at - $1").bind(millis).execute(app.db().pool()).await.expect("time passes");
    sqlx::query("update door_tallies set window_started_at = window_started_at - $1")
        .bind(millis)
        .execute(app.db().pool())
        .await
        .expect("time passes");
}

/// A stranger at an address of their own each time.
async fn guess(app: &TestApp, reference: &str, n: usize) -> Answer {
    app.browser_at(&format!("198.51.100.{}", n % 250)).post("/api/sign_in", &answers(reference, "28", "80276")).await
}

/// Guesses every hour until told to wait; says how many guesses were judged.
async fn guesses_judged_in(app: &TestApp, reference: &str, hours: usize) -> usize {
    let mut judged = 0;
    for hour in 0..hours {
        for n in 0..6 {
            let answer = guess(app, reference, hour * 6 + n).await;
            if !answer.text().contains(NO_MATCH) {
                answer.assert_says(LIMITED);
                break;
            }
            judged += 1;
        }
        time_passes(app, HOUR_MILLIS).await;
    }
    judged
}

/// What weeks of guessing leave behind: so many refused attempts on a reference, an hour apart.
async fn has_been_guessed_at(app: &TestApp, reference: &str, times: i64) {
    for n in 0..5 {
        guess(app, reference, n).await.assert_says(NO_MATCH);
    }
    let subject: String = sqlx::query_scalar(
        "select subject from sign_in_attempts where outcome = 'refused' group by subject having count(*) = 5 order by max(at) desc limit 1",
    )
    .fetch_one(app.db().pool())
    .await
    .expect("the reference's subject");
    for n in 5..times {
        sqlx::query("insert into sign_in_attempts (id, subject, at, outcome) values ($1, $2, $3, 'refused')")
            .bind(format!("guess-{n}-{reference}"))
            .bind(&subject)
            .bind(app.state.clock.real_now_millis() - n * HOUR_MILLIS)
            .execute(app.db().pool())
            .await
            .expect("an attempt");
    }
}

async fn comes_in(browser: &mut Browser, reference: &str) -> bool {
    browser.post_here("/api/sign_in", &right_answers(reference)).await.location() == "/account"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_goes_on_is_judged_less_and_less_often_whether_or_not_the_reference_exists() {
    let [known, unknown] = both().await;
    let seeded = known.seeded().await;
    let judged = tokio::join!(guesses_judged_in(&known, &seeded.reference, 9), guesses_judged_in(&unknown, "NG-NOBODY", 9));
    // After 0, 1, 2, 3 and 5 hours, and not again before the ninth has passed; five every hour would be 45.
    assert_eq!(judged, (25, 25));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_weeks_of_guessing_a_new_browser_waits_no_longer_than_a_day_and_is_told_how_long() {
    for app in both().await {
        let seeded = app.seeded().await;
        for reference in [seeded.reference.as_str(), "NG-NOBODY"] {
            has_been_guessed_at(&app, reference, 200).await;
            let answer = app.browser_at("203.0.113.1").post("/api/sign_in", &right_answers(reference)).await;
            answer.assert_says("There were too many tries over the last days.");
            answer.assert_says("You can try again in 24 hours.");
        }
        time_passes(&app, 24 * HOUR_MILLIS).await;
        assert!(comes_in(&mut app.browser_at("203.0.113.1"), &seeded.reference).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_never_keep_out_a_browser_that_signed_in_before() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut own = app.signed_in(&seeded).await;
        own.post("/api/sign_out", &[]).await;
        has_been_guessed_at(&app, &seeded.reference, 200).await;
        assert!(!comes_in(&mut app.browser_at("203.0.113.1"), &seeded.reference).await);
        assert!(comes_in(&mut own, &seeded.reference).await);
        // What it knows opens nothing for another reference, and is forgotten after a month without signing in.
        let other = app.seeded().await;
        has_been_guessed_at(&app, &other.reference, 200).await;
        own.post("/api/sign_out", &[]).await;
        assert!(!comes_in(&mut own, &other.reference).await);
        app.execute("update sign_in_attempts set at = at - 2764800000 where outcome = 'accepted'").await;
        assert!(!comes_in(&mut own, &seeded.reference).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_known_may_guess_no_more_than_any_other() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut own = app.signed_in(&seeded).await;
    own.post("/api/sign_out", &[]).await;
    for _ in 0..5 {
        own.post("/api/sign_in", &answers(&seeded.reference, "28", "80276")).await.assert_says(NO_MATCH);
    }
    own.post("/api/sign_in", &right_answers(&seeded.reference)).await.assert_says(LIMITED);
    // Its slips do not shut out anybody else.
    assert!(comes_in(&mut app.browser(), &seeded.reference).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invented_token_makes_no_browser_known() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    has_been_guessed_at(&app, &seeded.reference, 200).await;
    let mut browser = app.browser();
    browser.cookies.insert("evenkeel-browser".into(), "A".repeat(43));
    assert!(!comes_in(&mut browser, &seeded.reference).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_lets_the_customer_in_meanwhile_and_makes_the_browser_known() {
    for app in both().await {
        let seeded = app.seeded().await;
        has_been_guessed_at(&app, &seeded.reference, 200).await;
        let mut browser = app.browser();
        assert!(!comes_in(&mut browser, &seeded.reference).await);
        let made = links::make(&app.state, &seeded.reference).await.expect("a link");
        let token = made.url.rsplit('/').next().expect("a token").to_owned();
        let fields =
            [("token", token.as_str()), ("birth_date_day", "29"), ("birth_date_month", "2"), ("birth_date_year", "1980")];
        assert_eq!(browser.post_here("/api/open_link", &fields).await.location(), "/account");
        browser.post("/api/sign_out", &[]).await;
        assert!(comes_in(&mut browser, &seeded.reference).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customers_own_visits_do_not_give_the_stranger_new_tries() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    has_been_guessed_at(&app, &seeded.reference, 200).await;
    time_passes(&app, 25 * HOUR_MILLIS).await;
    // From a new browser, with one slip first: the slip is forgiven, the guesses are not.
    app.browser().post("/api/sign_in", &answers(&seeded.reference, "27", "80276")).await.assert_says(NO_MATCH);
    app.signed_in(&seeded).await;
    for n in 0..5 {
        guess(&app, &seeded.reference, n).await.assert_says(NO_MATCH);
    }
    guess(&app, &seeded.reference, 5).await.assert_says("You can try again in 24 hours.");
}
