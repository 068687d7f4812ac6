//! How a customer comes in beside their answers: a password, passkeys, and whether one of them is always asked for.
//!
//! Whoever changes any of it has just shown who they are ([`Proven`]); each change is an event and is told to the customer by a
//! message that says nothing else. Signing in itself is in [`super::sign_in`].

mod history;
mod passkeys;
mod password;
mod prove;

pub use crate::server::security::passwords::WeakPassword;
pub use history::{PastTry, delete_old, past};
pub use passkeys::{
    Added, MOST_PASSKEYS, MadePasskey, NewChallenge, ToMake, add_passkey, begin_passkey, challenge_for_sign_in, remove_passkey,
};
pub use password::{AT_ONCE, Set, is_the_password, kept_form, remove_password, set_password};
pub use prove::{Given, Outcome, prove, read as read_proof};

use super::Failure;
use super::outbox::{self, Hurry, Message};
use super::sessions::Proven;
use crate::domain::coming_back::{Browser, Device, System};
use crate::domain::contact::template::Template;
use crate::domain::format;
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::paths;
use crate::server::clock::{self, Millis};
use crate::server::security::webauthn::Site;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{StoreError, Tx, customers, ways_in};
use serde_json::json;

/// What a customer has set, for them to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaysIn {
    pub has_password: bool,
    pub passkeys: Vec<Passkey>,
    /// One of them is asked for every time.
    pub always: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    pub id: String,
    /// With what it was added.
    pub device: Device,
    pub added_at: Millis,
    pub last_used_at: Option<Millis>,
}

pub async fn of_customer(state: &AppState, customer: &CustomerId) -> Result<WaysIn, Failure> {
    let mut tx = state.db.begin_read().await?;
    let set = ways_in::find(&mut *tx, customer).await?;
    let passkeys = ways_in::passkeys(&mut *tx, customer).await?;
    let passkeys = passkeys.into_iter().map(|passkey| Passkey {
        device: Device { browser: Browser::from_code(&passkey.browser), system: System::from_code(&passkey.system) },
        id: passkey.id,
        added_at: passkey.created_at,
        last_used_at: passkey.last_used_at,
    });
    Ok(WaysIn { has_password: set.password_hash.is_some(), passkeys: passkeys.collect(), always: set.always_since.is_some() })
}

/// Browsers make passkeys for a site with a name only.
pub fn passkeys_are_possible(state: &AppState) -> bool {
    Site::of(&state.config.public_url).is_some()
}

/// What a customer wants asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Always {
    /// A password or a passkey, every time.
    Ask,
    /// Date of birth and postal code do, too.
    Either,
}

/// Keeps what is wanted. False where there is neither password nor passkey to ask for.
pub async fn choose(state: &AppState, proven: &Proven, always: Always) -> Result<bool, Failure> {
    let mut tx = state.db.begin_write().await?;
    let customer = proven.customer();
    let set = ways_in::lock(&mut tx, customer).await?;
    let (since, change) = match always {
        Always::Ask if set.always_since.is_some() => return Ok(true),
        Always::Ask => {
            if set.password_hash.is_none() && ways_in::passkeys(&mut *tx, customer).await?.is_empty() {
                return Ok(false);
            }
            (Some(state.clock.real_now_millis()), "sign_in.always_asked")
        }
        Always::Either if set.always_since.is_none() => return Ok(true),
        Always::Either => (None, "sign_in.not_always_asked"),
    };
    ways_in::set_always(&mut tx, customer, since).await?;
    tell(state, &mut tx, customer, change).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(true)
}

/// Where nothing is left to ask for, nothing is asked for: nobody is locked out by removing it. The caller holds the lock.
async fn ask_no_more_for_nothing(tx: &mut Tx, customer: &CustomerId) -> Result<(), Failure> {
    let set = ways_in::find(&mut **tx, customer).await?;
    let nothing = set.password_hash.is_none() && ways_in::passkeys(&mut **tx, customer).await?.is_empty();
    if nothing && set.always_since.is_some() {
        ways_in::set_always(tx, customer, None).await?;
    }
    Ok(())
}

const MILLIS_AN_HOUR: i64 = 3_600_000;

/// Writes the event of a change, and the message that tells the customer. The same kind of change within an hour is told once.
async fn tell(state: &AppState, tx: &mut Tx, customer: &CustomerId, change: &'static str) -> Result<(), Failure> {
    let at = state.clock.now_millis();
    let event = Event {
        at,
        actor: Actor::Customer(customer.to_string()),
        action: change,
        customer_id: Some(customer.to_string()),
        account_id: None,
        subject_id: None,
        details: json!({}),
    };
    events::append(tx, &event).await?;
    let addressee = customers::addressee(tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let details = customers::mail_details(tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let day = format::long_date(clock::date_of(at, &clock::zone(&details.time_zone)), language);
    let link = format!("{}{}", state.config.public_url, paths::SIGNING_IN);
    let hour = state.clock.real_now_millis().div_euclid(MILLIS_AN_HOUR);
    let once = format!("{}:{customer}:{change}:{hour}", Template::SignInChanged.code());
    let message = Message {
        customer_id: customer,
        template: Template::SignInChanged,
        language,
        values: &[("day", &day), ("link", &link)],
        document_id: None,
        hurry: Hurry::InWindow,
        once: &once,
    };
    outbox::enqueue(state, tx, &message).await
}
