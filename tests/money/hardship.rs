//! Hardship reviews: what is told is kept, sending it holds everything at once, the promised day is never let pass in silence, and
//! what an approval opens is chosen and signed like anything else.

use crate::collecting::{DUE_DAY, NOTICE_DAY, SIGNED, announced, on, stands, tries};
use crate::joint::two_accounts;
use crate::portal::{Answer, Person, Portal, customer};
use crate::support::seed::{self, SeedAccount};
use crate::support::{self, TestDb};
use evenkeel::domain::calendar::LongestTerm;
use evenkeel::domain::components::Paid;
use evenkeel::domain::hardship::relief::{LowerPayments, NotAllowed, Waived};
use evenkeel::domain::hardship::{CaseState, DeclineReason};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::server::processors::sandbox::Method;
use evenkeel::server::services::corrections::{self, Decided, What};
use evenkeel::server::services::hardship::{self, Decision, NotDecided, Opened};
use std::process::Command;

/// Fills in the form and sends it; the page of the case.
async fn send(person: &mut Person, account_id: &str, fields: &[(&str, &str)]) -> Answer {
    let told: Vec<(&str, &str)> = [("account", account_id)].into_iter().chain(fields.iter().copied()).collect();
    person.post("/api/save_hardship", &told).await;
    person.post("/api/send_hardship", &[("account", account_id)]).await
}

async fn reference(portal: &Portal) -> String {
    portal.word("select reference from hardship_cases order by created_at desc limit 1").await
}

fn decision(reference: &str, by: &str) -> Decision {
    Decision { reference: reference.to_owned(), by: by.to_owned(), words: "We looked at everything you sent.".to_owned() }
}

fn lower(minor: i64, months: u16) -> Opened {
    let minimum_instalment = Money::new(minor, Currency::USD);
    Opened { lower: Some(LowerPayments { minimum_instalment, longest_term: LongestTerm::Months(months) }), ..Opened::default() }
}

async fn holds(portal: &Portal) -> i64 {
    portal.number("select count(*) from holds where kind = 'hardship' and released_at is null").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_kept_and_sending_it_holds_everything_at_once() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let id = seeded.account_id.as_str();
        let form = person.get(&format!("/account/{id}/hardship")).await;
        form.assert_says("What has changed?");
        form.assert_says("you have an answer by");

        // Kept for later, with nothing answered: it is there on another device.
        let later = [("account", id), ("words", "My <mother> is ill"), ("since", "since March"), ("later", "yes")];
        person.post("/api/save_hardship", &later).await;
        let mut phone = portal.person(&seeded).await;
        let form = phone.get(&format!("/account/{id}/hardship")).await;
        form.assert_says("is still here");
        form.assert_says("My &lt;mother&gt; is ill");
        assert_eq!(holds(&portal).await, 0, "nothing was sent");

        // Going on needs the first answer, and says so without losing a word.
        let refused = phone.post("/api/save_hardship", &[("account", id), ("words", "My mother is ill")]).await;
        refused.assert_says("Choose what has changed");
        refused.assert_says("My mother is ill");
        let told = [("account", id), ("reason", "illness"), ("help_pause", "yes"), ("words", "My mother is ill")];
        phone.post("/api/save_hardship", &told).await.assert_says("Income and spending");
        let wrong = phone.post("/api/save_budget", &[("account", id), ("wages", "a lot"), ("home", "900")]).await;
        wrong.assert_says("Enter an amount, such as 120");
        wrong.assert_says("value=\"a lot\"");
        let budget = [("account", id), ("wages", "300"), ("wages_per", "week"), ("home", "900"), ("stay", "yes")];
        let added = phone.post("/api/save_budget", &budget).await;
        added.assert_says("$1,300.00");
        added.assert_says("$400.00");

        let check = phone.get(&format!("/account/{id}/hardship/check")).await;
        for words in ["Illness or an accident", "Time without payments", "My mother is ill", "$400.00", "Send it"] {
            check.assert_says(words);
        }
        let sent = phone.post("/api/send_hardship", &[("account", id)]).await;
        sent.assert_says("Thank you for telling us");
        sent.assert_says("Nothing is asked for or collected");
        sent.assert_says("988");
        assert_eq!(holds(&portal).await, 1, "{}", test.name);
        // The other device sends it too: it is the same request.
        person.post("/api/send_hardship", &[("account", id)]).await.assert_says("Thank you for telling us");
        assert_eq!(portal.number("select count(*) from hardship_cases").await, 1);
        assert_eq!(portal.number("select count(*) from hardship_steps").await, 1);
        assert_eq!(portal.number("select count(*) from documents where kind = 'review'").await, 1);
        let account = person.get(&format!("/account/{id}")).await;
        account.assert_says("You told us that something has changed");
        account.assert_says(&format!("href=\"/hardship/{}\"", reference(&portal).await));
        person.get(&format!("/account/{id}/hardship")).await.assert_says("Step by step");
        // No word of what was told is in the trail.
        assert_eq!(
            portal.number("select count(*) from events where details like '%mother%' or details like '%illness%'").await,
            0
        );
        assert_eq!(
            portal.number("select count(*) from outbox where body_text like '%mother%' or body_text like '%llness%'").await,
            0
        );
        // Nobody else sees it.
        let other = seed::account(&test.db, SeedAccount::default()).await;
        let mut stranger = portal.person(&other).await;
        let case = format!("/hardship/{}", reference(&portal).await);
        stranger.get(&case).await.assert_never_says("Step by step");
        let foreign = reference(&portal).await;
        stranger.post("/api/withdraw_hardship", &[("reference", &foreign)]).await.assert_never_says("Step by step");
        assert_eq!(holds(&portal).await, 1);
    }
}

/// Nothing is collected while a person looks at it, and it goes on when the customer takes it back.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_collected_until_it_is_decided_or_taken_back() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let portal = on(&test, NOTICE_DAY).await;
        let mut person = portal.person(&stage.seeded).await;
        send(&mut person, &stage.seeded.account_id, &[("reason", "income_lost")]).await.assert_says("Thank you for telling us");
        // Its day comes, and it is late too: still nothing is collected.
        let portal = on(&test, DUE_DAY).await;
        assert_eq!(portal.number("select count(*) from payments").await, 0, "{}", test.name);
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "not_collected", "held")], "{}", test.name);
        let seeded = stage.seeded;
        let mut person = portal.person(&seeded).await;
        let case = reference(&portal).await;
        let back = person.post("/api/withdraw_hardship", &[("reference", &case)]).await;
        back.assert_says("You took this request back");
        assert_eq!(holds(&portal).await, 0);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_opens_ways_that_are_chosen_and_signed_like_any_other() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let id = seeded.account_id.as_str();
        person.get(&format!("/account/{id}/options")).await.assert_never_says("Up to 60 days without payments");
        send(&mut person, id, &[("reason", "income_reduced")]).await;
        let case = reference(&portal).await;

        // Within the policy, and no further.
        let decide = decision(&case, "Rosa Reviewer");
        let refused = async |opened: Opened| hardship::approve(&portal.state, &decide, &opened).await;
        let too_small = refused(lower(499, 60)).await.expect("an answer");
        let least = Money::new(500, Currency::USD);
        assert_eq!(too_small, Err(NotDecided::NotAllowed(NotAllowed::PaymentsTooSmall { least })));
        let too_long = refused(Opened { pause_days: Some(93), ..Opened::default() }).await.expect("an answer");
        assert_eq!(too_long, Err(NotDecided::NotAllowed(NotAllowed::PauseTooLong { most_days: 92 })));
        assert_eq!(refused(Opened::default()).await.expect("an answer"), Err(NotDecided::NotAllowed(NotAllowed::Nothing)));
        let nobody = hardship::approve(&portal.state, &decision(&case, " "), &lower(500, 60)).await.expect("an answer");
        assert_eq!(nobody, Err(NotDecided::NoPerson));

        let opened = Opened { pause_days: Some(60), discount_basis_points: Some(4_000), ..lower(500, 60) };
        assert_eq!(hardship::approve(&portal.state, &decide, &opened).await.expect("an answer"), Ok(()));
        let again = hardship::approve(&portal.state, &decide, &opened).await.expect("an answer");
        assert_eq!(again, Err(NotDecided::NotNow(CaseState::Approved)), "decided once");
        let page = person.get(&format!("/hardship/{case}")).await;
        for words in [
            "Your request is approved",
            "We looked at everything you sent.",
            "Payments from $5.00, over up to 60 months.",
            "Up to 60 days without payments.",
            "40 percent of what you owe is let go",
        ] {
            page.assert_says(words);
        }
        assert_eq!(holds(&portal).await, 1, "time to choose");
        page.assert_never_says("See your request and what is open to you");
        let clock = ("EVENKEEL_SANDBOX_CLOCK", "2026-11-20T18:00:00Z");
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(["offers", "--reference", &seeded.reference, "--json"])
            .envs([("EVENKEEL_DATABASE_URL", test.url.as_str()), ("EVENKEEL_SANDBOX_ENABLED", "true"), clock])
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("\"720.00\""), "the command shows what the customer sees: {said}");
        // What is offered now is wider, and signing ends the hold.
        let options = person.get(&format!("/account/{id}/options")).await;
        options.assert_says("$720.00");
        let five = [
            ("account", id),
            ("basis", "past_due"),
            ("frequency", "monthly"),
            ("amount", "5"),
            ("first_on", "2027-01-15"),
            ("intent", "check"),
        ];
        person.post("/api/choose_plan", &five).await.assert_says("60 payments");
        let agreement = person.sign(id).await;
        person.get(&agreement).await.assert_says("$5.00");
        assert_eq!(holds(&portal).await, 0, "{}", test.name);
        assert_eq!(portal.number("select count(*) from documents where kind = 'review'").await, 2);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_waived_is_given_up_once_with_its_reason() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let charged = What::Correct { amount: "35.00".to_owned(), part: Paid::Fees };
        let decided = Decided { reason: "late fee".to_owned(), by: "Ines".to_owned(), key: "fee".to_owned() };
        corrections::book(&portal.state, &seeded.reference, &charged, &decided).await.expect("an answer").expect("booked");
        assert_eq!(portal.balance().await, 123_500);
        send(&mut person, &seeded.account_id, &[("reason", "rather_not_say")]).await;
        let case = reference(&portal).await;
        let opened = Opened { waived: vec![Waived::Fees], ..Opened::default() };
        let approved = hardship::approve(&portal.state, &decision(&case, "Rosa"), &opened).await;
        assert_eq!(approved.expect("an answer"), Ok(()));
        assert_eq!(portal.balance().await, 120_000, "{}", test.name);
        let write_offs = "select count(*) from ledger_transactions where kind = 'write_off'";
        assert_eq!(portal.number(write_offs).await, 1, "{}", test.name);
        person.get(&format!("/hardship/{case}")).await.assert_says("The fees that were open are let go");
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_why_and_somebody_else_looks_at_it_again() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        send(&mut person, &seeded.account_id, &[("reason", "other")]).await;
        let case = reference(&portal).await;
        let asked = hardship::ask(&portal.state, &decision(&case, "Rosa")).await.expect("an answer");
        assert_eq!(asked, Ok(()));
        let page = person.get(&format!("/hardship/{case}")).await;
        page.assert_says("The person who looks at it has asked you something");
        let empty = person.post("/api/answer_hardship", &[("reference", &case), ("text", " ")]).await;
        empty.assert_says("Write a few words");
        let answered = person.post("/api/answer_hardship", &[("reference", &case), ("text", "I work half the hours now.")]).await;
        answered.assert_says("I work half the hours now.");

        let declined = hardship::decline(&portal.state, &decision(&case, "Rosa"), DeclineReason::NotShown).await;
        assert_eq!(declined.expect("an answer"), Ok(()));
        let page = person.get(&format!("/hardship/{case}")).await;
        page.assert_says("From what we have, we could not see what you asked for.");
        page.assert_says("Ask for another look");
        assert_eq!(holds(&portal).await, 1, "there is time to appeal");
        let appealed = person.post("/api/appeal_hardship", &[("reference", &case), ("text", "Please look again.")]).await;
        appealed.assert_says("You asked for another look");
        let same = hardship::approve(&portal.state, &decision(&case, "rosa"), &lower(500, 48)).await.expect("an answer");
        assert_eq!(same, Err(NotDecided::SamePerson));
        let other = hardship::approve(&portal.state, &decision(&case, "Sam"), &lower(500, 48)).await.expect("an answer");
        assert_eq!(other, Ok(()), "{}", test.name);
        // A step too late changes nothing.
        person.post("/api/withdraw_hardship", &[("reference", &case)]).await.assert_says("Your request is approved");
        person.post("/api/appeal_hardship", &[("reference", &case), ("text", "More")]).await;
        assert_eq!(portal.word("select state from hardship_cases").await, "approved");
        // The pause can be ended by its customer.
        person.post("/api/end_hardship_pause", &[("reference", &case)]).await;
        assert_eq!(holds(&portal).await, 0);
    }
}

/// A day that passes without a decision is told, the hold goes on, and another day is promised; so is an answer that did not come.
#[tokio::test(flavor = "multi_thread")]
async fn a_promised_day_never_passes_in_silence() {
    for test in support::both().await {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let portal = on(&test, SIGNED).await;
        let mut person = portal.person(&seeded).await;
        send(&mut person, &seeded.account_id, &[("reason", "disaster")]).await;
        let until = portal.number("select ends_at from holds where kind = 'hardship'").await;
        assert_eq!(hardship::sweep(&portal.state).await.expect("swept"), 0);
        assert_eq!(portal.number("select decide_by from hardship_cases").await, until);

        // The portal sweeps when it opens: once is enough.
        let portal = on(&test, "2026-12-20T16:00:00Z").await;
        assert_eq!(hardship::sweep(&portal.state).await.expect("swept"), 0, "once");
        assert!(portal.number("select ends_at from holds where kind = 'hardship'").await > until, "{}", test.name);
        let mut person = portal.person(&seeded).await;
        let case = reference(&portal).await;
        person.get(&format!("/hardship/{case}")).await.assert_says("We were not done in time. That is our fault.");
        let waiting = hardship::waiting(&portal.state).await.expect("a list");
        assert_eq!(waiting.first().map(|case| case.times_late), Some(1));

        hardship::ask(&portal.state, &decision(&case, "Rosa")).await.expect("an answer").expect("asked");
        let portal = on(&test, "2027-02-01T16:00:00Z").await;
        assert_eq!(portal.word("select state from hardship_cases").await, "received", "decided with what is there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_remembered_is_remembered_and_forgotten() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let id = seeded.account_id.as_str();
        let told = [("reason", "illness"), ("words", "It is my heart"), ("remember", "yes")];
        send(&mut person, id, &told).await;
        let case = reference(&portal).await;
        person.post("/api/withdraw_hardship", &[("reference", &case)]).await;
        let form = person.get(&format!("/account/{id}/hardship")).await;
        form.assert_says("you let us remember what changed");
        form.assert_says(&format!("Your last request, {case}, and what was decided"));
        form.assert_never_says("It is my heart");
        assert_eq!(portal.number("select count(*) from circumstances where told like '%illness%'").await, 1, "{}", test.name);
        let customer = customer(&seeded);
        hardship::forget(&portal.state, &customer, &evenkeel::domain::ids::AccountId(id.to_owned())).await.expect("forgotten");
        let form = person.get(&format!("/account/{id}/hardship")).await;
        form.assert_never_says("you let us remember what changed");
        assert_eq!(portal.number("select count(*) from circumstances").await, 0);
    }
}

/// A case is about all of a customer's accounts: none of them is asked for anything.
#[tokio::test(flavor = "multi_thread")]
async fn every_account_of_its_customer_is_held() {
    let test: TestDb = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let (first, second) = two_accounts(&test).await;
    let mut person = portal.person(&first).await;
    person.get(&format!("/account/{}/hardship", second.account_id)).await.assert_says("It is about all your accounts");
    send(&mut person, &second.account_id, &[("reason", "bereavement")]).await;
    assert_eq!(holds(&portal).await, 2);
}

/// Time to think is a customer's own act: it ends by itself or by them, and comes so often a year.
#[tokio::test(flavor = "multi_thread")]
async fn time_to_think_is_taken_and_ends() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let id = seeded.account_id.as_str();
        let thinking = "select count(*) from holds where kind = 'time_to_think' and released_at is null";
        person.get(&format!("/account/{id}/options")).await.assert_says("until the end of Friday 4 December 2026");
        for _ in 0..2 {
            person.post("/api/take_time", &[("account", id)]).await.assert_says("You asked for time.");
        }
        assert_eq!(portal.number(thinking).await, 1, "{}: pressed twice, it is one hold", test.name);
        assert_eq!(portal.number("select count(*) from outbox where template = 'time_to_think'").await, 1);
        person.post("/api/end_time", &[("account", id)]).await.assert_says("Hold everything while I think");
        assert_eq!(portal.number(thinking).await, 0, "{}", test.name);
        person.post("/api/take_time", &[("account", id)]).await;
        let used = person.post("/api/end_time", &[("account", id)]).await;
        used.assert_says("You have taken time to think as often as is possible in a year");
        person.post("/api/take_time", &[("account", id)]).await;
        assert_eq!(portal.number(thinking).await, 0, "{}: twice a year", test.name);
        let other = seed::account(&test.db, SeedAccount::default()).await;
        let mut stranger = portal.person(&other).await;
        stranger.post("/api/take_time", &[("account", id)]).await;
        assert_eq!(portal.number(thinking).await, 0);
    }
}
