//! What goes back of an agreement's payments: what the creditor decides to give back is never the customer's miss; what a bank takes
//! can be put right from that day on; and what is said at an agreement's end is what was paid.

use crate::collecting::{DUE, DUE_DAY, Stage, announced, body, on, under_agreement, written};
use crate::portal::{Person, Portal};
use crate::support::seed::SeedAccount;
use crate::support::{self, TestDb};
use evenkeel::server::processors::sandbox::{Afterwards, Method};
use evenkeel::server::services::payments::{self, RefundOrder};
use jiff::civil::date;
use std::process::Command;

async fn give_back(portal: &Portal, amount: &str) {
    let order = RefundOrder {
        payment: portal.word("select reference from payments order by created_at desc, id desc limit 1").await,
        amount: Some(amount.to_owned()),
        reason: "A gesture".into(),
        by: "Ines".into(),
        key: "once".into(),
    };
    payments::refund(&portal.state, &order).await.expect("no failure").expect("given back");
    portal.work().await;
}

async fn bank_takes_back(portal: &Portal) {
    let charge = portal.word("select processor_reference from payments order by created_at desc, id desc limit 1").await;
    assert!(portal.sandbox().happens(&charge, Afterwards::Returned).await.expect("its books"));
    portal.work().await;
}

async fn pay(person: &mut Person, stage: &Stage, purpose: &str, amount: &str) {
    let page = person.reach_sandbox(&stage.seeded.account_id, purpose, amount).await;
    person.pay_by(&page, "approved").await.assert_says("Paid: ");
}

/// What `export agreements` says of the only one: why a person should look at it.
fn to_look_at(test: &TestDb) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["export", "agreements"])
        .env("EVENKEEL_DATABASE_URL", &test.url)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let agreement: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one agreement");
    agreement["to_look_at"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_back_of_a_collected_instalment_breaks_nothing_and_can_be_paid() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let portal = on(&test, DUE_DAY).await;
        assert_eq!((portal.balance().await, to_look_at(&test).as_str()), (115_000, ""), "{}", test.name);
        give_back(&portal, "10").await;
        assert_eq!((portal.balance().await, to_look_at(&test).as_str()), (116_000, "given_back"), "{}", test.name);

        // More than two weeks and a reminder's week later.
        for at in ["2026-12-19T19:00:00Z", "2026-12-28T19:00:00Z", "2027-01-12T19:00:00Z"] {
            let portal = on(&test, at).await;
            assert_eq!(portal.word("select state from agreements").await, "active", "{} {at}", test.name);
            for template in ["instalment_missed", "agreement_ended", "collection_stopped"] {
                assert_eq!(written(&portal, template).await, 0, "{} {at} {template}", test.name);
            }
            assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1, "it is not taken again");
        }
        let portal = on(&test, "2027-01-12T19:00:00Z").await;
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        for words in [
            "You are on track",
            "Every payment so far by its day (1)",
            "$10.00 of it went back to you and is open again. That never counts as missed",
        ] {
            page.assert_says(words);
        }
        let account = person.get("/account").await;
        for words in [
            "1 of 2 payments made",
            "$10.00 of your agreement went back to you",
            "on 18 February 2027",
            "Covered by your agreement",
        ] {
            account.assert_says(words);
        }
        account.assert_never_says("has not reached us");

        // A payment goes to what is asked for first; then what went back can be paid as well.
        let ways = person.get(&format!("/account/{}/pay", stage.seeded.account_id)).await;
        ways.assert_says("The payment due on 18 February 2027: $50.00");
        ways.assert_says("Everything still open in your agreement: $60.00");
        pay(&mut person, &stage, "part", "50").await;
        let ways = person.get(&format!("/account/{}/pay", stage.seeded.account_id)).await;
        ways.assert_says("What went back to you of the payment due on 18 December 2026: $10.00");
        pay(&mut person, &stage, "instalment", "").await;
        assert_eq!(portal.word("select state from agreements").await, "completed", "{}", test.name);
        portal.work().await;
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_takes_back_can_be_put_right_for_two_weeks_from_that_day() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        on(&test, DUE_DAY).await;
        let portal = on(&test, "2026-12-30T19:00:00Z").await;
        bank_takes_back(&portal).await;
        assert_eq!(to_look_at(&test), "taken_back", "{}", test.name);
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("If it is paid by Wednesday 13 January 2027, your agreement goes on as before");
        // Two weeks from the instalment's own day are long over.
        let portal = on(&test, "2027-01-13T19:00:00Z").await;
        assert_eq!(portal.word("select state from agreements").await, "active", "{}", test.name);
        let portal = on(&test, "2027-01-14T19:00:00Z").await;
        assert_eq!(portal.word("select state from agreements").await, "broken", "{}", test.name);
        let ended = body(&portal, "agreement_ended").await;
        assert!(ended.contains("You made 0 of 2 payments in full. In all you paid $0.00 under it"), "{ended}");
        assert_eq!(to_look_at(&test), "", "nothing is left to decide");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_took_back_before_its_day_is_reminded_of_because_it_is_not_collected() {
    let test = support::sqlite().await;
    let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
    let portal = Portal::open(&test.url).await;
    let mut person = portal.person(&stage.seeded).await;
    pay(&mut person, &stage, "instalment", "").await;
    bank_takes_back(&portal).await;
    let portal = on(&test, "2026-12-16T19:00:00Z").await;
    assert_eq!(written(&portal, "instalment_reminder").await, 1);
    let portal = on(&test, "2026-12-20T19:00:00Z").await;
    assert_eq!(written(&portal, "instalment_missed").await, 1);
    assert!(body(&portal, "instalment_missed").await.contains("Friday 1 January 2027"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_back_before_its_day_is_asked_for_by_nobody() {
    let test = support::sqlite().await;
    let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
    let portal = Portal::open(&test.url).await;
    let mut person = portal.person(&stage.seeded).await;
    pay(&mut person, &stage, "instalment", "").await;
    give_back(&portal, "50").await;
    for at in ["2026-12-16T19:00:00Z", "2026-12-20T19:00:00Z", "2027-01-12T19:00:00Z"] {
        let portal = on(&test, at).await;
        for template in ["instalment_reminder", "instalment_missed", "agreement_ended"] {
            assert_eq!(written(&portal, template).await, 0, "{at} {template}");
        }
    }
    assert_eq!(portal.word("select state from agreements").await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_says_what_was_paid_also_of_a_payment_that_was_not_whole() {
    for test in support::both().await {
        let stage = under_agreement(&test, SeedAccount::default(), &[date(2026, 12, 1), date(2027, 1, 5)], 5_000).await;
        let portal = Portal::open(&test.url).await;
        let mut person = portal.person(&stage.seeded).await;
        pay(&mut person, &stage, "part", "20").await;
        let portal = on(&test, "2026-12-16T19:00:00Z").await;
        assert_eq!(portal.word("select state from agreements").await, "broken", "{}", test.name);
        let ended = body(&portal, "agreement_ended").await;
        assert!(ended.contains("You made 0 of 2 payments in full. In all you paid $20.00 under it, and it counts."), "{ended}");
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}", stage.agreement)).await;
        page.assert_says("What you paid under it counts");
    }
}
