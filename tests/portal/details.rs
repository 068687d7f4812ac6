//! What customers correct about themselves: an e-mail address by its code, a phone at once, a postal address after it was checked; a name
//! by a person here. What the creditor's next file does with it is in `tests/import/details.rs`.

use crate::app::{Answer, Browser, TestApp, answers};
use crate::support::seed::{self, SeedAccount, Seeded};
use evenkeel::server::services::outbox;
use serde_json::Value;
use std::process::{Command, Output};

const PAGE: &str = "/you/details";
const EMAIL: &str = "/you/details/email";
const NEW: &str = "ada@new.example";

async fn both() -> [TestApp; 2] {
    [TestApp::sqlite().await, TestApp::postgres().await]
}

async fn ask(browser: &mut Browser, email: &str) -> Answer {
    browser.post("/api/ask_email_code", &[("email", email)]).await
}

async fn enter(browser: &mut Browser, code: &str) -> Answer {
    browser.post("/api/enter_email_code", &[("code", code)]).await
}

/// The code that arrived last.
async fn arrived(app: &TestApp) -> String {
    outbox::send_due(&app.state).await.expect("sends");
    let messages = outbox::sandbox_messages(&app.state).await.expect("messages");
    let code = messages.iter().find_map(|(_, said)| said.strip_prefix("Your code: ").map(str::to_owned));
    code.expect("a code arrived")
}

fn another(code: &str) -> String {
    let number: u32 = code.parse().expect("digits");
    format!("{:06}", (number + 1) % 1_000_000)
}

/// As if the customer had shown who they are long ago.
async fn long_ago(app: &TestApp) {
    app.execute("update sessions set data = replace(data, '\"proved_at\":', '\"proved_at\":1')").await;
}

async fn email_of(app: &TestApp, seeded: &Seeded) -> String {
    let email: Option<String> = sqlx::query_scalar("select email from customers where id = $1")
        .bind(seeded.customer_id.clone())
        .fetch_one(app.db().pool())
        .await
        .expect("the customer");
    email.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_becomes_theirs_with_the_code_that_went_there_and_the_one_before_is_told() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        browser.get("/you").await.assert_says("My details");
        let page = browser.get(PAGE).await;
        for words in ["Ada Moreno", "Not shown here", "ada.moreno@example.net", "1 Main St, Denver, CO 80276"] {
            page.assert_says(words);
        }
        page.assert_never_says("1980");

        let asked = ask(&mut browser, " Ada@New.example ").await;
        asked.assert_says("We sent a code to ada@new.example.");
        let code = arrived(&app).await;
        assert_eq!(
            app.count("select count(*) from outbox where template = 'email_code' and recipient = 'ada@new.example'").await,
            1
        );
        // Whoever reads the database or downloads everything does not find it there.
        let bodies: Vec<String> =
            sqlx::query_scalar("select body_text || body_html from outbox").fetch_all(app.db().pool()).await.expect("bodies");
        assert!(bodies.iter().all(|body| !body.contains(&code)), "the code is kept");

        enter(&mut browser, &another(&code)).await.assert_says("This is not the code we sent last.");
        assert_eq!(email_of(&app, &seeded).await, "ada.moreno@example.net");
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        enter(&mut browser, &spaced).await.assert_says("This is your e-mail address now.");
        assert_eq!(email_of(&app, &seeded).await, NEW);
        // It works once.
        enter(&mut browser, &code).await.assert_says("No code is waiting.");

        outbox::send_due(&app.state).await.expect("sends");
        let told = "select count(*) from outbox where template = 'details_changed' and state = 'sent'
             and recipient = 'ada.moreno@example.net' and body_text not like '%new.example%' and body_text not like '%Moreno%'";
        assert_eq!(app.count(told).await, 1);
        assert_eq!(app.count("select count(*) from outbox where template = 'details_changed'").await, 1);
        assert_eq!(app.count("select count(*) from events where action = 'details.changed'").await, 1);
        assert_eq!(app.count("select count(*) from events where details like '%example%'").await, 0);
        let page = browser.get(PAGE).await;
        page.assert_says("You changed your e-mail address on Friday 20 November 2026. Your creditor will be told.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_the_last_code_counts() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        ask(&mut browser, "ada@first.example").await;
        let first = arrived(&app).await;
        ask(&mut browser, NEW).await;
        let second = arrived(&app).await;
        assert_ne!(first, second);
        enter(&mut browser, &first).await.assert_says("This is not the code we sent last.");
        enter(&mut browser, &second).await.assert_says("This is your e-mail address now.");
        assert_eq!(email_of(&app, &seeded).await, NEW);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_dies_of_age_and_of_wrong_tries_and_there_are_only_so_many() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        ask(&mut browser, NEW).await;
        let code = arrived(&app).await;
        for _wrong in 0..4 {
            enter(&mut browser, "").await.assert_says("This is not the code we sent last.");
        }
        for typed in [another(&code), code] {
            enter(&mut browser, &typed).await.assert_says("The code was wrong too often and no longer works.");
        }

        ask(&mut browser, NEW).await;
        let code = arrived(&app).await;
        app.execute("update pending_details set expires_at = 1").await;
        enter(&mut browser, &code).await.assert_says("The code is too old and no longer works.");
        assert_eq!(email_of(&app, &seeded).await, "ada.moreno@example.net");

        for _again in 0..3 {
            ask(&mut browser, NEW).await.assert_says("We sent a code to");
        }
        let refused = ask(&mut browser, "ada@sixth.example").await;
        refused.assert_says("We sent 5 codes within an hour.");
        assert_eq!(refused.value_of("email").as_deref(), Some("ada@sixth.example"));
        assert_eq!(app.count("select count(*) from outbox where template = 'email_code'").await, 5);
        enter(&mut browser, &arrived(&app).await).await.assert_says("This is your e-mail address now.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_used_is_refused_and_what_was_typed_is_kept() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        app.execute(
            "insert into channel_marks (id, customer_id, channel, mark, address, learned_from, learned_at)
             select 'mark', id, 'email', 'unusable', 'ada@back.example', 'delivery_report', 1 from customers",
        )
        .await;
        let long = format!("{}@new.example", "a".repeat(300));
        for (typed, words) in [
            ("", "Enter an e-mail address"),
            ("not an address", "Enter an e-mail address"),
            (long.as_str(), "Enter an e-mail address"),
            ("ADA.moreno@example.net", "This is the address we have."),
            ("ada@back.example", "What we sent to this address came back."),
        ] {
            let page = ask(&mut browser, typed).await;
            page.assert_says(words);
            assert_eq!(page.value_of("email").unwrap_or_default(), typed);
        }
        assert_eq!(app.count("select count(*) from outbox").await, 0);
        assert_eq!(app.count("select count(*) from pending_details").await, 0);
        // Who stopped e-mail gets the code they ask for, and nothing else by e-mail.
        app.execute("update channel_marks set mark = 'stopped', address = null").await;
        ask(&mut browser, NEW).await;
        enter(&mut browser, &arrived(&app).await).await.assert_says("This is your e-mail address now.");
        assert_eq!(app.count("select count(*) from outbox where template = 'details_changed' and channel = 'letter'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_while_a_customer_first_shows_who_they_are() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        browser.post("/api/keep_address", &address("2 Elm St", "80203")).await.assert_says("Is this your new address?");
        long_ago(&app).await;
        for (what, page) in [("email", EMAIL), ("address", "/you/details/address")] {
            assert_eq!(browser.get_here(page).await.location(), format!("/you/details/proof/{what}"));
        }
        assert_eq!(browser.post_here("/api/ask_email_code", &[("email", NEW)]).await.location(), "/you/details/proof/email");
        let shown = browser.get("/you/details/address/check").await.value_of("shown").expect("what is shown");
        let confirmed = browser.post_here("/api/confirm_address", &[("shown", &shown)]).await;
        assert_eq!(confirmed.location(), "/you/details/proof/address");
        assert_eq!(app.count("select count(*) from own_details").await, 0);
        assert_eq!(app.count("select count(*) from outbox").await, 0);

        let page = browser.get(EMAIL).await;
        page.assert_says("First, show us that it is you");
        let mut wrong = answers("", "28", "80276").to_vec();
        wrong.push(("what", "email"));
        let page = browser.post("/api/prove_for_details", &wrong).await;
        page.assert_says("This doesn't match what we have.");
        assert_eq!(page.value_of("postal_code").as_deref(), Some("80276"));
        let mut right = answers("", "29", "80276").to_vec();
        right.push(("what", "email"));
        browser.post("/api/prove_for_details", &right).await.assert_says("New e-mail address");
        assert_eq!(browser.get_here("/you/details/proof/anything").await.location(), PAGE);
        // A phone number is nothing that anybody comes in with.
        long_ago(&app).await;
        browser.post("/api/keep_phone", &[("phone", "303 555 0199")]).await.assert_says("Your phone number is changed.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_kept_as_carriers_want_it_and_can_be_removed() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        for (typed, words) in [
            ("", "Enter a phone number. To have none"),
            ("call me", "Enter a phone number with its area code"),
            ("555-0100", "Enter a phone number"),
        ] {
            let page = browser.post("/api/keep_phone", &[("phone", typed)]).await;
            page.assert_says(words);
            assert_eq!(page.value_of("phone").unwrap_or_default(), typed);
        }
        browser.post("/api/keep_phone", &[("phone", "(303) 555-0199")]).await.assert_says("Your phone number is changed.");
        assert_eq!(app.count("select count(*) from customers where phone = '+13035550199'").await, 1);
        browser.post("/api/keep_phone", &[("phone", "303.555.0199")]).await.assert_says("That is what we have.");
        for _pressed_twice in 0..2 {
            browser.post("/api/remove_phone", &[]).await;
        }
        let page = browser.get(PAGE).await;
        page.assert_says("You changed your phone number on");
        assert_eq!(app.count("select count(*) from customers where phone is null").await, 1);
        assert_eq!(app.count("select count(*) from own_details").await, 2);
        assert_eq!(app.count("select count(*) from own_details where ended_at is null").await, 1);
        assert_eq!(app.count("select count(*) from outbox where template = 'details_changed'").await, 2);
    }
}

fn address<'a>(street: &'a str, postal_code: &'a str) -> [(&'a str, &'a str); 4] {
    [("street", street), ("city", "Denver"), ("state", "CO"), ("postal_code", postal_code)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postal_address_is_looked_at_before_it_is_so() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        let page = browser.get("/you/details/address").await;
        assert_eq!(page.value_of("street").as_deref(), Some("1 Main St"));
        let refused =
            browser.post("/api/keep_address", &[("street", "<b>"), ("city", " "), ("state", "CO"), ("postal_code", "--")]).await;
        for words in ["Use letters, numbers and spaces", "Enter the city"] {
            refused.assert_says(words);
        }
        assert_eq!(refused.value_of("state").as_deref(), Some("CO"));
        assert_eq!(refused.value_of("postal_code").as_deref(), Some("--"));
        assert_eq!(app.count("select count(*) from pending_details").await, 0);

        let first = browser.post("/api/keep_address", &address("2 Elm St", "80203")).await;
        first.assert_says("1 Main St, Denver, CO, 80276");
        first.assert_says("2 Elm St, Denver, CO, 80203");
        first.assert_never_says("A letter is made already");
        let shown_first = first.value_of("shown").expect("what is shown");
        let second = browser.post("/api/keep_address", &address("3  Oak St", "80204")).await;
        let shown = second.value_of("shown").expect("what is shown");
        // The other tab shows what is no longer so.
        let again = browser.post("/api/confirm_address", &[("shown", &shown_first)]).await;
        again.assert_says("This is not what you saw last.");
        again.assert_says("3 Oak St, Denver, CO, 80204");
        assert_eq!(app.count("select count(*) from own_details").await, 0);
        browser.post("/api/confirm_address", &[("shown", &shown)]).await.assert_says("Your postal address is changed.");
        // Pressed twice, nothing waits any more.
        browser.post("/api/confirm_address", &[("shown", &shown)]).await;
        let changed = "select count(*) from customers
             where street = '3 Oak St' and postal_code_normalised = '80204' and time_zone = 'America/Denver'";
        assert_eq!(app.count(changed).await, 1);
        assert_eq!(app.count("select count(*) from own_details").await, 1);
        let mut old = app.browser();
        let refused = old.post_here("/api/sign_in", &answers(&seeded.reference, "29", "80276")).await;
        assert!(refused.location().contains("again="), "the old postal code no longer lets in");
        let come_in = old.post_here("/api/sign_in", &answers(&seeded.reference, "29", "80204")).await;
        assert_eq!(come_in.location(), "/account");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_made_goes_where_it_was_made_for_and_the_page_says_so() {
    for app in both().await {
        let seeded = seed::account(app.db(), SeedAccount { email: None, ..SeedAccount::default() }).await;
        let mut browser = app.signed_in(&seeded).await;
        browser.get(EMAIL).await.assert_says("We have no e-mail address of yours.");
        browser.post("/api/keep_phone", &[("phone", "303 555 0199")]).await;
        outbox::send_due(&app.state).await.expect("sends");
        assert_eq!(app.count("select count(*) from print_queue where state = 'queued'").await, 1);
        let check = browser.post("/api/keep_address", &address("2 Elm St", "80203")).await;
        check.assert_says("A letter is made already and waits to be printed.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_gets_nothing_and_another_customer_only_their_own() {
    for app in both().await {
        let seeded = app.seeded().await;
        let other = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        ask(&mut browser, NEW).await;
        let code = arrived(&app).await;
        let shown = browser.post("/api/keep_address", &address("2 Elm St", "80203")).await.value_of("shown").expect("shown");

        let mut somebody = app.signed_in(&other).await;
        enter(&mut somebody, &code).await.assert_says("No code is waiting.");
        let answer = somebody.post("/api/confirm_address", &[("shown", &shown)]).await;
        answer.assert_never_says("2 Elm St");
        somebody.get(PAGE).await.assert_never_says(NEW);

        let mut stranger = app.browser();
        for page in [
            PAGE,
            EMAIL,
            "/you/details/phone",
            "/you/details/address",
            "/you/details/address/check",
            "/you/details/name",
            "/you/details/proof/email",
        ] {
            assert!(stranger.get_here(page).await.location().starts_with("/sign-in"), "{page}");
        }
        for (door, field) in [
            ("/api/ask_email_code", ("email", NEW)),
            ("/api/enter_email_code", ("code", code.as_str())),
            ("/api/keep_phone", ("phone", "303 555 0199")),
            ("/api/remove_phone", ("", "")),
            ("/api/keep_address", ("street", "2 Elm St")),
            ("/api/confirm_address", ("shown", shown.as_str())),
            ("/api/prove_for_details", ("what", "email")),
        ] {
            let answer = stranger.post_here(door, &[field]).await;
            assert!(answer.location().starts_with("/sign-in"), "{door}: {}", answer.location());
        }
        assert_eq!(app.count("select count(*) from own_details").await, 0);
    }
}

fn run(app: &TestApp, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_DATABASE_URL", &app.state.config.database_url)
        .env("EVENKEEL_POLICY_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/default.toml"))
        .env("EVENKEEL_ADVICE_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/advice.toml"))
        .current_dir(std::env::temp_dir())
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_corrects_a_name_and_the_creditor_hears_of_everything_once() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        let page = browser.get("/you/details/name").await;
        page.assert_says("A person changes these, because they say who you are.");
        page.assert_says("You get an answer by");
        assert!(page.body.contains(&format!("/account/{}/message/details", seeded.account_id)), "a message with its topic");
        browser.post("/api/keep_phone", &[("phone", "303 555 0199")]).await;

        let reference = seeded.reference.as_str();
        let set = |more: &[&str]| {
            run(&app, &[&["details", "set", reference, "--by", "Sam", "--reason", "passport seen"], more].concat())
        };
        assert_eq!(set(&["--name", "Ada", "Lovelace"]).status.code(), Some(0));
        assert_eq!(set(&["--name", "Ada", "Lovelace"]).status.code(), Some(1));
        assert_eq!(set(&["--born", "2999-01-01"]).status.code(), Some(1));
        assert_eq!(set(&[]).status.code(), Some(2));
        let page = browser.get(PAGE).await;
        page.assert_says("Ada Lovelace");
        page.assert_says("We corrected your name on");
        page.assert_never_says("Sam");
        let shown = text(&run(&app, &["details", "show", reference]).stdout);
        assert!(shown.contains("name: ") && shown.contains("by Sam") && !shown.contains("Lovelace"), "{shown}");

        let first = run(&app, &["export", "details"]);
        let document: Value = serde_json::from_slice(&first.stdout).expect("JSON");
        assert_eq!(document["next"], "details:2");
        let entries = document["entries"].as_array().expect("entries");
        assert_eq!(entries[0]["detail"], "phone");
        assert_eq!(entries[0]["phone"], "+13035550199");
        assert_eq!(entries[0]["account_references"], reference);
        assert_eq!(entries[1]["family_name"], "Lovelace");
        assert_eq!(entries[1]["changed_by"], "team");
        assert_eq!(entries[1]["replaces"][1], "Moreno");
        // The same bytes again, and once only after the cursor.
        assert_eq!(run(&app, &["export", "details"]).stdout, first.stdout);
        browser.post("/api/remove_phone", &[]).await;
        let csv = run(&app, &["export", "details", "--since", "details:2", "--csv", "--creditor", "Northgate Credit Union"]);
        let lines: Vec<String> = text(&csv.stdout).lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(
            lines[1].starts_with("3,Northgate Credit Union,") && text(&csv.stderr).contains("next cursor: details:3"),
            "{lines:?}"
        );
        for wrong in ["details:9", "all:1", "2026-11-20"] {
            assert_eq!(run(&app, &["export", "details", "--since", wrong]).status.code(), Some(2), "{wrong}");
        }
    }
}
