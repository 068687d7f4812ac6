//! However an agreement comes to its end, nothing is collected under it any more: what was announced is closed, the permission
//! ends with it, and it does not come back to life when money goes back and the agreement is active again.

use crate::collecting::{DUE, DUE_DAY, NOTICE_DAY, SIGNED, Stage, allow, announced, on, post_goes_out, stands, tries};
use crate::collecting::{under_agreement, written};
use crate::portal::Portal;
use crate::support::seed::SeedAccount;
use crate::support::{self, TestDb};
use evenkeel::domain::components::Paid;
use evenkeel::server::ids;
use evenkeel::server::import::{DEFAULT_BATCH, Input, Mapping, Request, import};
use evenkeel::server::processors::sandbox::Method;
use evenkeel::server::services::corrections::{self, Decided, What};
use evenkeel::server::services::payments::{self, RefundOrder};
use jiff::civil::date;
use std::ops::ControlFlow;

async fn book(portal: &Portal, stage: &Stage, what: What) {
    let decided = Decided { reason: "A gesture".into(), by: "Ines".into(), key: ids::new_token() };
    corrections::book(&portal.state, &stage.seeded.reference, &what, &decided).await.expect("no failure").expect("booked");
}

const ALL_OF_IT: What = What::WriteOff { amount: None, part: None };

async fn run(test: &TestDb, sql: &'static str) {
    sqlx::query(sql).execute(test.db.pool()).await.expect("it is so");
}

/// A plan of two payments under a permission; the first was paid by hand, and then the rest of the debt was given up.
async fn paid_once_and_given_up(test: &TestDb) -> (Stage, Portal) {
    let stage = under_agreement(test, SeedAccount::default(), &[DUE, date(2026, 12, 30)], 15_000).await;
    let portal = Portal::open(&test.url).await;
    allow(&portal, test, &stage, Method::Approved, SIGNED).await;
    let mut person = portal.person(&stage.seeded).await;
    let page = person.reach_sandbox(&stage.seeded.account_id, "instalment", "").await;
    person.pay_by(&page, "approved").await.assert_says("Paid: $150.00");
    portal.work().await;
    book(&portal, &stage, ALL_OF_IT).await;
    (stage, portal)
}

/// All of the payment goes back, and the agreement is active again.
async fn give_back(portal: &Portal) {
    let order = RefundOrder {
        payment: portal.word("select reference from payments").await,
        amount: None,
        reason: "Charged twice elsewhere".into(),
        by: "Ines".into(),
        key: "one".into(),
    };
    payments::refund(&portal.state, &order).await.expect("no failure").expect("it goes back");
    portal.work().await;
    assert_eq!(portal.word("select state from agreements").await, "active");
}

async fn state_of_mandates(portal: &Portal) -> String {
    portal.word("select state || ' ' || coalesce(end_reason, '') from mandates order by created_at desc, id desc limit 1").await
}

/// Every day on which something might be announced or collected, with the post that goes out.
async fn days_go_by(test: &TestDb) -> Portal {
    for day in [NOTICE_DAY, "2026-12-15T19:00:00Z", DUE_DAY] {
        on(test, day).await;
        post_goes_out(test, day).await;
    }
    on(test, "2026-12-30T19:00:00Z").await
}

const COLLECTED: &str = "select count(*) from payments where purpose = 'collection'";

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_a_debt_completes_its_agreement_with_everything_that_belongs_to_it() {
    for test in support::both().await {
        let (stage, portal) = paid_once_and_given_up(&test).await;
        assert_eq!(portal.word("select state from agreements").await, "completed", "{}", test.name);
        assert_eq!(state_of_mandates(&portal).await, "ended agreement_ended", "{}", test.name);
        assert_eq!(portal.number("select count(*) from documents where kind = 'completion'").await, 1, "{}", test.name);
        portal.work().await;
        assert_eq!(portal.word("select state from sandbox_mandates").await, "ended", "the company is told: {}", test.name);
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/mandates/{}", portal.word("select reference from mandates").await)).await;
        page.assert_says("Your agreement was over on 20 November 2026");
        page.assert_never_says("The next one is");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_announced_is_closed_and_its_notice_does_not_leave_any_more() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        // The notice has not left yet.
        run(&test, "update outbox set state = 'waiting', not_before = 9999999999999 where template = 'collection_notice'").await;
        let portal = Portal::open_with(&test.url, &[("sandbox.clock", "2026-12-05T19:00:00Z")]).await;
        book(&portal, &stage, ALL_OF_IT).await;
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "not_collected", "agreement_ended")], "{}", test.name);
        assert_eq!(portal.word("select reason from outbox where template = 'collection_notice'").await, "withdrawn");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_open_is_closed_when_nothing_is_owed_any_more() {
    for (test, has_agreement) in support::both().await.into_iter().zip([true, false]) {
        let stage = under_agreement(&test, SeedAccount::default(), &[DUE], 15_000).await;
        if !has_agreement {
            run(&test, "update agreement_accounts set ended_at = 1").await;
            run(&test, "update agreements set state = 'broken', ended_at = 1").await;
        }
        let portal = Portal::open(&test.url).await;
        let mut person = portal.person(&stage.seeded).await;
        person.reach_sandbox(&stage.seeded.account_id, "balance", "").await;
        book(&portal, &stage, ALL_OF_IT).await;
        portal.work().await;
        assert_eq!(portal.word("select state from payments").await, "cancelled", "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_is_active_again_is_not_collected_until_its_customer_allows_it_anew() {
    for test in support::both().await {
        let (_, portal) = paid_once_and_given_up(&test).await;
        give_back(&portal).await;
        assert_eq!(state_of_mandates(&portal).await, "ended agreement_ended", "{}", test.name);
        drop(portal);
        let portal = days_go_by(&test).await;
        assert_eq!(portal.number(COLLECTED).await, 0, "{}", test.name);
        assert_eq!(written(&portal, "collection_notice").await, 0, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn allowed_anew_what_is_to_come_is_collected_and_what_went_back_is_no_part_of_it() {
    for test in support::both().await {
        let (stage, portal) = paid_once_and_given_up(&test).await;
        give_back(&portal).await;
        // As much is owed again as the agreement is about.
        book(&portal, &stage, What::Correct { amount: "150.00".into(), part: Paid::Principal }).await;
        let mut person = portal.person(&stage.seeded).await;
        let page = person.get(&format!("/agreements/{}/automatic", stage.agreement)).await;
        page.assert_says("It is one payment of $150.00 on 30 December 2026");
        // What was given back by decision is asked for by nobody, so it is not said to be paid by hand either.
        page.assert_never_says("$150.00 of the agreement");
        let hosted = person.authorise(&page).await.expect("an answer");
        let given = person.post(&hosted, &[("method", "approved"), ("button", "give")]).await;
        given.assert_says("The next one is $150.00, on Wednesday 30 December 2026.");
        drop(portal);
        let portal = days_go_by(&test).await;
        assert_eq!(portal.number(COLLECTED).await, 1, "{}", test.name);
        let as_said = [(1, 1, "not_collected", "paid_back"), (2, 1, "collected", "")];
        assert_eq!(stands(&tries(&portal).await), as_said, "{}", test.name);
        portal.assert_books_are_right().await;
    }
}

/// Whoever forgot to end it, or a copy that was put back: two more doors are shut.
#[tokio::test(flavor = "multi_thread")]
async fn a_permission_of_an_earlier_life_is_ended_when_the_agreement_is_active_again_and_never_collected_under() {
    const FORGOTTEN: &str = "update mandates set state = 'given', end_reason = null, settled_at = null";
    for test in support::both().await {
        let (_, portal) = paid_once_and_given_up(&test).await;
        run(&test, FORGOTTEN).await;
        give_back(&portal).await;
        assert_eq!(state_of_mandates(&portal).await, "ended agreement_ended", "{}", test.name);
        run(&test, FORGOTTEN).await;
        drop(portal);
        let portal = days_go_by(&test).await;
        assert_eq!(portal.number(COLLECTED).await, 0, "{}", test.name);
        assert_eq!(written(&portal, "collection_notice").await, 0, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permissions_page_says_no_more_than_is_owed() {
    let test = support::sqlite().await;
    let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2026, 12, 30)], 15_000).await;
    let portal = Portal::open(&test.url).await;
    allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
    let mut person = portal.person(&stage.seeded).await;
    let page = format!("/mandates/{}", portal.word("select reference from mandates").await);
    person.get(&page).await.assert_says("The next one is $150.00, on Friday 18 December 2026.");
    book(&portal, &stage, What::Correct { amount: "-1180.00".into(), part: Paid::Principal }).await;
    person.get(&page).await.assert_says("The next one is $20.00, on Friday 18 December 2026.");
}

/// The creditor's next file says that nothing is owed, and its figures lead.
async fn creditor_says_nothing_is_owed(test: &TestDb, portal: &Portal, stage: &Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("accounts.csv");
    let row = format!("{},0.00,0.00,2026-11-21", stage.seeded.reference);
    std::fs::write(&file, format!("reference,balance,past_due,day\n{row}\n")).expect("a file");
    let mapping = format!("{}leads = \"creditor\"\n", crate::recalls::ACCOUNTS);
    let mapping = mapping.replace("oldest_unpaid_due_date = \"2026-10-01\"\n", "");
    let request = Request {
        input: Input::File(file),
        mapping: Mapping::parse(&mapping).expect("a mapping"),
        dry_run: false,
        rejects: None,
        shift_months: 0,
        now: portal.state.clock.now(),
        batch: DEFAULT_BATCH,
    };
    let summary = import(&test.db, request, |_| ControlFlow::Continue(())).await.expect("the import runs");
    assert_eq!((summary.updated, summary.rejected), (1, 0), "{:?}", summary.faults_by_code);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_owed_by_the_creditors_own_figures_completes_the_agreement_too() {
    for test in support::both().await {
        let stage = under_agreement(&test, SeedAccount::default(), &[DUE, date(2026, 12, 30)], 15_000).await;
        drop(Portal::open(&test.url).await);
        let portal = Portal::open_with(&test.url, &[("sandbox.clock", "2026-11-23T18:00:00Z")]).await;
        allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
        creditor_says_nothing_is_owed(&test, &portal, &stage).await;
        // Before anybody has looked at the agreement.
        let mut person = portal.person(&stage.seeded).await;
        let page = format!("/mandates/{}", portal.word("select reference from mandates").await);
        let shown = person.get(&page).await;
        shown.assert_never_says("The next one is");
        shown.assert_says("Nothing is owed at the moment, so nothing is collected.");
        portal.work().await;
        assert_eq!(portal.word("select state from agreements").await, "completed", "{}", test.name);
        assert_eq!(state_of_mandates(&portal).await, "ended agreement_ended", "{}", test.name);
        assert_eq!(portal.number("select count(*) from documents where kind = 'completion'").await, 1, "{}", test.name);
        person.get(&page).await.assert_says("Your agreement was over on 23 November 2026");
    }
}
