//! A debt that nobody may sue for any more (12 CFR 1006.26(b)): said before paying and before signing, signed with the terms,
//! and never beside a word about court.

use crate::app::{Answer, Browser, TestApp, tags};
use crate::support::seed::Seeded;

const LIMIT: &str = "For this debt that time is over";
const AGAIN: &str = "can start that time again";

async fn say(app: &TestApp, time_barred: Option<i64>) {
    sqlx::query("update accounts set time_barred = $1").bind(time_barred).execute(app.db().pool()).await.expect("said");
}

async fn choose_part(browser: &mut Browser, seeded: &Seeded) -> Answer {
    let fields = [("account", seeded.account_id.as_str()), ("purpose", "part"), ("amount", "25")];
    browser.post("/api/choose_payment", &fields).await
}

async fn choose_plan(browser: &mut Browser, seeded: &Seeded) -> Answer {
    let fields = [
        ("account", seeded.account_id.as_str()),
        ("basis", "past_due"),
        ("frequency", "every_two_weeks"),
        ("amount", "40"),
        ("intent", "check"),
    ];
    browser.post("/api/choose_plan", &fields).await
}

/// Presses the button of a check page with every field that stands in its form.
async fn pay(browser: &mut Browser, check: &Answer) -> Answer {
    let fields: Vec<(String, String)> = ["account", "purpose", "amount_minor", "key", "disclosed"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), check.value_of(name)?)))
        .collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post_here("/api/start_payment", &fields).await
}

/// The disclosure stands in front of the button that binds.
fn stands_before_the_form(answer: &Answer, action: &str) -> bool {
    let at = |words: &str| answer.body.find(words);
    matches!((at(LIMIT), at(AGAIN), at(action)), (Some(limit), Some(again), Some(form)) if limit < form && again < form)
}

#[tokio::test]
async fn before_paying_it_is_said_that_nobody_will_sue_and_what_a_payment_may_start() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        say(&app, Some(1)).await;
        let mut browser = app.signed_in(&seeded).await;
        let choice = browser.get(&format!("/account/{}/pay", seeded.account_id)).await;
        assert!(stands_before_the_form(&choice, "/api/choose_payment"), "{}", choice.text());
        choice.assert_says("Northgate Credit Union will not sue you for it and will not threaten to");
        let check = choose_part(&mut browser, &seeded).await;
        assert!(stands_before_the_form(&check, "/api/start_payment"), "{}", check.text());
        let started = pay(&mut browser, &check).await;
        assert!(!started.location().contains("/pay?"), "{}", started.location());
        let noted = "select count(*) from events where action = 'payment.created' and details like '%time_barred_1%'";
        assert_eq!(app.count(noted).await, 1, "the trail says what was shown");
    }
}

#[tokio::test]
async fn a_payment_from_a_page_that_did_not_say_it_is_not_begun() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        let check = choose_part(&mut browser, &seeded).await;
        check.assert_never_says(LIMIT);
        // The creditor's next file says so while the page is open.
        say(&app, Some(1)).await;
        let started = pay(&mut browser, &check).await;
        let back = browser.get(&started.location()).await;
        back.assert_says("There is something to read before you pay");
        back.assert_says(LIMIT);
        assert_eq!(app.count("select count(*) from payments").await, 0);
    }
}

#[tokio::test]
async fn unknown_and_no_say_nothing_of_it() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    for time_barred in [None, Some(0)] {
        say(&app, time_barred).await;
        choose_plan(&mut browser, &seeded).await.assert_never_says(LIMIT);
        for screen in ["", "/pay", "/options", "/sign"] {
            browser.get(&format!("/account/{}{screen}", seeded.account_id)).await.assert_never_says(LIMIT);
        }
        assert_eq!(app.count("select count(*) from drafts where terms like '%disclosure%'").await, 0);
    }
}

#[tokio::test]
async fn before_signing_it_is_said_and_it_is_part_of_what_is_signed() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        say(&app, Some(1)).await;
        let mut browser = app.signed_in(&seeded).await;
        browser.get(&format!("/account/{}/options", seeded.account_id)).await.assert_says(LIMIT);
        choose_plan(&mut browser, &seeded).await.assert_says(LIMIT);
        let sign = browser.get(&format!("/account/{}/sign", seeded.account_id)).await;
        assert!(stands_before_the_form(&sign, "/api/sign_agreement"), "{}", sign.text());
        sign.assert_says("I have read this: the law limits how long someone can be sued");
        let signed = sign_it(&mut browser, &sign).await;
        signed.assert_says("It is agreed");
        signed.assert_says(AGAIN);
        let terms = "select count(*) from agreement_versions where terms like '%\"disclosure\":\"time_barred_1\"}'";
        assert_eq!(app.count(terms).await, 1);
    }
}

async fn sign_it(browser: &mut Browser, sign: &Answer) -> Answer {
    let value = |name: &str| sign.value_of(name).expect("a field");
    let names = ["account", "draft", "shown", "shown_in", "shown_text"];
    let shown = names.map(value);
    let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
    fields.extend([("name", "Ada Moreno"), ("consent", "yes")]);
    browser.post("/api/sign_agreement", &fields).await
}

#[tokio::test]
async fn what_is_told_between_choosing_and_signing_leads_back_to_the_check_page_that_says_it() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        choose_plan(&mut browser, &seeded).await.assert_never_says(LIMIT);
        let sign = browser.get(&format!("/account/{}/sign", seeded.account_id)).await;
        say(&app, Some(1)).await;
        let answer = sign_it(&mut browser, &sign).await;
        assert!(answer.path.contains("/check"), "{}", answer.path);
        answer.assert_says(LIMIT);
        assert_eq!(app.count("select count(*) from agreements").await, 0);
    }
}

#[tokio::test]
async fn no_word_about_court_stands_anywhere_even_if_the_policy_has_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("policy.toml");
    let threat = "{ en = \"We may take legal action.\", es = \"Podemos emprender acciones legales.\" }";
    let text = std::fs::read_to_string("policies/default.toml")
        .expect("the default policy")
        .replace("holidays = [\"holidays/us-federal.toml\"]", "");
    std::fs::write(&file, format!("{text}\n[consequences]\nlate_payment = {threat}\nif_nothing_is_done = {threat}\n"))
        .expect("written");
    let app = TestApp::with(&[("policy.file", &file.to_string_lossy())]).await;
    let seeded = app.seeded().await;
    say(&app, Some(1)).await;
    let mut browser = app.signed_in(&seeded).await;
    choose_plan(&mut browser, &seeded).await.assert_never_says("legal action");
    for screen in ["", "/options", "/options/catch-up", "/pay", "/check", "/sign"] {
        let answer = browser.get(&format!("/account/{}{screen}", seeded.account_id)).await;
        answer.assert_never_says("legal action");
        assert!(tags(&answer.body, "h1").next().is_some(), "{screen} is a page");
    }
    // Of an account of which nothing is known, the creditor's words stand as they are.
    say(&app, None).await;
    browser.get(&format!("/account/{}/options", seeded.account_id)).await.assert_says("We may take legal action.");
}

#[tokio::test]
async fn it_is_said_in_spanish_too() {
    let app = TestApp::sqlite().await;
    let seed = crate::support::seed::SeedAccount { language: "es".into(), ..Default::default() };
    let seeded = crate::support::seed::account(app.db(), seed).await;
    say(&app, Some(1)).await;
    let mut browser = app.signed_in(&seeded).await;
    let page = browser.get(&format!("/account/{}/pay", seeded.account_id)).await;
    page.assert_says("Northgate Credit Union no le demandará por ella ni le amenazará con hacerlo");
    page.assert_says("puede hacer que ese tiempo empiece de nuevo");
}
