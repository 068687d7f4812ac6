//! How often a payment or a permission may be begun and left: each begins a page at the payment company. What was paid does not
//! count, and who is refused is told when they can try again and how to reach a person.

use crate::portal::{Answer, Person, Portal};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use std::collections::BTreeSet;

/// Begins a payment and takes it back; says whether it was begun.
async fn begin_and_leave(person: &mut Person, portal: &Portal, account: &Seeded) -> bool {
    let check = person.choose(&account.account_id, "part", "50").await;
    let page = person.pay_now(&check).await.expect("an answer");
    if !page.contains("/sandbox-processor/") {
        return false;
    }
    let reference = portal.word("select reference from payments order by created_at desc, id desc limit 1").await;
    person.post("/api/cancel_payment", &[("reference", &reference)]).await.assert_says("No money has been taken");
    true
}

async fn begin_until_refused(person: &mut Person, portal: &Portal, account: &Seeded, at_most: usize) -> usize {
    for begun in 0..at_most {
        if !begin_and_leave(person, portal, account).await {
            return begun;
        }
    }
    at_most
}

async fn refused(person: &mut Person, account: &Seeded) -> Answer {
    let check = person.choose(&account.account_id, "part", "50").await;
    let page = person.pay_now(&check).await.expect("an answer");
    person.get(&page).await
}

async fn run(test: &TestDb, sql: &'static str) {
    sqlx::query(sql).execute(test.db.pool()).await.expect("it is so");
}

const PAYMENTS: &str = "select count(*) from payments";

#[tokio::test(flavor = "multi_thread")]
async fn ten_payments_begun_and_left_in_an_hour_are_the_most_and_it_is_said_when_and_whom_to_call() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let account = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&account).await;
        assert_eq!(begin_until_refused(&mut person, &portal, &account, 12).await, 10, "{}", test.name);
        let page = refused(&mut person, &account).await;
        page.assert_says("You have begun several payments in a short time and not finished them.");
        page.assert_says("You can begin the next one from 20 November 2026, 12:00");
        page.assert_says("555-0100");
        page.assert_says("No payment was begun now");
        person.post("/api/choose_language", &[("language", "es"), ("back", "/account")]).await;
        let page = refused(&mut person, &account).await;
        page.assert_says("Puede empezar el siguiente a partir del 20 de noviembre de 2026, 12:00");
        page.assert_says("555-0100");
        assert_eq!(portal.number(PAYMENTS).await, 10, "{}", test.name);
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 10, "{}", test.name);
        // An hour later.
        let portal = Portal::open_with(&test.url, &[("sandbox.clock", "2026-11-20T19:00:00Z")]).await;
        let mut person = portal.person(&account).await;
        assert!(begin_and_leave(&mut person, &portal, &account).await, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_in_a_day_are_the_most() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let account = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&account).await;
        for _ in 0..3 {
            assert_eq!(begin_until_refused(&mut person, &portal, &account, 10).await, 10, "{}", test.name);
            run(&test, "update payments set created_at = created_at - 3600000").await;
        }
        let page = refused(&mut person, &account).await;
        // The first ten were begun three hours ago.
        page.assert_says("You can begin the next one from 21 November 2026, 08:00");
        assert_eq!(portal.number(PAYMENTS).await, 30, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_is_on_its_way_or_never_reached_the_company_does_not_count() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let account = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&account).await;
        for _ in 0..3 {
            let page = person.reach_sandbox(&account.account_id, "part", "20").await;
            person.pay_by(&page, "approved").await.assert_says("Paid: $20.00");
        }
        assert_eq!(begin_until_refused(&mut person, &portal, &account, 12).await, 10, "{}", test.name);
        // One that the company never had, one whose money went back, one that is on its way: none of them made a page for nothing.
        run(
            &test,
            "update payments set state = 'abandoned', processor_reference = null where id = (select max(id) from payments)",
        )
        .await;
        assert_eq!(begin_until_refused(&mut person, &portal, &account, 3).await, 1, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_button_again_is_no_other_payment_and_leads_to_the_same_page() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let account = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&account).await;
    let first = person.choose(&account.account_id, "part", "50").await;
    assert_eq!(begin_until_refused(&mut person, &portal, &account, 9).await, 9);
    person.pay_now(&first).await.expect("an answer");
    // The tenth is there. Pressed again it leads to its own page, though another would be one too many.
    let again = person.pay_now(&first).await.expect("an answer");
    assert!(again.contains("/payments/"), "{again}");
    let reference = again.rsplit('/').next().expect("a reference").to_owned();
    person.post("/api/cancel_payment", &[("reference", &reference)]).await;
    let again = person.pay_now(&first).await.expect("an answer");
    assert!(again.contains("/payments/"), "{again}");
    refused(&mut person, &account).await.assert_says("not finished them");
    assert_eq!(portal.number(PAYMENTS).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_all_accounts_of_a_customer_and_a_payment_over_several_is_one() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let (first, second) = crate::joint::two_accounts(&test).await;
        let mut person = portal.person(&first).await;
        let mut begun = BTreeSet::new();
        for _ in 0..2 {
            let check = crate::joint::choose(&mut person, &[(&first, "50"), (&second, "60")]).await;
            assert!(crate::joint::pay_now(&mut person, &check).await.contains("/sandbox-processor/"));
            let reference = portal.word("select reference from payments order by created_at desc, id desc limit 1").await;
            person.post("/api/cancel_payment", &[("reference", &reference)]).await;
            begun.insert(reference);
        }
        assert_eq!(begin_until_refused(&mut person, &portal, &first, 4).await, 4, "{}", test.name);
        assert_eq!(begin_until_refused(&mut person, &portal, &second, 9).await, 4, "{}", test.name);
        assert_eq!(begun.len(), 2);
        let check = crate::joint::choose(&mut person, &[(&first, "50"), (&second, "60")]).await;
        let page = crate::joint::pay_now(&mut person, &check).await;
        person.get(&page).await.assert_says("You can begin the next one from 20 November 2026, 12:00");
        assert_eq!(portal.number(PAYMENTS).await, 10, "{}", test.name);
        // Another customer is another count.
        let other = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&other).await;
        assert!(begin_and_leave(&mut person, &portal, &other).await, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn permissions_are_counted_for_themselves() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let account = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&account).await;
        let agreement = person.agree_plan(&account.account_id).await;
        let automatic = format!("{agreement}/automatic");
        for _ in 0..10 {
            let page = person.get(&automatic).await;
            let hosted = person.authorise(&page).await.expect("an answer");
            assert!(hosted.contains("/sandbox-processor/"), "{}: {hosted}", test.name);
            let reference = portal.word("select reference from mandates order by created_at desc, id desc limit 1").await;
            person.post("/api/stop_mandate", &[("reference", &reference)]).await.assert_says("You took it back");
        }
        let page = person.get(&automatic).await;
        let led_to = person.authorise(&page).await.expect("an answer");
        let page = person.get(&led_to).await;
        page.assert_says("You have begun this several times in a short time and not finished it.");
        page.assert_says("You can begin it again from 20 November 2026, 12:00");
        page.assert_says("555-0100");
        page.assert_says("value=\"Ada Moreno\"");
        assert_eq!(portal.number("select count(*) from mandates").await, 10, "{}", test.name);
        person.post("/api/choose_language", &[("language", "es"), ("back", "/account")]).await;
        let page = person.get(&automatic).await;
        let led_to = person.authorise(&page).await.expect("an answer");
        person.get(&led_to).await.assert_says("Puede empezarlo de nuevo a partir del 20 de noviembre de 2026, 12:00");
        // Paying is not kept from anybody by it.
        person.post("/api/choose_language", &[("language", "en"), ("back", "/account")]).await;
        assert!(begin_and_leave(&mut person, &portal, &account).await, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_was_given_does_not_count() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let account = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&account).await;
    let agreement = person.agree_plan(&account.account_id).await;
    for _ in 0..12 {
        let page = person.get(&format!("{agreement}/automatic")).await;
        let hosted = person.authorise(&page).await.expect("an answer");
        let given = person.post(&hosted, &[("method", "approved"), ("button", "give")]).await;
        given.assert_says("Your payments are collected on their days");
    }
}
