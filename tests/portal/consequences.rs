//! What happens if a payment is late or nothing is done, in the creditor's own words: shown as text, held with the offers,
//! signed with the terms.

use crate::app::{Answer, Browser, TestApp};
use crate::support::seed::{self, SeedAccount, Seeded};

const LATE: &str = "A fee of $5.00 is added & the plan's interest goes on.";
const LATE_ES: &str = "Se añade un cargo de $5.00.";
const NOTHING: &str = "We add 1 % a month to what you owe.";

/// The default policy with these words after it, in a folder of its own.
fn policy(late: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("policy.toml");
    let text = std::fs::read_to_string("policies/default.toml").expect("the default policy");
    let text = text.replace("holidays = [\"holidays/us-federal.toml\"]", "");
    let words = format!(
        "[consequences]\nlate_payment = {{ en = \"{late}\", es = \"{LATE_ES}\" }}\n\
         if_nothing_is_done = {{ en = \"{NOTHING}\", es = \"Añadimos un 1 % al mes.\" }}\n"
    );
    std::fs::write(&file, format!("{text}\n{words}")).expect("a policy");
    let path = file.to_string_lossy().into_owned();
    (folder, path)
}

async fn choose(browser: &mut Browser, seeded: &Seeded) -> Answer {
    let fields = [
        ("account", seeded.account_id.as_str()),
        ("basis", "past_due"),
        ("frequency", "every_two_weeks"),
        ("amount", "40"),
        ("intent", "check"),
    ];
    browser.post("/api/choose_plan", &fields).await
}

async fn sign(browser: &mut Browser, seeded: &Seeded) -> Answer {
    let page = browser.get(&format!("/account/{}/sign", seeded.account_id)).await;
    page.assert_says(LATE);
    let value = |name: &str| page.value_of(name).expect("a field");
    let names = ["account", "draft", "shown", "shown_in", "shown_text"];
    let shown = names.map(value);
    let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
    fields.extend([("name", "Ada Moreno"), ("consent", "yes")]);
    browser.post("/api/sign_agreement", &fields).await
}

#[tokio::test]
async fn the_creditors_words_stand_on_every_screen_and_in_what_is_signed() {
    let (_folder, file) = policy(LATE);
    let app = TestApp::with(&[("policy.file", &file)]).await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let account = browser.get("/account").await;
    account.assert_says(&format!("Northgate Credit Union says happens: “{NOTHING}”"));
    account.assert_never_says("may go on adding interest");
    let options = browser.get(&format!("/account/{}/options", seeded.account_id)).await;
    options.assert_says(LATE);
    assert!(!options.body.contains("& the plan"), "text is escaped, never HTML");
    assert!(!options.text().contains("No fee is added"), "the neutral words would contradict the creditor's");
    choose(&mut browser, &seeded).await.assert_says(LATE);
    let signed = sign(&mut browser, &seeded).await;
    signed.assert_says(LATE);
    let both = "select count(*) from agreement_versions where terms like '%\"consequences\":\"stated_1\"%A fee of $5.00%Se añade un cargo%'";
    assert_eq!(app.count(both).await, 1, "in every language: signing in another signs the same");
}

#[tokio::test]
async fn a_policy_without_words_leaves_the_neutral_ones() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    browser.get("/account").await.assert_says("may go on adding interest and fees where your contract says so");
    browser.get(&format!("/account/{}/options", seeded.account_id)).await.assert_says("No fee is added");
    choose(&mut browser, &seeded).await.assert_says("No fee is added");
    let neutral = "select count(*) from drafts where terms like '%\"consequences\":\"late_payment_1\"}'";
    assert_eq!(app.count(neutral).await, 1, "the same bytes as before there were such words");
}

#[tokio::test]
async fn words_once_shown_are_held_when_the_policy_changes() {
    let (_first, file) = policy(LATE);
    let app = TestApp::with(&[("policy.file", &file)]).await;
    let seeded = app.seeded().await;
    app.signed_in(&seeded).await.get(&format!("/account/{}/options", seeded.account_id)).await.assert_says(LATE);

    let (_second, changed) = policy("Two fees are added.");
    let app = app.beside(&[("policy.file", &changed)]).await;
    let mut browser = app.signed_in(&seeded).await;
    browser.get("/account").await.assert_says(NOTHING);
    choose(&mut browser, &seeded).await.assert_says(LATE);
    sign(&mut browser, &seeded).await.assert_says(LATE);

    let other = seed::account(app.db(), SeedAccount { language: "es".into(), ..SeedAccount::default() }).await;
    let options = app.signed_in(&other).await.get(&format!("/account/{}/options", other.account_id)).await;
    options.assert_says(&format!("Northgate Credit Union dice: «{LATE_ES}»"));
}
