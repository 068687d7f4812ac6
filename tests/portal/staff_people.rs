//! What an administrator does about colleagues, and what is open to whom: every role at every door of the staff's.

use crate::app::{Browser, TestApp};
use crate::staff::{Colleague, FIRST, OWN, added, at_work, code, first_time, in_code, show_password};
use evenkeel::app::App;
use evenkeel::paths;
use evenkeel::server::http::staff_doors::{Door, door};
use evenkeel::server::services::staff::{self, By, Changed, Role};
use http::{Method, StatusCode};
use leptos_axum::generate_route_list;

/// Every address of the staff's and which roles it is open to, in the order of `Role::ALL`: `x` open, `.` not. `step` is a step of coming
/// in, which leads whoever is in to their start; `open` is open to anybody.
const DOORS: &str = "
    GET  /staff                          x x x x x x
    GET  /staff/first/authenticator      step
    GET  /staff/first/password           step
    GET  /staff/first/recovery-codes     step
    GET  /staff/not-open                 x x x x x x
    GET  /staff/people                   . . x x x .
    GET  /staff/people/add               . . . x . .
    GET  /staff/people/{person}          . . x x x .
    GET  /staff/sign-in                  open
    GET  /staff/sign-in/code             step
    GET  /staff/you                      x x x x x x
    GET  /staff/you/authenticator        x x x x x x
    GET  /staff/you/password             x x x x x x
    GET  /staff/you/recovery-codes       x x x x x x
    POST /api/staff_add_person           . . . x . .
    POST /api/staff_change_password      x x x x x x
    POST /api/staff_change_role          . . . x . .
    POST /api/staff_choose_password      step
    POST /api/staff_disable              . . . x . .
    POST /api/staff_enable               . . . x . .
    POST /api/staff_end_own_sessions     x x x x x x
    POST /api/staff_end_sessions         . . . x . .
    POST /api/staff_extend_session       open
    POST /api/staff_give_creditors       . . . x . .
    POST /api/staff_keep_codes           step
    POST /api/staff_make_password        . . . x . .
    POST /api/staff_replace_code         x x x x x x
    POST /api/staff_replace_codes        x x x x x x
    POST /api/staff_reset_second_factor  . . . x . .
    POST /api/staff_set_up_code          step
    POST /api/staff_show_code            step
    POST /api/staff_sign_in              open
    POST /api/staff_sign_out             open";

fn doors() -> Vec<(&'static str, &'static str, &'static str)> {
    let lines = DOORS.lines().map(str::trim).filter(|line| !line.is_empty());
    let parts = lines.map(|line| {
        let (method, rest) = line.split_once(' ').expect("a method");
        let (path, open) = rest.trim().split_once(' ').expect("a path");
        (method, path, open.trim())
    });
    parts.collect()
}

async fn knock(browser: &mut Browser, method: &str, path: &str, person: &str) -> (StatusCode, String) {
    let path = path.replace("{person}", person);
    let answer = match method {
        "GET" => browser.get_here(&path).await,
        _ => browser.post_here(&path, &[]).await,
    };
    (answer.status, answer.location())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_of_the_staffs_is_in_the_table_and_no_other_is_open() {
    let app = TestApp::sqlite().await;
    drop(app);
    let mut found: Vec<String> = generate_route_list(App)
        .iter()
        .map(|route| format!("GET {}", route.path()))
        .chain(leptos::server_fn::axum::server_fn_paths().map(|(path, _)| format!("POST {path}")))
        .filter(|found| paths::is_staff(found.split_once(' ').map_or("", |(_, path)| path)))
        .collect();
    found.sort_unstable();
    let listed: Vec<String> = doors().iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(found, listed);
    for (method, path, _) in doors() {
        let method: Method = method.parse().expect("a method");
        assert_ne!(door(&method, path), Door::Closed, "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_finds_open_what_the_table_says_and_nothing_else() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let target = added(&app, Role::Agent, "target").await;
        for (column, role) in Role::ALL.into_iter().enumerate() {
            let person = at_work(&app, role, role.code()).await;
            for (method, path, open) in doors() {
                let (status, led_to) = knock(&mut person.browser.clone(), method, path, &target).await;
                let told = format!("{role:?} {method} {path}: {status} {led_to}");
                match open {
                    "open" => assert_ne!(led_to, "/staff/not-open", "{told}"),
                    "step" => assert_eq!(led_to, "/staff", "{told}"),
                    marks => {
                        let is_open = marks.split_whitespace().nth(column) == Some("x");
                        assert_eq!(led_to != "/staff/not-open", is_open, "{told}");
                        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{told}");
                    }
                }
            }
        }
        // Nothing was done to whom none of them named.
        let (role, disabled): (String, Option<i64>) = sqlx::query_as("select role, disabled_at from staff where id = $1")
            .bind(&target)
            .fetch_one(app.db().pool())
            .await
            .expect("somebody");
        assert_eq!((role.as_str(), disabled), ("agent", None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_a_customer_and_whoever_is_on_the_way_in_get_nothing() {
    let app = TestApp::sqlite().await;
    let target = added(&app, Role::Agent, "target").await;
    let seeded = app.seeded().await;
    let mut entering = app.browser();
    show_password(&mut entering, "target@staff.example", FIRST).await;
    let outside = [
        (app.browser(), "/staff/sign-in"),
        (app.signed_in(&seeded).await, "/staff/sign-in"),
        (entering, "/staff/first/password"),
    ];
    for (browser, led) in outside {
        for (method, path, open) in doors() {
            if open == "open" || path.ends_with("/password") || path.ends_with("choose_password") {
                continue;
            }
            let (_, led_to) = knock(&mut browser.clone(), method, path, &target).await;
            assert_eq!(led_to, led, "{method} {path}");
        }
        assert_eq!(browser.clone().get_here("/staff/nothing").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditors_forms_change_nothing() {
    let app = TestApp::sqlite().await;
    let target = added(&app, Role::Agent, "target").await;
    let mut auditor = at_work(&app, Role::Auditor, "odile").await;
    let before = app.count("select count(*) from events").await;
    for (_, path, _) in doors().into_iter().filter(|(method, _, open)| *method == "POST" && open.starts_with('.')) {
        let fields = [("person", target.as_str()), ("role", "administrator"), ("email", "x@staff.example"), ("name", "X")];
        assert_eq!(auditor.browser.post_here(path, &fields).await.location(), "/staff/not-open", "{path}");
    }
    assert_eq!(app.count("select count(*) from events").await, before);
    assert_eq!(app.count("select count(*) from staff where role = 'administrator'").await, 0);
    let page = auditor.browser.get(&paths::staff_person(&target)).await;
    page.assert_says("target@staff.example");
    page.assert_never_says("/api/staff_disable");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_adds_somebody_who_then_comes_in() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let mut ada = at_work(&app, Role::Administrator, "ada").await;
        let fields =
            |email: &'static str, name: &'static str, role: &'static str| [("email", email), ("name", name), ("role", role)];
        for (typed, words) in [
            (fields("nobody", "Bo", "agent"), "Type an e-mail address"),
            (fields("bo@staff.example", "", "agent"), "Type a name"),
            (fields("bo@staff.example", "Bo", "king"), "Choose what they do here"),
            (fields(" ADA@staff.example", "Bo", "agent"), "works here already"),
        ] {
            let page = ada.browser.post("/api/staff_add_person", &typed).await;
            page.assert_says(words);
            assert_eq!(page.value_of("email").as_deref(), Some(typed[0].1));
        }
        let page = ada.browser.post("/api/staff_add_person", &fields("Bo@staff.example", "Bo <b>Ek</b>", "agent")).await;
        page.assert_says("Give them this password");
        page.assert_says("Bo <b>Ek</b>");
        let made = in_code(&page).concat();
        // Nobody else sees it, and she does not either once she goes on.
        let id: String = sqlx::query_scalar("select id from staff where email = 'bo@staff.example'")
            .fetch_one(app.db().pool())
            .await
            .expect("Bo");
        ada.browser.get(&paths::staff_person(&id)).await.assert_never_says(&made);
        let mut other = at_work(&app, Role::Administrator, "adan").await;
        let again = page.path.clone();
        other.browser.get(&again).await.assert_never_says(&made);
        let mut bo = app.browser();
        first_time(&app, &mut bo, "bo@staff.example", &made, "sparrow moss lantern gravel").await;
        ada.browser.get(&again).await.assert_never_says(&made);
        let by = "select count(*) from events where action = 'staff.added' and actor_kind = 'staff' and actor_id in (select id from staff where email = 'ada@staff.example')";
        assert_eq!(app.count(by).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_and_being_kept_out_end_sessions_at_once() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let mut ada = at_work(&app, Role::Administrator, "ada").await;
        let mut bo = at_work(&app, Role::Agent, "bo").await;
        let id = bo.id.clone();
        let fields = [("person", id.as_str()), ("role", "manager")];
        ada.browser.post("/api/staff_change_role", &fields).await.assert_says("Done. This person is signed out everywhere.");
        ada.browser.post("/api/staff_change_role", &fields).await.assert_says("It was so before.");
        assert_eq!(bo.browser.get_here("/staff").await.location(), "/staff/sign-in");
        come_in(&app, &mut bo).await.assert_says("You work here as manager.");
        let person = [("person", id.as_str())];
        ada.browser.post("/api/staff_disable", &person).await.assert_says("Done.");
        assert_eq!(bo.browser.get_here("/staff").await.location(), "/staff/sign-in");
        show_password(&mut bo.browser, &bo.email, OWN).await.assert_says("The address or the password does not match.");
        ada.browser.post("/api/staff_enable", &person).await.assert_says("Done.");
        come_in(&app, &mut bo).await.assert_says("You work here as manager.");
        ada.browser.post("/api/staff_end_sessions", &person).await.assert_says("Done.");
        assert_eq!(bo.browser.get_here("/staff").await.location(), "/staff/sign-in");
        let done = "select count(*) from events where actor_kind = 'staff' and action in
                    ('staff.role_changed', 'staff.disabled', 'staff.enabled', 'staff.sessions_ended')";
        assert_eq!(app.count(done).await, 4);
    }
}

/// Signs somebody in again, with the next of their recovery codes.
async fn come_in(app: &TestApp, person: &mut Colleague) -> crate::app::Answer {
    let mut browser = app.browser();
    show_password(&mut browser, &person.email, OWN).await;
    let code = person.codes.remove(0);
    let page = browser.post("/api/staff_show_code", &[("code", &code)]).await;
    person.browser = browser;
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_their_second_factor_sets_it_up_anew() {
    let app = TestApp::sqlite().await;
    let mut ada = at_work(&app, Role::Administrator, "ada").await;
    let bo = at_work(&app, Role::Agent, "bo").await;
    ada.browser.post("/api/staff_reset_second_factor", &[("person", &bo.id)]).await.assert_says("Done.");
    let mut browser = app.browser();
    let page = show_password(&mut browser, &bo.email, OWN).await;
    assert_eq!(page.title(), "Set up your authenticator · Evenkeel");
    let secret = in_code(&page).concat().replace(' ', "");
    let page = browser.post("/api/staff_set_up_code", &[("code", &code(&app, &secret, 0))]).await;
    assert!(in_code(&page).iter().all(|code| !bo.codes.contains(code)));
    // With a made password the second factor that is there is still asked for first.
    let page = ada.browser.post("/api/staff_make_password", &[("person", &bo.id)]).await;
    let made = in_code(&page).concat();
    let mut browser = app.browser();
    let page = show_password(&mut browser, &bo.email, &made).await;
    assert_eq!(page.title(), "Show the second step · Evenkeel");
    let page = browser.post("/api/staff_show_code", &[("code", &code(&app, &secret, 1))]).await;
    assert_eq!(page.title(), "Choose your own password · Evenkeel");
    // Not to oneself: whoever sits at her open screen could.
    for door in ["/api/staff_reset_second_factor", "/api/staff_make_password"] {
        ada.browser.post(door, &[("person", &ada.id)]).await.assert_says("Nobody does this to themselves.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_one() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let mut ada = at_work(&app, Role::Administrator, "ada").await;
        let own = [("person", ada.id.as_str()), ("role", "agent")];
        for door in ["/api/staff_change_role", "/api/staff_disable"] {
            ada.browser.post(door, &own).await.assert_says("There would be no administrator left.");
        }
        // Of two who take it from each other at the same moment, one stays.
        for _ in 0..5 {
            let other = added(&app, Role::Administrator, &format!("adan{}", app.count("select count(*) from staff").await)).await;
            let (one, two) = tokio::join!(
                staff::disable(&app.state, &By::Operator, &ada.id),
                staff::change_role(&app.state, &By::Operator, &other, Role::Agent),
            );
            let done = [one.expect("decided"), two.expect("decided")];
            assert!(done.contains(&Changed::Done) && done.contains(&Changed::LastAdministrator), "{done:?}");
            assert_eq!(app.count("select count(*) from staff where role = 'administrator' and disabled_at is null").await, 1);
            staff::enable(&app.state, &By::Operator, &ada.id).await.expect("enabled");
            app.execute("update staff set role = 'agent' where email <> 'ada@staff.example'").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_has_the_creditors_they_were_given_and_no_others() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut ada = at_work(&app, Role::Administrator, "ada").await;
        let mut pia = at_work(&app, Role::Partner, "pia").await;
        pia.browser.get("/staff").await.assert_says("No creditor was given to you yet.");
        let field = format!("creditor_{}", seeded.creditor_id);
        let give = [("person", pia.id.as_str()), (field.as_str(), "yes"), ("creditor_nobody", "yes")];
        ada.browser.post("/api/staff_give_creditors", &give).await.assert_says("Done.");
        ada.browser.post("/api/staff_give_creditors", &give).await.assert_says("It was so before.");
        come_in(&app, &mut pia).await.assert_says("For customers of these creditors only: Northgate Credit Union.");
        // Nobody else is given any, and who becomes something else loses them.
        let agent = added(&app, Role::Agent, "ana").await;
        ada.browser.post_here("/api/staff_give_creditors", &[("person", &agent), (&field, "yes")]).await;
        assert_eq!(app.count("select count(*) from staff_creditors").await, 1);
        ada.browser.post("/api/staff_change_role", &[("person", &pia.id), ("role", "agent")]).await.assert_says("Done.");
        assert_eq!(app.count("select count(*) from staff_creditors").await, 0);
    }
}
