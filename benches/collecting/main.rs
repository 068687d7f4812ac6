//! How fast due instalments are collected by two processes on one PostgreSQL, and that none is collected twice when they are killed.
//!
//!     cargo bench --features ssr --bench collecting -- [INSTALMENTS]
//!
//! A PostgreSQL of its own with full durability; so many customers, each with an agreement of which an instalment is due today and a
//! permission given yesterday at the sandbox processor, which pays. Two `evenkeel worker` collect them; one after the other is
//! killed five times on the way (SIGKILL) and started again. Counted is from the first worker's start until everything is
//! collected. At the end `evenkeel verify ledger` and `evenkeel reconcile` must find nothing, and no instalment may have two
//! charges.
//!
//! Promised is 0 collected twice; the rate is told.

#[path = "../../tests/support/cluster.rs"]
mod cluster;

use cluster::Cluster;
use evenkeel::server::store::Db;
use sqlx::{AssertSqlSafe, Executor};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const KILLS: usize = 5;
/// A worker that was killed leaves its job to others after a minute; no progress for longer than that is no progress.
const STUCK_AFTER: Duration = Duration::from_secs(600);
const TODAY: &str = "2026-12-01";
const NOW: &str = "2026-12-01T18:00:00Z";
/// A day before it, in milliseconds.
const YESTERDAY: i64 = 1_796_061_600_000;

#[tokio::main]
async fn main() -> ExitCode {
    let instalments: usize = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let cluster = Cluster::start();
    let admin = Db::connect(&format!("{}/postgres", cluster.url()), 1).await.expect("the cluster answers");
    admin.pool().execute("create database portal").await.expect("a database");
    admin.close().await;
    let url = format!("{}/portal", cluster.url());
    let db = Db::connect(&url, 2).await.expect("it opens");
    db.migrate().await.expect("it migrates");
    for statement in given(instalments) {
        sqlx::query(AssertSqlSafe(statement)).execute(db.pool()).await.expect("it is written");
    }
    sqlx::query("analyze").execute(db.pool()).await.expect("it is analysed");

    let begun = Instant::now();
    let mut workers = [start(&url), start(&url)];
    let (mut kills, mut last, mut moved_at) = (0, 0, Instant::now());
    let collected = loop {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let collected = count(&db, "select count(*) from payments where state = 'succeeded'").await;
        if collected > last {
            (last, moved_at) = (collected, Instant::now());
        }
        if collected >= instalments || moved_at.elapsed() > STUCK_AFTER {
            break collected;
        }
        if kills < KILLS && collected * (KILLS + 1) >= instalments * (kills + 1) {
            let one = &mut workers[kills % 2];
            one.kill().expect("killed");
            one.wait().expect("it ends");
            *one = start(&url);
            kills += 1;
        }
    };
    let seconds = begun.elapsed().as_secs().max(1);
    for worker in &mut workers {
        worker.kill().expect("killed");
        worker.wait().expect("it ends");
    }
    println!(
        "{collected} of {instalments} instalments collected in {seconds} s: {} a second, two workers, {kills} killed",
        collected as u64 / seconds
    );
    let twice = count(
        &db,
        "select count(*) from (select agreement_id, instalment_number from payment_allocations
           where applied_to = 'instalment' group by agreement_id, instalment_number having count(*) > 1) as twice",
    )
    .await;
    let charges = count(&db, "select count(*) from sandbox_charges where state = 'succeeded'").await;
    db.close().await;
    println!("{charges} charges at the processor, {twice} instalments collected twice");
    let commands: [&[&str]; 2] = [&["verify", "ledger"], &["reconcile", "--from", "2026-01-01", "--to", "2027-12-31"]];
    let is_right = commands.map(|arguments| command(&url, arguments).status().is_ok_and(|status| status.success()));
    let is_kept = twice == 0 && charges == instalments && collected == instalments && is_right == [true, true];
    println!("promised 0 collected twice, and all of them once: {}", if is_kept { "kept" } else { "missed" });
    if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn command(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command
        .args(arguments)
        .env("EVENKEEL_DATABASE_URL", url)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_SANDBOX_CLOCK", NOW)
        .env("EVENKEEL_WORKER_POLL_SECONDS", "1")
        .env("EVENKEEL_LOG_LEVEL", "error")
        .env_remove("DATABASE_URL");
    command
}

fn start(url: &str) -> Child {
    command(url, &["worker"]).stdout(Stdio::null()).spawn().expect("the worker starts")
}

async fn count(db: &Db, sql: &'static str) -> usize {
    let number: i64 = sqlx::query_scalar(sql).fetch_one(db.pool()).await.expect("a number");
    usize::try_from(number).expect("a number")
}

/// Everything that is there before, by PostgreSQL's own `generate_series`.
fn given(instalments: usize) -> Vec<String> {
    let each = format!("from generate_series(1, {instalments}) as n");
    vec![
        format!("insert into creditors (id, name, created_at) values ('creditor', 'Northgate Credit Union', {YESTERDAY})"),
        format!(
            "insert into customers (id, creditor_id, customer_reference, given_name, family_name, date_of_birth, postal_code,
               postal_code_normalised, time_zone, email, language, created_at, updated_at)
             select 'customer' || n, 'creditor', 'C' || n, 'Ada', 'Moreno', '1980-02-29', '80276', '80276', 'America/Denver', null, 'en',
               {YESTERDAY}, {YESTERDAY} {each}"
        ),
        format!(
            "insert into accounts (id, creditor_id, customer_id, reference, reference_normalised, product, currency, status,
               itemization_date, balance_at_itemization_minor, interest_since_minor, fees_since_minor, payments_since_minor,
               credits_since_minor, reported_balance_minor, reported_past_due_minor, reported_at, balance_date,
               oldest_unpaid_due_date, version, created_at, updated_at)
             select 'account' || n, 'creditor', 'customer' || n, 'NG-' || n, 'NG' || n, 'Credit card', 'USD', 'open', '2026-05-01', 60000,
               0, 0, 0, 0, 60000, 60000, {YESTERDAY}, '2026-11-30', '2026-10-01', 1, {YESTERDAY}, {YESTERDAY} {each}"
        ),
        format!(
            "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
             select 'opening' || n, 'opening', 'account' || n, null, {YESTERDAY}, '2026-11-30', 'imported', 'operator', 'opening:' || n {each}"
        ),
        format!(
            "insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
             select 'opening' || n, line, 'account' || n, book, 'principal', amount, 'USD'
             from generate_series(1, {instalments}) as n
             cross join (values (1, 'customer', 60000), (2, 'creditor', -60000)) as sides(line, book, amount)"
        ),
        format!(
            "insert into agreements (id, reference, customer_id, creditor_id, currency, kind, state, current_version, draft_id, created_at)
             select 'agreement' || n, 'AG-' || n, 'customer' || n, 'creditor', 'USD', 'plan', 'active', 1, 'draft' || n, {YESTERDAY} {each}"
        ),
        format!("insert into agreement_accounts (agreement_id, account_id) select 'agreement' || n, 'account' || n {each}"),
        format!(
            "insert into agreement_versions (agreement_id, number, policy_version, terms, terms_sha256, total_minor, signed_name,
               signed_at, signed_in_zone, language, consent_text_sha256, document_id)
             select 'agreement' || n, 1, 'p', '{{}}', 'x', 60000, 'Ada Moreno', {YESTERDAY}, 'America/Denver', 'en', 'x', 'd' {each}"
        ),
        format!(
            "insert into instalments (agreement_id, version, number, due_on, amount_minor)
             select 'agreement' || n, 1, number, due_on, 5000
             from generate_series(1, {instalments}) as n
             cross join (values (1, '{TODAY}'), (2, '2027-01-01')) as days(number, due_on)"
        ),
        format!(
            "insert into sandbox_mandates (id, idempotency_key, merchant_reference, currency, state, method, return_url, language,
               expires_at, created_at)
             select 'sbm_' || n, 'mandate' || n, 'MA-' || n, 'USD', 'given', 'webhook_never', '', 'en', {YESTERDAY}, {YESTERDAY} {each}"
        ),
        format!(
            "insert into mandates (id, reference, customer_id, account_id, agreement_id, agreement_version, currency, state, processor,
               processor_reference, mandate, decision_key, terms, shown_text, text_sha256, signed_name, language, created_at, given_at,
               checks)
             select 'mandate' || n, 'MA-' || n, 'customer' || n, 'account' || n, 'agreement' || n, 1, 'USD', 'given', 'sandbox',
               'sbm_' || n, 'sbm_' || n, 'mandate' || n, '{{}}', '', 'x', 'Ada Moreno', 'en', {YESTERDAY}, {YESTERDAY}, 0 {each}"
        ),
    ]
}
