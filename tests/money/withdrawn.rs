//! What was announced and is no longer so: a notice written in the night is not sent in the morning to a customer who has stopped,
//! paid everything or moved to another card in between.

use crate::collecting::{DUE, SIGNED, Stage, allow, announced, body, on, stands, tries, under_agreement, written};
use crate::portal::{Person, Portal};
use crate::support::seed::SeedAccount;
use crate::support::{self, TestDb};
use evenkeel::server::processors::sandbox::Method;
use evenkeel::server::services::print_queue::{self, Done};
use jiff::civil::date;

/// 3:00 in Denver, ten business days before [`DUE`].
const NIGHT: &str = "2026-12-04T10:00:00Z";
/// 9:00 of the same day.
const MORNING: &str = "2026-12-04T16:00:00Z";
const NOTICE: &str = "A notice of a payment that will be collected";

/// An instalment whose notice was written in the night and waits for the morning.
async fn written_in_the_night(test: &TestDb) -> (Stage, Portal, Person) {
    let stage = under_agreement(test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
    let portal = Portal::open(&test.url).await;
    allow(&portal, test, &stage, Method::Approved, SIGNED).await;
    let portal = on(test, NIGHT).await;
    assert_eq!(portal.word("select state from outbox where template = 'collection_notice'").await, "waiting", "{}", test.name);
    let mut person = portal.person(&stage.seeded).await;
    person.get("/account").await.assert_says(NOTICE);
    (stage, portal, person)
}

async fn stop(portal: &Portal, person: &mut Person) {
    let reference = portal.word("select reference from mandates where state = 'given'").await;
    person.post("/api/stop_mandate", &[("reference", &reference)]).await;
}

/// How many messages of a kind have left.
async fn sent(portal: &Portal, template: &str) -> i64 {
    sqlx::query_scalar("select count(*) from outbox where template = $1 and state = 'sent'")
        .bind(template)
        .fetch_one(portal.state.db.pool())
        .await
        .expect("a number")
}

async fn in_the_morning(test: &TestDb) -> Portal {
    let portal = on(test, MORNING).await;
    portal.work().await;
    portal
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_in_the_night_is_not_told_in_the_morning_that_it_will_be_collected() {
    for test in support::both().await {
        let (_, portal, mut person) = written_in_the_night(&test).await;
        stop(&portal, &mut person).await;
        person.get("/account").await.assert_never_says(NOTICE);
        let portal = in_the_morning(&test).await;
        assert_eq!(sent(&portal, "authorisation_ended").await, 1, "{}", test.name);
        assert_eq!(sent(&portal, "collection_notice").await, 0, "{}", test.name);
        assert_eq!(portal.word("select reason from outbox where template = 'collection_notice'").await, "withdrawn");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pays_everything_in_the_night_is_not_told_in_the_morning_that_it_will_be_collected() {
    for test in support::both().await {
        let (stage, portal, mut person) = written_in_the_night(&test).await;
        let page = person.reach_sandbox(&stage.seeded.account_id, "agreement", "").await;
        person.pay_by(&page, "approved").await.assert_says("Paid: $100.00");
        assert_eq!(portal.word("select state from agreements").await, "completed", "{}", test.name);
        let portal = in_the_morning(&test).await;
        assert_eq!(sent(&portal, "completion_copy").await, 1, "{}", test.name);
        assert_eq!(sent(&portal, "collection_notice").await, 0, "{}", test.name);
    }
}

/// Gives the permission again on the page that asks for it.
async fn allow_again(portal: &Portal, person: &mut Person, stage: &Stage) {
    let page = person.get(&format!("/agreements/{}/automatic", stage.agreement)).await;
    let hosted = person.authorise(&page).await.expect("an answer");
    person.post(&hosted, &[("method", "approved"), ("button", "give")]).await;
    assert_eq!(portal.number("select count(*) from mandates where state = 'given'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_the_card_in_the_night_is_told_all_the_same() {
    let test = support::sqlite().await;
    let (stage, portal, mut person) = written_in_the_night(&test).await;
    allow_again(&portal, &mut person, &stage).await;
    let portal = in_the_morning(&test).await;
    assert_eq!(sent(&portal, "collection_notice").await, 1);
    let portal = on(&test, "2026-12-18T19:00:00Z").await;
    assert_eq!(stands(&tries(&portal).await), [(1, 1, "collected", "")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_and_allows_it_again_is_told_afresh_and_it_is_collected() {
    for test in support::both().await {
        let (stage, portal, mut person) = written_in_the_night(&test).await;
        stop(&portal, &mut person).await;
        allow_again(&portal, &mut person, &stage).await;
        // An instalment is looked at once a day.
        in_the_morning(&test).await;
        let portal = on(&test, "2026-12-05T16:00:00Z").await;
        portal.work().await;
        assert_eq!(
            (written(&portal, "collection_notice").await, sent(&portal, "collection_notice").await),
            (2, 1),
            "{}",
            test.name
        );
        assert!(body(&portal, "collection_notice").await.contains("Friday 18 December 2026"));
        let portal = on(&test, "2026-12-18T19:00:00Z").await;
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "collected", "")], "{}", test.name);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_try_ends_with_the_permission_and_so_does_the_message_that_announces_it() {
    let test = support::sqlite().await;
    let (stage, _) = announced(&test, Method::InsufficientFunds).await;
    // 3:00 in Denver on its day: the bank says no, and the day of the next try is written and waits.
    let portal = on(&test, "2026-12-18T10:00:00Z").await;
    assert_eq!(portal.word("select state from outbox where template = 'collection_retry'").await, "waiting");
    let mut person = portal.person(&stage.seeded).await;
    stop(&portal, &mut person).await;
    let portal = on(&test, "2026-12-18T19:00:00Z").await;
    portal.work().await;
    assert_eq!(sent(&portal, "collection_retry").await, 0);
    assert_eq!(
        stands(&tries(&portal).await),
        [(1, 1, "declined", "insufficient_funds"), (1, 2, "not_collected", "mandate_gone")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pays_everything_in_the_night_is_not_reminded_in_the_morning() {
    let test = support::sqlite().await;
    let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2027, 2, 18)], 5_000).await;
    // 3:00 in Denver, three days before.
    let portal = on(&test, "2026-12-15T10:00:00Z").await;
    assert_eq!(portal.word("select state from outbox where template = 'instalment_reminder'").await, "waiting");
    let mut person = portal.person(&stage.seeded).await;
    let page = person.reach_sandbox(&stage.seeded.account_id, "agreement", "").await;
    person.pay_by(&page, "approved").await.assert_says("Paid: $100.00");
    let portal = on(&test, "2026-12-15T16:00:00Z").await;
    portal.work().await;
    assert_eq!((sent(&portal, "completion_copy").await, sent(&portal, "instalment_reminder").await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_whom_the_gate_has_not_let_go_does_not_send_what_was_withdrawn() {
    for (decided_at, state) in [("null", "not_sent"), ("1", "sending")] {
        let test = support::sqlite().await;
        let (_, portal, mut person) = written_in_the_night(&test).await;
        let claimed =
            format!("update outbox set state = 'sending', decided_at = {decided_at} where template = 'collection_notice'");
        sqlx::query(sqlx::AssertSqlSafe(claimed)).execute(test.db.pool()).await.expect("a sender has it");
        stop(&portal, &mut person).await;
        assert_eq!(portal.word("select state from outbox where template = 'collection_notice'").await, state);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_was_withdrawn_is_not_printed_and_counts_as_sent_where_it_was_printed_before() {
    for test in support::both().await {
        let by_post = SeedAccount { email: None, ..SeedAccount::default() };
        let stage = under_agreement(&test, by_post, &[DUE, date(2027, 2, 18)], 5_000).await;
        let portal = Portal::open(&test.url).await;
        allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
        let portal = on(&test, MORNING).await;
        portal.work().await;
        let in_queue = async || {
            let letters = print_queue::waiting(&portal.state, 10).await.expect("readable");
            letters
                .into_iter()
                .filter(|letter| letter.template == "collection_notice")
                .map(|letter| letter.outbox_id)
                .collect::<Vec<_>>()
        };
        let [letter] = in_queue().await.try_into().expect("one letter");
        let mut person = portal.person(&stage.seeded).await;
        stop(&portal, &mut person).await;
        assert_eq!(in_queue().await, Vec::<String>::new(), "{}", test.name);
        // Somebody had printed and posted it in between.
        assert_eq!(print_queue::done(&portal.state, &letter).await.expect("no failure"), Done::Printed, "{}", test.name);
        assert_eq!(sent(&portal, "collection_notice").await, 1, "{}", test.name);
    }
}
