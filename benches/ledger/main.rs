//! Whether the account page gets slower as the ledger grows, in SQLite.
//!
//!     cargo bench --features ssr --bench ledger -- [ACCOUNTS] [ENTRIES] [SECONDS]
//!
//! A portal with so many accounts, whose ledger has one entry for each, serves the pages of fifty customers who have signed in, as
//! the bench `account_page` asks for them. Then the ledger is filled up to ENTRIES with entries of two postings each on all other
//! accounts (the pages measured say the same before and after), and the same pages are asked for again, by a server that has
//! just started, as before. Filling takes some minutes and several gigabytes in the folder for temporary files.
//!
//! The promise: with 10,000,000 entries the page takes at most 1.2 times as long as with 100,000, by its median and by the
//! CPU time of the server.

#![expect(clippy::float_arithmetic, reason = "what is measured here is no money")]

#[expect(dead_code, reason = "the bench of the account page uses all of it")]
#[path = "../account_page/bare.rs"]
mod bare;
#[expect(dead_code, reason = "the bench of the account page uses all of it")]
#[path = "../account_page/load.rs"]
mod load;
#[expect(dead_code, reason = "the bench of the account page uses all of it")]
#[path = "../account_page/portal.rs"]
mod portal;

use evenkeel::server::store::Db;
use load::{Load, Tally};
use portal::{Portal, Server, Session};
use std::path::Path;
use std::time::{Duration, Instant};

const PROMISED: f64 = 1.2;
const WARM_UP: Duration = Duration::from_secs(3);
/// In one transaction.
const ENTRIES_AT_ONCE: u32 = 500_000;

fn main() {
    let numbers: Vec<u32> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let accounts = numbers.first().copied().unwrap_or(100_000);
    let entries = numbers.get(1).copied().unwrap_or(10_000_000);
    let duration = Duration::from_secs(numbers.get(2).copied().unwrap_or(10).into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let portal = Portal::with_accounts(folder.path(), accounts);
    let server = portal.start();
    let sessions = runtime.block_on(portal.sign_in_some(&server));
    let mut small = runtime.block_on(measure(&server, &sessions, duration));
    drop(server);
    print(&format!("{accounts} entries"), &mut small);

    let begun = Instant::now();
    runtime.block_on(fill(folder.path(), entries, &sessions));
    println!("filled up to {entries} entries in {} s", begun.elapsed().as_secs());
    let server = portal.start();
    let mut large = runtime.block_on(measure(&server, &sessions, duration));
    print(&format!("{entries} entries"), &mut large);

    let median = large.percentile(50).as_secs_f64() / small.percentile(50).as_secs_f64();
    let cpu = large.cpu_milliseconds() / small.cpu_milliseconds();
    for (what, times) in [("median", median), ("CPU time", cpu)] {
        let verdict = if times <= PROMISED { "kept" } else { "missed" };
        println!("{what:<10} {times:.2} times as long   promised at most {PROMISED:.1}: {verdict}");
    }
}

async fn measure(server: &Server, sessions: &[Session], duration: Duration) -> Tally {
    let load = Load { sessions, compressed: false };
    load.put_on(server, WARM_UP, &mut Tally::default()).await;
    let mut tally = Tally::default();
    load.put_on(server, duration, &mut tally).await;
    tally
}

/// Adds entries to every account whose page is not asked for, in turn, until there are so many. They sum to nothing on each.
async fn fill(folder: &Path, entries: u32, sessions: &[Session]) {
    let db = Db::connect(&format!("sqlite:{}", folder.join("bench.db").display()), 1).await.expect("the database opens");
    let asked: Vec<&str> = sessions.iter().filter_map(|session| session.page.rsplit('/').next()).collect();
    let run = async |sql: String| {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(db.pool()).await.expect("it is filled");
    };
    run("create table filling (position integer primary key, account_id text not null)".into()).await;
    run(format!(
        "insert into filling (account_id) select id from accounts where id not in ({})",
        asked.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ")
    ))
    .await;
    let there: i64 = sqlx::query_scalar("select count(*) from ledger_transactions").fetch_one(db.pool()).await.expect("a number");
    let mut done = u32::try_from(there).expect("a number");
    while done < entries {
        let (first, last) = (done + 1, (done + ENTRIES_AT_ONCE).min(entries));
        run(format!(
            "begin;
             create temporary table chunk as
               with recursive numbers(n) as (select {first} union all select n + 1 from numbers where n < {last})
               select printf('fill-%012d', n) as id, n, account_id,
                 case when (n / (select count(*) from filling)) % 2 = 0 then 100 else -100 end as minor
               from numbers join filling on position = 1 + n % (select count(*) from filling);
             insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
               select id, 'adjustment', account_id, null, 1795176000000 + n, '2026-11-20', 'filled', 'operator', id from chunk;
             insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
               select id, 1, account_id, 'customer', 'principal', minor, 'USD' from chunk;
             insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
               select id, 2, account_id, 'adjustment', 'principal', -minor, 'USD' from chunk;
             drop table chunk;
             commit"
        ))
        .await;
        done = last;
    }
    run("drop table filling".into()).await;
    db.close().await;
}

fn print(name: &str, tally: &mut Tally) {
    println!(
        "{name:<20} {:>6.3} ms CPU   {:>6.0} requests/s   p50 {:>6.1} ms   p99 {:>6.1} ms   other work on {:.1} cores",
        tally.cpu_milliseconds(),
        tally.requests_per_second(),
        tally.percentile(50).as_secs_f64() * 1_000.0,
        tally.percentile(99).as_secs_f64() * 1_000.0,
        tally.other_cores(),
    );
}
