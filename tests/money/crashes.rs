//! The real program, killed at each named step of a payment and started again: the books equal the processor's.

use crate::portal::{PATIENCE, Person};
use crate::support::seed::{self, SeedAccount};
use crate::support::{self, TestDb};
use evenkeel::server::crash_point::CrashPoint;
use evenkeel::server::processors::connection;
use evenkeel::server::services::books;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `evenkeel serve` on a free port; killed when dropped.
pub struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already, which is what these tests are about.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    /// Started, and perhaps dead before it ever answers.
    pub fn begin(test: &TestDb, port: u16, crash_at: Option<CrashPoint>) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        command
            .arg("serve")
            .env("EVENKEEL_DATABASE_URL", &test.url)
            .env("EVENKEEL_SANDBOX_ENABLED", "true")
            .env("EVENKEEL_WORKER_POLL_SECONDS", "1")
            .env("PORT", port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(point) = crash_at {
            command.env("EVENKEEL_SANDBOX_CRASH_AT", point.name());
        }
        Server { child: command.spawn().expect("it starts"), address: format!("http://localhost:{port}") }
    }

    /// Started, and answering.
    pub async fn start(test: &TestDb, port: u16, crash_at: Option<CrashPoint>) -> Server {
        let server = Server::begin(test, port, crash_at);
        let client = connection::plain().build().expect("a client");
        let begun = Instant::now();
        while client.get(format!("{}/readyz", server.address)).send().await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "the portal does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }

    fn has_died(&mut self) -> bool {
        self.child.try_wait().expect("known").is_some()
    }

    pub async fn dies(&mut self) {
        let begun = Instant::now();
        while !self.has_died() {
            assert!(begun.elapsed() < PATIENCE, "it did not crash where it was told to");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port()
}

pub async fn sign_in(server: &Server, reference: &str) -> Person {
    let mut person = Person::at(&server.address);
    let fields = [
        ("reference", reference),
        ("birth_date_day", "29"),
        ("birth_date_month", "2"),
        ("birth_date_year", "1980"),
        ("postal_code", "80276"),
    ];
    person.press("/api/sign_in", &fields).await.expect("signed in");
    person
}

pub async fn word(test: &TestDb, sql: &'static str) -> Option<String> {
    sqlx::query_scalar(sql).fetch_optional(test.db.pool()).await.expect("readable")
}

pub async fn number(test: &TestDb, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(test.db.pool()).await.expect("readable")
}

/// Time passes while no process of ours lives: what a dead one had claimed is free again, and what was to be tried later is due.
pub async fn time_passes(test: &TestDb) {
    for sql in [
        "update jobs set run_at = 1, leased_until = null where done_at is null",
        "update sandbox_deliveries set deliver_at = 1, leased_until = null where delivered_at is null",
    ] {
        sqlx::query(sql).execute(test.db.pool()).await.expect("it is later");
    }
}

/// Waits, as long as the background work may take, until a query finds this.
pub async fn until(test: &TestDb, sql: &'static str, expected: &str, told: &str) {
    let begun = Instant::now();
    loop {
        let found = word(test, sql).await;
        if found.as_deref() == Some(expected) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{told}: still {found:?} on {}", test.name);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until the newest payment is in this state.
pub async fn settles(test: &TestDb, state: &str, told: &str) {
    until(test, "select state from payments order by created_at desc limit 1", state, told).await;
}

async fn killed_at(test: &TestDb, point: CrashPoint) {
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let port = free_port();
    let mut server = Server::start(test, port, Some(point)).await;
    let mut person = sign_in(&server, &seeded.reference).await;
    let check = person.choose(&seeded.account_id, "part", "50").await;
    let before_the_page = match point {
        CrashPoint::AfterAttemptRecorded | CrashPoint::AfterProcessorAsked | CrashPoint::AfterAnswerRecorded => true,
        // The processor's answer is a report too.
        CrashPoint::BeforeReportCommitted => true,
        CrashPoint::BeforeReportApplied | CrashPoint::AfterReportCommitted => false,
        CrashPoint::AfterMandateRecorded
        | CrashPoint::AfterMandateAsked
        | CrashPoint::AfterCollectionRecorded
        | CrashPoint::AfterCollectionAsked
        | CrashPoint::AfterRefundRecorded
        | CrashPoint::AfterRefundAsked
        | CrashPoint::BeforeReversalCommitted => panic!("no step of a payment"),
    };
    let pressed = person.pay_now(&check).await;
    if before_the_page {
        assert!(pressed.is_err(), "{} answered {pressed:?}", point.name());
        server.dies().await;
    } else {
        // The person pays; the sandbox's webhook meets the crash.
        let page = pressed.expect("an answer");
        person.press(&page, &[("method", "approved"), ("button", "pay")]).await.expect("an answer");
        server.dies().await;
    }
    drop(server);
    if !before_the_page {
        time_passes(test).await;
    }

    // Started again, the person presses the same button once more and goes on where they were.
    let server = Server::start(test, port, None).await;
    assert_eq!(number(test, "select count(*) from payments").await, 1, "{}", point.name());
    let mut person = sign_in(&server, &seeded.reference).await;
    if before_the_page {
        let place = person.pay_now(&check).await.expect("an answer");
        assert!(place.contains("/payments/"), "{}: led to {place}", point.name());
        if point == CrashPoint::AfterAttemptRecorded {
            // The processor never heard of it: nothing can have been taken, and the person is told what is known.
            person.get(&place).await.assert_says("We do not know yet whether they have it");
            let reference = word(test, "select reference from payments").await.expect("a payment");
            person.post("/api/cancel_payment", &[("reference", &reference)]).await.assert_says("was not made");
            let check = person.choose(&seeded.account_id, "part", "50").await;
            let page = person.pay_now(&check).await.expect("an answer");
            person.press(&page, &[("method", "approved"), ("button", "pay")]).await.expect("an answer");
        } else {
            // Looking at the payment asks the processor, which has a page open for it.
            person.get(&place).await.assert_says("Go on to the payment page");
            let page = word(test, "select hosted_page from payments").await.expect("a page");
            person.press(&page, &[("method", "approved"), ("button", "pay")]).await.expect("an answer");
        }
    }
    settles(test, "succeeded", point.name()).await;
    assert_eq!(books::verify(&test.db).await.expect("readable").faults, Vec::new(), "{}", point.name());
    let charged = "select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_charges where state = 'succeeded'";
    assert_eq!(number(test, charged).await, 5_000, "{}", point.name());
    let booked = "select cast(coalesce(sum(amount_minor), 0) as bigint) from postings where book = 'processor'";
    assert_eq!(number(test, booked).await, 5_000, "{}", point.name());
    assert_eq!(number(test, "select count(*) from documents where kind = 'receipt'").await, 1, "{}", point.name());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_the_books_equal_the_processors() {
    for point in CrashPoint::OF_A_PAYMENT {
        killed_at(&support::sqlite().await, point).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_on_postgresql_too() {
    for point in CrashPoint::OF_A_PAYMENT {
        killed_at(&support::postgres().await, point).await;
    }
}

/// Presses "Pay now", or pays on the sandbox's page, and pulls the plug from outside so much later, wherever the program is.
async fn killed_after(test: &TestDb, delay: Duration, while_paying: bool) {
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let port = free_port();
    let mut server = Server::start(test, port, None).await;
    let mut person = sign_in(&server, &seeded.reference).await;
    let check = person.choose(&seeded.account_id, "part", "50").await;
    let page = if while_paying { Some(person.pay_now(&check).await.expect("an answer")) } else { None };
    let mut pressing = person.clone();
    let (pressed, ()) = tokio::join!(
        async {
            match &page {
                Some(page) => pressing.press(page, &[("method", "approved"), ("button", "pay")]).await,
                None => pressing.pay_now(&check).await,
            }
        },
        async {
            tokio::time::sleep(delay).await;
            // SIGKILL: nothing is finished, nothing is flushed.
            server.child.kill().expect("killed");
        }
    );
    drop(server);
    time_passes(test).await;

    let server = Server::start(test, port, None).await;
    let told = format!("killed {} ms after the press, which led to {pressed:?}, on {}", delay.as_millis(), test.name);
    let mut person = sign_in(&server, &seeded.reference).await;
    // They press again what they had pressed. Same decision: whatever was begun is gone on with.
    let place = person.pay_now(&check).await.expect("an answer");
    let shown = if place.contains("/payments/") { Some(person.get(&place).await) } else { None };
    if shown.is_some_and(|shown| shown.body.contains("We do not know yet whether they have it")) {
        let reference = word(test, "select reference from payments").await.expect("a payment");
        person.post("/api/cancel_payment", &[("reference", &reference)]).await.assert_says("was not made");
        let check = person.choose(&seeded.account_id, "part", "50").await;
        person.pay_now(&check).await.expect("an answer");
    }
    let open = word(test, "select hosted_page from payments where state = 'submitted'").await;
    if let Some(page) = open {
        // Where the sandbox has it paid already, its page is closed and leads back.
        person.press(&page, &[("method", "approved"), ("button", "pay")]).await.expect("an answer");
    }
    settles(test, "succeeded", &told).await;
    assert_eq!(books::verify(&test.db).await.expect("readable").faults, Vec::new(), "{told}");
    for sql in [
        "select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_charges where state = 'succeeded'",
        "select cast(coalesce(sum(amount_minor), 0) as bigint) from postings where book = 'processor'",
    ] {
        assert_eq!(number(test, sql).await, 5_000, "{told}");
    }
    assert_eq!(number(test, "select count(*) from documents where kind = 'receipt'").await, 1, "{told}");
}

/// Milliseconds from the press to the plug: a press takes some ten.
const DELAYS: [u64; 8] = [0, 2, 4, 6, 9, 13, 20, 40];

/// The person presses "Pay now" in one half and pays on the processor's page in the other. Both halves run side by side.
#[tokio::test(flavor = "multi_thread")]
async fn killed_from_outside_at_any_moment_nothing_is_charged_twice_or_lost() {
    for delay in DELAYS.map(Duration::from_millis) {
        let (pressing, paying) = (support::sqlite().await, support::sqlite().await);
        tokio::join!(killed_after(&pressing, delay, false), killed_after(&paying, delay, true));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_from_outside_at_any_moment_on_postgresql_too() {
    for delay in DELAYS.map(Duration::from_millis) {
        let (pressing, paying) = (support::postgres().await, support::postgres().await);
        tokio::join!(killed_after(&pressing, delay, false), killed_after(&paying, delay, true));
    }
}

#[test]
fn a_crash_point_outside_sandbox_mode_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("serve")
        .env("EVENKEEL_SANDBOX_CRASH_AT", CrashPoint::AfterAttemptRecorded.name())
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("sandbox.crash_at"));
}
