//! A helper comes in by the customer's own act, sees and does what was ticked and nothing else, under their own name, and is out at once
//! when the customer says so.

use crate::joint::two_accounts;
use crate::portal::{Answer, Person, Portal};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use axum::http::Method;
use evenkeel::app::App;
use evenkeel::domain::helper::Right;
use evenkeel::server::http::helper_doors::{Door, door};
use evenkeel::server::jobs;
use leptos_axum::generate_route_list;
use std::process::Command;

/// With room for many answers from one address.
async fn portal_of(test: &TestDb) -> Portal {
    Portal::open_with(&test.url, &[("sign_in.attempts", "20")]).await
}

/// Lets Bea help with these rights; the page that says what to hand over.
async fn let_help(person: &mut Person, which: &str, rights: &[Right]) -> Answer {
    let mut fields = vec![("name", "Bea <b>Helper</b>"), ("kind", "carer"), ("which", which), ("days", "30")];
    fields.extend(rights.iter().map(|right| (right.field(), "yes")));
    let check = person.post("/api/keep_helper", &fields).await;
    check.assert_says("This is exactly what you allow");
    check.assert_says("Bea &lt;b&gt;Helper");
    check.assert_says("until Sunday 20 December 2026");
    let (draft, shown) = (check.value_of("draft"), check.value_of("shown_text"));
    person.post("/api/confirm_helper", &[("draft", &draft), ("shown_text", &shown)]).await
}

/// Link and code word, as the customer's page shows them.
fn invitation(page: &Answer) -> (String, String) {
    let between = |from: &str, to: &str| {
        let rest = page.body.split(from).nth(1).unwrap_or_else(|| panic!("no {from} in {}", page.body));
        rest.split(to).next().unwrap_or_default().to_owned()
    };
    (between("<code>", "</code>"), between("<strong>", "</strong>"))
}

async fn come_in(portal: &Portal, page: &Answer) -> Person {
    let (link, code) = invitation(page);
    let token = link.rsplit('/').next().unwrap_or_default().to_owned();
    let mut helper = Person::at(&portal.address);
    helper.get(&link).await.assert_says("You are invited to help");
    helper.post("/api/accept_help", &[("token", &token), ("code", &code)]).await.assert_says("You are helping Ada");
    helper
}

async fn stage(portal: &Portal, test: &TestDb, rights: &[Right]) -> (Seeded, Person, Person) {
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let page = let_help(&mut person, "all", rights).await;
    let helper = come_in(portal, &page).await;
    (seeded, person, helper)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_and_the_code_word_together_open_it_once() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        person.post("/api/keep_helper", &[("kind", "adviser")]).await.assert_says("Enter their name");
        person.get("/you/helpers/check").await.assert_says("What may they do");
        let page = let_help(&mut person, "all", &[]).await;
        let (link, code) = invitation(&page);
        let token = link.rsplit('/').next().expect("a token").to_owned();
        let mut stranger = Person::at(&portal.address);
        // A message that was handed on is not enough, and says nothing.
        let invited = stranger.get(&link).await;
        invited.assert_never_says("Ada");
        invited.assert_never_says("Northgate");
        let wrong = stranger.post("/api/accept_help", &[("token", &token), ("code", "0000 0000")]).await;
        wrong.assert_says("This code word doesn’t match");
        stranger.get("/helping").await.assert_never_says("You are helping");
        let mut helper = come_in(&portal, &page).await;
        stranger.post("/api/accept_help", &[("token", &token), ("code", &code)]).await.assert_says("An invitation works once");
        // Each page says whom they help; the customer's says who sees it.
        let account = helper.get(&format!("/account/{}", seeded.account_id)).await;
        account.assert_says("You are helping Ada");
        account.assert_never_says("End it now");
        person.get(&format!("/account/{}", seeded.account_id)).await.assert_says("can see this until Sunday 20 December 2026");
        assert_eq!(portal.number("select count(*) from outbox where template = 'helper_came_in'").await, 1);

        // Coming back by number and code word.
        let reference = portal.word("select reference from helpers").await;
        let mut again = Person::at(&portal.address);
        let fields = |code| [("reference", reference.as_str()), ("code", code)];
        again.post("/api/sign_in_helper", &fields("1234")).await.assert_says("These answers don’t match");
        again.post("/api/sign_in_helper", &fields(code.as_str())).await.assert_says("You are helping Ada");

        // Confirmed twice it is one; what another tab changed is shown anew.
        assert_eq!(portal.number("select count(*) from helpers").await, 1, "{}", test.name);
        let stale = [("draft", "0"), ("shown_text", "0")];
        person.post("/api/confirm_helper", &stale).await.assert_never_says("Hand this over");

        // One tap, at once, in both of their browsers.
        let id = portal.word("select id from helpers").await;
        let other = seed::account(&test.db, SeedAccount::default()).await;
        portal.person(&other).await.post("/api/end_help", &[("helper", &id)]).await;
        helper.get("/helping").await.assert_says("You are helping Ada");
        for _ in 0..2 {
            person.post("/api/end_help", &[("helper", &id)]).await.assert_says("It ended on Friday 20 November 2026");
        }
        for browser in [&mut helper, &mut again] {
            browser.get(&format!("/account/{}", seeded.account_id)).await.assert_never_says("$1,200.00");
        }
        again.post("/api/sign_in_helper", &fields(code.as_str())).await.assert_says("These answers don’t match");
        assert_eq!(portal.number("select count(*) from events where action = 'helper.ended'").await, 1, "{}", test.name);
    }
}

/// Every address of the route table and every door, with every right alone: what is not in the table is closed.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_right_does_not_open_is_closed() {
    let test = support::sqlite().await;
    let portal = portal_of(&test).await;
    // The staff's are of another kind of session, and not even judged here.
    let is_customers = |path: &String| !evenkeel::paths::is_staff(path);
    let routes: Vec<String> = generate_route_list(App).iter().map(|route| route.path().to_owned()).filter(is_customers).collect();
    assert!(routes.len() > 50, "{routes:?}");
    let doors: Vec<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).filter(is_customers).collect();
    for right in Right::ALL {
        let (seeded, _, mut helper) = stage(&portal, &test, &[right]).await;
        let account = seeded.account_id.as_str();
        let may = |needs: Right| needs == Right::See || needs == right;
        // Where nothing is disputed that page leads on to disputing, which is closed.
        for route in routes.iter().filter(|route| !route.ends_with("/dispute/status")) {
            let parts = route.split('/').map(|part| match part {
                "{account}" => account,
                "{topic}" => "other",
                "{currency}" => "USD",
                "{kind}" => "date",
                part if part.starts_with('{') => "0",
                part => part,
            });
            let path = parts.collect::<Vec<_>>().join("/");
            let shown = helper.look(&path).await.expect("an answer");
            let is_turned_away = shown.status == 303 && is_refusal(&mut helper, &path).await;
            let expected = match door(&Method::GET, route) {
                Door::Open => false,
                // What it names is not theirs: there is no such agreement or document.
                Door::Needs(_, evenkeel::server::http::helper_doors::About::OfThing(_)) | Door::Closed => route != "/account",
                Door::Needs(needs, _) => !may(needs),
            };
            assert_eq!(is_turned_away, expected, "{right:?} {route}");
        }
        for door_path in &doors {
            let expected = match door(&Method::POST, door_path) {
                Door::Open => continue,
                Door::Closed => true,
                Door::Needs(needs, _) => !may(needs),
            };
            let leads_to = helper.follow(door_path, &[("account", account)]).await;
            let is_turned_away = leads_to.as_deref() == Some("/helping/not-open");
            assert_eq!(is_turned_away, expected, "{right:?} {door_path} leads to {leads_to:?}");
        }
        let said = helper.get(&format!("/account/{account}/sign")).await;
        said.assert_says("Only Ada can do this, or let you do it");
    }
}

async fn is_refusal(helper: &mut Person, path: &str) -> bool {
    helper.get(path).await.url.ends_with("/helping/not-open")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_helper_does_is_theirs_and_the_customer_sees_it() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let (seeded, mut person, mut helper) =
            stage(&portal, &test, &[Right::Draft, Right::Messages, Right::Circumstances]).await;
        let id = seeded.account_id.as_str();
        let plan =
            [("account", id), ("basis", "past_due"), ("frequency", "every_two_weeks"), ("amount", "150"), ("intent", "check")];
        helper.post("/api/choose_plan", &plan).await.assert_says("2 payments");
        helper.get(&format!("/account/{id}/sign")).await.assert_says("Only Ada can do this");
        let message = [("account", id), ("topic", "other"), ("text", "Ada asks for a call"), ("reply_to", "ada@example.net")];
        helper.post("/api/send_message", &message).await;
        helper.post("/api/save_hardship", &[("account", id), ("reason", "illness")]).await.assert_says("Income and spending");
        helper.post("/api/send_hardship", &[("account", id)]).await.assert_says("Only Ada can do this");
        assert_eq!(portal.number("select count(*) from hardship_cases where state <> 'draft'").await, 0);
        let theirs = "select count(*) from events where actor_kind = 'helper' and on_behalf_of is not null
                      and action in ('draft.kept', 'message.received', 'hardship.begun')";
        assert_eq!(portal.number(theirs).await, 3, "{}", test.name);
        let as_the_customer = "select count(*) from events where actor_kind = 'customer'
                               and action in ('draft.kept', 'message.received', 'hardship.begun')";
        assert_eq!(portal.number(as_the_customer).await, 0, "{}", test.name);
        let mine = person.get("/you/helpers").await;
        for words in ["Prepared a way forward for you to check.", "Sent a message for you.", "Began to prepare"] {
            mine.assert_says(words);
        }
        person.get(&format!("/account/{id}/check")).await.assert_says("prepared this for you");
        // The customer changes it and it is their own; they alone sign it.
        person.agree_plan(id).await;
        assert_eq!(
            portal.number("select count(*) from events where action = 'agreement.signed' and actor_kind = 'customer'").await,
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_is_not_the_other_and_nothing_says_what_else_there_is() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let (first, second) = two_accounts(&test).await;
        let mut person = portal.person(&first).await;
        let page = let_help(&mut person, &first.account_id, &[Right::Messages, Right::Draft]).await;
        let mut helper = come_in(&portal, &page).await;
        let home = helper.get("/account").await;
        home.assert_says(&first.reference);
        home.assert_never_says(&second.reference);
        helper.get(&format!("/account/{}", second.account_id)).await.assert_says("Only Ada can do this");
        // What the customer typed and has not sent is not theirs to read, nor that there is another account.
        let typed = [("account", second.account_id.as_str()), ("topic", "other"), ("text", "My secret"), ("intent", "papers")];
        person.post("/api/send_message", &typed).await;
        let form = helper.get(&format!("/account/{}/message/other", first.account_id)).await;
        form.assert_says(&first.reference);
        form.assert_never_says(&second.reference);
        form.assert_never_says("My secret");
        let key = form.value_of("key");
        let message = |account| [("account", account), ("topic", "other"), ("text", "Hello"), ("key", key.as_str())];
        helper.post("/api/send_message", &message(second.account_id.as_str())).await.assert_says("Only Ada can do this");
        // Two names of one field are no way round it.
        let both = [
            ("account", first.account_id.as_str()),
            ("account", second.account_id.as_str()),
            ("topic", "other"),
            ("text", "Hello"),
            ("key", key.as_str()),
        ];
        helper.post("/api/send_message", &both).await.assert_says("Only Ada can do this");
        assert_eq!(portal.number("select count(*) from conversations").await, 0, "{}", test.name);
        // Nothing is disputed by a helper, and nothing they get wrong is kept among what the customer typed.
        let dispute = [("account", first.account_id.as_str()), ("topic", "not-right"), ("text", "Hello"), ("key", key.as_str())];
        helper.post("/api/send_message", &dispute).await.assert_says("Only Ada can do this");
        assert_eq!(portal.number("select count(*) from disputes").await, 0, "{}", test.name);
        let empty = [("account", first.account_id.as_str()), ("topic", "other"), ("text", ""), ("key", key.as_str())];
        helper.post("/api/send_message", &empty).await.assert_says("Write");
        helper.post("/api/send_message", &message(first.account_id.as_str())).await.assert_says("We have your message");
        assert_eq!(portal.number("select count(*) from conversations").await, 1, "{}", test.name);
        person.get("/messages/draft").await.assert_says("My secret");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn help_ends_by_itself_rests_when_a_death_is_told_and_is_ended_by_command() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let (seeded, mut person, mut helper) = stage(&portal, &test, &[]).await;
        let account = format!("/account/{}", seeded.account_id);
        let fields = [
            ("happened", "died"),
            ("told_by", "family"),
            ("teller_name", "Luis"),
            ("reply_to", "luis@example.net"),
            ("family_name", "Moreno"),
            ("reference", seeded.reference.as_str()),
        ];
        Person::at(&portal.address).post("/api/tell_us", &fields).await;
        helper.get(&account).await.assert_never_says("You are helping");
        let told = portal.word("select reference from life_events").await;
        person.post("/api/contradict_life_event", &[("reference", &told)]).await;
        helper.get(&account).await.assert_says("You are helping Ada");

        let last_evening = Portal::open_with(&test.url, &[("sandbox.clock", "2026-12-21T06:00:00Z")]).await;
        jobs::sweep(&last_evening.state).await;
        assert_eq!(last_evening.number("select count(*) from helpers where state = 'active'").await, 1, "{}", test.name);
        let after = Portal::open_with(&test.url, &[("sandbox.clock", "2026-12-21T08:00:00Z")]).await;
        jobs::sweep(&after.state).await;
        assert_eq!(after.number("select count(*) from helpers where ended_because = 'time'").await, 1, "{}", test.name);
        assert_eq!(after.number("select count(*) from sessions where helper_id is not null").await, 0);
    }
    let test = support::sqlite().await;
    let portal = portal_of(&test).await;
    let (_, _, mut helper) = stage(&portal, &test, &[]).await;
    let reference = portal.word("select reference from helpers").await;
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .arg("helper")
            .args(arguments)
            .envs([("EVENKEEL_DATABASE_URL", test.url.as_str()), ("EVENKEEL_SANDBOX_ENABLED", "true")])
            .env("EVENKEEL_SANDBOX_CLOCK", "2026-11-20T18:00:00Z")
            .output()
            .expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, listed) = run(&["list"]);
    assert!(code == Some(0) && listed.contains(&reference) && !listed.contains("Bea"), "{listed}");
    assert_eq!(run(&["end", &reference, "--by", " "]).0, Some(2));
    assert_eq!(run(&["end", "HA-0", "--by", "Ines"]).0, Some(1));
    assert_eq!(run(&["end", &reference, "--by", "Ines"]).0, Some(0));
    assert_eq!(run(&["end", &reference, "--by", "Ines"]).0, Some(1));
    helper.get("/helping").await.assert_never_says("You are helping");
}

/// Guessing the code word of an invitation ends it.
#[tokio::test(flavor = "multi_thread")]
async fn too_many_wrong_code_words_end_an_invitation() {
    let test = support::sqlite().await;
    let portal = portal_of(&test).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let page = let_help(&mut person, "all", &[]).await;
    let (link, _) = invitation(&page);
    let token = link.rsplit('/').next().expect("a token").to_owned();
    let mut stranger = Person::at(&portal.address);
    for _ in 0..10 {
        stranger.post("/api/accept_help", &[("token", &token), ("code", "00000000")]).await;
    }
    stranger.get(&link).await.assert_says("An invitation works once");
    assert_eq!(portal.number("select count(*) from helpers where ended_because = 'tries'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_helps_with_one_account_hears_nothing_of_what_is_paid_together_with_it() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let (first, second) = two_accounts(&test).await;
        let mut person = portal.person(&first).await;
        let agreement = person.agree_plan(&first.account_id).await;
        let id = agreement.rsplit('/').next().expect("an id");
        let joins = [("agreement", id), ("account", second.account_id.as_str()), ("payments", "2")];
        person.post("/api/join_account", &joins).await.assert_says("What you pay on each day");
        let page = let_help(&mut person, &second.account_id, &[Right::Documents, Right::Draft]).await;
        let mut helper = come_in(&portal, &page).await;
        let check = helper.get(&format!("/account/{}/check", second.account_id)).await;
        check.assert_says(&second.reference);
        check.assert_never_says(&first.reference);
        check.assert_never_says("What you pay on each day");
        let joined = person.sign(&second.account_id).await;
        person.get(&joined).await.assert_says(&first.reference);
        let shown = helper.get(&joined).await;
        shown.assert_says(&second.reference);
        shown.assert_never_says(&first.reference);
        helper.get(&agreement).await.assert_never_says(&first.reference);
    }
}
