//! What we have of a customer, and how it is corrected: a phone at once, a postal address after it was checked, an e-mail address by the
//! code that went to it, name and date of birth by a person here who saw a proof.
//!
//! Whatever changes passes [`write`]: what it replaces is remembered, so that a creditor's next file does not undo it
//! (`domain/details`), there is an event without any of it, and the customer is told that something was changed. The creditor hears of it
//! by `evenkeel export details` ([`feed`]).

mod address;
mod email;
pub mod feed;
mod staff;

pub use address::{AddressFault, Check, Confirmed, NotAnAddress, check, confirm, keep_address, read_address};
pub use email::{Asked, Entered, ask, enter, waiting};
pub use staff::{Correction, NotCorrected, correct, of_reference};

use super::Failure;
use super::outbox::{self, Hurry, Message};
use crate::domain::contact::template::Template;
use crate::domain::details::{Detail, Value, known_before};
use crate::domain::format;
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::paths;
use crate::server::clock;
use crate::server::ids;
use crate::server::import::fields;
use crate::server::notify::texts::international;
use crate::server::state::AppState;
use crate::server::store::customers::{self, Known};
use crate::server::store::events::{self, Actor, Event};
pub use crate::server::store::own_details::OwnDetail;
use crate::server::store::own_details::{self, EndedBecause};
use crate::server::store::{StoreError, Tx, contact};
use serde_json::json;

/// What we have, and what of it was corrected. Has no Debug.
pub struct Shown {
    pub known: Known,
    pub corrected: Vec<OwnDetail>,
}

pub async fn of_customer(state: &AppState, customer: &CustomerId) -> Result<Option<Shown>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(known) = customers::known(&mut *tx, customer).await? else { return Ok(None) };
    let corrected = own_details::shown(&mut *tx, customer).await?;
    Ok(Some(Shown { known, corrected }))
}

/// Who corrects it.
#[derive(Clone, Copy)]
enum By<'a> {
    Customer,
    /// Who of the team, and why.
    Team {
        person: &'a str,
        reason: &'a str,
    },
}

/// Locks the customer and reads what we have.
async fn lock(tx: &mut Tx, customer: &CustomerId) -> Result<Known, Failure> {
    contact::lock_addresses(tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    customers::known(&mut **tx, customer).await?.ok_or(Failure::Missing("customer"))
}

/// Writes a detail, the caller holding the lock, and tells its customer. False where it is that already.
async fn write(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    (detail, value): (Detail, Value),
    by: By<'_>,
) -> Result<bool, Failure> {
    let known = customers::known(&mut **tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let replaced = known.value(detail);
    if replaced == value {
        return Ok(false);
    }
    let now = state.clock.now_millis();
    let live = own_details::live(tx, &[customer.as_str()]).await?.into_iter().find(|own| own.detail == detail);
    let earlier = match &live {
        Some(own) => {
            own_details::end(tx, &own.id, EndedBecause::Corrected, now).await?;
            own.known_before.clone()
        }
        None => Vec::new(),
    };
    let (changed_by, reason, actor) = match by {
        By::Customer => ("customer", "", Actor::Customer(customer.to_string())),
        By::Team { person, reason } => (person, reason, Actor::Operator),
    };
    let new = OwnDetail {
        id: ids::new_id(),
        customer_id: customer.clone(),
        detail,
        known_before: known_before(&earlier, replaced, &value),
        value,
        changed_at: now,
        changed_by: changed_by.to_owned(),
        confirmed_at: None,
        ended_at: None,
    };
    own_details::insert(tx, &new, reason).await?;
    customers::set_detail(tx, customer, detail, &new.value, now).await?;
    record(state, tx, customer, actor, "details.changed", detail).await?;
    outbox::decide_again(state, tx, customer).await?;
    tell(state, tx, customer, &known, &new).await?;
    Ok(true)
}

async fn record(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    actor: Actor,
    action: &'static str,
    detail: Detail,
) -> Result<(), Failure> {
    let event = Event {
        at: state.clock.now_millis(),
        actor,
        action,
        customer_id: Some(customer.to_string()),
        account_id: None,
        subject_id: None,
        details: json!({ "detail": detail.code() }),
    };
    events::append(tx, &event).await?;
    Ok(())
}

/// Says that something was changed, and nothing of what: where e-mail went until now.
async fn tell(state: &AppState, tx: &mut Tx, customer: &CustomerId, before: &Known, new: &OwnDetail) -> Result<(), Failure> {
    let language = Language::from_tag(&before.language).unwrap_or_default();
    let day = format::long_date(clock::date_of(new.changed_at, &clock::zone(&before.time_zone)), language);
    let link = format!("{}{}", state.config.public_url, paths::DETAILS);
    let once = format!("{}:{}", Template::DetailsChanged.code(), new.id);
    let message = Message {
        customer_id: customer,
        template: Template::DetailsChanged,
        language,
        values: &[("day", &day), ("link", &link)],
        document_id: None,
        hurry: Hurry::InWindow,
        once: &once,
    };
    match before.email.as_deref().filter(|email| new.detail == Detail::Email && !email.trim().is_empty()) {
        Some(before) => outbox::enqueue_to(state, tx, &message, before, None).await,
        None => outbox::enqueue(state, tx, &message).await,
    }
}

/// How a number that was typed turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneKept {
    Kept,
    /// It is the one we have.
    SameAsNow,
    NotANumber,
}

/// Keeps a number at once, as carriers want it; empty removes it. Texts go to it with a consent for it only.
pub async fn keep_phone(state: &AppState, customer: &CustomerId, typed: &str) -> Result<PhoneKept, Failure> {
    let number = match typed.trim() {
        "" => String::new(),
        typed => match fields::phone(typed, None, None).ok().and_then(|_| international(typed)) {
            Some(number) => number,
            None => return Ok(PhoneKept::NotANumber),
        },
    };
    let mut tx = state.db.begin_write().await?;
    let known = lock(&mut tx, customer).await?;
    // The same number may be written otherwise.
    let is_the_same = known.phone.as_deref().and_then(international).is_some_and(|known| known == number);
    if is_the_same || !write(state, &mut tx, customer, (Detail::Phone, Value::one(&number)), By::Customer).await? {
        return Ok(PhoneKept::SameAsNow);
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(PhoneKept::Kept)
}

/// Forgets what was typed and never finished; a job calls it every hour. Returns how many there were.
pub async fn delete_unfinished(state: &AppState) -> Result<u64, Failure> {
    Ok(own_details::delete_expired(state.db.pool(), state.clock.real_now_millis()).await?)
}
