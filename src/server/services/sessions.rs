//! Who is asking: read once a request, by the layer in http/visitor.rs. Sessions keep real time.

use crate::domain::calendar::Date;
use crate::domain::helper::{Helping, SeenBy, rights_from_text};
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::language::Language;
use crate::domain::life_event::{Happened, LifeEventState, ToldOf};
use crate::server::clock::{self, Millis};
use crate::server::security::digest;
use crate::server::security::sessions::{FLASH, KeptFlash, Limits};
use crate::server::state::AppState;
use crate::server::store::{StoreError, StoreResult, sessions};
use jiff::tz::TimeZone;

/// A session is touched at most this often, so that reading pages hardly ever writes.
const TOUCH_EVERY_MILLIS: i64 = 60_000;

/// The customer whose session this request carries. Put into the request by the session layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub customer_id: CustomerId,
    /// IANA name, such as `America/Denver`: the customer's days are counted there.
    pub time_zone: String,
    /// Until when all their accounts are on hold for a hardship review.
    pub held_until: Option<Date>,
    /// The reference of that review.
    pub held_for: Option<String>,
    /// What somebody told us about them.
    pub told_of: Option<ToldOf>,
    /// Who helps them and sees their account.
    pub seen_by: Option<SeenBy>,
    /// Somebody else is at work here, by the customer's leave.
    pub helping: Option<Helping>,
}

/// A live session, as one request sees it.
pub struct Visit {
    pub signed_in: Option<SignedIn>,
    /// The language the customer prefers, as the creditor reported it.
    pub customer_language: Option<Language>,
    pub kept_flash: Option<KeptFlash>,
    pub expires_at: Millis,
}

/// Reads the session with this id and notes that it is in use. `None`: there is none, or it has ended.
pub async fn visit(state: &AppState, session_id: &str) -> StoreResult<Option<Visit>> {
    let now = state.clock.real_now_millis();
    let id_digest = digest::of_secret(session_id);
    let Some(live) = sessions::find_live(&state.db, &id_digest, now, state.clock.now_millis()).await? else {
        return Ok(None);
    };
    let mut expires_at = live.expires_at;
    if now - live.last_seen_at >= TOUCH_EVERY_MILLIS {
        expires_at = Limits::of(&state.config).expiry(live.created_at, now);
        sessions::touch(&state.db, &id_digest, now, expires_at).await?;
    }
    let mut data: serde_json::Value = serde_json::from_str(&live.data).map_err(|_| StoreError::Unreadable("session"))?;
    let kept_flash = data.get_mut(FLASH).map(serde_json::Value::take).map(serde_json::from_value).transpose();
    let zone = clock::zone(live.time_zone.as_deref().unwrap_or("UTC"));
    let helping = helping(&live, &zone);
    Ok(Some(Visit {
        signed_in: live.customer_id.zip(live.time_zone).map(|(id, time_zone)| SignedIn {
            helping,
            seen_by: live.seen_by.as_deref().and_then(|text| read_seen_by(text, &zone)),
            held_until: live.held_until.map(|until| clock::date_of(until, &clock::zone(&time_zone))),
            held_for: live.held_for,
            told_of: live.told_of.as_deref().and_then(read_told_of),
            customer_id: CustomerId(id),
            time_zone,
        }),
        customer_language: live.language.as_deref().and_then(Language::from_tag),
        kept_flash: kept_flash.map_err(|_| StoreError::Unreadable("flash"))?,
        expires_at,
    }))
}

fn helping(live: &sessions::LiveSession, zone: &TimeZone) -> Option<Helping> {
    Some(Helping {
        helper_id: live.helper_id.clone()?,
        reference: live.helper_reference.clone()?,
        customer_name: live.given_name.clone()?,
        rights: rights_from_text(live.helper_rights.as_deref()?),
        account: live.helper_account.clone().map(AccountId),
        last_day: clock::date_of(live.helper_ends_at?, zone),
    })
}

fn read_seen_by(text: &str, zone: &TimeZone) -> Option<SeenBy> {
    let mut parts = text.splitn(3, ' ');
    let helper_id = parts.next()?.to_owned();
    let last_day = clock::date_of(parts.next()?.parse().ok()?, zone);
    Some(SeenBy { helper_id, last_day, name: parts.next()?.to_owned() })
}

fn read_told_of(text: &str) -> Option<ToldOf> {
    let mut parts = text.split(' ');
    Some(ToldOf {
        reference: parts.next()?.to_owned(),
        happened: Happened::from_code(parts.next()?)?,
        state: LifeEventState::from_code(parts.next()?)?,
    })
}

/// Deletes the sessions that have ended; a job calls it every hour. Returns how many there were.
pub async fn delete_ended(state: &AppState) -> StoreResult<u64> {
    sessions::delete_ended(&state.db, state.clock.real_now_millis()).await
}
