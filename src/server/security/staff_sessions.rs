//! Sessions of whoever works here: another cookie, another table, other limits than customers' ([`super::sessions`]). Neither layer
//! reads the other's cookie, so that no session can be taken for one of the other kind.

use super::digest;
use super::sessions::{cookie_name, cookies_are_secure};
use crate::domain::coming_back::Device;
use crate::paths;
use crate::server::clock::{Clock, Millis};
use crate::server::config::Config;
use crate::server::store::{Db, StoreError, staff_sessions};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// What a session of a person's holds, beside a refused form ([`super::sessions::FLASH`]).
pub const STAFF: &str = "staff";

/// Whose session it is since their password was right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldStaff {
    pub staff_id: String,
    /// Theirs, when it began; of an earlier one the session is over.
    pub generation: i64,
    pub second_factor_shown: bool,
    pub device: Device,
    pub at: Millis,
}

/// ASVS 5.0 (V7.3) asks for both limits and for reasons: half an hour covers a call in which nobody touches the screen, and twelve hours a
/// working day (NIST SP 800-63B, 2.2.3, has the same two for this level of assurance).
pub const IDLE_MILLIS: Millis = 30 * 60_000;
pub const LONGEST_MILLIS: Millis = 12 * 3_600_000;
/// From the password to the last step of coming in.
pub const ENTRY_MILLIS: Millis = 15 * 60_000;

/// The instant a session ends that began at `created_at` and is used now.
pub fn expiry(created_at: Millis, now: Millis) -> Millis {
    (now + IDLE_MILLIS).min(created_at + LONGEST_MILLIS)
}

#[derive(Clone, Debug)]
pub struct DatabaseStaffSessions {
    pub db: Db,
    pub clock: Clock,
}

impl DatabaseStaffSessions {
    fn row(&self, record: &Record) -> Result<staff_sessions::StaffSessionRow> {
        let held: Option<HeldStaff> = record.data.get(STAFF).cloned().and_then(|held| serde_json::from_value(held).ok());
        Ok(staff_sessions::StaffSessionRow {
            id_digest: digest_of(&record.id),
            data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
            generation: held.as_ref().map_or(0, |held| held.generation),
            staff_id: held.map(|held| held.staff_id),
        })
    }
}

#[async_trait]
impl SessionStore for DatabaseStaffSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.clock.real_now_millis();
        staff_sessions::insert(&self.db, &self.row(record)?, now, expiry(now, now)).await.map_err(broke)
    }

    /// A session that was ended elsewhere meanwhile stays ended.
    async fn save(&self, record: &Record) -> Result<()> {
        staff_sessions::update(&self.db, &self.row(record)?, self.clock.real_now_millis()).await.map_err(broke)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.clock.real_now_millis();
        let Some(live) = staff_sessions::find_live(&self.db, &digest_of(id), now).await.map_err(broke)? else {
            return Ok(None);
        };
        let data: HashMap<String, serde_json::Value> =
            serde_json::from_str(&live.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date =
            OffsetDateTime::from_unix_timestamp(live.expires_at / 1_000).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        staff_sessions::delete(&self.db, &digest_of(id)).await.map_err(broke)
    }
}

fn digest_of(id: &Id) -> String {
    digest::of_secret(&id.to_string())
}

fn broke(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

pub fn session_cookie_name(config: &Config) -> String {
    cookie_name(config, "staff")
}

/// The layer that reads and writes the cookie. Strict: no other site leads into the staff's screens with it.
pub fn layer(sessions: DatabaseStaffSessions, config: &Config) -> SessionManagerLayer<DatabaseStaffSessions> {
    SessionManagerLayer::new(sessions)
        .with_name(session_cookie_name(config))
        .with_secure(cookies_are_secure(config))
        .with_http_only(true)
        .with_same_site(SameSite::Strict)
        .with_path(paths::HOME)
        .with_expiry(Expiry::OnSessionEnd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_idle_and_after_a_working_day() {
        assert_eq!(expiry(0, 0), IDLE_MILLIS);
        assert_eq!(expiry(0, LONGEST_MILLIS - 1), LONGEST_MILLIS);
    }
}
