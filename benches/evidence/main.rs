//! How much memory the portal takes while a customer uploads 10 MB: photos and PDFs, on SQLite and, where `EVENKEEL_TEST_POSTGRES` names
//! a cluster, on PostgreSQL.
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

mod files;

use evenkeel::server::clock::Clock;
use evenkeel::server::config::Settings;
use evenkeel::server::processors::connection;
use evenkeel::server::security::sessions::{CUSTOMER_ID, DatabaseSessions, Limits, session_cookie_name};
use std::collections::HashMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::seed::{self, SeedAccount, Seeded};
use support::{TestDb, postgres, sqlite};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

const PROMISED_KB: u64 = 20_000;
/// Of 50 MB a case takes: these four, and there is room for another.
const UPLOADS: usize = 4;
const STARTS_WITHIN: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() {
    measure(&sqlite().await).await;
    match has_cluster() {
        true => measure(&postgres().await).await,
        false => println!("PostgreSQL: not measured, EVENKEEL_TEST_POSTGRES is not set"),
    }
}

#[expect(clippy::disallowed_methods, reason = "the test cluster is no setting of the portal")]
fn has_cluster() -> bool {
    std::env::var("EVENKEEL_TEST_POSTGRES").is_ok()
}

/// Each kind has a server of its own: what one left in memory is not there for the next.
async fn measure(test: &TestDb) {
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    for (kind, name, file) in [("JPEG", "photo.jpg", files::photo()), ("PDF", "letter.pdf", files::letter())] {
        let server = Server::start(test);
        let browser = Browser::of(&server, test, &seeded).await;
        let case = browser.begin_case(&seeded.account_id).await;
        let form = Form::with(name, &file);
        for upload in 1..=UPLOADS {
            let before = own_memory_kb(server.child.id()).expect("it runs");
            let (peak_kb, took) = browser.upload(&server, &case, &form).await;
            let taken = peak_kb.saturating_sub(before);
            let verdict = if taken < PROMISED_KB { "kept" } else { "missed" };
            println!(
                "{}, {kind} of 10 MB, file {upload}: {taken} kB more than before (from {before} kB)   {} ms   \
                 promised under {PROMISED_KB} kB: {verdict}",
                test.name,
                took.as_millis()
            );
        }
        browser.empty(&case).await;
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

/// What a browser sends for one file.
struct Form {
    body: Vec<u8>,
}

const BOUNDARY: &str = "form-of-a-browser";

impl Form {
    fn with(name: &str, file: &[u8]) -> Form {
        let field = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"back\"\r\n\r\n/account\r\n");
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        Form { body: [field.as_bytes(), head.as_bytes(), file, end.as_bytes()].concat() }
    }
}

struct Browser {
    client: reqwest::Client,
    cookie: String,
    address: String,
    account: String,
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
        let client = connection::plain().build().expect("a client");
        let cookie = format!("{}={}", session_cookie_name(&config), session.id);
        Browser { client, cookie, address: server.address.clone(), account: seeded.account_id.clone() }
    }

    fn with_headers(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin")
    }

    async fn check_page(&self) -> String {
        let check = format!("{}/account/{}/hardship/check", self.address, self.account);
        let page = self.with_headers(self.client.get(check)).send().await.expect("an answer");
        page.text().await.expect("a page")
    }

    /// Tells that something has changed, and comes where files are added.
    async fn begin_case(&self, account: &str) -> String {
        let told = [("account", account), ("reason", "illness")];
        let saved = self.with_headers(self.client.post(format!("{}/api/save_hardship", self.address))).form(&told).send().await;
        assert!(saved.expect("an answer").status().is_redirection(), "it is kept");
        let page = self.check_page().await;
        let (_, case) = page.split_once("action=\"/evidence/").expect("a form for files");
        case.split('"').next().expect("its case").to_owned()
    }

    /// Takes all files away, so that there is room for others.
    async fn empty(&self, case: &str) {
        let page = self.check_page().await;
        let start = format!("action=\"/evidence/{case}/");
        for rest in page.split(&start).skip(1) {
            let address = format!("{}/evidence/{case}/{}", self.address, rest.split('"').next().expect("an address"));
            let gone = self.with_headers(self.client.post(address)).form(&[("back", "/account")]).send().await;
            assert!(gone.expect("an answer").status().is_redirection());
        }
    }

    /// Uploads it; says the most memory seen meanwhile, in kB, and how long it took.
    async fn upload(&self, server: &Server, case: &str, form: &Form) -> (u64, Duration) {
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
        let request = request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        let answer = self.with_headers(request).body(form.body.clone()).send().await.expect("an answer");
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
