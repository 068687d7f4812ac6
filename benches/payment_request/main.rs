//! What a payment request costs without the processor, beside a bare durable commit of the same rows, in SQLite with full
//! durability (`synchronous = full`).
//!
//!     cargo bench --features ssr --bench payment_request -- [PAYMENTS]
//!
//! `services::payments::start` is what stands behind "Pay now": it locks the account, reckons again what may be paid, records the
//! attempt with its job and its event, commits, asks the processor (which answers at once here), and records the answer in a second
//! transaction. Beside it the very same rows are written again under other names by one statement each and one commit, over a
//! connection with the same settings. Both take turns, so that other work on the machine and the disk meets both.
//!
//! The promise: at most 3 times the bare commit, by the median.

#![expect(clippy::float_arithmetic, reason = "what is measured here is no money")]

#[path = "../../tests/support/mod.rs"]
mod support;

mod at_once;

use at_once::AnswersAtOnce;
use evenkeel::domain::ids::{AccountId, CustomerId};
use evenkeel::domain::language::Language;
use evenkeel::domain::payment::Purpose;
use evenkeel::server::cli::open_state;
use evenkeel::server::config::Settings;
use evenkeel::server::ids;
use evenkeel::server::services::payments::{self, Decision, Started};
use evenkeel::server::state::AppState;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::seed::{self, SeedAccount, Seeded};

const PROMISED: f64 = 3.0;
/// Not counted: pages and statements are read for the first time.
const WARM_UP: usize = 20;

#[tokio::main]
async fn main() {
    let payments = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(500_usize);
    let test = support::sqlite().await;
    let mut settings = Settings::default();
    settings.set("database.url", &*test.url);
    settings.set("sandbox.enabled", "true");
    settings.set("sandbox.clock", "2026-11-20T18:00:00Z");
    let mut state = open_state(settings.check().expect("valid settings")).await.expect("the portal opens");
    state.processor = Some(Arc::new(AnswersAtOnce));
    let mut bare = SqliteConnectOptions::from_str(&test.url)
        .expect("an address")
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .expect("it opens");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..payments + WARM_UP {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let begun = Instant::now();
        start(&state, &seeded).await;
        let took = begun.elapsed();
        let begun = Instant::now();
        write_bare(&mut bare, &seeded).await.expect("the same rows");
        let bare_took = begun.elapsed();
        if number >= WARM_UP {
            ours.push(took);
            theirs.push(bare_took);
        }
    }
    let (ours, theirs) = (percentiles(ours), percentiles(theirs));
    println!("{payments} payments, each on an account of its own");
    for (what, [half, most]) in [("a payment request", ours), ("a bare commit of its rows", theirs)] {
        println!("{what:<26} p50 {:>7} µs   p95 {:>7} µs", half.as_micros(), most.as_micros());
    }
    let times = ours[0].as_secs_f64() / theirs[0].as_secs_f64();
    println!("{times:.2} times   promised at most {PROMISED:.1}: {}", if times <= PROMISED { "kept" } else { "missed" });
}

async fn start(state: &AppState, seeded: &Seeded) {
    let decision = Decision {
        customer: CustomerId(seeded.customer_id.clone()),
        account: AccountId(seeded.account_id.clone()),
        purpose: Purpose::Part,
        amount_minor: 5_000,
        key: ids::new_token(),
        language: Language::English,
        disclosed: None,
    };
    let started = payments::start(state, &decision).await.expect("no failure");
    assert!(matches!(started, Ok(Started::ToProcessor { .. })), "{started:?}");
}

/// Everything one payment request writes, once more: the payment, its job, its two events.
async fn write_bare(connection: &mut SqliteConnection, seeded: &Seeded) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin_with("begin immediate").await?;
    for sql in [
        "update accounts set version = version + 1 where id = $1",
        "insert into payments (id, reference, customer_id, account_id, agreement_id, purpose, amount_minor, discount_minor, currency,
           state, decline_reason, processor, processor_reference, hosted_page, decision_key, request_sha256, created_at, submitted_at,
           settled_at, next_check_at, checks)
         select 'bare' || id, 'bare' || reference, customer_id, account_id, agreement_id, purpose, amount_minor, discount_minor,
           currency, 'cancelled', decline_reason, processor, 'bare' || processor_reference, hosted_page, 'bare' || decision_key,
           request_sha256, created_at, submitted_at, settled_at, next_check_at, checks
         from payments where account_id = $1",
        "insert into jobs (id, kind, subject_id, once_key, run_at, leased_until, attempts, last_error, done_at, created_at)
         select 'bare' || id, kind, 'bare' || subject_id, 'bare' || once_key, run_at, leased_until, attempts, last_error, done_at,
           created_at
         from jobs where subject_id = (select id from payments where account_id = $1 and state = 'submitted')",
        "insert into events (id, at, actor_kind, actor_id, on_behalf_of, action, customer_id, account_id, subject_id, details)
         select 'bare' || id, at, actor_kind, actor_id, on_behalf_of, action, customer_id, account_id, subject_id, details
         from events where account_id = $1",
    ] {
        let written = sqlx::query(sql).bind(&seeded.account_id).execute(&mut *tx).await?;
        assert!(written.rows_affected() > 0, "{sql}");
    }
    tx.commit().await
}

/// The half, and 95 of a hundred.
fn percentiles(mut times: Vec<Duration>) -> [Duration; 2] {
    times.sort_unstable();
    [50, 95].map(|percent| times[times.len() * percent / 100])
}
