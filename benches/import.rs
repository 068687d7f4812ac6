//! How fast accounts and their history come in, with how much memory, and how long others wait meanwhile.
//!
//!     cargo bench --features ssr --bench import -- [ACCOUNTS] [POSTINGS-PER-ACCOUNT]
//!
//! The files are invented (always the same), written to disk and imported by the program itself into a new SQLite
//! database, as an operator would. While it runs, another process (this one) writes a sign-in attempt every 20 ms.
//! The promise: 100,000 accounts with 1,000,000 postings in under 60 s on two cores, under 200 MB.

use evenkeel::server::import::invent::Invented;
use evenkeel::server::import::mapping::FileKind;
use evenkeel::server::store::Db;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const PROMISED: Duration = Duration::from_secs(60);
const PROMISED_KB: u64 = 200 * 1024;

struct Measured {
    elapsed: Duration,
    peak_kb: u64,
}

fn main() {
    let numbers: Vec<u32> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let accounts = numbers.first().copied().unwrap_or(100_000);
    let postings_per_account = numbers.get(1).copied().unwrap_or(10);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");

    let stop = Arc::new(AtomicBool::new(false));
    let others = runtime.spawn(write_beside(url.clone(), stop.clone()));
    let mut total = Duration::ZERO;
    let mut peak_kb = 0;
    for kind in [FileKind::Accounts, FileKind::Transactions] {
        let balance_date = jiff::civil::date(2026, 11, 20);
        let invented = Invented { kind, accounts, postings_per_account, balance_date };
        let measured = import(folder.path(), &url, &invented);
        let rows = u64::from(accounts) * if kind == FileKind::Accounts { 1 } else { u64::from(postings_per_account) };
        let milliseconds = u64::try_from(measured.elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
        println!(
            "{rows:>9} {:<12} {:>7} ms   {:>7} rows/s   {:>4} MB at most",
            kind.name(),
            milliseconds,
            rows * 1000 / milliseconds,
            measured.peak_kb / 1024
        );
        total += measured.elapsed;
        peak_kb = peak_kb.max(measured.peak_kb);
    }
    stop.store(true, Ordering::Relaxed);
    let (writes, longest, over) = runtime.block_on(others).expect("the other writer");
    println!(
        "{writes} writes of another process meanwhile: the slowest waited {} ms, {over} waited over 500 ms",
        longest.as_millis()
    );
    let verdict = |kept: bool| match kept {
        _ if accounts != 100_000 => "nothing, for another number of accounts",
        true => "kept",
        false => "missed",
    };
    println!("together {} ms   promised under {} ms: {}", total.as_millis(), PROMISED.as_millis(), verdict(total < PROMISED));
    println!("{} MB at most   promised under {} MB: {}", peak_kb / 1024, PROMISED_KB / 1024, verdict(peak_kb < PROMISED_KB));
}

fn import(folder: &Path, url: &str, invented: &Invented) -> Measured {
    let file = folder.join(invented.name());
    let mapping = file.with_extension("toml");
    std::io::copy(&mut invented.reader(), &mut std::fs::File::create(&file).expect("a file")).expect("written");
    std::fs::write(&mapping, invented.mapping_text()).expect("a mapping");
    let started = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["import", invented.kind.name()])
        .arg(&file)
        .arg("--mapping")
        .arg(&mapping)
        .arg("--json")
        .env("EVENKEEL_DATABASE_URL", url)
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut peak_kb = 0;
    let status = loop {
        peak_kb = peak_kb.max(peak_of(program.id()).unwrap_or(0));
        match program.try_wait().expect("the program can be waited for") {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    assert!(status.success(), "the import failed: {status}");
    Measured { elapsed: started.elapsed(), peak_kb }
}

/// The largest resident size so far, in kB.
fn peak_of(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Writes, as sign-in does, until asked to stop; returns how often, the longest wait, and how many waited over 500 ms.
async fn write_beside(url: String, stop: Arc<AtomicBool>) -> (u32, Duration, u32) {
    let db = Db::connect(&url, 2).await.expect("the database opens");
    db.migrate().await.expect("the database migrates");
    let (mut writes, mut longest, mut over) = (0_u32, Duration::ZERO, 0);
    while !stop.load(Ordering::Relaxed) {
        let started = Instant::now();
        let mut tx = db.begin_write().await.expect("begins");
        sqlx::query("insert into sign_in_attempts (id, subject, at, outcome) values ($1, 'bench', 0, 'refused')")
            .bind(writes.to_string())
            .execute(&mut *tx)
            .await
            .expect("writes");
        tx.commit().await.expect("commits");
        let waited = started.elapsed();
        longest = longest.max(waited);
        over += u32::from(waited > Duration::from_millis(500));
        writes += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (writes, longest, over)
}
