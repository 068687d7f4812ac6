//! Who is asking: read once a request, by the layer in http/visitor.rs. Sessions keep real time.

use crate::domain::calendar::Date;
use crate::domain::coming_back::{self, Device, Way};
use crate::domain::helper::{Helping, SeenBy, rights_from_text};
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::language::Language;
use crate::domain::life_event::{Happened, LifeEventState, ToldOf};
use crate::server::clock::{self, Millis};
use crate::server::security::digest;
use crate::server::security::sessions::{BEGUN, Begun, FLASH, KeptFlash, Limits};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
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
    /// When they last showed who they are in this session.
    pub proved_at: Option<Millis>,
    /// The digest of this session's id.
    pub session: String,
}

impl SignedIn {
    /// Whoever showed who they are a short while ago, and so may change how they come in. A helper never is the customer.
    pub fn proven(&self, now: Millis) -> Option<Proven> {
        let is_proven = self.helping.is_none() && coming_back::is_recent(self.proved_at, now);
        is_proven.then(|| Proven(self.customer_id.clone()))
    }

    /// Whether every account of the customer may be shown: to the customer, and to whoever was let into all of them.
    pub fn sees_every_account(&self) -> bool {
        self.helping.as_ref().is_none_or(|helping| helping.account.is_none())
    }
}

/// A customer who has just shown who they are. Made by [`SignedIn::proven`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven(CustomerId);

impl Proven {
    pub fn customer(&self) -> &CustomerId {
        &self.0
    }
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
    let begun: Option<Begun> =
        data.get_mut(BEGUN).map(serde_json::Value::take).and_then(|begun| serde_json::from_value(begun).ok());
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
            proved_at: begun.map(|begun| begun.proved_at),
            session: id_digest,
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

/// More than anybody has; of more, those used last are shown.
const MOST_SHOWN: i64 = 50;
/// So much of a digest tells a customer's sessions apart.
const NAME_LETTERS: usize = 16;

/// A session of the customer's, for them to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// What it is called in a form. Opens nothing.
    pub name: String,
    pub is_this_one: bool,
    pub device: Device,
    /// `None` for a session from before this was noted.
    pub way: Option<Way>,
    pub begun_at: Millis,
    pub last_used_at: Millis,
}

/// Where a customer is signed in; the session used last first.
pub async fn open_sessions(state: &AppState, visitor: &SignedIn) -> StoreResult<Vec<OpenSession>> {
    let now = state.clock.real_now_millis();
    let sessions = sessions::of_customer(&state.db, visitor.customer_id.as_str(), now, MOST_SHOWN).await?;
    let open = sessions.into_iter().map(|session| {
        let data: serde_json::Value = serde_json::from_str(&session.data).unwrap_or_default();
        let begun: Option<Begun> = data.get(BEGUN).cloned().and_then(|begun| serde_json::from_value(begun).ok());
        OpenSession {
            name: session.id_digest.chars().take(NAME_LETTERS).collect(),
            is_this_one: session.id_digest == visitor.session,
            device: begun.map(|begun| begun.device).unwrap_or_default(),
            way: begun.map(|begun| begun.way),
            begun_at: begun.map_or(session.created_at, |begun| begun.at),
            last_used_at: session.last_seen_at,
        }
    });
    Ok(open.collect())
}

/// Which sessions of a customer's are to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The one of this name.
    One(String),
    /// All but the one that asks.
    Others,
}

/// Ends sessions elsewhere; the one that asks stays. Returns how many there were.
pub async fn end(state: &AppState, visitor: &SignedIn, ending: &Ending) -> StoreResult<u64> {
    let start = match ending {
        Ending::One(name) if name.chars().count() == NAME_LETTERS => name.as_str(),
        Ending::One(_) => return Ok(0),
        Ending::Others => "",
    };
    let mut tx = state.db.begin_write().await?;
    let ended = sessions::end_of_customer(&mut tx, visitor.customer_id.as_str(), start, &visitor.session).await?;
    if ended > 0 {
        let event = Event {
            at: state.clock.now_millis(),
            actor: Actor::Customer(visitor.customer_id.to_string()),
            action: "sessions.ended",
            customer_id: Some(visitor.customer_id.to_string()),
            account_id: None,
            subject_id: None,
            details: serde_json::json!({ "count": ended }),
        };
        events::append(&mut tx, &event).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Deletes the sessions that have ended; a job calls it every hour. Returns how many there were.
pub async fn delete_ended(state: &AppState) -> StoreResult<u64> {
    sessions::delete_ended(&state.db, state.clock.real_now_millis()).await
}
