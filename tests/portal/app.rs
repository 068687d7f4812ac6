//! The portal as a test sees it: [`TestApp`] is the real router on a database of its own, in sandbox mode, on Friday
//! 20 November 2026, 11:00 in Denver. [`Browser`] asks it as a browser without JavaScript does: it keeps cookies, follows
//! redirects, and posts forms from our own pages.

#![allow(dead_code, reason = "each module of the tests uses a part of this")]

use crate::support::seed::{self, SeedAccount, Seeded};
use ::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use evenkeel::server::cli::open_state;
use evenkeel::server::config::Settings;
use evenkeel::server::http;
use evenkeel::server::state::AppState;
use evenkeel::server::store::Db;
use http_body_util::BodyExt;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tower::ServiceExt;

/// The business day of every test, unless it says otherwise.
pub const TODAY: &str = "2026-11-20";
const NOW: &str = "2026-11-20T18:00:00Z";
/// The longest chain of redirects a browser follows here.
const MOST_REDIRECTS: usize = 5;

pub struct TestApp {
    pub state: AppState,
    pub router: Router,
    _folder: Option<tempfile::TempDir>,
}

impl TestApp {
    pub async fn sqlite() -> TestApp {
        TestApp::with(&[]).await
    }

    /// On SQLite, with these settings changed: `TestApp::with(&[("session.idle_minutes", "5")])`.
    pub async fn with(changed: &[(&str, &str)]) -> TestApp {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}/test.db", folder.path().display());
        TestApp::open(&url, changed, Some(folder)).await
    }

    /// On a fresh PostgreSQL database.
    pub async fn postgres() -> TestApp {
        TestApp::postgres_with(&[]).await
    }

    /// On PostgreSQL, with these settings changed.
    pub async fn postgres_with(changed: &[(&str, &str)]) -> TestApp {
        let test = crate::support::postgres().await;
        TestApp::open(&test.url, changed, None).await
    }

    async fn open(url: &str, changed: &[(&str, &str)], folder: Option<tempfile::TempDir>) -> TestApp {
        let mut settings = Settings::default();
        settings.set("database.url", url);
        settings.set("sandbox.enabled", "true");
        settings.set("sandbox.clock", NOW);
        for (name, value) in changed {
            settings.set(name, *value);
        }
        let state = open_state(settings.check().expect("valid settings")).await.expect("the portal opens");
        TestApp { router: http::router(state.clone()), state, _folder: folder }
    }

    /// Another process on the same database, with these settings changed.
    pub async fn beside(&self, changed: &[(&str, &str)]) -> TestApp {
        TestApp::open(&self.state.config.database_url, changed, None).await
    }

    pub fn db(&self) -> &Db {
        &self.state.db
    }

    /// Someone with a browser, at an address of the documentation's.
    pub fn browser(&self) -> Browser {
        self.browser_at("203.0.113.7")
    }

    pub fn browser_at(&self, address: &str) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            address: address.to_owned(),
            accept_language: "en".to_owned(),
            agent: "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0".to_owned(),
        }
    }

    /// One account of one customer, as [`SeedAccount::default`].
    pub async fn seeded(&self) -> Seeded {
        seed::account(self.db(), SeedAccount::default()).await
    }

    /// The browser of the customer of a seeded account, signed in through the door.
    pub async fn signed_in(&self, seeded: &Seeded) -> Browser {
        let mut browser = self.browser();
        let answer = browser.post_here("/api/sign_in", &right_answers(&seeded.reference)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "signing in: {}", answer.text());
        assert!(!answer.location().contains("again="), "signing in was refused");
        browser
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.db().pool()).await.expect("a count")
    }

    pub async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(self.db().pool()).await.expect("the statement runs");
    }
}

/// What the customer of [`SeedAccount::default`] answers at the door.
pub fn right_answers(reference: &str) -> [(&str, &str); 5] {
    answers(reference, "29", "80276")
}

/// Answers with another day of birth (of February 1980) or postal code.
pub fn answers<'a>(reference: &'a str, day: &'a str, postal_code: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("reference", reference),
        ("birth_date_day", day),
        ("birth_date_month", "2"),
        ("birth_date_year", "1980"),
        ("postal_code", postal_code),
    ]
}

#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub address: String,
    pub accept_language: String,
    pub agent: String,
}

impl Browser {
    /// Opens a page, following redirects.
    pub async fn get(&mut self, path: &str) -> Answer {
        let answer = self.get_here(path).await;
        self.follow(answer).await
    }

    /// Asks for one address and follows nothing.
    pub async fn get_here(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).expect("a request")).await
    }

    /// Posts a form from one of our own pages and follows the redirects.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post_here(path, fields).await;
        self.follow(answer).await
    }

    /// Posts a form from one of our own pages and follows nothing.
    pub async fn post_here(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.form(path, fields).header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(encode(fields))).expect("a request")).await
    }

    /// A form without the header that says where it comes from.
    pub fn form(&self, path: &str, _fields: &[(&str, &str)]) -> ::http::request::Builder {
        self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    }

    pub fn request(&self, method: Method, path: &str) -> ::http::request::Builder {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .header(header::ACCEPT_LANGUAGE, &self.accept_language)
            .header(header::USER_AGENT, &self.agent);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        request
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let address = SocketAddr::new(self.address.parse().expect("an address"), 40_000);
        request.extensions_mut().insert(ConnectInfo(address));
        let path = request.uri().to_string();
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().expect("a readable cookie"));
        }
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer {
            path,
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            bytes: body.to_vec(),
        }
    }

    async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..MOST_REDIRECTS {
            if !answer.status.is_redirection() {
                return answer;
            }
            answer = self.get_here(&answer.location()).await;
        }
        panic!("more than {MOST_REDIRECTS} redirects, the last to {}", answer.location());
    }

    fn keep(&mut self, set_cookie: &str) {
        let (pair, attributes) = set_cookie.split_once(';').unwrap_or((set_cookie, ""));
        let (name, value) = pair.split_once('=').expect("a cookie has a value");
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub path: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The words a person sees, with single blanks.
    pub fn text(&self) -> String {
        text_of(&self.body)
    }

    pub fn title(&self) -> String {
        between(&self.body, "<title>", "</title>").map(text_of).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("a readable header")).unwrap_or_default()
    }

    pub fn location(&self) -> String {
        self.header("location").to_owned()
    }

    /// The value that a hidden or text field of this name holds.
    pub fn value_of(&self, field: &str) -> Option<String> {
        let input = tags(&self.body, "input").find(|tag| attribute(tag, "name").as_deref() == Some(field))?;
        attribute(input, "value")
    }

    #[track_caller]
    pub fn assert_says(&self, words: &str) {
        assert!(self.text().contains(words), "{} {} does not say \"{words}\" but: {}", self.status, self.path, self.text());
    }

    #[track_caller]
    pub fn assert_never_says(&self, words: &str) {
        assert!(!self.body.contains(words), "{} {} says \"{words}\": {}", self.status, self.path, self.text());
    }
}

/// The opening tags of one kind.
pub fn tags<'h>(html: &'h str, name: &'h str) -> impl Iterator<Item = &'h str> {
    html.split('<').skip(1).filter_map(move |rest| {
        let tag = rest.split('>').next()?;
        tag.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with([' ', '/'])).map(|_| tag)
    })
}

/// An attribute of an opening tag.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    between(tag, &format!(" {name}=\""), "\"").map(unescape)
}

fn between<'h>(text: &'h str, start: &str, end: &str) -> Option<&'h str> {
    let rest = &text[text.find(start)? + start.len()..];
    rest.find(end).map(|at| &rest[..at])
}

/// The words in the body of an HTML page: no tags, no scripts, no styles.
pub fn text_of(html: &str) -> String {
    let html = html.replace("<!>", "").replace("<!---->", "");
    let body = html.find("<body").map_or(html.as_str(), |at| &html[at..]);
    let mut text = String::new();
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        text.push(' ');
        let tag = &rest[at..];
        let skip_to = ["script", "style"].into_iter().find(|name| tag[1..].starts_with(name)).map(|name| format!("</{name}>"));
        let end = skip_to.and_then(|end| tag.find(&end).map(|at| at + end.len())).or_else(|| tag.find('>').map(|at| at + 1));
        rest = end.map_or("", |end| &tag[end..]);
    }
    text.push_str(rest);
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Fields as a browser encodes them.
pub fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}
