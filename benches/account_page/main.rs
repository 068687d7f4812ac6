//! What the account page costs, signed in, with 100,000 accounts in SQLite, beside a bare handler that says the same.
//!
//!     cargo bench --features ssr --bench account_page -- [ACCOUNTS] [SECONDS]
//!
//! The portal is the program as people install it (`evenkeel serve`), with a database of its own invented accounts, each
//! with ten lines of history. Beside it stands [`bare`]: axum, sqlx and maud, nothing else, reading the same rows from the
//! same database for the same sessions. That both say the same is checked before anything is measured: the text and the
//! links of both pages must be equal (our two drawings apart, which the bare handler is spared).
//!
//! Each server is a process of its own. This process signs fifty customers in over HTTP and then asks for their pages over
//! sixteen connections, as fast as they are answered; it shares the two cores, but its own CPU time does not count.
//! Responses are not compressed, because compressing would cost both the same and hide the difference; what our page costs
//! as browsers ask for it, compressed, is printed too.
//!
//! The promise: at least 0.6 of the bare handler in CPU time per request and in requests per second; p99 under 25 ms.

#![expect(clippy::float_arithmetic, reason = "what is measured here is no money")]

mod bare;
mod load;
mod portal;
mod same;

use load::{Load, Tally};
use portal::Portal;
use std::process::ExitCode;
use std::time::Duration;

const PROMISED_SHARE: f64 = 0.6;
const PROMISED_P99: Duration = Duration::from_millis(25);
const WARM_UP: Duration = Duration::from_secs(3);

/// The servers take turns, so that other work on the machine meets both.
const TURNS: u32 = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [command, url] = arguments.as_slice()
        && command == bare::COMMAND
    {
        bare::serve(url);
        return ExitCode::SUCCESS;
    }
    let numbers: Vec<u32> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let accounts = numbers.first().copied().unwrap_or(100_000);
    let duration = Duration::from_secs(numbers.get(1).copied().unwrap_or(10).into());
    measure(accounts, duration);
    ExitCode::SUCCESS
}

fn measure(accounts: u32, duration: Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let portal = Portal::with_accounts(folder.path(), accounts);
    let (server, bare) = (portal.start(), portal.start_bare());
    let sessions = runtime.block_on(portal.sign_in_some(&server));
    runtime.block_on(same::check(&server, &bare, &sessions));
    println!("{accounts} accounts, {} customers signed in, 16 connections, {} s each", sessions.len(), duration.as_secs());

    let plain = Load { sessions: &sessions, compressed: false };
    let browsers = Load { sessions: &sessions, compressed: true };
    let [mut ours, mut compressed, mut theirs] = [(); 3].map(|()| Tally::default());
    runtime.block_on(async {
        plain.put_on(&server, WARM_UP, &mut Tally::default()).await;
        plain.put_on(&bare, WARM_UP, &mut Tally::default()).await;
        for _ in 0..TURNS {
            plain.put_on(&server, duration / TURNS, &mut ours).await;
            plain.put_on(&bare, duration / TURNS, &mut theirs).await;
            browsers.put_on(&server, duration / TURNS, &mut compressed).await;
        }
    });
    print("account page", &mut ours);
    print("bare axum, sqlx and maud", &mut theirs);
    print("account page, compressed", &mut compressed);

    let cpu = theirs.cpu_milliseconds() / ours.cpu_milliseconds();
    let requests = ours.requests_per_second() / theirs.requests_per_second();
    let p99 = ours.percentile(99);
    promise("CPU time, bare : ours", format!("{cpu:.2}"), "at least 0.60", cpu >= PROMISED_SHARE);
    promise("requests per second, ours : bare", format!("{requests:.2}"), "at least 0.60", requests >= PROMISED_SHARE);
    promise("p99 of the account page", milliseconds(p99), "under 25 ms", p99 < PROMISED_P99);
}

fn print(name: &str, tally: &mut Tally) {
    println!(
        "{name:<26} {:>6.3} ms CPU   {:>6.0} requests/s   p50 {:>8}   p99 {:>8}   {:>6} bytes   other work on {:.1} cores",
        tally.cpu_milliseconds(),
        tally.requests_per_second(),
        milliseconds(tally.percentile(50)),
        milliseconds(tally.percentile(99)),
        tally.bytes(),
        tally.other_cores(),
    );
}

fn promise(what: &str, measured: String, promised: &str, kept: bool) {
    println!("{what:<34} {measured:>9}   promised {promised}: {}", if kept { "kept" } else { "missed" });
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1_000.0)
}
