//! One-use links.

use crate::app::{Answer, TestApp, answers};
use evenkeel::server::services::links;
use http::StatusCode;

const GONE: &str = "This link no longer works";

async fn new_link(app: &TestApp, reference: &str) -> (String, String) {
    let made = links::make(&app.state, reference).await.expect("a link");
    let path = made.url.strip_prefix("http://localhost:3000").expect("our own address").to_owned();
    let token = path.strip_prefix("/link/").expect("a token").to_owned();
    (path, token)
}

async fn open(app: &TestApp, token: &str, day: &str) -> Answer {
    let fields = [("token", token), ("birth_date_day", day), ("birth_date_month", "2"), ("birth_date_year", "1980")];
    app.browser().post_here("/api/open_link", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_once_and_is_not_used_up_by_being_looked_at() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let (path, token) = new_link(&app, &seeded.reference).await;
    for _scan in 0..3 {
        let page = app.browser().get(&path).await;
        page.assert_says("tell us your date of birth");
        assert_eq!(page.value_of("token").as_deref(), Some(token.as_str()));
        assert_eq!(page.value_of("reference"), None);
    }
    assert_eq!(open(&app, &token, "29").await.location(), "/account");
    assert_eq!(open(&app, &token, "29").await.location(), "/link/gone");
    app.browser().get(&path).await.assert_says(GONE);
    assert_eq!(app.count("select count(*) from events where action = 'sign_in.accepted'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_openers_get_in_once() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let (_, token) = new_link(&app, &seeded.reference).await;
        let openers = (0..5).map(|_| open(&app, &token, "29"));
        let answers = futures_of(openers).await;
        let inside = answers.iter().filter(|answer| answer.location() == "/account").count();
        assert!(inside <= 1, "{inside} got in");
        let used = app.count("select count(*) from sign_in_links where used_at is not null").await;
        assert_eq!(usize::try_from(used).ok(), Some(inside));
    }
}

/// Runs everything at once on this task.
async fn futures_of<F: Future<Output = Answer>>(futures: impl Iterator<Item = F>) -> Vec<Answer> {
    let mut waiting: Vec<_> = futures.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                done.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_used_and_expired_links_show_the_same_page() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let (used, token) = new_link(&app, &seeded.reference).await;
    open(&app, &token, "29").await;
    let unknown = app.browser().get("/link/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    let used = app.browser().get(&used).await;
    let (expired, _) = new_link(&app, &seeded.reference).await;
    app.execute("update sign_in_links set expires_at = 1 where used_at is null").await;
    let expired = app.browser().get(&expired).await;
    unknown.assert_says(GONE);
    assert_eq!(unknown.text(), used.text());
    assert_eq!(unknown.text(), expired.text());
    assert_eq!((unknown.status, used.status, expired.status), (StatusCode::OK, StatusCode::OK, StatusCode::OK));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_date_is_refused_without_using_the_link_up_until_there_were_ten() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let (path, token) = new_link(&app, &seeded.reference).await;
    for _ in 0..5 {
        let refused = open(&app, &token, "28").await;
        assert!(refused.location().starts_with(&format!("{path}?again=")), "{}", refused.location());
    }
    // Limited for a while, even with the right date.
    assert!(open(&app, &token, "29").await.location().starts_with(&format!("{path}?again=")));
    app.execute("update sign_in_attempts set at = at - 16 * 60000").await;
    for _ in 0..5 {
        open(&app, &token, "28").await;
    }
    assert_eq!(app.count("select count(*) from sign_in_links where used_at is not null").await, 1);
    app.browser().get(&path).await.assert_says(GONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_still_works_while_its_reference_is_limited() {
    let app = TestApp::with(&[("sign_in.attempts", "3")]).await;
    let seeded = app.seeded().await;
    let (_, token) = new_link(&app, &seeded.reference).await;
    for _ in 0..4 {
        app.browser().post_here("/api/sign_in", &answers(&seeded.reference, "28", "80276")).await;
    }
    assert_eq!(open(&app, &token, "29").await.location(), "/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_digest_of_the_token_is_kept() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let (_, token) = new_link(&app, &seeded.reference).await;
    let kept: String =
        sqlx::query_scalar("select token_digest from sign_in_links").fetch_one(app.db().pool()).await.expect("a link");
    assert_ne!(kept, token);
    assert_eq!(kept.len(), 64);
    assert!(links::make(&app.state, "NG-NOBODY").await.is_err());
}
