//! "This is not right": on hold at once, nothing collected, nothing paid to a part that is disputed, sent once, seen by nobody else, and
//! on hold until the answer was sent.

use crate::collecting::{DUE_DAY, announced};
use crate::joint::{choose, owed, pay_now, two_accounts};
use crate::portal::{Answer, Person, Portal, customer};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::components::Paid;
use evenkeel::domain::dispute::{NotInTheBooks, Outcome};
use evenkeel::domain::ids::AccountId;
use evenkeel::domain::language::Language;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::paying::PayRefusal;
use evenkeel::domain::payment::Purpose;
use evenkeel::server::processors::sandbox::Method;
use evenkeel::server::services::corrections::{self, Decided, What};
use evenkeel::server::services::disputes::{self, NotDone};
use evenkeel::server::services::offers::{self, WaysForward};
use evenkeel::server::services::payments::{self, Decision, StartRefusal};
use evenkeel::server::{ids, jobs};
use std::process::Command;

const IN_FORCE: &str = "select count(*) from holds where kind = 'dispute' and released_at is null";

/// Types it; shows what comes: the check page, or the form with what is wrong.
async fn keep(person: &mut Person, account: &Seeded, extent: &str, amount: &str, words: &str) -> Answer {
    let fields = [
        ("account", account.account_id.as_str()),
        ("reason", "wrong_amount"),
        ("extent", extent),
        ("amount", amount),
        ("words", words),
    ];
    person.post("/api/keep_dispute", &fields).await
}

/// Sends what a check page shows.
async fn send(person: &mut Person, check: &Answer) -> Answer {
    let names = ["account", "draft", "revision"];
    let shown = names.map(|name| check.value_of(name));
    let fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
    person.post("/api/send_dispute", &fields).await
}

/// Says that all of it, or a part, is not right; its reference.
async fn say(portal: &Portal, person: &mut Person, account: &Seeded, part: Option<&str>) -> String {
    let extent = if part.is_some() { "part" } else { "all" };
    let check = keep(person, account, extent, part.unwrap_or_default(), "I was charged twice").await;
    check.assert_says("Nothing is sent yet");
    send(person, &check).await.assert_says("We are looking into it");
    portal.word("select reference from disputes where released_at is null").await
}

async fn answer(portal: &Portal, reference: &str, outcome: Outcome) -> Result<String, NotDone> {
    let text = "We asked the creditor.\n\nThey sent the bill.";
    disputes::answer(&portal.state, reference, &disputes::Answer { outcome, text, by: "Ines" }).await.expect("no failure")
}

async fn correct(portal: &Portal, account: &Seeded, amount: &str) {
    let what = What::Correct { amount: amount.into(), part: Paid::Principal };
    let decided = Decided { reason: "Charged twice".into(), by: "Ines".into(), key: ids::new_token() };
    corrections::book(&portal.state, &account.reference, &what, &decided).await.expect("no failure").expect("booked");
}

/// What may be paid by itself, asked for past every page.
async fn pay(portal: &Portal, account: &Seeded, purpose: Purpose, minor: i64) -> Result<(), StartRefusal> {
    let decision = Decision {
        customer: customer(account),
        account: AccountId(account.account_id.clone()),
        purpose,
        amount_minor: minor,
        key: ids::new_token(),
        language: Language::English,
        disclosed: None,
    };
    payments::start(&portal.state, &decision).await.expect("no failure").map(drop)
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_or_a_part_the_whole_account_is_on_hold_at_once_and_nothing_is_collected() {
    for part in [None, Some("1.00")] {
        for test in support::both().await {
            let (stage, _) = announced(&test, Method::Approved).await;
            let portal = Portal::open_with(&test.url, &[("sandbox.clock", DUE_DAY)]).await;
            let mut person = portal.person(&stage.seeded).await;
            let before = owed(&test, &stage.seeded).await;
            say(&portal, &mut person, &stage.seeded, part).await;
            assert_eq!(portal.number(IN_FORCE).await, 1, "{}", test.name);
            jobs::sweep(&portal.state).await;
            portal.work().await;
            portal.work_an_hour_later().await;
            assert_eq!(portal.number("select count(*) from sandbox_charges").await, 0, "{} {part:?}", test.name);
            assert_eq!(owed(&test, &stage.seeded).await, before);
            person
                .get(&format!("/account/{}", stage.seeded.account_id))
                .await
                .assert_says("You told us that something is not right");
            let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
            page.assert_says("While we check it, nothing is collected for this agreement.");
            page.assert_says(match part {
                Some(_) => "you can pay what you did not call wrong: up to $",
                None => "You can still pay if you choose to.",
            });
            assert_eq!(
                portal.number("select count(*) from outbox where template = 'dispute_received' and state = 'sent'").await,
                1
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_never_goes_to_a_part_that_is_disputed_not_even_a_cent_of_it() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        say(&portal, &mut person, &seeded, Some("0.01")).await;
        let page = person.get(&format!("/account/{}/pay", seeded.account_id)).await;
        page.assert_says("You told us that $0.01 is not right. Nothing you pay here goes to it. You can pay up to $1,199.99.");
        let refused = |refusal| Err(StartRefusal::Pay(refusal));
        assert_eq!(pay(&portal, &seeded, Purpose::Balance, 120_000).await, refused(PayRefusal::NothingOfThatKind));
        let above = refused(PayRefusal::AboveBalance { balance: usd(119_999) });
        assert_eq!(pay(&portal, &seeded, Purpose::Part, 120_000).await, above, "{}", test.name);
        let page = person.reach_sandbox(&seeded.account_id, "part", "1199.99").await;
        person.pay_by(&page, "approved").await;
        portal.work().await;
        assert_eq!(portal.balance().await, 1, "{}", test.name);
        let left = person.get(&format!("/account/{}/pay", seeded.account_id)).await;
        left.assert_says("All that is left is what you told us is not right");
        assert_eq!(pay(&portal, &seeded, Purpose::Part, 1).await, refused(PayRefusal::OnlyDisputedLeft));
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_part_that_leaves_one_cent_only_that_cent_is_not_disputed() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    for (typed, said) in
        [("1200", "Enter less than that"), ("0", "at least one cent"), ("", "Enter the part"), ("x", "such as 50.00")]
    {
        let refused = keep(&mut person, &seeded, "part", typed, "Twice").await;
        refused.assert_says(said);
        refused.assert_says("Twice");
    }
    assert_eq!(portal.number("select count(*) from disputes").await, 0);
    say(&portal, &mut person, &seeded, Some("1,199.99")).await;
    let too_small = Err(StartRefusal::Pay(PayRefusal::BelowProcessorMinimum { minimum: usd(50) }));
    assert_eq!(pay(&portal, &seeded, Purpose::Part, 1).await, too_small);
    assert_eq!(pay(&portal, &seeded, Purpose::PastDue, 30_000).await, too_small);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_may_still_be_paid_by_choice() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    say(&portal, &mut person, &seeded, None).await;
    person.get(&format!("/account/{}/pay", seeded.account_id)).await.assert_says("You can still choose to pay it");
    assert_eq!(pay(&portal, &seeded, Purpose::PastDue, 30_000).await, Ok(()));
    assert_eq!(portal.number(IN_FORCE).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_open_for_more_is_closed() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let page = person.reach_sandbox(&seeded.account_id, "balance", "").await;
        say(&portal, &mut person, &seeded, Some("100")).await;
        portal.work().await;
        person.pay_by(&page, "approved").await.assert_says("No money has been taken");
        assert_eq!(portal.balance().await, 120_000, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_over_several_accounts_never_reaches_one_of_which_a_part_is_disputed() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = two_accounts(&test).await;
        let mut person = portal.person(&first).await;
        let check = choose(&mut person, &[(&first, "40"), (&second, "60")]).await;
        let page = pay_now(&mut person, &check).await;
        say(&portal, &mut person, &second, Some("5")).await;
        portal.work().await;
        person.pay_by(&page, "approved").await.assert_says("No money has been taken");
        person.get("/pay-several/USD").await.assert_says("A payment over several accounts never goes to it");
        choose(&mut person, &[(&first, "40"), (&second, "60")]).await.assert_never_says("Pay $100.00 now");
        assert_eq!((owed(&test, &first).await, owed(&test, &second).await), (120_000, 120_000), "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_offered_or_agreed_for_a_part_that_is_disputed() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let fields = [
            ("account", seeded.account_id.as_str()),
            ("basis", "past_due"),
            ("frequency", "every_two_weeks"),
            ("amount", "150"),
            ("intent", "check"),
        ];
        person.post("/api/choose_plan", &fields).await.assert_says("2 payments");
        let sign = person.get(&format!("/account/{}/sign", seeded.account_id)).await;
        say(&portal, &mut person, &seeded, Some("950")).await;
        // What was on the screen before is not signed after.
        let names = ["account", "draft", "shown", "shown_in", "shown_text"];
        let shown = names.map(|name| sign.value_of(name));
        let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
        fields.extend([("name", "Ada Moreno"), ("consent", "yes")]);
        person.post("/api/sign_agreement", &fields).await;
        assert_eq!(portal.number("select count(*) from agreements").await, 0, "{}", test.name);
        let account = AccountId(seeded.account_id.clone());
        let ways = offers::hold(&portal.state, &customer(&seeded), &account).await.expect("no failure");
        let Some(WaysForward::Held(held)) = ways else { panic!("{}: there are ways forward", test.name) };
        assert_eq!((held.set.balance, held.set.past_due), (usd(25_000), usd(25_000)), "{}", test.name);
        let most = held.set.offers.iter().map(|offer| offer.total.minor()).max().unwrap_or_default();
        assert!(most <= 25_000, "{}: {most}", test.name);
        let page = person.get(&format!("/account/{}/options", seeded.account_id)).await;
        page.assert_says("You told us that $950.00 is not right. The ways here are about the rest.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_and_many_presses_send_it_once_and_only_as_it_was_shown() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let first = keep(&mut person, &seeded, "all", "", "All of it").await;
        let second = keep(&mut person, &seeded, "part", "20", "A part of it").await;
        let changed = send(&mut person, &first).await;
        changed.assert_says("This was changed since it was shown to you");
        changed.assert_says("A part of it");
        assert_eq!(portal.number("select count(*) from disputes").await, 0, "{}", test.name);
        let names = ["account", "draft", "revision"];
        let shown = names.map(|name| (name, second.value_of(name)));
        let mut presses = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (mut person, shown) = (person.clone(), shown.clone());
            presses.spawn(async move {
                let fields = shown.each_ref().map(|(name, value)| (*name, value.as_str()));
                person.press("/api/send_dispute", &fields).await.expect("an answer")
            });
        }
        for led_to in presses.join_all().await {
            assert!(led_to.ends_with("/dispute/status"), "{}: {led_to}", test.name);
        }
        assert_eq!(portal.number("select count(*) from disputes where part_minor = 2000").await, 1, "{}", test.name);
        assert_eq!(portal.number("select count(*) from holds").await, 1, "{}", test.name);
        assert_eq!(portal.number("select count(*) from outbox where template = 'dispute_received'").await, 1, "{}", test.name);
        assert_eq!(portal.number("select count(*) from events where action = 'dispute.opened'").await, 1, "{}", test.name);
        // Another one is added to the one there is.
        let led_to = keep(&mut person, &seeded, "all", "", "").await;
        assert!(led_to.url.ends_with("/dispute/status"), "{}", led_to.url);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_it_or_does_anything_about_it() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let reference = say(&portal, &mut person, &seeded, None).await;
        let other = seed::account(&test.db, SeedAccount::default()).await;
        let mut stranger = portal.person(&other).await;
        let account = seeded.account_id.as_str();
        for page in ["dispute", "dispute/check", "dispute/status", "letters"] {
            let answer = stranger.get(&format!("/account/{account}/{page}")).await;
            assert!(answer.url.ends_with("/account"), "{page} leads to {}", answer.url);
            answer.assert_never_says(&reference);
        }
        let fields = [
            ("account", account),
            ("reference", reference.as_str()),
            ("text", "mine"),
            ("about", "creditor"),
            ("topic", "not-right"),
        ];
        for door in ["withdraw_dispute", "add_to_dispute", "ask_information", "send_message"] {
            stranger.press(&format!("/api/{door}"), &fields).await.expect("an answer");
        }
        keep(&mut stranger, &seeded, "all", "", "mine").await;
        // Their own account does not open another's dispute either.
        let own = [("account", other.account_id.as_str()), ("reference", reference.as_str())];
        stranger.press("/api/withdraw_dispute", &own).await.expect("an answer");
        assert_eq!(portal.number(IN_FORCE).await, 1, "{}", test.name);
        assert_eq!(portal.number("select count(*) from dispute_words").await, 1, "{}", test.name);
        assert_eq!(portal.number("select count(*) from dispute_drafts").await, 0, "{}", test.name);
        assert_eq!(portal.number("select count(*) from information_requests").await, 0, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_on_hold_until_the_answer_was_sent_and_its_customer_sees_each_step() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let reference = say(&portal, &mut person, &seeded, Some("100")).await;
        let status = format!("/account/{}/dispute/status", seeded.account_id);
        assert_eq!(disputes::ask(&portal.state, &reference, "Which bill?", "Ines").await.expect("no failure"), Ok(()));
        let asked = person.get(&status).await;
        for words in ["We have a question", "Which bill?", "I was charged twice", "You have our answer by then"] {
            asked.assert_says(words);
        }
        let fields = [("account", seeded.account_id.as_str()), ("text", "The one of May.")];
        person.post("/api/add_to_dispute", &fields).await.assert_says("The one of May.");
        person.post("/api/add_to_dispute", &fields).await;
        assert_eq!(portal.number("select count(*) from dispute_words where kind = 'added'").await, 1, "{}", test.name);

        let letter = answer(&portal, &reference, Outcome::Verified).await.expect("answered");
        let answered = person.get(&status).await;
        for words in ["We have answered", "They sent the bill.", &letter, "stays on hold until it is sent"] {
            answered.assert_says(words);
        }
        jobs::sweep(&portal.state).await;
        assert_eq!(portal.number(IN_FORCE).await, 1, "{}: not sent yet", test.name);
        let above = Err(StartRefusal::Pay(PayRefusal::AboveBalance { balance: usd(110_000) }));
        assert_eq!(pay(&portal, &seeded, Purpose::Part, 110_001).await, above, "{}", test.name);
        portal.work().await;
        jobs::sweep(&portal.state).await;
        jobs::sweep(&portal.state).await;
        assert_eq!(portal.number(IN_FORCE).await, 0, "{}: sent", test.name);
        assert_eq!(portal.number("select count(*) from events where action = 'dispute.released'").await, 1, "{}", test.name);
        assert_eq!(answer(&portal, &reference, Outcome::Verified).await, Err(NotDone::Over));
        let id = portal.word("select document_id from disputes").await;
        let file = person.get(&format!("/documents/{id}.pdf")).await;
        assert_eq!(file.status, 200, "{}", test.name);
        assert_eq!(portal.number("select count(*) from documents where kind = 'dispute_answer'").await, 1, "{}", test.name);
        person.get(&status).await.assert_says("Something else is not right");
        assert_eq!(pay(&portal, &seeded, Purpose::Balance, 120_000).await, Ok(()), "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_stays_on_hold_until_a_person_posted_it() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let reference = say(&portal, &mut person, &seeded, None).await;
    let posted = async || disputes::posted(&portal.state, &reference, "Ines").await.expect("no failure");
    assert_eq!(posted().await, Err(NotDone::NotAnswered));
    answer(&portal, &reference, Outcome::Verified).await.expect("answered");
    sqlx::query("update outbox set state = 'not_sent', reason = 'no_address'").execute(test.db.pool()).await.expect("not sent");
    portal.work().await;
    jobs::sweep(&portal.state).await;
    assert_eq!(portal.number(IN_FORCE).await, 1);
    assert_eq!(posted().await, Ok(()));
    assert_eq!(posted().await, Ok(()), "said again");
    jobs::sweep(&portal.state).await;
    assert_eq!(portal.number(IN_FORCE).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_back_was_not_sent() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let reference = say(&portal, &mut person, &seeded, None).await;
        answer(&portal, &reference, Outcome::Verified).await.expect("answered");
        portal.work().await;
        jobs::sweep(&portal.state).await;
        assert_eq!(portal.number(IN_FORCE).await, 0, "{}", test.name);
        let answers = "update outbox set state = 'not_sent', reason = 'bounced' where template = 'dispute_answer'";
        sqlx::query(answers).execute(test.db.pool()).await.expect("it came back");
        for _ in 0..2 {
            jobs::sweep(&portal.state).await;
            assert_eq!(portal.number(IN_FORCE).await, 1, "{}", test.name);
        }
        let sent = "update outbox set state = 'sent', reason = null where template = 'dispute_answer'";
        sqlx::query(sent).execute(test.db.pool()).await.expect("posted");
        jobs::sweep(&portal.state).await;
        assert_eq!(portal.number(IN_FORCE).await, 0, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn taken_back_it_is_over_at_once_and_for_good() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let reference = say(&portal, &mut person, &seeded, None).await;
        let fields = [("account", seeded.account_id.as_str()), ("reference", reference.as_str())];
        for _ in 0..2 {
            person.post("/api/withdraw_dispute", &fields).await.assert_says("You took it back");
        }
        assert_eq!(portal.number(IN_FORCE).await, 0, "{}", test.name);
        assert_eq!(portal.number("select count(*) from events where action = 'dispute.withdrawn'").await, 1, "{}", test.name);
        assert_eq!(answer(&portal, &reference, Outcome::Verified).await, Err(NotDone::Over));
        // Something else is not right: a new one. Answered, it cannot be taken back.
        let reference = say(&portal, &mut person, &seeded, Some("10")).await;
        answer(&portal, &reference, Outcome::Verified).await.expect("answered");
        let fields = [("account", seeded.account_id.as_str()), ("reference", reference.as_str())];
        person.post("/api/withdraw_dispute", &fields).await.assert_says("This has been answered");
        assert_eq!(portal.number(IN_FORCE).await, 1, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_no_more_than_the_books() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let missing = |missing| Err(NotDone::NotInTheBooks(missing));
        let reference = say(&portal, &mut person, &seeded, Some("100")).await;
        assert_eq!(answer(&portal, &reference, Outcome::Corrected).await, missing(NotInTheBooks::NothingCorrected));
        let still = missing(NotInTheBooks::PartStillOwed(usd(10_000)));
        assert_eq!(answer(&portal, &reference, Outcome::NotOwed).await, still, "{}", test.name);
        correct(&portal, &seeded, "-99.99").await;
        assert_eq!(answer(&portal, &reference, Outcome::NotOwed).await, missing(NotInTheBooks::PartStillOwed(usd(1))));
        correct(&portal, &seeded, "-0.01").await;
        answer(&portal, &reference, Outcome::NotOwed).await.expect("the books say so");
        portal.work().await;
        jobs::sweep(&portal.state).await;
        let reference = say(&portal, &mut person, &seeded, None).await;
        let still = missing(NotInTheBooks::StillOwed(usd(110_000)));
        assert_eq!(answer(&portal, &reference, Outcome::NotOwed).await, still, "{}", test.name);
        correct(&portal, &seeded, "-1100").await;
        answer(&portal, &reference, Outcome::NotOwed).await.expect("nothing is owed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_a_message_before_can_still_be_settled_and_ends_no_dispute() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        for sql in [
            "insert into contact_requests (id, reference, kind, account_id, reply_to, message, language, created_at, answer_by)
             values ('m', 'M-OLD', 'not-right', $1, '', 'Not mine', 'en', 1, 2)",
            "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
             values ('h', $1, 'dispute', 'M-OLD', 1, null, null, 'x')",
        ] {
            sqlx::query(sql).bind(&seeded.account_id).execute(test.db.pool()).await.expect("from before");
        }
        let mut person = portal.person(&seeded).await;
        say(&portal, &mut person, &seeded, None).await;
        assert_eq!(portal.number(IN_FORCE).await, 2, "{}", test.name);
        let (code, said) = run(&test, &["contact", "dispute-settled", "M-OLD", "--by", "Ines"]);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(portal.number(IN_FORCE).await, 1, "{}: the dispute's own", test.name);
        assert_eq!(portal.number("select count(*) from holds where id = 'h' and released_at is not null").await, 1);
    }
}

/// 12 CFR 1006.18(e): who collects for others says so.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_collects_for_creditors_says_so_in_the_validation_letter() {
    for (is_collector, said) in [("true", "\"collector\":\"Harbor Recovery\""), ("false", "\"collector\":null")] {
        let test = support::sqlite().await;
        let settings = [("portal.name", "Harbor Recovery"), ("portal.is_debt_collector", is_collector)];
        let portal = Portal::open_with(&test.url, &settings).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let fields = [("account", seeded.account_id.as_str()), ("about", "validation")];
        portal.person(&seeded).await.post("/api/ask_information", &fields).await.assert_says("Your letters");
        let terms = portal.word("select terms from documents where kind = 'information'").await;
        assert!(terms.contains(said), "{terms}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_made_at_once_and_what_it_cannot_say_is_promised_and_held() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let mut asked = async |about: &str| {
            let fields = [("account", seeded.account_id.as_str()), ("about", about)];
            person.post("/api/ask_information", &fields).await
        };
        asked("").await.assert_says("Choose the letter you would like");
        for about in ["itemization", "validation", "validation"] {
            asked(about).await.assert_says("Your letters");
        }
        assert_eq!(portal.number("select count(*) from documents where kind = 'information'").await, 2, "{}", test.name);
        assert_eq!(portal.number(IN_FORCE).await, 0, "{}", test.name);
        // Friday the 20th, five business days without Thanksgiving, and thirty days.
        let terms = portal.word("select terms from documents where terms like '%\"validation\"%'").await;
        for said in ["\"period_ends\":\"2026-12-30\"", "\"now\":\"1200.00\"", "\"then\":\"1200.00\""] {
            assert!(terms.contains(said), "{}: {terms}", test.name);
        }

        // Nobody told us where the original creditor is reached.
        asked("creditor").await.assert_says("Until then nothing is collected");
        assert_eq!(portal.number(IN_FORCE).await, 1, "{}", test.name);
        let request = portal.word("select reference from contact_requests where kind = 'creditor-asked'").await;
        assert_eq!(run(&test, &["contact", "answered", &request, "--by", "Ines"]).0, Some(0));
        assert_eq!(portal.number(IN_FORCE).await, 0, "{}", test.name);
        portal.work().await;
        let sent = "select count(*) from outbox where template = 'information_copy' and state = 'sent'";
        assert_eq!(portal.number(sent).await, 3, "{}", test.name);

        let told = ["dispute", "creditor", "Northgate Credit Union", "--original", "First Bank", "--address", "1 Elm St, Reno"];
        assert_eq!(run(&test, &told).0, Some(0));
        let other = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&other).await;
        let fields = [("account", other.account_id.as_str()), ("about", "creditor")];
        person.post("/api/ask_information", &fields).await.assert_never_says("Until then nothing is collected");
        assert_eq!(portal.number(IN_FORCE).await, 0, "{}", test.name);
        let terms = portal.word("select terms from documents where terms like '%First Bank%'").await;
        assert!(terms.contains("1 Elm St, Reno"), "{terms}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_stop_a_payment_waits_for_a_person_beside_the_dispute() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let portal = Portal::open_with(&test.url, &[("sandbox.clock", DUE_DAY)]).await;
        let mut person = portal.person(&stage.seeded).await;
        let check = keep(&mut person, &stage.seeded, "all", "", "Stop taking payments from my account").await;
        send(&mut person, &check).await.assert_says("We are looking into it");
        let reference = portal.word("select reference from disputes").await;
        let fields = [("account", stage.seeded.account_id.as_str()), ("reference", reference.as_str())];
        person.post("/api/withdraw_dispute", &fields).await;
        let waits = "select count(*) from holds where kind = 'stop_asked' and released_at is null";
        assert_eq!(portal.number(waits).await, 1, "{}", test.name);
        let kept = "select count(*) from contact_requests where kind = 'perhaps_stop_payment'";
        assert_eq!(portal.number(kept).await, 1, "{}", test.name);
    }
}

fn run(test: &TestDb, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .env("EVENKEEL_DATABASE_URL", &test.url)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_SANDBOX_CLOCK", "2026-12-20T18:00:00Z")
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).join("");
    (output.status.code(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_show_ask_and_answer_and_say_what_is_late() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let reference = say(&portal, &mut person, &seeded, Some("100")).await;
    let (code, said) = run(&test, &["dispute", "list"]);
    assert_eq!(code, Some(0), "{said}");
    for words in [&reference, &seeded.reference, "wrong_amount", "100.00 USD", "open", "late"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // Its customer sees the day that was promised, and that the hold stays.
    let later = Portal::open_with(&test.url, &[("sandbox.clock", "2026-12-20T18:00:00Z")]).await;
    let status = format!("/account/{}/dispute/status", seeded.account_id);
    let late = later.person(&seeded).await.get(&status).await;
    late.assert_says("We promised an answer by Monday 7 December 2026");
    late.assert_says("Everything stays on hold until you have it");
    let by = ["--by", "Ines"];
    let ask = [&["dispute", "ask", &reference, "--text", "Which bill?"][..], &by].concat();
    assert_eq!(run(&test, &ask).0, Some(0));
    let (_, said) = run(&test, &["dispute", "show", &reference]);
    for words in ["asked for more", "I was charged twice", "Which bill?"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("answer.txt");
    std::fs::write(&file, "The bill of May is right.").expect("written");
    let from_file = ["--text-file", file.to_str().expect("text")];
    let answer = |outcome: &'static str| [&["dispute", "answer", &reference, "--outcome", outcome][..], &from_file, &by].concat();
    let (code, said) = run(&test, &answer("not-owed"));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("100.00 USD of the part is still in the books"), "{said}");
    assert_eq!(run(&test, &["dispute", "answer", &reference, "--outcome", "verified", "--text", "x"]).0, Some(2), "nobody");
    let (code, said) = run(&test, &answer("verified"));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("stays on hold until it is sent"), "{said}");
    assert_eq!(run(&test, &answer("verified")).0, Some(1));
    assert_eq!(run(&test, &["dispute", "show", "DP-NONE"]).0, Some(1));
    let posted = [&["dispute", "posted", &reference][..], &by].concat();
    assert_eq!(run(&test, &posted).0, Some(0));
    assert_eq!(portal.number(IN_FORCE).await, 0);
    assert_eq!(run(&test, &["dispute", "list"]).1, "");
}
