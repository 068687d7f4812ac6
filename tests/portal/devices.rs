//! Where a customer is signed in, who tried to come in, and leaving a shared phone.

use crate::app::{Browser, TestApp, answers, tags};
use evenkeel::server::jobs;
use evenkeel::server::services::links;
use http::StatusCode;

const DEVICES: &str = "/you/signing-in/devices";
const PHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1";

async fn extend(browser: &mut Browser) -> String {
    browser.post_here("/api/extend_session", &[]).await.body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_elsewhere_is_seen_and_ended_and_this_one_stays() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut phone = app.browser();
        phone.agent = PHONE.into();
        phone.post_here("/api/sign_in", &answers(&seeded.reference, "29", "80276")).await;
        let mut here = app.signed_in(&seeded).await;
        let page = here.get(DEVICES).await;
        page.assert_says("Firefox on Linux . This is where you are now.");
        page.assert_says("Safari on iPhone");
        let name = page.value_of("session").expect("the other one can be ended");
        // Its own name ends nothing of a stranger's.
        let stranger = app.seeded().await;
        app.signed_in(&stranger).await.post("/api/end_sessions", &[("session", &name)]).await;
        assert_ne!(extend(&mut phone).await, "0");

        let done = here.post("/api/end_sessions", &[("session", &name)]).await;
        done.assert_says("What was open there is closed.");
        done.assert_never_says("Safari on iPhone");
        assert_eq!(extend(&mut phone).await, "0");
        assert_ne!(extend(&mut here).await, "0");
        assert_eq!(app.count("select count(*) from events where action = 'sessions.ended'").await, 1);
        // Pressed twice, or with a name that is none: nothing more.
        for name in [name.as_str(), "0", "%", &"0".repeat(64)] {
            here.post("/api/end_sessions", &[("session", name)]).await;
        }
        assert_ne!(extend(&mut here).await, "0");
        assert_eq!(app.count("select count(*) from events where action = 'sessions.ended'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everywhere_else_is_one_press() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let stranger = app.seeded().await;
        let mut theirs = app.signed_in(&stranger).await;
        let mut others = [app.signed_in(&seeded).await, app.signed_in(&seeded).await];
        let mut here = app.signed_in(&seeded).await;
        here.post("/api/end_sessions", &[]).await.assert_never_says("Sign out everywhere else");
        for other in &mut others {
            assert_eq!(extend(other).await, "0");
        }
        assert_ne!(extend(&mut here).await, "0");
        assert_ne!(extend(&mut theirs).await, "0");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_sees_who_tried_and_nobody_else_does() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let stranger = app.seeded().await;
        app.browser().post("/api/sign_in", &answers(&seeded.reference, "28", "80276")).await;
        app.browser().post("/api/sign_in", &answers("NG-NOBODY", "28", "80276")).await;
        let made = links::make(&app.state, &seeded.reference).await.expect("a link");
        let token = made.url.rsplit('/').next().expect("a token");
        let fields = [("token", token), ("birth_date_day", "29"), ("birth_date_month", "2"), ("birth_date_year", "1980")];
        let mut browser = app.browser();
        browser.post_here("/api/open_link", &fields).await;
        let page = browser.get(DEVICES).await;
        page.assert_says("A link from us Came in");
        page.assert_says("Date of birth and postal code Did not come in");
        assert_eq!(tags(&page.body, "tr").count(), 3, "a head and two tries");
        app.signed_in(&stranger).await.get(DEVICES).await.assert_never_says("Did not come in");
        // What is kept says neither from where nor with what.
        assert_eq!(app.count("select count(*) from sign_in_history").await, 3);

        app.execute("update sign_in_history set at = at - 179 * cast(86400000 as bigint)").await;
        jobs::tidy(&app.state).await;
        assert_eq!(app.count("select count(*) from sign_in_history").await, 3);
        app.execute("update sign_in_history set at = at - 2 * cast(86400000 as bigint)").await;
        jobs::tidy(&app.state).await;
        assert_eq!(app.count("select count(*) from sign_in_history").await, 0);
        browser.get(DEVICES).await.assert_says("Nothing yet.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_a_shared_phone_ends_the_session_and_has_the_browser_forget() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    browser.post_here("/api/choose_language", &[("language", "en"), ("back", "/account")]).await;
    let mut copy = browser.clone();
    browser.get("/account").await.assert_says("Leave and clear");
    let left = browser.post_here("/api/leave_and_clear", &[]).await;
    assert_eq!((left.status, left.location().as_str()), (StatusCode::SEE_OTHER, "/signed-out"));
    assert_eq!(left.header("clear-site-data"), "\"cache\", \"cookies\", \"storage\"");
    assert_eq!(left.header("cache-control"), "no-store");
    assert!(browser.cookies.is_empty(), "a browser that does not know the header forgets them too: {:?}", browser.cookies);
    assert_eq!(extend(&mut copy).await, "0");
    let page = browser.get("/signed-out").await;
    page.assert_says("Open its history and delete the last hour.");
    page.assert_never_says("Leave and clear");
    // Pressed once more, in a tab where the session is over: it leads there again.
    assert_eq!(copy.post_here("/api/leave_and_clear", &[]).await.location(), "/signed-out");
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_leads_where_the_operator_says() {
    let app = TestApp::with(&[("portal.leave_to", "https://www.example.org/weather?today")]).await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    // Browsers hold the policy of the page against where its form ends.
    let policy = browser.get("/account").await.header("content-security-policy").to_owned();
    assert!(policy.contains("form-action 'self' https://www.example.org;"), "{policy}");
    assert_eq!(browser.post_here("/api/leave_and_clear", &[]).await.location(), "https://www.example.org/weather?today");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_signed_in_page_is_kept_by_the_browser_and_no_title_says_what_is_owed() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let account = format!("/account/{}", seeded.account_id);
    let pages = ["/account", "/you/signing-in", DEVICES].map(str::to_owned).into_iter();
    let of_account = ["", "/history", "/statement", "/options", "/pay", "/hardship", "/dispute", "/letters", "/message/changed"];
    for path in pages.chain(of_account.map(|step| format!("{account}{step}"))) {
        let page = browser.get(&path).await;
        assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"), "{path}");
        let title = page.title().to_lowercase();
        for word in ["$", "owe", "debt", "due", "northgate"] {
            assert!(!title.contains(word), "{path}: {title}");
        }
    }
}
