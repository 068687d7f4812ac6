//! Two optional questions once something is over: quietly, once about a thing, seldom, and never of somebody in distress.

use crate::portal::{Person, Portal, customer};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::dispute::Outcome;
use evenkeel::domain::hardship::DeclineReason;
use evenkeel::domain::language::Language;
use evenkeel::server::services::disputes;
use evenkeel::server::services::hardship::{self, Decision};
use evenkeel::server::services::messages::{self, Message};
use std::process::Command;

const LINK: &str = "Two questions, if you like";
const ANSWERS: &str = "select count(*) from feedback_answers";

/// A conversation that is over; its reference.
async fn closed(portal: &Portal, seeded: &Seeded) -> String {
    let typed = [("topic", "other"), ("text", "Hello")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let Ok(new) = evenkeel::domain::conversation::NewMessage::read(&typed.into()) else { panic!("it is whole") };
    let key = evenkeel::server::ids::new_id();
    let message = Message { new: &new, key: &key, language: Language::English };
    let sent = messages::send(&portal.state, &customer(seeded), &message).await.expect("no failure");
    let messages::Sent::Sent { reference } = sent else { panic!("{sent:?}") };
    messages::close(&portal.state, &reference, "Ines").await.expect("no failure").expect("closed");
    reference
}

fn page(reference: &str) -> String {
    format!("/messages/{reference}")
}

async fn is_offered(person: &mut Person, path: &str) -> bool {
    person.get(path).await.body.contains(LINK)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_is_kept_once_and_names_nobody() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let reference = closed(&portal, &seeded).await;
        let mut person = portal.person(&seeded).await;
        let questions = format!("/how-was-this/{reference}");
        let early = person.get(&questions).await;
        assert!(early.url.ends_with("/account"), "asked on its own page first: {}", early.url);
        assert!(is_offered(&mut person, &page(&reference)).await, "{}", test.name);
        let open = person.get(&questions).await;
        for words in ["How was this?", "Would you recommend us?", "You can leave out either", "All right", ">10<"] {
            open.assert_says(words);
        }
        assert!(!open.body.contains(" checked"), "nothing is chosen for anybody");
        let none = [("reference", reference.as_str()), ("how", ""), ("recommend", ""), ("words", " ")];
        person.post("/api/answer_questions", &none).await.assert_says("Answer one of them");
        let long = "é".repeat(2_001);
        let long = [("reference", reference.as_str()), ("how", "good"), ("words", long.as_str())];
        person.post("/api/answer_questions", &long).await.assert_says("Please shorten it");
        assert_eq!(portal.number(ANSWERS).await, 0);

        // Another customer has nothing to answer here.
        let other = seed::account(&test.db, SeedAccount::default()).await;
        let mut stranger = portal.person(&other).await;
        let fields = [("reference", reference.as_str()), ("how", "good"), ("recommend", "9"), ("words", "You\u{1b} listened")];
        stranger.post("/api/answer_questions", &fields).await.assert_never_says("Thank you");
        stranger.post("/api/decline_questions", &[("reference", &reference)]).await.assert_never_says("That is fine");
        assert!(stranger.get(&questions).await.url.ends_with("/account"));
        assert_eq!(portal.number(ANSWERS).await, 0, "{}", test.name);

        for _ in 0..2 {
            person.post("/api/answer_questions", &fields).await.assert_says("Your answers help us");
        }
        person.get(&questions).await.assert_says("Your answers help us");
        assert_eq!(portal.number(ANSWERS).await, 1, "{}", test.name);
        assert!(!is_offered(&mut person, &page(&reference)).await, "{}", test.name);
        assert_eq!(portal.number("select count(*) from events where details like '%listened%'").await, 0);
        let (code, said) = run(&test, &["feedback", "list", "--since", "2026-11-20"]);
        assert_eq!((code, said.as_str()), (Some(0), "2026-11-20  conversation  good  9  You  listened\n"), "{}", test.name);
        assert!(!said.contains(&reference));
        assert_eq!(run(&test, &["feedback", "list", "--since", "2026-11-21"]), (Some(0), String::new()));
        assert_eq!(run(&test, &["feedback", "list", "--since", "yesterday"]).0, Some(2));
        let (_, said) = run(&test, &["feedback", "list", "--since", "2026-11-20", "--json"]);
        let line: serde_json::Value = serde_json::from_str(said.trim()).expect("JSON");
        assert_eq!(line["recommend"].as_i64(), Some(9));
    }
}

fn run(test: &TestDb, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .env("EVENKEEL_DATABASE_URL", &test.url)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_SANDBOX_CLOCK", "2026-11-21T18:00:00Z")
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).join("");
    (output.status.code(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_thank_you_is_remembered_and_nobody_is_asked_twice_in_ninety_days() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let (first, second) = (closed(&portal, &seeded).await, closed(&portal, &seeded).await);
        assert!(is_offered(&mut person, &page(&first)).await, "{}", test.name);
        assert!(!is_offered(&mut person, &page(&second)).await, "{}: once, whatever is over", test.name);
        assert!(is_offered(&mut person, &page(&first)).await, "{}: where it was", test.name);
        person.post("/api/decline_questions", &[("reference", &first)]).await.assert_says("That is fine");
        assert!(!is_offered(&mut person, &page(&first)).await, "{}", test.name);
        let late = [("reference", first.as_str()), ("how", "bad")];
        person.post("/api/answer_questions", &late).await.assert_says("That is fine");
        assert_eq!(portal.number(ANSWERS).await, 0, "{}", test.name);

        // 20 November and ninety days.
        for (day, expected) in [("2027-02-17T18:00:00Z", false), ("2027-02-18T18:00:00Z", true)] {
            let portal = Portal::open_with(&test.url, &[("sandbox.clock", day)]).await;
            let mut person = portal.person(&seeded).await;
            let third = closed(&portal, &seeded).await;
            assert_eq!(is_offered(&mut person, &page(&third)).await, expected, "{} {day}", test.name);
            assert!(!is_offered(&mut person, &page(&second)).await, "{}: too long ago", test.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_while_something_weighs_on_them() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let reference = closed(&portal, &seeded).await;
        let id = seeded.account_id.as_str();

        // A dispute in force; answered, it may be asked about itself once its hold is over.
        let dispute = [("account", id), ("topic", "not-right"), ("text", "I paid this")];
        person.post("/api/send_message", &dispute).await.assert_says("We are looking into it");
        assert!(!is_offered(&mut person, &page(&reference)).await, "{}", test.name);
        let number = portal.word("select reference from disputes").await;
        let answer = disputes::Answer { outcome: Outcome::Verified, text: "We found no payment.", by: "Ines" };
        disputes::answer(&portal.state, &number, &answer).await.expect("no failure").expect("answered");
        let status = format!("/account/{id}/dispute/status");
        assert!(!is_offered(&mut person, &status).await, "{}: on hold until it is sent", test.name);
        disputes::posted(&portal.state, &number, "Ines").await.expect("no failure").expect("posted");
        assert!(is_offered(&mut person, &status).await, "{}", test.name);

        // A review takes the link away, and so does its decision until the pause is over.
        person.post("/api/save_hardship", &[("account", id), ("reason", "illness")]).await;
        person.post("/api/send_hardship", &[("account", id)]).await;
        assert!(!is_offered(&mut person, &status).await, "{}", test.name);
        let questions = person.get(&format!("/how-was-this/{number}")).await;
        assert!(questions.url.ends_with("/account"), "{}", questions.url);
        let case = portal.word("select reference from hardship_cases").await;
        let decision = Decision { reference: case.clone(), by: "Ines".into(), words: "Not this time.".into() };
        let declined = hardship::decline(&portal.state, &decision, DeclineReason::NotShown).await;
        declined.expect("no failure").expect("decided");
        let page_of_case = format!("/hardship/{case}");
        assert!(!is_offered(&mut person, &page_of_case).await, "{}", test.name);
        person.post("/api/end_hardship_pause", &[("reference", &case)]).await;
        assert!(is_offered(&mut person, &status).await, "{}: where it was offered before", test.name);
        assert!(!is_offered(&mut person, &page_of_case).await, "{}: once in ninety days", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completed_agreement_may_be_asked_about_and_a_missed_payment_keeps_the_questions_away() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let [paid, missed] =
            [seed::account(&test.db, SeedAccount::default()).await, seed::account(&test.db, SeedAccount::default()).await];
        let mut person = portal.person(&paid).await;
        let agreement = person.agree_plan(&paid.account_id).await;
        assert!(!is_offered(&mut person, &agreement).await, "{}", test.name);
        for _ in 0..2 {
            let page = person.reach_sandbox(&paid.account_id, "instalment", "").await;
            person.pay_by(&page, "approved").await;
            portal.work().await;
        }
        assert_eq!(portal.word("select state from agreements").await, "completed", "{}", test.name);
        assert!(is_offered(&mut person, &agreement).await, "{}", test.name);

        portal.person(&missed).await.agree_plan(&missed.account_id).await;
        let due: String = sqlx::query_scalar(
            "select min(i.due_on) from instalments i join agreements g on g.id = i.agreement_id where g.customer_id = $1",
        )
        .bind(&missed.customer_id)
        .fetch_one(test.db.pool())
        .await
        .expect("a day");
        let due: evenkeel::domain::calendar::Date = due.parse().expect("a day");
        for (days, expected) in [(0, true), (1, false)] {
            let day = evenkeel::domain::calendar::days_after(due, days);
            let later = Portal::open_with(&test.url, &[("sandbox.clock", &*format!("{day}T19:00:00Z"))]).await;
            let reference = closed(&later, &missed).await;
            let mut person = later.person(&missed).await;
            let mut offered = is_offered(&mut person, &page(&reference)).await;
            // Asked the day before about another: only the missed payment is looked at here.
            if days == 1 {
                sqlx::query("delete from feedback_asks").execute(test.db.pool()).await.expect("as if never asked");
                offered = is_offered(&mut person, &page(&reference)).await;
            }
            assert_eq!(offered, expected, "{} {days} days after", test.name);
        }
    }
}
