//! How much memory the portal takes while a customer uploads 10 MB, on SQLite.
//!
//!     cargo bench --features ssr --bench evidence
//!
//! The server runs as a program of its own, as in life. What counts is the memory it takes for itself (`RssAnon`), looked at every
//! half millisecond: pages of its own file that are read for the first time belong to whoever runs any code. Files come as a browser sends
//! them, one after the other; the first one is told apart because everything is done for the first time then.
//!
//! The promise: under 20 MB for each.

#[path = "../../tests/support/mod.rs"]
mod support;

use evenkeel::server::clock::Clock;
use evenkeel::server::config::Settings;
use evenkeel::server::security::sessions::{CUSTOMER_ID, DatabaseSessions, Limits, session_cookie_name};
use std::collections::HashMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::seed::{self, SeedAccount, Seeded};
use support::{TestDb, sqlite};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

const PROMISED_KB: u64 = 20_000;
const FILE_BYTES: usize = 10_000_000;
const UPLOADS: usize = 5;
const STARTS_WITHIN: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() {
    let test = sqlite().await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let server = Server::start(&test);
    let browser = Browser::of(&server, &test, &seeded).await;
    let case = browser.begin_case(&seeded.account_id).await;
    let boundary = "form-of-a-browser";
    let body = form(boundary, &photo());
    for upload in 1..=UPLOADS {
        let before = own_memory_kb(server.child.id()).expect("it runs");
        let (peak_kb, took) = browser.upload(&server, &case, boundary, body.clone()).await;
        let taken = peak_kb.saturating_sub(before);
        let verdict = if taken < PROMISED_KB { "kept" } else { "missed" };
        println!(
            "file {upload} of 10 MB: {} kB more than before (from {before} kB)   {} ms   promised under {PROMISED_KB} kB: {verdict}",
            taken,
            took.as_millis()
        );
    }
}

/// The program, ended when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    fn start(test: &TestDb) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let address = format!("http://localhost:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .arg("serve")
            .envs([("EVENKEEL_DATABASE_URL", test.url.as_str()), ("EVENKEEL_SERVER_PUBLIC_URL", &address)])
            .envs([("EVENKEEL_SANDBOX_ENABLED", "true"), ("EVENKEEL_SERVER_PORT", &port.to_string())])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < STARTS_WITHIN, "the server does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Server { child, address }
    }
}

struct Browser {
    client: reqwest::Client,
    cookie: String,
    address: String,
}

impl Browser {
    /// Of the customer of an account, signed in.
    async fn of(server: &Server, test: &TestDb, seeded: &Seeded) -> Browser {
        let mut settings = Settings::default();
        settings.set("sandbox.enabled", "true");
        settings.set("server.public_url", &*server.address);
        let config = settings.check().expect("valid settings");
        let sessions = DatabaseSessions { db: test.db.clone(), clock: Clock::Real, limits: Limits::of(&config) };
        let data = HashMap::from([(CUSTOMER_ID.to_owned(), serde_json::Value::from(seeded.customer_id.as_str()))]);
        let mut session = Record { id: Id::default(), data, expiry_date: time::OffsetDateTime::UNIX_EPOCH };
        sessions.create(&mut session).await.expect("a session");
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let cookie = format!("{}={}", session_cookie_name(&config), session.id);
        Browser { client, cookie, address: server.address.clone() }
    }

    fn with_headers(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin")
    }

    /// Tells that something has changed, and comes where files are added.
    async fn begin_case(&self, account: &str) -> String {
        let told = [("account", account), ("reason", "illness")];
        let saved = self.with_headers(self.client.post(format!("{}/api/save_hardship", self.address))).form(&told).send().await;
        assert!(saved.expect("an answer").status().is_redirection(), "it is kept");
        let check = self.with_headers(self.client.get(format!("{}/account/{account}/hardship/check", self.address))).send().await;
        let page = check.expect("an answer").text().await.expect("a page");
        let (_, case) = page.split_once("action=\"/evidence/").expect("a form for files");
        case.split('"').next().expect("its case").to_owned()
    }

    /// Uploads it; says the most memory seen meanwhile, in kB, and how long it took.
    async fn upload(&self, server: &Server, case: &str, boundary: &str, body: Vec<u8>) -> (u64, Duration) {
        let (stop, process) = (Arc::new(AtomicBool::new(false)), server.child.id());
        let watched = stop.clone();
        let watcher = std::thread::spawn(move || {
            let mut peak = 0;
            while !watched.load(Ordering::Relaxed) {
                peak = peak.max(own_memory_kb(process).unwrap_or(0));
                std::thread::sleep(Duration::from_micros(500));
            }
            peak
        });
        let begun = Instant::now();
        let request = self.client.post(format!("{}/evidence/{case}", self.address));
        let request = request.header("content-type", format!("multipart/form-data; boundary={boundary}"));
        let answer = self.with_headers(request).body(body).send().await.expect("an answer");
        let took = begun.elapsed();
        stop.store(true, Ordering::Relaxed);
        let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        assert!(answer.status().is_redirection() && !to.contains("again="), "{} {to}", answer.status());
        (watcher.join().expect("it watched"), took)
    }
}

/// The memory a program takes for itself, in kB.
fn own_memory_kb(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// A photo as large as is taken: nobody decodes it, so what it shows is noise.
fn photo() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    bytes.extend([&[0xff, 0xdb, 0, 67, 0][..], &[1; 64]].concat());
    bytes.extend([0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    bytes.extend([&[0xff, 0xc4, 0, 19, 0][..], &[0; 16]].concat());
    bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
    let mut noise = 0x2545_f491_u32;
    while bytes.len() < FILE_BYTES - 2 {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        // No byte of it begins a marker.
        bytes.push(noise.to_le_bytes()[1] & 0x7f);
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}

fn form(boundary: &str, file: &[u8]) -> Vec<u8> {
    let field = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"back\"\r\n\r\n/account\r\n");
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n"
    );
    let end = format!("\r\n--{boundary}--\r\n");
    [field.as_bytes(), head.as_bytes(), file, end.as_bytes()].concat()
}
