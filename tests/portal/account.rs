//! Where I stand, over HTTP: every stage of an account, the numbers, the ways forward, and who may see it.

use crate::app::{Answer, TestApp};
use crate::support::seed::{self, SeedAccount, Seeded};
use ::http::StatusCode;
use evenkeel::domain::contact::template::Template;
use evenkeel::domain::ids::CustomerId;
use evenkeel::domain::language::Language;
use evenkeel::server::ids;
use evenkeel::server::services::outbox::{self, Hurry, Message};
use evenkeel::server::services::requests::{self, NotAnswered};
use std::collections::BTreeSet;

/// 2026-11-20 18:00 UTC, an hour at which nothing else happens.
const LATER: i64 = seed::SEEDED_AT + 3_600_000;

async fn account(app: &TestApp, seed: SeedAccount) -> Seeded {
    seed::account(app.db(), seed).await
}

async fn run(app: &TestApp, sql: &'static str, values: &[&str]) {
    let mut query = sqlx::query(sql);
    for value in values {
        query = query.bind((*value).to_owned());
    }
    query.execute(app.db().pool()).await.expect("the statement runs");
}

/// Books a payment as the ledger does.
async fn paid(app: &TestApp, account_id: &str, minor: i64) {
    let id = ids::new_id();
    sqlx::query(
        "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
         values ($1, 'payment', $2, null, $3, '2026-11-20', 'paid', 'customer', $1)",
    )
    .bind(&id)
    .bind(account_id)
    .bind(LATER)
    .execute(app.db().pool())
    .await
    .expect("an entry");
    for (line, book, amount) in [(1_i64, "customer", -minor), (2, "processor", minor)] {
        sqlx::query(
            "insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
             values ($1, $2, $3, $4, 'payments', $5, 'USD')",
        )
        .bind(&id)
        .bind(line)
        .bind(account_id)
        .bind(book)
        .bind(amount)
        .execute(app.db().pool())
        .await
        .expect("a posting");
    }
}

async fn shown(app: &TestApp, seeded: &Seeded) -> String {
    let answer = app.signed_in(seeded).await.get("/account").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text()
}

#[tokio::test]
async fn the_total_and_what_is_past_due_are_said_with_their_dates() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let text = shown(&app, &seeded).await;
        for words in ["You owe in all $1,200.00", "Past due $300.00", "since 1 October 2026, 50 days ago", "Owed now $1,200.00"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(text.contains("Northgate Credit Union"), "to whom it is owed");
    }
}

#[tokio::test]
async fn a_payment_here_lowers_both_and_stands_among_the_parts() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    paid(&app, &seeded.account_id, 10_000).await;
    let text = shown(&app, &seeded).await;
    for words in
        ["You owe in all $1,100.00", "Past due $200.00", "Your payment on 20 November 2026 −$100.00", "Owed now $1,100.00"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn every_stage_has_its_own_words_and_none_is_a_dead_end() {
    let app = TestApp::sqlite().await;
    let stages: [(&str, i64, &str); 6] = [
        ("open", 0, "Something has changed for me"),
        ("open", 30_000, "You are up to date"),
        ("open", 120_000, "Nothing is owed"),
        ("open", 121_250, "$12.50 is yours"),
        ("recalled", 0, "has taken this account back"),
        ("closed", 0, "This account is closed"),
    ];
    for (status, paid_minor, words) in stages {
        let seeded = account(&app, SeedAccount { status: status.into(), ..SeedAccount::default() }).await;
        if paid_minor > 0 {
            paid(&app, &seeded.account_id, paid_minor).await;
        }
        let answer = app.signed_in(&seeded).await.get("/account").await;
        assert!(answer.text().contains(words), "{status} after {paid_minor}: {}", answer.text());
        assert!(answer.body.contains(&format!("/account/{}/message/", seeded.account_id)), "a way to a person");
    }
}

#[tokio::test]
async fn a_recalled_account_asks_for_nothing() {
    let app = TestApp::sqlite().await;
    let seeded = account(&app, SeedAccount { status: "recalled".into(), ..SeedAccount::default() }).await;
    let text = shown(&app, &seeded).await;
    assert!(!text.contains("Past due") && !text.contains("You owe"), "{text}");
}

#[tokio::test]
async fn a_payment_of_unknown_outcome_is_said_to_be_unknown() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    run(
        &app,
        "insert into payments (id, reference, customer_id, account_id, purpose, amount_minor, discount_minor, currency, state,
           processor, decision_key, request_sha256, created_at, checks)
         values ('p1', 'P-2345-6789', $1, $2, 'part', 5000, 0, 'USD', 'unknown', 'sandbox', 'k', 'x', 1795176000000, 0)",
        &[&seeded.customer_id, &seeded.account_id],
    )
    .await;
    run(&app, "insert into payment_shares values ('p1', $1, 'part', 5000, 0)", &[&seeded.account_id]).await;
    let text = shown(&app, &seeded).await;
    assert!(text.contains("We do not know yet whether $50.00 from 20 November 2026 went through"), "{text}");
    assert!(text.contains("You owe in all $1,200.00"), "nothing counts before the payment company said so");
    // Nor is one called "being processed" that was only written down, or whose page is still open.
    for (state, words) in [("created", "We do not know yet whether $50.00"), ("submitted", "waits for you to confirm it")] {
        run(&app, "update payments set state = $1", &[state]).await;
        let text = shown(&app, &seeded).await;
        assert!(text.contains(words) && !text.contains("being processed"), "{state}: {text}");
    }
}

#[tokio::test]
async fn the_history_shows_what_was_owed_after_each_line() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    for (fingerprint, day, kind, minor, description) in [
        ("1", "2026-05-01", "opening_balance", 130_000_i64, "Balance brought forward"),
        ("2", "2026-08-12", "payment", -12_500, "Payment received"),
        ("3", "2026-10-25", "charge", 2_500, "Charges and interest"),
    ] {
        sqlx::query("insert into creditor_transactions values ($1, $2, $3, $4, $5, $6)")
            .bind(&seeded.account_id)
            .bind(fingerprint)
            .bind(day)
            .bind(kind)
            .bind(minor)
            .bind(description)
            .execute(app.db().pool())
            .await
            .expect("a line");
    }
    let mut browser = app.signed_in(&seeded).await;
    let text = browser.get(&format!("/account/{}/history", seeded.account_id)).await.text();
    for words in ["Charges and interest $25.00 $1,200.00", "Payment received −$125.00 $1,175.00", "$1,300.00 $1,300.00"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let text = browser.get("/account").await.text();
    assert!(text.contains("Northgate Credit Union recorded one payment, of $125.00, up to "), "{text}");
}

#[tokio::test]
async fn a_customer_with_two_accounts_chooses_between_them() {
    let app = TestApp::sqlite().await;
    let first = app.seeded().await;
    let other = SeedAccount {
        customer_id: Some(first.customer_id.clone()),
        balance_minor: 5_000,
        past_due_minor: 0,
        ..SeedAccount::default()
    };
    let second = account(&app, other).await;
    let mut browser = app.signed_in(&first).await;
    let list = browser.get("/account").await.text();
    assert!(list.contains("$1,200.00 owed, $300.00 of it past due") && list.contains("$50.00 owed, nothing past due"), "{list}");
    let text = browser.get(&format!("/account/{}", second.account_id)).await.text();
    assert!(text.contains("Balance on this account $50.00"), "{text}");
}

#[tokio::test]
async fn nobody_sees_the_account_of_another() {
    let app = TestApp::sqlite().await;
    let (mine, theirs) =
        (app.seeded().await, account(&app, SeedAccount { balance_minor: 777_700, ..SeedAccount::default() }).await);
    let mut browser = app.signed_in(&mine).await;
    for path in ["", "/history", "/message/changed"] {
        let answer = browser.get(&format!("/account/{}{path}", theirs.account_id)).await;
        assert!(!answer.body.contains("7,777") && !answer.body.contains(&theirs.reference), "{path}");
        assert_eq!(answer.path, "/account", "{path} leads to their own page");
    }
}

#[tokio::test]
async fn saying_that_it_is_not_right_holds_the_account_at_once() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        let fields =
            [("account", seeded.account_id.as_str()), ("topic", "not-right"), ("text", "I paid this in May"), ("reply_to", "")];
        // As a tab posts that was open before it had a page of its own.
        let received = browser.post("/api/send_message", &fields).await;
        // Friday, and ten business days on, without Thanksgiving.
        assert!(received.text().contains("A person answers you in writing by Monday 7 December 2026"), "{}", received.text());
        browser.post("/api/send_message", &fields).await;
        assert_eq!(app.count("select count(*) from holds where kind = 'dispute'").await, 1, "said twice, held once");
        assert_eq!(app.count("select count(*) from disputes").await, 1);
        assert_eq!(app.count("select count(*) from dispute_words").await, 2, "and both are kept");
        assert_eq!(app.count("select count(*) from contact_requests where account_id is not null").await, 0);
        assert_eq!(app.count("select count(*) from events where action = 'hold.begun'").await, 1);
        assert!(browser.get("/account").await.text().contains("You told us that something is not right"));
    }
}

/// Rows of the time when it was a message.
#[tokio::test]
async fn what_was_disputed_by_a_message_is_settled_by_whoever_answers_it() {
    for app in [TestApp::sqlite().await, TestApp::postgres().await] {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        for reference in ["M-FIRST", "M-AGAIN"] {
            sqlx::query(
                "insert into contact_requests (id, reference, kind, account_id, reply_to, message, language, created_at, answer_by)
                 values ($1, $1, 'not-right', $2, '', 'I paid this in May', 'en', 1, 2)",
            )
            .bind(reference)
            .bind(&seeded.account_id)
            .execute(app.state.db.pool())
            .await
            .expect("a message");
        }
        sqlx::query(
            "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
             values ('h', $1, 'dispute', 'M-FIRST', 1, null, null, 'x')",
        )
        .bind(&seeded.account_id)
        .execute(app.state.db.pool())
        .await
        .expect("its hold");
        assert!(browser.get("/account").await.text().contains("You told us that something is not right"));

        // Either message leads to it; it is closed by what settles it, and the other waits for an answer of its own.
        let open = requests::open(&app.state, 10).await.expect("reads");
        assert_eq!(open.iter().map(|request| request.holds).sum::<i64>(), 1);
        let said_again = open.iter().find(|request| request.holds == 0).expect("the second").reference.clone();
        let settle =
            async |reference: &str, by: &str| requests::dispute_settled(&app.state, reference, by).await.expect("no failure");
        assert_eq!(settle("M-NONE", "Ines").await, Err(NotAnswered::NoSuchRequest));
        assert_eq!(settle(&said_again, " ").await, Err(NotAnswered::NoPerson));
        assert_eq!(settle(&said_again, "Ines").await, Ok(()));
        assert_eq!(settle(&said_again, "Ines").await, Err(NotAnswered::NothingDisputed));
        assert!(!browser.get("/account").await.text().contains("You told us that something is not right"));
        assert_eq!(requests::open(&app.state, 10).await.expect("reads").len(), 1);
        assert_eq!(app.count("select count(*) from events where action = 'dispute.settled'").await, 1);
    }
}

#[tokio::test]
async fn a_message_about_nothing_keeps_what_was_typed() {
    let app = TestApp::sqlite().await;
    let seeded = account(&app, SeedAccount { email: None, ..SeedAccount::default() }).await;
    let mut browser = app.signed_in(&seeded).await;
    let fields =
        [("account", seeded.account_id.as_str()), ("topic", ""), ("text", "My hours were cut"), ("subject", "About my work")];
    let refused = browser.post("/api/send_message", &fields).await;
    assert!(refused.text().contains("Choose what it is about"), "{}", refused.text());
    assert!(refused.body.contains("About my work"), "nothing typed is lost");
    assert!(refused.body.contains("My hours were cut"), "nothing typed is lost");
    assert!(!refused.path.contains("hours"), "and nothing of it is in the address");
    assert_eq!(app.count("select count(*) from conversations").await, 0);
}

#[tokio::test]
async fn one_account_can_send_ten_messages_a_day() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let fields = [("account", seeded.account_id.as_str()), ("topic", "other"), ("text", "Hello"), ("reply_to", "")];
    for _ in 0..10 {
        assert!(browser.post("/api/send_message", &fields).await.text().contains("We have your message"));
    }
    assert!(browser.post("/api/send_message", &fields).await.text().contains("We have several messages from you today"));
    assert_eq!(app.count("select count(*) from conversations").await, 10);
}

#[tokio::test]
async fn a_portal_with_its_own_colour_serves_it_and_keeps_to_the_policy() {
    let app = TestApp::with(&[("brand.colour_light", "#7a1fa2")]).await;
    let page = app.browser().get("/").await;
    let (_, rest) = page.body.split_once("/brand.css?v=").expect("a link to the stylesheet");
    let version = rest.split('"').next().expect("a version");
    let sheet = app.browser().get(&format!("/brand.css?v={version}")).await;
    assert!(sheet.body.contains("--tide:#7a1fa2"), "{}", sheet.body);
    assert!(!page.body.contains("style="), "styles stand in stylesheets only");
}

#[tokio::test]
async fn the_account_page_speaks_spanish_and_loads_no_script_of_an_island() {
    let app = TestApp::sqlite().await;
    let seeded = account(&app, SeedAccount { language: "es".into(), ..SeedAccount::default() }).await;
    let answer = app.signed_in(&seeded).await.get("/account").await;
    assert!(answer.text().contains("Usted debe en total $1,200.00"), "{}", answer.text());
    assert!(answer.body.contains("<html lang=\"es\""));
    assert!(!answer.body.contains(".wasm") && !answer.body.contains("modulepreload"));
}

#[tokio::test]
async fn every_message_that_waits_is_called_by_what_it_is() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let customer_id = CustomerId(seeded.customer_id.clone());
    let mut tx = app.db().begin_write().await.expect("begins");
    for template in Template::ALL {
        let message = Message {
            customer_id: &customer_id,
            template,
            language: Language::English,
            values: template.example(),
            document_id: None,
            hurry: Hurry::InWindow,
            once: template.code(),
        };
        outbox::enqueue(&app.state, &mut tx, &message).await.expect("written");
    }
    tx.commit().await.expect("committed");
    let mut browser = app.signed_in(&seeded).await;
    for (language, how) in [("en", ", by e-mail, from "), ("es", ", por correo electrónico, a partir del ")] {
        browser.post("/api/choose_language", &[("language", language), ("back", "/account")]).await;
        let page = browser.get("/account").await;
        let called: BTreeSet<&str> =
            page.body.split("<li>").filter_map(|item| item.split_once(how)).map(|(what, _)| what).collect();
        assert_eq!(called.len(), Template::ALL.len(), "{language}: {called:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_reasons_to_hold_an_account_are_one_notice_with_a_list() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let page = format!("/account/{}", seeded.account_id);
    let notices = |shown: &Answer| shown.body.matches("notice-title\">On hold").count();
    assert_eq!(notices(&browser.get(&page).await), 0);
    app.execute(
        "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
         select 'h1', id, 'dispute', 'D-1', 0, null, null, 'x' from accounts",
    )
    .await;
    let one = browser.get(&page).await;
    one.assert_says("You told us that something is not right. We do not ask for it until we have answered.");
    assert_eq!(notices(&one), 1);
    app.execute(
        "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
         select 'h2', id, 'time_to_think', '', 0, 1796414400000, null, 'x' from accounts",
    )
    .await;
    let two = browser.get(&page).await;
    two.assert_says("You asked for time. Until 4 December 2026.");
    assert_eq!((notices(&two), list_of_holds(&two)), (1, 2));
    // A review is said at the head of every page, and there the others are said with it.
    app.execute(
        "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
         select 'h3', id, 'hardship', 'H-1', 0, 1796414400000, null, 'x' from accounts",
    )
    .await;
    for page in [page.clone(), format!("{page}/options")] {
        let three = browser.get(&page).await;
        three.assert_says("You told us that something has changed. Until 4 December 2026.");
        three.assert_says("See your request and what is open to you");
        assert_eq!((notices(&three), list_of_holds(&three)), (1, 3), "{page}");
    }
    let elsewhere = browser.get("/you/contact").await;
    elsewhere.assert_says("You told us that something has changed. Until 4 December 2026.");
    assert_eq!(notices(&elsewhere), 1);
}

/// How many there are in the notice about holds.
fn list_of_holds(shown: &Answer) -> usize {
    let body = shown.body.replace("<!>", "");
    let (_, rest) = body.split_once("notice-title\">On hold</h2><ul>").expect("a list");
    rest.split("</ul>").next().expect("its end").matches("<li>").count()
}
