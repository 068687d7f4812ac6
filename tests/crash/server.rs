//! `evenkeel serve` as a process of its own, and what must be true after whatever happened to it.

use crate::portal::Person;
use crate::support::seed::Seeded;
use evenkeel::server::processors::connection;
use evenkeel::server::store::Db;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Killed when dropped.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Other tests may be using every core.
const STARTS_WITHIN: Duration = Duration::from_secs(90);
const SETTLES_WITHIN: Duration = Duration::from_secs(120);

const PROGRAM: &str = env!("CARGO_BIN_EXE_evenkeel");

/// A database and the settings every process on it has.
pub struct Setup {
    pub url: String,
    pub settings: Vec<(&'static str, String)>,
}

impl Setup {
    pub fn of(url: &str) -> Setup {
        Setup { url: url.to_owned(), settings: vec![("EVENKEEL_SANDBOX_ENABLED", "true".into())] }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Setup {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.into()));
        self
    }

    fn prepare(&self, command: &mut Command) {
        command
            .env("EVENKEEL_DATABASE_URL", &self.url)
            .env("EVENKEEL_WORKER_POLL_SECONDS", "1")
            .env("EVENKEEL_LOG_LEVEL", "error")
            .env("EVENKEEL_SIGN_IN_ATTEMPTS", "20")
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
    }

    pub async fn start(&self) -> Server {
        self.start_by(Command::new(PROGRAM)).await
    }

    /// No file of the process may grow beyond so many KiB: writing more fails, as on a full disk.
    pub async fn start_on_a_disk_of(&self, kib: u64) -> Server {
        let mut command = Command::new("bash");
        // Without the trap the signal would end the process, which a full disk does not.
        command.args(["-c", &format!("trap '' XFSZ; ulimit -f {kib}; exec {PROGRAM} \"$@\""), "evenkeel"]);
        self.start_by(command).await
    }

    async fn start_by(&self, mut command: Command) -> Server {
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port();
        self.prepare(&mut command);
        command.arg("serve").env("PORT", port.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Server { child: command.spawn().expect("it starts"), address: format!("http://localhost:{port}") };
        let client = connection::plain().build().expect("a client");
        let begun = Instant::now();
        while client.get(format!("{}/readyz", server.address)).send().await.is_err() {
            assert!(begun.elapsed() < STARTS_WITHIN, "the portal does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }

    /// Runs a command to its end: its exit code and what it printed.
    pub fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(PROGRAM);
        self.prepare(&mut command);
        let output = command.args(arguments).output().expect("the program runs");
        let told = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&told).into_owned())
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        let db = Db::connect(&self.url, 1).await.expect("the database opens");
        let number = sqlx::query_scalar(sql).fetch_one(db.pool()).await.expect("a number");
        db.close().await;
        number
    }

    pub async fn word(&self, sql: &'static str) -> Option<String> {
        let db = Db::connect(&self.url, 1).await.expect("the database opens");
        let word = sqlx::query_scalar(sql).fetch_optional(db.pool()).await.expect("readable");
        db.close().await;
        word
    }

    /// Waits until every payment that somebody paid on is known, and every message of the sandbox is delivered.
    pub async fn settles(&self, told: &str) {
        let begun = Instant::now();
        loop {
            let open = self
                .number(
                    "select count(*) from sandbox_charges c
                     left join payments p on p.reference = c.merchant_reference and p.state = c.state
                     where c.state in ('succeeded', 'declined', 'processing') and p.id is null",
                )
                .await;
            if open == 0 {
                return;
            }
            assert!(begun.elapsed() < SETTLES_WITHIN, "{told}: {open} payments are still not known");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// The books balance, equal the processor's, and every success has its receipt and is in the ledger.
    pub async fn assert_all_is_right(&self, told: &str) {
        let (code, text) = self.run(&["verify", "ledger"]);
        assert_eq!(code, Some(0), "{told}: {text}");
        let (code, text) = self.run(&["reconcile", "--from", "2000-01-01", "--to", "2099-12-31"]);
        assert_eq!(code, Some(0), "{told}: {text}");
        let paid = self.number("select count(*) from payments where state = 'succeeded'").await;
        let receipts = self.number("select count(*) from documents where kind = 'receipt'").await;
        assert_eq!(receipts, paid, "{told}: a receipt for each success");
        let twice = "select count(*) from (select merchant_reference from sandbox_charges where state = 'succeeded'
                       group by merchant_reference having count(*) > 1) as twice";
        assert_eq!(self.number(twice).await, 0, "{told}: one decision, one charge");
    }
}

impl Server {
    /// SIGKILL: nothing is finished, nothing is flushed.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("it ends");
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("known").is_none()
    }

    pub async fn sign_in(&self, seeded: &Seeded) -> Person {
        let mut person = Person::at(&self.address);
        let fields = [
            ("reference", seeded.reference.as_str()),
            ("birth_date_day", "29"),
            ("birth_date_month", "2"),
            ("birth_date_year", "1980"),
            ("postal_code", "80276"),
        ];
        person.press("/api/sign_in", &fields).await.expect("signed in");
        person
    }
}
