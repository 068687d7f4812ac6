//! One decision moves money at most once, whatever is pressed how often on how many servers.

use crate::portal::{Person, Portal};
use crate::support;
use crate::support::seed::{self, SeedAccount};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_presses_of_one_button_are_one_charge() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let check = person.choose(&seeded.account_id, "part", "50").await;
        let places = press_at_once(&person, &check, 200).await;
        assert_eq!(portal.number("select count(*) from payments").await, 1, "{}", test.name);
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1, "{}", test.name);
        // Whoever was not first is led to the same payment.
        let reference = portal.word("select reference from payments").await;
        let known = |place: &String| place.contains("/sandbox-processor/") || place.ends_with(&reference);
        assert!(places.iter().all(known), "{places:?}");
        let page = portal.word("select hosted_page from payments").await;
        person.pay_by(&page, "approved").await.assert_says("Paid: $50.00");
        portal.work().await;
        assert_eq!(portal.balance().await, 115_000);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database_make_one_charge() {
    let test = support::postgres().await;
    let (one, other) = (Portal::open(&test.url).await, Portal::open(&test.url).await);
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = one.person(&seeded).await;
    let check = person.choose(&seeded.account_id, "part", "50").await;
    let elsewhere = other.person(&seeded).await;
    tokio::join!(press_at_once(&person, &check, 40), press_at_once(&elsewhere, &check, 40));
    assert_eq!(one.number("select count(*) from payments").await, 1);
    assert_eq!(one.number("select count(*) from sandbox_charges").await, 1);
    let page = one.word("select hosted_page from payments").await;
    person.press(&page, &[("method", "webhook_twice"), ("button", "pay")]).await.expect("an answer");
    // Both do the background work at the same time.
    tokio::join!(one.work(), other.work(), one.work_an_hour_later(), other.work_an_hour_later());
    one.work_an_hour_later().await;
    assert_eq!(one.balance().await, 115_000);
    one.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_lead_to_one_payment_at_a_time() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let first_tab = person.choose(&seeded.account_id, "part", "50").await;
    let second_tab = person.choose(&seeded.account_id, "past_due", "").await;
    let mut other = person.clone();
    let (one, two) = tokio::join!(person.pay_now(&first_tab), other.pay_now(&second_tab));
    let places = [one.expect("an answer"), two.expect("an answer")];
    assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1, "{places:?}");
    assert_eq!(places.iter().filter(|place| place.contains("/payments/")).count(), 1, "the other leads to its page: {places:?}");
}

async fn press_at_once(person: &Person, check: &crate::portal::Answer, times: usize) -> Vec<String> {
    let fields: Vec<(String, String)> =
        ["account", "purpose", "amount_minor", "key"].into_iter().map(|name| (name.to_owned(), check.value_of(name))).collect();
    let mut presses = tokio::task::JoinSet::new();
    for _ in 0..times {
        let (mut person, fields) = (person.clone(), fields.clone());
        presses.spawn(async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            person.press("/api/start_payment", &fields).await.expect("an answer")
        });
    }
    presses.join_all().await
}
