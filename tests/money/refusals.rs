//! What cannot be paid, and why; each says what to do instead.

use crate::portal::{Portal, customer};
use crate::support;
use crate::support::seed::{self, SeedAccount};
use evenkeel::domain::hold::{HoldKind, allow_collection};
use evenkeel::domain::ids::AccountId;
use evenkeel::domain::language::Language;
use evenkeel::domain::paying::PayRefusal;
use evenkeel::domain::payment::Purpose;
use evenkeel::server::ids;
use evenkeel::server::services::payments::{self, Decision, StartRefusal, Started};
use evenkeel::server::store::jobs;

fn decision(seeded: &seed::Seeded, purpose: Purpose, amount_minor: i64) -> Decision {
    Decision {
        customer: customer(seeded),
        account: AccountId(seeded.account_id.clone()),
        purpose,
        amount_minor,
        key: ids::new_token(),
        language: Language::English,
        disclosed: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_one_request_only() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let other = seed::account(&test.db, SeedAccount::default()).await;
        let first = decision(&seeded, Purpose::Part, 5_000);
        let started = payments::start(&portal.state, &first).await.expect("no failure");
        assert!(matches!(started, Ok(Started::ToProcessor { .. })), "{started:?}");
        let again = payments::start(&portal.state, &first).await.expect("no failure");
        assert!(matches!(again, Ok(Started::ToPayment { .. })), "{again:?}");
        let refused = Err(StartRefusal::KeyNotUsable);
        let changed = Decision { amount_minor: 5_001, ..first.clone() };
        assert_eq!(payments::start(&portal.state, &changed).await.expect("no failure"), refused);
        let stolen = Decision { customer: customer(&other), account: AccountId(other.account_id.clone()), ..first.clone() };
        assert_eq!(payments::start(&portal.state, &stolen).await.expect("no failure"), refused);
        let invented = Decision { key: "x".into(), ..first.clone() };
        assert_eq!(payments::start(&portal.state, &invented).await.expect("no failure"), refused);
        let not_theirs = Decision { customer: customer(&other), ..decision(&seeded, Purpose::Part, 5_000) };
        assert_eq!(payments::start(&portal.state, &not_theirs).await.expect("no failure"), Err(StartRefusal::NotFound));
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_is_reckoned_again_at_the_moment_of_paying() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let stale = person.choose(&seeded.account_id, "balance", "").await;
    let page = person.reach_sandbox(&seeded.account_id, "part", "50").await;
    person.pay_by(&page, "approved").await.assert_says("Paid: $50.00");
    // The tab of before still says $1,200.00.
    let place = person.pay_now(&stale).await.expect("an answer");
    let answer = person.get(&place).await;
    answer.assert_says("What is owed has changed since you looked");
    answer.assert_says("Everything you owe: $1,150.00");
    assert_eq!(portal.number("select count(*) from payments").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_that_cannot_be_paid_is_kept_and_explained() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    for (purpose, amount, words) in [
        ("", "", "Choose what you would like to pay"),
        ("part", "fifty", "Enter an amount such as 50.00"),
        ("part", "4.99", "Enter a payment of at least $5.00"),
        ("part", "1200.01", "Enter no more than $1,200.00"),
        ("instalment", "", "can no longer be paid this way"),
    ] {
        let answer = person.choose(&seeded.account_id, purpose, amount).await;
        answer.assert_says(words);
        if !amount.is_empty() {
            answer.assert_says(&format!("value=\"{amount}\""));
        }
        assert!(!answer.url.contains(amount) || amount.is_empty(), "no amount in the address: {}", answer.url);
    }
    let mut spanish = person.clone();
    spanish.post("/api/choose_language", &[("language", "es"), ("back", "/account")]).await;
    spanish.get(&format!("/account/{}/pay", seeded.account_id)).await.assert_says("¿Cuánto quiere pagar?");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_hold_stops_collection_and_only_some_stop_the_customer() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    for kind in HoldKind::ALL {
        assert!(!allow_collection(&[kind]), "{kind:?}");
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        sqlx::query(
            "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
             values ($1, $2, $3, '', 0, null, null, 'test')",
        )
        .bind(ids::new_id())
        .bind(&seeded.account_id)
        .bind(kind.code())
        .execute(test.db.pool())
        .await
        .expect("a hold");
        let started = payments::start(&portal.state, &decision(&seeded, Purpose::Part, 5_000)).await.expect("no failure");
        match kind {
            HoldKind::Deceased | HoldKind::Insolvency | HoldKind::Recalled => {
                assert_eq!(started, Err(StartRefusal::Pay(PayRefusal::Held(kind))));
                let mut person = portal.person(&seeded).await;
                person.get(&format!("/account/{}/pay", seeded.account_id)).await.assert_says("555-0100");
            }
            HoldKind::TimeToThink
            | HoldKind::Hardship
            | HoldKind::Dispute
            | HoldKind::BreathingSpace
            | HoldKind::Staff
            | HoldKind::StopAsked
            | HoldKind::Told => {
                assert!(matches!(started, Ok(Started::ToProcessor { .. })), "{kind:?}: {started:?}");
            }
        }
    }
    assert!(allow_collection(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_the_creditor_took_back_or_that_is_paid_takes_no_payment() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let recalled = seed::account(&test.db, SeedAccount { status: "recalled".into(), ..SeedAccount::default() }).await;
    let refused = payments::start(&portal.state, &decision(&recalled, Purpose::Part, 5_000)).await.expect("no failure");
    assert_eq!(refused, Err(StartRefusal::Pay(PayRefusal::AccountNotOpen)));
    let paid = seed::account(&test.db, SeedAccount { balance_minor: 0, past_due_minor: 0, ..SeedAccount::default() }).await;
    let refused = payments::start(&portal.state, &decision(&paid, Purpose::Balance, 0)).await.expect("no failure");
    assert_eq!(refused, Err(StartRefusal::Pay(PayRefusal::NothingOwed)));
    let cents = seed::account(&test.db, SeedAccount { balance_minor: 49, past_due_minor: 49, ..SeedAccount::default() }).await;
    let refused = payments::start(&portal.state, &decision(&cents, Purpose::Balance, 49)).await.expect("no failure");
    assert!(matches!(refused, Err(StartRefusal::Pay(PayRefusal::BelowProcessorMinimum { .. }))), "{refused:?}");
    let small = seed::account(&test.db, SeedAccount { balance_minor: 50, past_due_minor: 50, ..SeedAccount::default() }).await;
    let started = payments::start(&portal.state, &decision(&small, Purpose::Balance, 50)).await.expect("no failure");
    assert!(matches!(started, Ok(Started::ToProcessor { .. })), "the full balance can always be paid: {started:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_payment_is_not_shown() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let other = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let page = person.reach_sandbox(&seeded.account_id, "part", "50").await;
    let reference = portal.word("select reference from payments").await;
    let mut stranger = portal.person(&other).await;
    let answer = stranger.get(&format!("/payments/{reference}")).await;
    assert!(!answer.url.contains(&reference), "{}", answer.url);
    answer.assert_never_says("50.00");
    stranger.post("/api/cancel_payment", &[("reference", &reference)]).await;
    person.pay_by(&page, "approved").await.assert_says("Paid: $50.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_amount_is_never_passed_over() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let account = seeded.account_id.as_str();
    let both = [("account", account), ("purpose", "past_due"), ("amount", "25")];
    let refused = person.post("/api/choose_payment", &both).await;
    refused.assert_says("You typed an amount and also chose another way");
    refused.assert_says("value=\"25\"");
    let typed_only = [("account", account), ("purpose", ""), ("amount", "25")];
    person.post("/api/choose_payment", &typed_only).await.assert_says("Pay $25.00 now");
}

/// A page at the payment company that was open when the creditor took the account back is closed, and says so.
#[tokio::test(flavor = "multi_thread")]
async fn the_payment_page_of_an_account_that_was_taken_back_is_closed() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let page = person.reach_sandbox(&seeded.account_id, "past_due", "").await;
        let mut tx = test.db.begin_write().await.expect("a transaction");
        jobs::ask(&mut tx, jobs::CLOSE_PAGES, &seeded.account_id, "close:1", 0, 0).await.expect("asked");
        tx.commit().await.expect("committed");
        portal.work().await;
        let answer = person.pay_by(&page, "approved").await;
        answer.assert_says("No money has been taken");
        assert_eq!(portal.number("select count(*) from sandbox_charges where state = 'succeeded'").await, 0);
        portal.assert_books_are_right().await;
    }
}
