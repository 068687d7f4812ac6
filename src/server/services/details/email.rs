//! Another e-mail address: it becomes the customer's with the code that went there, and not before.

use super::{By, lock, record, write};
use crate::domain::contact::gate::Reason;
use crate::domain::contact::template::Template;
use crate::domain::details::{CODE_LASTS_MINUTES, Detail, MOST_CODES_AN_HOUR, MOST_TRIES, Value, read_code};
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::import::fields;
use crate::server::security::digest;
use crate::server::services::Failure;
use crate::server::services::outbox::{self, CODE_PLACE, Hurry, Message, State, code_message, code_of, contact_key};
use crate::server::services::sessions::Proven;
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::outbox as store_of_outbox;
use crate::server::store::own_details::{self, Pending};
use crate::server::store::{StoreError, Tx};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;

/// What became of asking for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Sent,
    NotAnAddress,
    /// It is the one we have.
    SameAsNow,
    /// Enough codes for an hour.
    TooMany,
    /// What we sent there came back.
    CameBack,
    /// Nothing can be sent at the moment.
    CannotSend,
}

/// Sends a code to an address. What was asked for before is forgotten: its code no longer works.
pub async fn ask(state: &AppState, proven: &Proven, typed: &str, language: Language) -> Result<Asked, Failure> {
    let customer = proven.customer();
    let Ok(email) = fields::email(typed.trim()) else { return Ok(Asked::NotAnAddress) };
    let mut tx = state.db.begin_write().await?;
    let known = lock(&mut tx, customer).await?;
    if known.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(&email)) {
        return Ok(Asked::SameAsNow);
    }
    let now = state.clock.now_millis();
    if own_details::codes_since(&mut tx, customer, now - HOUR).await? >= MOST_CODES_AN_HOUR {
        return Ok(Asked::TooMany);
    }
    let id = ids::new_id();
    let real_now = state.clock.real_now_millis();
    let lasts = CODE_LASTS_MINUTES * MINUTE;
    let value = Value::one(&email);
    own_details::keep_pending(&mut tx, customer, Detail::Email, (&id, &value), (real_now, real_now + lasts)).await?;
    // One that has not left yet is of no use any more.
    store_of_outbox::withdraw_all(&mut tx, customer, &code_message("")).await?;
    let once = code_message(&id);
    let message = Message {
        customer_id: customer,
        template: Template::EmailCode,
        language,
        values: &[("code", CODE_PLACE), ("minutes", &CODE_LASTS_MINUTES.to_string())],
        document_id: None,
        hurry: Hurry::Now,
        once: &once,
    };
    outbox::enqueue_to(state, &mut tx, &message, &email, Some(now + lasts)).await?;
    match outbox::by_once_key(&mut tx, &once).await? {
        Some((State::NotSent { reason: Reason::Unusable }, _)) => return Ok(Asked::CameBack),
        Some((State::NotSent { .. }, _)) | None => return Ok(Asked::CannotSend),
        Some((State::Waiting { .. } | State::Printing | State::Sent { .. }, _)) => {}
    }
    record(state, &mut tx, customer, Actor::Customer(customer.to_string()), "details.code_sent", Detail::Email).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Asked::Sent)
}

/// The address that waits for its code, if one does.
pub async fn waiting(state: &AppState, customer: &CustomerId) -> Result<Option<String>, Failure> {
    let pending = own_details::pending(state.db.pool(), customer, Detail::Email).await?;
    Ok(pending.filter(|pending| is_alive(state, pending)).map(|pending| pending.value.part(0).to_owned()))
}

fn is_alive(state: &AppState, pending: &Pending) -> bool {
    pending.tries < MOST_TRIES && state.clock.real_now_millis() < pending.expires_at
}

/// What became of a code that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// The address is theirs.
    Changed,
    Wrong,
    /// It was wrong too often.
    TriedTooOften,
    Expired,
    /// No address waits for one.
    NoneAsked,
}

/// Judges a code. A right one changes the address, and the one before is told.
pub async fn enter(state: &AppState, customer: &CustomerId, typed: &str) -> Result<Entered, Failure> {
    let mut tx = state.db.begin_write().await?;
    lock(&mut tx, customer).await?;
    let Some(pending) = own_details::pending(&mut *tx, customer, Detail::Email).await? else {
        return Ok(Entered::NoneAsked);
    };
    if pending.tries >= MOST_TRIES {
        return Ok(Entered::TriedTooOften);
    }
    if !is_alive(state, &pending) {
        return Ok(Entered::Expired);
    }
    let entered = match is_right(state, &mut tx, &pending, typed).await? {
        true => {
            own_details::forget_pending(&mut tx, &pending.id).await?;
            write(state, &mut tx, customer, (Detail::Email, pending.value), By::Customer).await?;
            Entered::Changed
        }
        false => {
            own_details::count_try(&mut tx, &pending.id).await?;
            let actor = Actor::Customer(customer.to_string());
            record(state, &mut tx, customer, actor, "details.code_wrong", Detail::Email).await?;
            if pending.tries + 1 < MOST_TRIES { Entered::Wrong } else { Entered::TriedTooOften }
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(entered)
}

async fn is_right(state: &AppState, tx: &mut Tx, pending: &Pending, typed: &str) -> Result<bool, Failure> {
    let code = code_of(&contact_key(state, tx).await?, &pending.id);
    Ok(read_code(typed).is_some_and(|typed| bool::from(digest::same(&typed, &code))))
}
