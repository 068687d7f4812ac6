//! Coming in to work: the password, the second factor, the first time, and what is a person's own afterwards.

use crate::app::{Answer, Browser, TestApp, text_of};
use evenkeel::server::security::totp;
use evenkeel::server::services::staff::{self, Added, By, NewPerson, Role};
use http::StatusCode;

pub const FIRST: &str = "quiet harbour evening tide";
pub const OWN: &str = "lantern gravel sparrow moss";
const COOKIE: &str = "evenkeel-staff";

/// Somebody who works here, with a browser and what they keep at home.
pub struct Colleague {
    pub browser: Browser,
    pub id: String,
    pub email: String,
    pub secret: String,
    pub codes: Vec<String>,
}

/// Adds somebody, who has not come in yet.
pub async fn added(app: &TestApp, role: Role, name: &str) -> String {
    let email = format!("{name}@staff.example");
    let new = NewPerson { email: &email, name: &format!("Person of {}", role.code()), role };
    match staff::add(&app.state, &By::Operator, &new, FIRST).await.expect("added") {
        Added::Added(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Adds somebody who comes in for the first time, by the screens.
pub async fn at_work(app: &TestApp, role: Role, name: &str) -> Colleague {
    let id = added(app, role, name).await;
    let mut browser = app.browser();
    let email = format!("{name}@staff.example");
    let (secret, codes) = first_time(app, &mut browser, &email, FIRST, OWN).await;
    Colleague { browser, id, email, secret, codes }
}

/// The steps of the first time; what the authenticator holds, and the recovery codes.
pub async fn first_time(app: &TestApp, browser: &mut Browser, email: &str, made: &str, own: &str) -> (String, Vec<String>) {
    let page = browser.post("/api/staff_sign_in", &[("email", email), ("password", made)]).await;
    assert_eq!(page.title(), "Choose your own password · Evenkeel");
    let page = browser.post("/api/staff_choose_password", &[("new_password", own)]).await;
    set_up(app, browser, page).await
}

/// Sets an authenticator up on its page, and keeps recovery codes.
async fn set_up(app: &TestApp, browser: &mut Browser, page: Answer) -> (String, Vec<String>) {
    assert_eq!(page.title(), "Set up your authenticator · Evenkeel");
    let secret = in_code(&page).concat().replace(' ', "");
    let page = browser.post("/api/staff_set_up_code", &[("code", &code(app, &secret, 0))]).await;
    assert_eq!(page.title(), "Keep your recovery codes · Evenkeel");
    let codes = in_code(&page);
    assert_eq!(codes.len(), 10);
    let page = browser.post("/api/staff_keep_codes", &[]).await;
    page.assert_says("You work here as");
    (secret, codes)
}

/// What an authenticator shows so many steps from now.
pub fn code(app: &TestApp, secret: &str, steps: i64) -> String {
    let seconds = app.state.clock.real_now_millis() / 1_000 + steps * 30;
    totp::code_at(secret, seconds.try_into().expect("after 1970")).unwrap_or_else(|| panic!("no secret: {secret}"))
}

/// The texts in `<code>`.
pub fn in_code(page: &Answer) -> Vec<String> {
    page.body.split("<code>").skip(1).map(|rest| text_of(rest.split("</code>").next().unwrap_or_default())).collect()
}

pub async fn show_password(browser: &mut Browser, email: &str, password: &str) -> Answer {
    browser.post("/api/staff_sign_in", &[("email", email), ("password", password)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_time_one_chooses_a_password_sets_an_authenticator_up_and_keeps_codes() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let mut person = at_work(&app, Role::Reviewer, "rui").await;
        let home = person.browser.get("/staff").await;
        home.assert_says("Hello, Person of reviewer");
        home.assert_says("You work here as reviewer.");
        home.assert_says("Decide hardship requests");
        home.assert_never_says("Publish the policy");
        // Nothing that was shown is kept as it was shown, and nothing shows it again.
        let kept: Vec<String> =
            sqlx::query_scalar("select data from staff_sessions").fetch_all(app.db().pool()).await.expect("sessions");
        let digests: Vec<String> =
            sqlx::query_scalar("select code_digest from staff_recovery_codes").fetch_all(app.db().pool()).await.expect("codes");
        assert_eq!(digests.len(), 10);
        for code in &person.codes {
            assert!(!kept.concat().contains(code.as_str()) && !digests.contains(code));
        }
        let again = person.browser.get("/staff/you/recovery-codes").await;
        assert!(in_code(&again).iter().all(|code| !person.codes.contains(code)));
        for step in ["/staff/first/password", "/staff/first/authenticator", "/staff/first/recovery-codes", "/staff/sign-in/code"]
        {
            assert_eq!(person.browser.get_here(step).await.location(), "/staff", "{step}");
        }
        for action in
            ["staff.added", "staff.password_chosen", "staff.authenticator_set_up", "staff.recovery_codes_kept", "staff.signed_in"]
        {
            let sql = format!("select count(*) from events where action = '{action}'");
            let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(app.db().pool()).await.expect("a count");
            assert_eq!(count, 1, "{action}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_made_password_is_good_for_nothing_but_choosing_another() {
    let app = TestApp::sqlite().await;
    added(&app, Role::Administrator, "ada").await;
    let mut browser = app.browser();
    show_password(&mut browser, "ada@staff.example", FIRST).await;
    for path in ["/staff", "/staff/people", "/staff/you", "/staff/first/authenticator", "/staff/first/recovery-codes"] {
        assert_eq!(browser.get_here(path).await.location(), "/staff/first/password", "{path}");
    }
    for (password, words) in [
        (FIRST, "don't use the password you were given"),
        ("short", "Use at least 12 letters or signs"),
        ("password1234", "guessed first"),
        ("ada@staff.example", "Leave out your name"),
    ] {
        browser.post("/api/staff_choose_password", &[("new_password", password)]).await.assert_says(words);
    }
    // Doors of later steps and of others do nothing.
    browser.post_here("/api/staff_keep_codes", &[]).await;
    browser.post_here("/api/staff_add_person", &[("email", "x@staff.example"), ("name", "X"), ("role", "administrator")]).await;
    assert_eq!(app.count("select count(*) from staff").await, 1);
    assert_eq!(app.count("select count(*) from staff_recovery_codes").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_counts_once_and_a_recovery_code_too() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let person = at_work(&app, Role::Agent, "ana").await;
        let mut browser = app.browser();
        let page = show_password(&mut browser, &person.email, OWN).await;
        assert_eq!(page.title(), "Show the second step · Evenkeel");
        // The code that set it up was taken then.
        let used: i64 = app.count("select totp_step from staff").await;
        let replayed = totp::code_at(&person.secret, u64::try_from(used * 30).expect("after 1970")).expect("a code");
        for wrong in [replayed.as_str(), "000000", "", "ABCD-EFGH", &"7".repeat(5_000)] {
            browser
                .post("/api/staff_show_code", &[("code", wrong)])
                .await
                .assert_says("This code does not match, or it was used already.");
            assert_eq!(browser.get_here("/staff").await.location(), "/staff/sign-in/code");
            app.execute("delete from sign_in_attempts").await;
        }
        let typed = format!(" {} ", person.codes[3].to_uppercase().replace('-', " "));
        browser.post("/api/staff_show_code", &[("code", &typed)]).await.assert_says("You work here as support agent.");
        browser.get("/staff/you").await.assert_says("You have 9 recovery codes left.");
        let mut second = app.browser();
        show_password(&mut second, &person.email, OWN).await;
        second.post("/api/staff_show_code", &[("code", &person.codes[3])]).await.assert_says("This code does not match");
        let next = code(&app, &person.secret, 1);
        second.post("/api/staff_show_code", &[("code", &next)]).await.assert_says("You work here as support agent.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_use_a_code_once() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let person = at_work(&app, Role::Agent, "ana").await;
        let (mut one, mut other) = (app.browser(), app.browser());
        show_password(&mut one, &person.email, OWN).await;
        show_password(&mut other, &person.email, OWN).await;
        let fields = [("code", person.codes[0].as_str())];
        let (a, b) =
            tokio::join!(one.post_here("/api/staff_show_code", &fields), other.post_here("/api/staff_show_code", &fields));
        let came_in = [a, b].iter().filter(|answer| answer.location() == "/staff").count();
        assert_eq!(came_in, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_and_a_wrong_password_get_the_same_answer_and_wait_alike() {
    let app = TestApp::sqlite().await;
    let person = at_work(&app, Role::Agent, "ana").await;
    let mut said = Vec::new();
    for email in [person.email.as_str(), "nobody@staff.example"] {
        let mut browser = app.browser_at("198.51.100.9");
        for _ in 0..5 {
            let page = show_password(&mut browser, email, "wrong wrong wrong").await;
            said.push(page.text().replace(email, ""));
        }
        let page = show_password(&mut browser, email, OWN).await;
        page.assert_says("There were too many tries. You can try again in 15 min.");
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_guesses_keeps_nobody_out_where_they_came_in_before() {
    let app = TestApp::sqlite().await;
    let person = at_work(&app, Role::Agent, "ana").await;
    // They came in with a code once from this browser.
    let mut known = app.browser();
    show_password(&mut known, &person.email, OWN).await;
    known.post("/api/staff_show_code", &[("code", &person.codes[0])]).await;
    known.post("/api/staff_sign_out", &[]).await.assert_says("You are signed out.");
    let mut stranger = app.browser_at("198.51.100.9");
    for _ in 0..30 {
        show_password(&mut stranger, &person.email, "wrong wrong wrong").await;
    }
    show_password(&mut app.browser_at("198.51.100.77"), &person.email, OWN).await.assert_says("There were too many tries.");
    let page = show_password(&mut known, &person.email, OWN).await;
    assert_eq!(page.title(), "Show the second step · Evenkeel");
    // However long it went on, another browser waits for one window.
    app.execute("update sign_in_attempts set at = at - 900001").await;
    let page = show_password(&mut app.browser_at("198.51.100.77"), &person.email, OWN).await;
    assert_eq!(page.title(), "Show the second step · Evenkeel");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_the_second_step_is_slowed_more_and_more() {
    let app = TestApp::sqlite().await;
    let person = at_work(&app, Role::Agent, "ana").await;
    let mut browser = app.browser();
    show_password(&mut browser, &person.email, OWN).await;
    for _ in 0..5 {
        browser.post("/api/staff_show_code", &[("code", "000000")]).await;
    }
    browser.post("/api/staff_show_code", &[("code", &person.codes[0])]).await.assert_says("You can try again in 15 min.");
    assert_eq!(app.count("select count(*) from staff_recovery_codes where used_at is not null").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_every_other_session() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let mut person = at_work(&app, Role::Agent, "ana").await;
        let mut elsewhere = person.browser.clone();
        let before = person.browser.cookies[COOKIE].clone();
        let new = "orchard thimble weather nine";
        let fields = |now: &'static str| [("password", now), ("new_password", new)];
        person
            .browser
            .post("/api/staff_change_password", &fields("wrong wrong wrong"))
            .await
            .assert_says("This is not your password.");
        person.browser.post("/api/staff_change_password", &fields(OWN)).await.assert_says("Your password is changed.");
        assert_ne!(person.browser.cookies[COOKIE], before);
        assert_eq!(elsewhere.get_here("/staff").await.location(), "/staff/sign-in");
        let mut later = app.browser();
        show_password(&mut later, &person.email, OWN).await.assert_says("does not match");
        let page = show_password(&mut later, &person.email, new).await;
        assert_eq!(page.title(), "Show the second step · Evenkeel");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_elsewhere_is_seen_and_ended_and_a_strangers_is_not() {
    let app = TestApp::sqlite().await;
    let mut person = at_work(&app, Role::Agent, "ana").await;
    let mut other = at_work(&app, Role::Agent, "bo").await;
    let mut phone = app.browser();
    show_password(&mut phone, &person.email, OWN).await;
    phone.post("/api/staff_show_code", &[("code", &person.codes[0])]).await;
    let page = person.browser.get("/staff/you").await;
    let name = page.value_of("session").expect("the other one can be ended");
    other.browser.post("/api/staff_end_own_sessions", &[("session", &name)]).await;
    assert_eq!(phone.get_here("/staff").await.status, StatusCode::OK);
    person.browser.post("/api/staff_end_own_sessions", &[("session", &name)]).await.assert_says("What was open there is closed.");
    assert_eq!(phone.get_here("/staff").await.location(), "/staff/sign-in");
    assert_eq!(person.browser.get_here("/staff").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_authenticator_and_other_codes_take_the_place_of_those_before() {
    let app = TestApp::sqlite().await;
    let mut person = at_work(&app, Role::Agent, "ana").await;
    let page = person.browser.get("/staff/you/authenticator").await;
    let secret = in_code(&page).concat().replace(' ', "");
    assert_ne!(secret, person.secret);
    let wrong = [("password", OWN), ("code", "000000")];
    person.browser.post("/api/staff_replace_code", &wrong).await.assert_says("This is not what it should show now.");
    let shown = code(&app, &secret, 0);
    let stranger = [("password", "wrong wrong wrong"), ("code", shown.as_str())];
    person.browser.post("/api/staff_replace_code", &stranger).await.assert_says("This is not your password.");
    let right = [("password", OWN), ("code", shown.as_str())];
    person.browser.post("/api/staff_replace_code", &right).await.assert_says("Your new authenticator counts from now on.");
    let page = person.browser.get("/staff/you/recovery-codes").await;
    let codes = in_code(&page);
    person.browser.post("/api/staff_replace_codes", &[("password", OWN)]).await.assert_says("You have 10 recovery codes left.");
    let mut later = app.browser();
    show_password(&mut later, &person.email, OWN).await;
    later.post("/api/staff_show_code", &[("code", &person.codes[0])]).await.assert_says("This code does not match");
    later.post("/api/staff_show_code", &[("code", &code(&app, &person.secret, 1))]).await.assert_says("This code does not match");
    later.post("/api/staff_show_code", &[("code", &codes[0])]).await.assert_says("You work here as support agent.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_idle_at_the_end_of_a_day_and_on_the_way_in() {
    let app = TestApp::sqlite().await;
    let mut person = at_work(&app, Role::Agent, "ana").await;
    // Busy for eleven hours and fifty-five minutes: five more are left.
    app.execute("update staff_sessions set created_at = created_at - 42900000, last_seen_at = last_seen_at - 61000").await;
    person.browser.get("/staff").await;
    let left = app.count("select expires_at - last_seen_at from staff_sessions").await;
    assert!((290_000..=300_000).contains(&left), "{left}");
    let stays: i64 = person.browser.post_here("/api/staff_extend_session", &[]).await.body.parse().expect("seconds");
    assert!((280..=300).contains(&stays), "{stays}");
    app.execute("update staff_sessions set expires_at = 1").await;
    assert_eq!(person.browser.post_here("/api/staff_extend_session", &[]).await.body, "0");
    assert_eq!(person.browser.get_here("/staff").await.location(), "/staff/sign-in");
    assert_eq!(staff::delete_ended(&app.state).await.expect("deletes"), 1);
    let mut slow = app.browser();
    show_password(&mut slow, &person.email, OWN).await;
    let data: String = sqlx::query_scalar("select data from staff_sessions").fetch_one(app.db().pool()).await.expect("a session");
    let mut data: serde_json::Value = serde_json::from_str(&data).expect("JSON");
    let at = data["staff"]["at"].as_i64().expect("an instant");
    data["staff"]["at"] = (at - 901_000).into();
    sqlx::query("update staff_sessions set data = $1").bind(data.to_string()).execute(app.db().pool()).await.expect("written");
    assert_eq!(slow.get_here("/staff/sign-in/code").await.location(), "/staff/sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_one_kind_is_never_one_of_the_other() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut person = at_work(&app, Role::Administrator, "ada").await;
    let mut customer = app.signed_in(&seeded).await;
    assert_eq!(customer.get_here("/staff").await.location(), "/staff/sign-in");
    assert!(person.browser.get_here("/account").await.location().starts_with("/sign-in"));
    // Nor under the other's name.
    let (staff, customers) = (person.browser.cookies[COOKIE].clone(), customer.cookies["evenkeel-session"].clone());
    let mut swapped = app.browser();
    swapped.cookies.insert("evenkeel-session".into(), staff);
    swapped.cookies.insert(COOKIE.into(), customers);
    assert_eq!(swapped.get_here("/staff").await.location(), "/staff/sign-in");
    assert!(swapped.get_here("/account").await.location().starts_with("/sign-in"));
    // Both at once: each opens its own, and leaving one leaves the other.
    customer.cookies.insert(COOKIE.into(), person.browser.cookies[COOKIE].clone());
    customer.get("/staff").await.assert_says("You work here as administrator.");
    customer.post("/api/staff_sign_out", &[]).await.assert_says("You are signed out.");
    assert_eq!(customer.get("/account").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_cookie_is_bound_to_this_host_and_follows_no_link_from_elsewhere() {
    let app = TestApp::with(&[("server.public_url", "https://pay.example.org")]).await;
    added(&app, Role::Agent, "ana").await;
    let answer = app.browser().post_here("/api/staff_sign_in", &[("email", "ana@staff.example"), ("password", FIRST)]).await;
    let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().expect("text")).collect();
    let mut attributes: Vec<&str> =
        cookies.iter().find(|cookie| cookie.starts_with("__Host-staff=")).expect("the cookie").split("; ").skip(1).collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screens_are_in_spanish_and_say_nothing_to_a_stranger() {
    let app = TestApp::sqlite().await;
    let mut browser = app.browser();
    browser.accept_language = "es".into();
    let page = browser.get("/staff").await;
    assert_eq!(page.title(), "Entrar para trabajar · Evenkeel");
    assert!(page.headers.get("set-cookie").is_none());
    assert_eq!(app.count("select count(*) from staff_sessions").await, 0);
}
