//! The real program, killed at each named step of giving money back, and of hearing that a bank took it back, and started again:
//! it went back once, in the books of both sides, with one letter about it.

use crate::crashes::{Server, free_port, number, settles, sign_in, until, word};
use crate::portal::Portal;
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::components::Paid;
use evenkeel::server::clock::Clock;
use evenkeel::server::crash_point::CrashPoint;
use evenkeel::server::ids;
use evenkeel::server::services::{books, corrections};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

/// How a process ends that dies at a named point.
const SIGABRT: i32 = 6;

/// How it becomes known, after the program was started again, what became of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// Whoever ordered it orders it again, under the same key.
    OrderedAgain,
    /// Nobody does anything, and the payment company's message is lost: the worker asks.
    WorkerAsks,
    /// The payment company tells it.
    MessageComes,
}

impl Then {
    /// Every way to each step. What the company never heard of it does not tell.
    fn after(point: CrashPoint) -> &'static [Then] {
        match point {
            CrashPoint::AfterRefundRecorded => &[Then::OrderedAgain, Then::WorkerAsks],
            _ => &[Then::OrderedAgain, Then::WorkerAsks, Then::MessageComes],
        }
    }
}

/// `evenkeel`, run to its end on this database.
fn run(test: &TestDb, arguments: &[&str], crash_at: Option<CrashPoint>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(arguments).env("EVENKEEL_DATABASE_URL", &test.url).env("EVENKEEL_SANDBOX_ENABLED", "true");
    if let Some(point) = crash_at {
        command.env("EVENKEEL_SANDBOX_CRASH_AT", point.name());
    }
    command.output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// A portal on real time, as the program itself runs it, and its customer's payments, all of them paid.
async fn given_payments(test: &TestDb, amounts: &[(&str, &str)]) -> (Portal, Seeded) {
    let portal = Portal::open_with(&test.url, &[("sandbox.clock", "real")]).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    for (purpose, amount) in amounts {
        let page = person.reach_sandbox(&seeded.account_id, purpose, amount).await;
        person.pay_by(&page, "approved").await.assert_says("Paid: $");
    }
    portal.work().await;
    (portal, seeded)
}

/// What must hold when everything is known: so much went back, in so many refunds, on both sides, each with its letter.
async fn assert_it_went_back(test: &TestDb, paid: i64, back: i64, refunds: i64, told: &str) {
    for (sql, expected) in [
        ("select count(*) from sandbox_refunds", refunds),
        ("select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_refunds where state = 'done'", back),
        ("select count(*) from reversals", refunds),
        ("select count(*) from reversals where state = 'succeeded'", refunds),
        ("select cast(sum(amount_minor) as bigint) from postings where book = 'processor'", paid - back),
        ("select count(*) from documents where kind = 'reversal_note'", refunds),
        ("select count(*) from outbox where template = 'reversal_note'", refunds),
        ("select count(*) from events where action = 'refund.decided'", refunds),
    ] {
        assert_eq!(number(test, sql).await, expected, "{told} on {}: {sql}", test.name);
    }
    assert_books_are_equal(test, told).await;
}

async fn assert_books_are_equal(test: &TestDb, told: &str) {
    assert_eq!(books::verify(&test.db).await.expect("readable").faults, Vec::new(), "{told} on {}", test.name);
    // A day on either side, so that midnight is no matter.
    let today = Clock::Real.real_now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let [from, to] = [today.yesterday(), today.tomorrow()].map(|day| day.expect("a day").to_string());
    let output = run(test, &["reconcile", "--from", &from, "--to", &to], None);
    assert_eq!(output.status.code(), Some(0), "{told} on {}: {}", test.name, said(&output));
    assert!(said(&output).contains("no difference"), "{told} on {}: {}", test.name, said(&output));
}

/// Waits until nothing about it is under way any more: no message to be delivered, no job that asks.
async fn comes_to_rest(test: &TestDb, told: &str) {
    let under_way = "select cast(count(*) as text) from
        (select id from sandbox_deliveries where delivered_at is null
         union all select id from jobs where kind = 'reconcile_refund' and done_at is null) under_way";
    until(test, under_way, "0", told).await;
}

async fn lose_messages(test: &TestDb) {
    sqlx::query("delete from sandbox_deliveries").execute(test.db.pool()).await.expect("lost");
}

/// The command dies; what it left is finished by the program that is started after it.
async fn refund_killed_at(test: &TestDb, point: CrashPoint, then: Then) {
    let told = format!("a refund killed at {}, then {then:?}", point.name());
    let (portal, _) = given_payments(test, &[("part", "50")]).await;
    drop(portal);
    let payment = word(test, "select reference from payments").await.expect("a payment");
    let order = ["refund", &payment, "--amount", "20.00", "--reason", "Wrong month", "--by", "Ines", "--once", "ticket 7"];
    let died = run(test, &order, Some(point));
    assert_eq!(died.status.signal(), Some(SIGABRT), "{told}: {}", said(&died));
    let asked = i64::from(point != CrashPoint::AfterRefundRecorded);
    assert_eq!(number(test, "select count(*) from reversals where state = 'created'").await, 1, "{told}");
    assert_eq!(number(test, "select count(*) from sandbox_refunds").await, asked, "{told}");
    assert_eq!(number(test, "select count(*) from documents where kind = 'reversal_note'").await, 0, "{told}");

    match then {
        Then::OrderedAgain => {
            let again = run(test, &order, None);
            assert_eq!(again.status.code(), Some(0), "{told}: {}", said(&again));
            assert!(said(&again).contains("has gone back. It was ordered before."), "{told}: {}", said(&again));
        }
        Then::WorkerAsks => lose_messages(test).await,
        Then::MessageComes => {}
    }
    let _server = Server::start(test, free_port(), None).await;
    settles(test, "partly_refunded", &told).await;
    comes_to_rest(test, &told).await;
    assert_it_went_back(test, 5_000, 2_000, 1, &told).await;
}

/// The customer presses "Have $15.00 back", which two payments give together, and the portal dies.
async fn having_back_killed_at(test: &TestDb, point: CrashPoint, then: Then) {
    let told = format!("having a credit back killed at {}, then {then:?}", point.name());
    let (portal, seeded) = given_payments(test, &[("part", "1190"), ("balance", "")]).await;
    let what = corrections::What::Correct { amount: "-15.00".into(), part: Paid::Principal };
    let decided = corrections::Decided { reason: "Interest waived".into(), by: "Ines".into(), key: ids::new_token() };
    corrections::book(&portal.state, &seeded.reference, &what, &decided).await.expect("no failure").expect("booked");
    drop(portal);

    let port = free_port();
    let mut server = Server::start(test, port, Some(point)).await;
    let mut person = sign_in(&server, &seeded.reference).await;
    let page = person.get(&format!("/account/{}", seeded.account_id)).await;
    page.assert_says("Have $15.00 back");
    let fields = ["account", "amount_minor", "key"].map(|name| (name, page.value_of(name)));
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let pressed = person.press("/api/have_back", &fields).await;
    assert!(pressed.is_err(), "{told}: answered {pressed:?}");
    server.dies().await;
    drop(server);
    // Both refunds are recorded before the first is asked for.
    let asked = i64::from(point != CrashPoint::AfterRefundRecorded);
    assert_eq!(number(test, "select count(*) from reversals where state = 'created'").await, 2, "{told}");
    assert_eq!(number(test, "select count(*) from sandbox_refunds").await, asked, "{told}");

    if then == Then::WorkerAsks {
        lose_messages(test).await;
    }
    let server = Server::start(test, port, None).await;
    if then == Then::OrderedAgain {
        // The same button on the page that was left open.
        let mut person = sign_in(&server, &seeded.reference).await;
        let place = person.press("/api/have_back", &fields).await.expect("an answer");
        assert!(place.contains("/payments/"), "{told}: led to {place}");
        person.get(&place).await.assert_says("went back to you on");
    }
    until(test, "select cast(count(*) as text) from reversals where state = 'succeeded'", "2", &told).await;
    comes_to_rest(test, &told).await;
    assert_it_went_back(test, 120_000, 1_500, 2, &told).await;
    let owed = "select cast(sum(amount_minor) as bigint) from postings where book = 'customer'";
    assert_eq!(number(test, owed).await, 0, "{told}");
}

/// A bank takes a payment back, and then it comes again; each time the portal dies while it hears of it.
async fn taken_back_killed_at(test: &TestDb, point: CrashPoint) {
    let told = format!("a chargeback killed at {}", point.name());
    let (portal, _) = given_payments(test, &[("part", "50")]).await;
    drop(portal);
    let payment = word(test, "select reference from payments").await.expect("a payment");
    for (happens, state, letters) in [("chargeback", "charged_back", 1), ("bring-back", "succeeded", 2)] {
        let happened = run(test, &["demo", "after", &payment, happens], None);
        assert_eq!(happened.status.code(), Some(0), "{told}: {}", said(&happened));
        Server::begin(test, free_port(), Some(point)).dies().await;
        let _server = Server::start(test, free_port(), None).await;
        settles(test, state, &told).await;
        comes_to_rest(test, &told).await;
        let notes = number(test, "select count(*) from documents where kind = 'reversal_note'").await;
        assert_eq!(notes, letters, "{told}, {happens} on {}", test.name);
        assert_books_are_equal(test, &told).await;
    }
}

/// The command dies before it asks, then the worker that asks in its place dies too.
async fn command_and_worker_killed(test: &TestDb) {
    let told = "a refund whose command died, and then its worker";
    let (portal, _) = given_payments(test, &[("part", "50")]).await;
    drop(portal);
    let payment = word(test, "select reference from payments").await.expect("a payment");
    let order = ["refund", &payment, "--amount", "20.00", "--reason", "Wrong month", "--by", "Ines"];
    let died = run(test, &order, Some(CrashPoint::AfterRefundRecorded));
    assert_eq!(died.status.signal(), Some(SIGABRT), "{told}: {}", said(&died));
    Server::begin(test, free_port(), Some(CrashPoint::AfterRefundAsked)).dies().await;
    assert_eq!(number(test, "select count(*) from sandbox_refunds").await, 1, "{told}");
    lose_messages(test).await;
    // The job is the dead worker's for a minute, which passes here at once.
    let passes = "update jobs set leased_until = 0 where kind = 'reconcile_refund' and done_at is null";
    assert_eq!(sqlx::query(passes).execute(test.db.pool()).await.expect("it passes").rows_affected(), 1, "{told}");
    let _server = Server::start(test, free_port(), None).await;
    settles(test, "partly_refunded", told).await;
    comes_to_rest(test, told).await;
    assert_it_went_back(test, 5_000, 2_000, 1, told).await;
}

/// Each on a database of its own, side by side: most of the time they wait for a job to fall due.
async fn side_by_side<F: Future<Output = ()> + Send + 'static>(each: impl IntoIterator<Item = F>) {
    each.into_iter().collect::<tokio::task::JoinSet<()>>().join_all().await;
}

/// Every step with every way on.
fn ways() -> impl Iterator<Item = (CrashPoint, Then)> {
    CrashPoint::OF_A_REFUND.into_iter().flat_map(|point| Then::after(point).iter().map(move |then| (point, *then)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_killed_at_any_step_goes_back_once() {
    side_by_side(ways().map(|(point, then)| async move { refund_killed_at(&support::sqlite().await, point, then).await })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_killed_at_any_step_goes_back_once_on_postgresql_too() {
    side_by_side(ways().map(|(point, then)| async move { refund_killed_at(&support::postgres().await, point, then).await }))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_had_back_goes_back_once_wherever_the_portal_is_killed() {
    side_by_side(ways().map(|(point, then)| async move { having_back_killed_at(&support::sqlite().await, point, then).await }))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_had_back_goes_back_once_on_postgresql_too() {
    side_by_side(ways().map(|(point, then)| async move { having_back_killed_at(&support::postgres().await, point, then).await }))
        .await;
}

/// The steps of hearing a message about money that went back.
const OF_HEARING: [CrashPoint; 3] =
    [CrashPoint::BeforeReportApplied, CrashPoint::BeforeReversalCommitted, CrashPoint::AfterReportCommitted];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_takes_back_is_booked_once_wherever_the_portal_is_killed() {
    for point in OF_HEARING {
        taken_back_killed_at(&support::sqlite().await, point).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_takes_back_is_booked_once_on_postgresql_too() {
    for point in OF_HEARING {
        taken_back_killed_at(&support::postgres().await, point).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_goes_back_once_where_its_worker_dies_after_its_command() {
    for test in support::both().await {
        command_and_worker_killed(&test).await;
    }
}
