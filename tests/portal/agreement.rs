//! From options to a signed agreement: what was shown is what is signed, once, whatever is pressed twice, opened twice or has
//! changed meanwhile.

use crate::app::{Answer, Browser, TestApp};
use crate::support::seed::{self, SeedAccount, Seeded};
use ::http::StatusCode;

const SIGN: &str = "/api/sign_agreement";

async fn both() -> [TestApp; 2] {
    [TestApp::sqlite().await, TestApp::postgres().await]
}

/// Chooses a catch-up plan of so much every two weeks; the answer is the check page.
async fn choose(browser: &mut Browser, seeded: &Seeded, amount: &str) -> Answer {
    let fields = [
        ("account", seeded.account_id.as_str()),
        ("basis", "past_due"),
        ("frequency", "every_two_weeks"),
        ("amount", amount),
        ("intent", "check"),
    ];
    browser.post("/api/choose_plan", &fields).await
}

/// What the signing screen would post.
struct Signing {
    account: String,
    draft: String,
    shown: String,
    language: String,
    text: String,
}

impl Signing {
    async fn open(browser: &mut Browser, seeded: &Seeded) -> Signing {
        let page = browser.get(&format!("/account/{}/sign", seeded.account_id)).await;
        let field = |name: &str| page.value_of(name).unwrap_or_else(|| panic!("no field {name} on {}", page.path));
        Signing {
            account: field("account"),
            draft: field("draft"),
            shown: field("shown"),
            language: field("shown_in"),
            text: field("shown_text"),
        }
    }

    fn fields(&self) -> [(&str, &str); 7] {
        [
            ("account", &self.account),
            ("draft", &self.draft),
            ("shown", &self.shown),
            ("shown_in", &self.language),
            ("shown_text", &self.text),
            ("name", "Ada Moreno"),
            ("consent", "yes"),
        ]
    }
}

async fn agreements(app: &TestApp) -> i64 {
    app.count("select count(*) from agreements").await
}

#[tokio::test]
async fn a_chosen_plan_is_checked_signed_and_kept_for_ever() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        let check = choose(&mut browser, &seeded, "40").await;
        assert!(check.path.ends_with("/check"), "{}", check.path);
        check.assert_says("8 payments");
        check.assert_says("$300.00");
        // It covers a part of what is owed, and says so before anything is signed.
        let part = ["Not part of this $900.00", "The other $900.00 goes on as your contract says."];
        let sign = browser.get(&format!("/account/{}/sign", seeded.account_id)).await;
        for words in part {
            check.assert_says(words);
            sign.assert_says(words);
        }

        let signing = Signing::open(&mut browser, &seeded).await;
        let confirmation = browser.post(SIGN, &signing.fields()).await;
        assert!(confirmation.path.starts_with("/agreements/"), "{}", confirmation.path);
        confirmation.assert_says("It is agreed");
        for words in part {
            confirmation.assert_says(words);
        }
        let account = browser.get("/account").await;
        account.assert_says("nothing more is asked of you for what it covers. The other $900.00 goes on as your contract says.");
        account.assert_never_says("nothing else is asked of you");
        let path = confirmation.path.clone();
        assert_eq!(browser.get(&path).await.text(), confirmation.text(), "a reload shows the same");

        // The stored schedule sums to what was agreed, and its last day is on the page.
        let total = app.count("select cast(sum(amount_minor) as bigint) from instalments").await;
        assert_eq!(total, 30_000);
        assert_eq!(app.count("select count(*) from instalments").await, 8);
        // One document, one message about it, one event, all in the transaction of the signature.
        assert_eq!(app.count("select count(*) from documents where kind = 'confirmation'").await, 1);
        assert_eq!(app.count("select count(*) from outbox").await, 1);
        assert_eq!(app.count("select count(*) from events where action = 'agreement.signed'").await, 1);
    }
}

#[tokio::test]
async fn nothing_is_signed_without_a_name_and_consent_and_what_was_typed_stays() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    choose(&mut browser, &seeded, "40").await;
    let signing = Signing::open(&mut browser, &seeded).await;
    let fields = [("account", signing.account.as_str()), ("draft", &signing.draft), ("shown", &signing.shown), ("name", "Ada")];
    let answer = browser.post(SIGN, &fields).await;
    assert!(answer.path.contains("/sign?again="), "{}", answer.path);
    answer.assert_says("There is something to put right");
    assert_eq!(answer.value_of("name").as_deref(), Some("Ada"));
    assert_eq!(agreements(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn however_often_the_button_is_pressed_there_is_one_agreement() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        choose(&mut browser, &seeded, "40").await;
        let signing = std::sync::Arc::new(Signing::open(&mut browser, &seeded).await);
        let mut presses = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let (mut browser, signing) = (browser.clone(), signing.clone());
            presses.spawn(async move { browser.post_here(SIGN, &signing.fields()).await.location() });
        }
        let mut places = presses.join_all().await;
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), 1, "every press leads to the same agreement: {places:?}");
        assert_eq!(agreements(&app).await, 1);
        assert_eq!(app.count("select count(*) from documents").await, 1);
    }
}

#[tokio::test]
async fn a_tab_that_shows_other_terms_than_were_chosen_since_signs_nothing() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    choose(&mut browser, &seeded, "40").await;
    let stale = Signing::open(&mut browser, &seeded).await;
    choose(&mut browser, &seeded, "60").await;
    let answer = browser.post(SIGN, &stale.fields()).await;
    assert!(answer.path.contains("/check"), "{}", answer.path);
    answer.assert_says("Something has changed since you chose");
    answer.assert_says("5 payments");
    assert_eq!(agreements(&app).await, 0);
}

#[tokio::test]
async fn what_is_owed_changed_before_signing_leads_back_to_the_check_page_that_says_so() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        choose(&mut browser, &seeded, "40").await;
        let signing = Signing::open(&mut browser, &seeded).await;
        // The creditor's next file says that less is past due.
        app.execute("update accounts set reported_past_due_minor = 20000").await;
        let answer = browser.post(SIGN, &signing.fields()).await;
        assert!(answer.path.contains("/check"), "{}", answer.path);
        answer.assert_says("Something has changed since you chose");
        answer.assert_says("$200.00");
        assert_eq!(agreements(&app).await, 0);

        let now = Signing::open(&mut browser, &seeded).await;
        assert_ne!(now.shown, signing.shown);
        browser.post(SIGN, &now.fields()).await.assert_says("It is agreed");
        assert_eq!(app.count("select cast(sum(amount_minor) as bigint) from instalments").await, 20_000);
    }
}

#[tokio::test]
async fn after_signing_every_earlier_page_leads_to_the_agreement() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    choose(&mut browser, &seeded, "40").await;
    let signing = Signing::open(&mut browser, &seeded).await;
    let agreement = browser.post(SIGN, &signing.fields()).await.path;
    let account = &seeded.account_id;
    for screen in ["options", "options/catch-up", "options/plan", "options/later-date", "options/promise", "check", "sign"] {
        let answer = browser.get(&format!("/account/{account}/{screen}")).await;
        assert_eq!(answer.path, agreement, "from {screen}");
    }
    assert_eq!(choose(&mut browser, &seeded, "50").await.path, agreement, "choosing again");
}

#[tokio::test]
async fn held_terms_stay_as_they_were_shown_when_the_policy_changes() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    browser.get(&format!("/account/{}/options", seeded.account_id)).await.assert_says("Catch up in steps");

    // The same database, a stricter policy: nothing but paying it all.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let strict = folder.path().join("strict.toml");
    let text = "schema_version = 1\ncurrency = \"USD\"\n\n[[segment]]\nname = \"everyone\"\nheld_days = 14\n";
    std::fs::write(&strict, text).expect("a policy is written");
    let stricter = app.beside(&[("policy.file", &strict.to_string_lossy())]).await;

    let mut again = stricter.signed_in(&seeded).await;
    again.get(&format!("/account/{}/options", seeded.account_id)).await.assert_says("Catch up in steps");
    choose(&mut again, &seeded, "40").await.assert_says("8 payments");

    // Who comes for the first time gets the new policy's terms.
    let other = seed::account(stricter.db(), SeedAccount::default()).await;
    let mut newcomer = stricter.signed_in(&other).await;
    let options = newcomer.get(&format!("/account/{}/options", other.account_id)).await;
    options.assert_says("Pay it all");
    assert!(!options.text().contains("Build a plan"), "{}", options.text());
}

#[tokio::test]
async fn another_customers_account_and_agreement_are_not_there() {
    let app = TestApp::sqlite().await;
    let (seeded, stranger) = (app.seeded().await, app.seeded().await);
    let mut browser = app.signed_in(&seeded).await;
    choose(&mut browser, &seeded, "40").await;
    let signing = Signing::open(&mut browser, &seeded).await;
    let agreement = browser.post(SIGN, &signing.fields()).await.path;

    let mut other = app.signed_in(&stranger).await;
    for path in [agreement, format!("/account/{}/options", seeded.account_id), format!("/account/{}/sign", seeded.account_id)] {
        let answer = other.get(&path).await;
        answer.assert_never_says(&seeded.reference);
        assert_ne!(answer.path, path);
    }
    // Another's draft signs nothing.
    let answer = other.post_here(SIGN, &signing.fields()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(agreements(&app).await, 1);
}

#[tokio::test]
async fn an_amount_that_is_not_allowed_is_kept_and_the_nearest_plans_are_shown() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let answer = choose(&mut browser, &seeded, "3").await;
    assert!(answer.path.contains("/options/catch-up?again="), "{}", answer.path);
    answer.assert_says("at least $10.00");
    answer.assert_says("Use $10.00");
    assert_eq!(answer.value_of("amount").as_deref(), Some("3"));

    // Its button takes the proposed amount; without script the page then shows that plan.
    let fields = [
        ("account", seeded.account_id.as_str()),
        ("basis", "past_due"),
        ("frequency", "every_two_weeks"),
        ("amount", "3"),
        ("use_amount", "10.00"),
    ];
    let shown = browser.post("/api/choose_plan", &fields).await;
    shown.assert_says("30 payments of $10.00");
}

#[tokio::test]
async fn one_payment_by_a_day_is_agreed_too() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let page = browser.get(&format!("/account/{}/options/promise", seeded.account_id)).await;
    let offer = page.value_of("offer").expect("the offer");
    let promise = |day: &'static str| {
        [
            ("account", seeded.account_id.clone()),
            ("way", "promise".to_owned()),
            ("offer", offer.clone()),
            ("amount", "75.50".to_owned()),
            ("on_day", day.to_owned()),
            ("on_month", "12".to_owned()),
            ("on_year", "2026".to_owned()),
        ]
    };
    let fields = promise("31");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let late = browser.post("/api/choose_promise", &fields).await;
    late.assert_says("Choose a day up to");
    assert_eq!(late.value_of("on_day").as_deref(), Some("31"));

    let fields = promise("4");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let check = browser.post("/api/choose_promise", &fields).await;
    assert!(check.path.ends_with("/check"), "{} {}", check.path, check.text());
    check.assert_says("Friday 4 December 2026");
    // 75.50 of 300.00: nothing is said that is only true of the whole.
    check.assert_says("A payment of $75.50 towards what you owe");
    check.assert_never_says("What is past due: $75.50");
    let signing = Signing::open(&mut browser, &seeded).await;
    browser.post(SIGN, &signing.fields()).await.assert_says("It is agreed");
    assert_eq!(app.count("select count(*) from agreements where kind = 'promise'").await, 1);
}

/// What is kept as evidence of consent is the text that was on the screen: another language, another account or another text
/// signs nothing.
#[tokio::test]
async fn the_text_that_was_shown_is_the_text_that_is_signed() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        choose(&mut browser, &seeded, "40").await;
        let signing = Signing::open(&mut browser, &seeded).await;
        for (field, other) in
            [("account", "nonsense"), ("shown_text", "e3b0c44298fc1c14"), ("shown_text", ""), ("shown_in", "es")]
        {
            let fields = signing.fields().map(|(name, value)| (name, if name == field { other } else { value }));
            browser.post(SIGN, &fields).await;
            assert_eq!(agreements(&app).await, 0, "another {field} signs nothing");
        }
        // Another tab chose another language meanwhile: this page was English, and so is what it signs.
        browser.post("/api/choose_language", &[("language", "es"), ("back", "/account")]).await;
        browser.post(SIGN, &signing.fields()).await;
        assert_eq!(app.count("select count(*) from agreement_versions where language = 'en'").await, 1);
    }
}

#[tokio::test]
async fn under_a_hold_that_forbids_paying_nothing_is_agreed() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        choose(&mut browser, &seeded, "40").await;
        let signing = Signing::open(&mut browser, &seeded).await;
        app.execute(
            "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
             select 'h1', id, 'deceased', 'told', 0, null, null, 'staff' from accounts",
        )
        .await;
        browser.post(SIGN, &signing.fields()).await.assert_says("At the moment nothing can be agreed on this account here.");
        assert_eq!(agreements(&app).await, 0);
        let refused = choose(&mut browser, &seeded, "40").await;
        assert!(refused.path.ends_with("/options"), "{}", refused.path);
    }
}
