//! A portal with invented accounts, the servers on it, and customers who have signed in.

use crate::bare;
use evenkeel::server::processors::connection;
use evenkeel::server::store::Db;
use futures_util::StreamExt;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// How many customers are signed in.
const SIGNED_IN: i64 = 50;

/// Signing in takes its time on purpose.
const AT_ONCE: usize = 10;

pub struct Portal {
    url: String,
    /// Where it listens when it is started.
    port: u16,
}

/// A running server; it ends when this is dropped.
pub struct Server {
    pub port: u16,
    process: Child,
}

impl Server {
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing can be done about a server that is gone already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A customer's session and the page of their account.
pub struct Session {
    /// As a browser sends it: `name=value`.
    pub cookie: String,
    pub page: String,
}

/// What a customer knows of themselves, and the id of their account.
#[derive(sqlx::FromRow)]
struct Person {
    account_id: String,
    reference: String,
    date_of_birth: String,
    postal_code: String,
}

impl Portal {
    pub fn with_accounts(folder: &Path, accounts: u32) -> Portal {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let portal = Portal { url: format!("sqlite:{}", folder.join("bench.db").display()), port };
        let invented = portal.evenkeel(&["demo", "invent", &accounts.to_string()]).status().expect("the program starts");
        assert!(invented.success(), "no accounts could be invented: {invented}");
        portal
    }

    /// The portal as people install it.
    pub fn start(&self) -> Server {
        let process = self.evenkeel(&["serve"]).stdout(Stdio::piped()).spawn().expect("the program starts");
        started(process, |_| Some(self.port))
    }

    pub fn start_bare(&self) -> Server {
        let this = std::env::current_exe().expect("this program");
        let process =
            Command::new(this).args([bare::COMMAND, &self.url]).stdout(Stdio::piped()).spawn().expect("the bare server starts");
        started(process, |line| line.trim().parse().ok())
    }

    fn evenkeel(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        command
            .args(arguments)
            .env("EVENKEEL_DATABASE_URL", &self.url)
            .env("EVENKEEL_SANDBOX_ENABLED", "true")
            .env("EVENKEEL_SERVER_PORT", self.port.to_string())
            .env("EVENKEEL_SERVER_PUBLIC_URL", format!("http://127.0.0.1:{}", self.port))
            // A portal under load writes warnings and errors, not a line for every page.
            .env("EVENKEEL_LOG_LEVEL", "warn")
            // Many customers sign in from one address.
            .env("EVENKEEL_SIGN_IN_ATTEMPTS", "20")
            .env_remove("DATABASE_URL")
            .env_remove("PORT");
        command
    }

    /// Signs in customers from all over the portfolio, as they would: with what they know.
    pub async fn sign_in_some(&self, server: &Server) -> Vec<Session> {
        let db = Db::connect(&self.url, 1).await.expect("the database opens");
        let people: Vec<Person> = sqlx::query_as(
            "select accounts.id as account_id, accounts.reference, customers.date_of_birth, customers.postal_code
             from accounts
             join customers on customers.id = accounts.customer_id
             where customers.language = 'en'
             order by substr(accounts.reference, -2), accounts.reference
             limit $1",
        )
        .bind(SIGNED_IN)
        .fetch_all(db.pool())
        .await
        .expect("people");
        db.close().await;
        let client = connection::plain().build().expect("a client");
        let origin = format!("http://127.0.0.1:{}", server.port);
        let signing_in = people.iter().map(|person| sign_in(&client, &origin, person));
        futures_util::stream::iter(signing_in).buffered(AT_ONCE).collect().await
    }
}

async fn sign_in(client: &reqwest::Client, origin: &str, person: &Person) -> Session {
    let Person { account_id, reference, date_of_birth, postal_code } = person;
    let born: Vec<&str> = date_of_birth.split('-').collect();
    let form = [
        ("reference", reference.as_str()),
        ("birth_date_year", born[0]),
        ("birth_date_month", born[1]),
        ("birth_date_day", born[2]),
        ("postal_code", postal_code.as_str()),
    ];
    let request = client.post(format!("{origin}/api/sign_in")).header("origin", origin).form(&form);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.headers()["location"], "/account", "{reference} could not sign in");
    let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookie = cookies.into_iter().find(|cookie| cookie.contains("session=")).expect("a session").to_owned();
    Session { cookie, page: format!("/account/{account_id}") }
}

/// Waits for the line a server writes when it listens; `port_of` reads the port from it.
fn started(mut process: Child, port_of: impl Fn(&str) -> Option<u16>) -> Server {
    let output = process.stdout.take().expect("its output");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).expect("a line");
    let port = port_of(&line).expect("a port");
    Server { port, process }
}
