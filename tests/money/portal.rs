//! A portal that listens on loopback, a person with a browser without JavaScript, and the books.

#![allow(dead_code, reason = "tests/money and tests/crash each use a part of this")]

use crate::support::seed::Seeded;
use evenkeel::domain::ids::CustomerId;
use evenkeel::server::cli::open_state;
use evenkeel::server::config::Settings;
use evenkeel::server::processors::PaymentProcessor;
use evenkeel::server::processors::connection;
use evenkeel::server::processors::sandbox::{Delays, SandboxProcessor};
use evenkeel::server::security::sessions::{CUSTOMER_ID, DatabaseSessions, Limits, session_cookie_name};
use evenkeel::server::services::books;
use evenkeel::server::state::AppState;
use evenkeel::server::{http, jobs};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

/// The sandbox's delays in these tests: what is slow, late or silent stays so until the test says that its time has come
/// ([`Portal::sandbox_speaks`]), however long the machine takes over everything in between.
const UNTIL_TOLD: Duration = Duration::from_secs(30 * 86_400);

/// How long is waited for what must come. It only keeps a test that hangs from hanging for ever, and says nothing about how fast
/// anything is.
pub const PATIENCE: Duration = Duration::from_secs(300);

pub struct Portal {
    pub state: AppState,
    pub address: String,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Portal {
    /// Listens on a free port of loopback, on this database.
    pub async fn open(database_url: &str) -> Portal {
        Portal::open_with(database_url, &[]).await
    }

    /// With these settings changed.
    pub async fn open_with(database_url: &str, changed: &[(&str, &str)]) -> Portal {
        Portal::open_between(database_url, changed, |sandbox| sandbox).await
    }

    /// With something of the test's own between the portal and the sandbox.
    pub async fn open_between(
        database_url: &str,
        changed: &[(&str, &str)],
        between: impl FnOnce(Arc<SandboxProcessor>) -> Arc<dyn PaymentProcessor>,
    ) -> Portal {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let address = format!("http://127.0.0.1:{port}");
        let mut settings = Settings::default();
        settings.set("database.url", database_url);
        settings.set("sandbox.enabled", "true");
        settings.set("sandbox.clock", "2026-11-20T18:00:00Z");
        settings.set("server.port", port.to_string());
        settings.set("server.public_url", &*address);
        for (name, value) in changed {
            settings.set(name, *value);
        }
        let mut state = open_state(settings.check().expect("valid settings")).await.expect("the portal opens");
        let webhooks = format!("{address}/webhooks/sandbox");
        // Where another company takes the payments there is no sandbox.
        if state.sandbox.is_some() {
            let delays = Delays { slow: UNTIL_TOLD, late_webhook: UNTIL_TOLD, silence: UNTIL_TOLD, page_open: UNTIL_TOLD };
            let sandbox = SandboxProcessor::open(state.db.pool().clone(), state.clock, &address, &webhooks, delays).await;
            let sandbox = Arc::new(sandbox.expect("the sandbox opens"));
            state.processor = Some(between(sandbox.clone()));
            state.sandbox = Some(sandbox);
        }
        let app = http::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Portal { state, address, server }
    }

    pub fn sandbox(&self) -> Arc<SandboxProcessor> {
        self.state.sandbox.clone().expect("sandbox mode")
    }

    /// The time of whatever the sandbox lets wait has come: banks pay or say no, refunds arrive, it answers again about what it was
    /// silent about, and late messages are due. Pages stay open.
    pub async fn sandbox_speaks(&self) {
        for sql in [
            "update sandbox_charges set settles_at = 1 where settles_at is not null",
            "update sandbox_charges set hidden_until = 1 where hidden_until is not null",
            "update sandbox_refunds set settles_at = 1 where settles_at is not null",
            "update sandbox_deliveries set deliver_at = 1 where delivered_at is null",
        ] {
            sqlx::query(sql).execute(self.state.db.pool()).await.expect("its books");
        }
    }

    /// All background work that is due now.
    pub async fn work(&self) -> usize {
        jobs::run_due(&self.state, self.state.clock.real_now_millis()).await.expect("the work is done")
    }

    /// All background work, as if an hour had passed for our own jobs.
    pub async fn work_an_hour_later(&self) -> usize {
        self.work_hours_later(1).await
    }

    /// The same for so many hours.
    pub async fn work_hours_later(&self, hours: i64) -> usize {
        jobs::run_due(&self.state, self.state.clock.real_now_millis() + hours * 3_600_000).await.expect("the work is done")
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.state.db.pool()).await.expect("a number")
    }

    pub async fn word(&self, sql: &'static str) -> String {
        sqlx::query_scalar(sql).fetch_one(self.state.db.pool()).await.expect("a word")
    }

    pub async fn balance(&self) -> i64 {
        self.number("select cast(sum(amount_minor) as bigint) from postings where book = 'customer'").await
    }

    /// The sandbox's books and ours say the same, and ours hold what they must.
    pub async fn assert_books_are_right(&self) {
        let verdict = books::verify(&self.state.db).await.expect("the books can be read");
        assert_eq!(verdict.faults, Vec::new());
        let taken = self
            .number("select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_charges where state = 'succeeded'")
            .await;
        let went_back =
            self.number("select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_refunds where state = 'done'").await;
        let theirs = taken - went_back;
        let ours =
            self.number("select cast(coalesce(sum(amount_minor), 0) as bigint) from postings where book = 'processor'").await;
        assert_eq!(ours, theirs, "our books and the processor's");
        let receipts = self.number("select count(*) from documents where kind = 'receipt'").await;
        let paid = "select count(*) from payments
                    where state in ('succeeded', 'partly_refunded', 'refunded', 'returned', 'charged_back')";
        assert_eq!(receipts, self.number(paid).await, "receipts");
        let notes = self.number("select count(*) from documents where kind = 'reversal_note'").await;
        // One for each account when money goes back, one more when it comes again.
        let told = "select count(*) from ledger_transactions where kind in ('refund', 'return', 'chargeback', 'reinstatement')";
        assert_eq!(notes, self.number(told).await, "letters about what went back");
    }

    /// The customer of a seeded account with a session of theirs. Not through the door, which takes its time with everybody:
    /// tests/portal and the crash tests come in there.
    pub async fn person(&self, seeded: &Seeded) -> Person {
        let limits = Limits::of(&self.state.config);
        let sessions = DatabaseSessions { db: self.state.db.clone(), clock: self.state.clock, limits };
        let data = HashMap::from([(CUSTOMER_ID.to_owned(), serde_json::Value::from(seeded.customer_id.as_str()))]);
        // The database says when it ends, whatever stands here.
        let mut session = Record { id: Id::default(), data, expiry_date: time::OffsetDateTime::UNIX_EPOCH };
        sessions.create(&mut session).await.expect("a session");
        let mut person = Person::at(&self.address);
        person.cookies.insert(session_cookie_name(&self.state.config), session.id.to_string());
        person
    }
}

pub fn customer(seeded: &Seeded) -> CustomerId {
    CustomerId(seeded.customer_id.clone())
}

/// A browser: keeps cookies, follows redirects over HTTP.
#[derive(Clone)]
pub struct Person {
    client: reqwest::Client,
    address: String,
    cookies: BTreeMap<String, String>,
}

pub struct Answer {
    pub status: u16,
    /// Where the browser ended.
    pub url: String,
    pub body: String,
}

impl Answer {
    /// The value of a hidden field.
    pub fn value_of(&self, name: &str) -> String {
        let at = self.body.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        let rest = &self.body[at..];
        let value = rest.split("value=\"").nth(1).and_then(|rest| rest.split('"').next());
        value.unwrap_or_else(|| panic!("field {name} has no value")).to_owned()
    }

    #[track_caller]
    pub fn assert_says(&self, words: &str) {
        assert!(self.body.contains(words), "{} {} does not say \"{words}\": {}", self.status, self.url, self.body);
    }

    #[track_caller]
    pub fn assert_never_says(&self, words: &str) {
        assert!(!self.body.contains(words), "{} {} says \"{words}\"", self.status, self.url);
    }
}

impl Person {
    pub fn at(address: &str) -> Person {
        let client = connection::plain().timeout(PATIENCE).build().expect("a client");
        Person { client, address: address.to_owned(), cookies: BTreeMap::new() }
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.address) }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, url: String) -> Result<(Option<String>, Answer), reqwest::Error> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            request.header("cookie", cookies.join("; ")).header("sec-fetch-site", "same-origin").header("accept", "text/html");
        let response = request.send().await?;
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().expect("readable").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status().as_u16();
        let location = response.headers().get("location").map(|to| to.to_str().expect("readable").to_owned());
        let body = response.text().await?.replace("<!>", "");
        Ok((location, Answer { status, url, body }))
    }

    /// Opens a page and follows redirects.
    pub async fn get(&mut self, path: &str) -> Answer {
        let mut url = self.url(path);
        for _ in 0..6 {
            let (location, answer) = self.send(self.client.get(&url), url.clone()).await.expect("an answer");
            match location {
                Some(to) if (300..400).contains(&answer.status) => url = self.url(&to),
                _ => return answer,
            }
        }
        panic!("too many redirects, the last to {url}");
    }

    /// Asks for a page with one header more.
    pub async fn get_with(&mut self, path: &str, name: &str, value: &str) -> Answer {
        let url = self.url(path);
        self.send(self.client.get(&url).header(name, value), url.clone()).await.expect("an answer").1
    }

    /// Posts a form and follows redirects.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let location = self.press(path, fields).await.expect("an answer");
        self.get(&location).await
    }

    /// Posts a form and says where the answer leads; an error where the server died.
    pub async fn press(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<String, reqwest::Error> {
        let url = self.url(path);
        let (location, answer) = self.send(self.client.post(&url).form(fields), url.clone()).await?;
        Ok(location.unwrap_or_else(|| panic!("{} {url} leads nowhere: {}", answer.status, answer.body)))
    }

    /// Posts a form and shows what comes, redirect or not.
    pub async fn post_here(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let url = self.url(path);
        self.send(self.client.post(&url).form(fields), url.clone()).await.expect("an answer").1
    }

    /// Posts a form and says where the answer leads; nothing where there is no answer, or one that leads nowhere.
    pub async fn follow(&mut self, path: &str, fields: &[(&str, &str)]) -> Option<String> {
        let url = self.url(path);
        self.send(self.client.post(&url).form(fields), url.clone()).await.ok()?.0
    }

    /// Opens a page without following redirects; nothing where there is no answer.
    pub async fn look(&mut self, path: &str) -> Option<Answer> {
        let url = self.url(path);
        Some(self.send(self.client.get(&url), url.clone()).await.ok()?.1)
    }

    /// From the first page to the check page.
    pub async fn choose(&mut self, account_id: &str, purpose: &str, amount: &str) -> Answer {
        self.get(&format!("/account/{account_id}/pay")).await.assert_says("name=\"purpose\"");
        self.post("/api/choose_payment", &[("account", account_id), ("purpose", purpose), ("amount", amount)]).await
    }

    /// Presses "Pay now" on a check page; says where that leads.
    pub async fn pay_now(&mut self, check: &Answer) -> Result<String, reqwest::Error> {
        let fields = ["account", "purpose", "amount_minor", "key"].map(|name| (name, check.value_of(name)));
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.press("/api/start_payment", &fields).await
    }

    /// Chooses, checks, pays, and arrives at the sandbox's page.
    pub async fn reach_sandbox(&mut self, account_id: &str, purpose: &str, amount: &str) -> String {
        let check = self.choose(account_id, purpose, amount).await;
        let page = self.pay_now(&check).await.expect("an answer");
        assert!(page.contains("/sandbox-processor/"), "leads to {page}");
        page
    }

    /// Agrees two payments of $150.00 of a seeded account; says the address of the agreement.
    pub async fn agree_plan(&mut self, account_id: &str) -> String {
        let fields = [
            ("account", account_id),
            ("basis", "past_due"),
            ("frequency", "every_two_weeks"),
            ("amount", "150"),
            ("intent", "check"),
        ];
        self.post("/api/choose_plan", &fields).await.assert_says("2 payments");
        self.sign(account_id).await
    }

    /// Signs what was chosen; says the address of the agreement.
    pub async fn sign(&mut self, account_id: &str) -> String {
        let page = self.get(&format!("/account/{account_id}/sign")).await;
        let names = ["account", "draft", "shown", "shown_in", "shown_text"];
        let shown = names.map(|name| page.value_of(name));
        let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
        fields.extend([("name", "Ada Moreno"), ("consent", "yes")]);
        let confirmation = self.post("/api/sign_agreement", &fields).await;
        confirmation.assert_says("It is agreed");
        confirmation.url.replace(&self.address, "")
    }

    /// Authorises on a page that asks for it; says where that leads.
    pub async fn authorise(&mut self, page: &Answer) -> Result<String, reqwest::Error> {
        let names = ["agreement", "key", "replaces", "shown_in", "shown_text"];
        let shown = names.map(|name| page.value_of(name));
        let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
        fields.extend([("name", "Ada Moreno"), ("consent", "yes")]);
        self.press("/api/authorise_collection", &fields).await
    }

    /// Pays on the sandbox's page; says what the person sees in the end.
    pub async fn pay_by(&mut self, page: &str, method: &str) -> Answer {
        self.post(page, &[("method", method), ("button", "pay")]).await
    }
}
