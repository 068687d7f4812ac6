//! Sessions over our own database: tower-sessions asks here. Only a digest of the id is stored, so that nobody who reads
//! the database can act as a customer. Sessions keep real time, whatever the business clock says.

use crate::domain::coming_back::{Device, Way};
use crate::server::clock::{Clock, Millis};
use crate::server::config::Config;
use crate::server::security::digest;
use crate::server::store::{Db, StoreError, sessions};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// What a session holds, by name. Nothing else is ever put into it.
pub const CUSTOMER_ID: &str = "customer_id";
/// Whose help it is, where it is not the customer's own session.
pub const HELPER_ID: &str = "helper_id";
pub const FLASH: &str = "flash";
pub const BEGUN: &str = "begun";

/// How a session began, and when its customer last showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub way: Way,
    pub device: Device,
    pub at: Millis,
    pub proved_at: Millis,
}

/// The cookie that keeps the language a visitor chose.
pub const LANGUAGE_COOKIE: &str = "language";

/// The cookie by which a browser that signed in is known the next time: a token of chance, good for nothing else.
pub const BROWSER_COOKIE: &str = "browser";

/// A form that was refused: what was typed (never a secret) and what is wrong with which field, kept in the session until
/// the next form is posted. Shown again by the screen it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The screen it belongs to: the name of its folder in pages/.
    pub screen: String,
    pub values: BTreeMap<String, String>,
    /// Field (or `""` for the whole form) and the code of what is wrong; the screen has the words.
    pub errors: Vec<(String, String)>,
}

/// A refused form and the tag under which it is shown again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptFlash {
    pub tag: String,
    pub flash: Flash,
}

const MILLIS_A_MINUTE: i64 = 60_000;
const MILLIS_AN_HOUR: i64 = 3_600_000;

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub idle_millis: i64,
    pub longest_millis: i64,
}

impl Limits {
    pub fn of(config: &Config) -> Limits {
        Limits {
            idle_millis: i64::from(config.session_idle_minutes) * MILLIS_A_MINUTE,
            longest_millis: i64::from(config.session_longest_hours) * MILLIS_AN_HOUR,
        }
    }

    /// The instant a session ends that began at `created_at` and is used now.
    pub fn expiry(self, created_at: i64, now: i64) -> i64 {
        (now + self.idle_millis).min(created_at + self.longest_millis)
    }
}

#[derive(Clone, Debug)]
pub struct DatabaseSessions {
    pub db: Db,
    pub clock: Clock,
    pub limits: Limits,
}

impl DatabaseSessions {
    fn row(&self, record: &Record) -> Result<sessions::SessionRow> {
        Ok(sessions::SessionRow {
            id_digest: digest_of(&record.id),
            data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
            customer_id: record.data.get(CUSTOMER_ID).and_then(|id| id.as_str()).map(str::to_owned),
            helper_id: record.data.get(HELPER_ID).and_then(|id| id.as_str()).map(str::to_owned),
        })
    }
}

#[async_trait]
impl SessionStore for DatabaseSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.clock.real_now_millis();
        sessions::insert(&self.db, &self.row(record)?, now, self.limits.expiry(now, now)).await.map_err(broke)
    }

    /// A session that was ended elsewhere meanwhile stays ended.
    async fn save(&self, record: &Record) -> Result<()> {
        sessions::update(&self.db, &self.row(record)?, self.clock.real_now_millis()).await.map_err(broke)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.clock.real_now_millis();
        let Some(live) = sessions::find_live(&self.db, &digest_of(id), now, now).await.map_err(broke)? else {
            return Ok(None);
        };
        let data: HashMap<String, serde_json::Value> =
            serde_json::from_str(&live.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date =
            OffsetDateTime::from_unix_timestamp(live.expires_at / 1_000).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.db, &digest_of(id)).await.map_err(broke)
    }
}

fn digest_of(id: &Id) -> String {
    digest::of_secret(&id.to_string())
}

fn broke(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

/// Cookies carry the `__Host-` prefix and Secure everywhere but on plain-http loopback in sandbox mode, where some
/// browsers would drop them.
pub fn cookies_are_secure(config: &Config) -> bool {
    let loopback = config.public_url.strip_prefix("http://").is_some_and(|rest| {
        let host = rest.rsplit_once(':').map_or(rest, |(host, _port)| host);
        host == "localhost" || host == "[::1]" || host.starts_with("127.")
    });
    !(config.sandbox && loopback)
}

/// The name of one of our cookies.
pub fn cookie_name(config: &Config, name: &str) -> String {
    if cookies_are_secure(config) { format!("__Host-{name}") } else { format!("evenkeel-{name}") }
}

pub fn session_cookie_name(config: &Config) -> String {
    cookie_name(config, "session")
}

/// The layer that reads and writes the session cookie. The cookie ends with the browser; the database says when the
/// session does.
pub fn layer(sessions: DatabaseSessions, config: &Config) -> SessionManagerLayer<DatabaseSessions> {
    SessionManagerLayer::new(sessions)
        .with_name(session_cookie_name(config))
        .with_secure(cookies_are_secure(config))
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path(crate::paths::HOME)
        .with_expiry(Expiry::OnSessionEnd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_idle_and_at_the_latest_after_its_longest_time() {
        let limits = Limits { idle_millis: 20, longest_millis: 100 };
        assert_eq!(limits.expiry(0, 0), 20);
        assert_eq!(limits.expiry(0, 70), 90);
        assert_eq!(limits.expiry(0, 95), 100);
    }
}
