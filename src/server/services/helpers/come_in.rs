//! Coming in as a helper: by the link of the invitation and the code word, once; later by the reference of the help and the code word.
//! Whatever is wrong gets the same answer after the same work and the same time, as at the customer's own door.

use super::give::is_code;
use super::{note, secret_in};
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::server::clock::Millis;
use crate::server::notify::letters::Template;
use crate::server::security::digest;
use crate::server::services::Failure;
use crate::server::services::attempts::{Attempt, Counted};
use crate::server::services::outbox::{self, Hurry, Message};
use crate::server::services::sign_in::subject_of_address;
use crate::server::state::AppState;
use crate::server::store::customers;
use crate::server::store::events::Actor;
use crate::server::store::helpers::{self as store_of_helpers, Helper, HelperState};
use crate::server::store::sign_in::AttemptOutcome;
use crate::server::store::{StoreError, Tx};
use serde_json::json;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// No answer comes sooner.
const SHORTEST_ANSWER_MILLISECONDS: u64 = 250;
/// So many wrong code words over its whole life, and an invitation is over.
const CODES_IN_ALL: u32 = 10;

#[derive(Clone, PartialEq, Eq)]
pub enum CameIn {
    In {
        customer: CustomerId,
        helper_id: String,
    },
    /// Something does not match; nobody says what.
    Refused,
    /// Too many wrong answers: not before this instant.
    Limited {
        until: Millis,
    },
    /// The link is unknown, used or over.
    Gone,
}

/// Whether a link can still be used. Asking does not use it up.
pub async fn invitation_is_live(state: &AppState, token: &str) -> Result<bool, Failure> {
    let found = store_of_helpers::by_token(state.db.pool(), &digest::of_secret(token)).await?;
    Ok(found.is_some_and(|helper| is_open(&helper, state.clock.now_millis())))
}

fn is_open(helper: &Helper, now: Millis) -> bool {
    helper.state == HelperState::Invited && helper.ends_at > now
}

/// Takes an invitation up: the link and the code word together, so that a message that was handed on opens nothing.
pub async fn accept(state: &AppState, token: &str, typed: &str) -> Result<CameIn, Failure> {
    let answer_at = Instant::now() + Duration::from_millis(SHORTEST_ANSWER_MILLISECONDS);
    let outcome = judge_invitation(state, token, typed).await;
    sleep_until(answer_at).await;
    outcome
}

async fn judge_invitation(state: &AppState, token: &str, typed: &str) -> Result<CameIn, Failure> {
    let token_digest = digest::of_secret(token);
    let attempt = Attempt::begin(state, &[Counted::Link(&token_digest)]).await?;
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    if let Some(until) = attempt.limited_until(&mut tx).await? {
        return limited(tx, &attempt, until).await;
    }
    let key = secret_in(state, &mut tx).await?;
    let found = store_of_helpers::by_token(&mut *tx, &token_digest).await?;
    let Some(helper) = found.filter(|helper| is_open(helper, now)) else {
        attempt.end(&mut tx, AttemptOutcome::Refused).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(CameIn::Gone);
    };
    if !is_code(&key, &helper.id, typed) {
        attempt.end(&mut tx, AttemptOutcome::Refused).await?;
        if attempt.refused_in_all(&mut tx, CODES_IN_ALL).await? >= CODES_IN_ALL
            && store_of_helpers::end(&mut tx, &helper.id, "tries", now).await?
        {
            note(&mut tx, &helper, Actor::System, "helper.ended", json!({ "because": "tries" }), now).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(CameIn::Refused);
    }
    if !store_of_helpers::accept(&mut tx, &helper.id, now).await? {
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(CameIn::Gone);
    }
    attempt.end(&mut tx, AttemptOutcome::Accepted).await?;
    came_in(&mut tx, &helper, "invitation", now).await?;
    tell(state, &mut tx, &helper).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(CameIn::In { customer: helper.customer_id, helper_id: helper.id })
}

/// Comes back with the reference of the help and the code word.
pub async fn sign_in(state: &AppState, reference: &str, typed: &str, address: Option<IpAddr>) -> Result<CameIn, Failure> {
    let answer_at = Instant::now() + Duration::from_millis(SHORTEST_ANSWER_MILLISECONDS);
    let outcome = judge_reference(state, reference.trim(), typed, address).await;
    sleep_until(answer_at).await;
    outcome
}

async fn judge_reference(state: &AppState, reference: &str, typed: &str, address: Option<IpAddr>) -> Result<CameIn, Failure> {
    let address = address.map(subject_of_address);
    let reference = reference.to_uppercase();
    let mut counted = vec![Counted::Reference(&reference)];
    counted.extend(address.as_deref().map(Counted::Address));
    let attempt = Attempt::begin(state, &counted).await?;
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    if let Some(until) = attempt.limited_until(&mut tx).await? {
        return limited(tx, &attempt, until).await;
    }
    let key = secret_in(state, &mut tx).await?;
    let found = store_of_helpers::by_reference(&mut *tx, &reference).await?;
    // Compared whether or not there is anything to compare with.
    let is_right = is_code(&key, found.as_ref().map_or("", |helper| helper.id.as_str()), typed);
    let helper = found.filter(|helper| is_right && helper.state == HelperState::Active && helper.ends_at > now);
    let outcome = match helper {
        Some(helper) => {
            attempt.end(&mut tx, AttemptOutcome::Accepted).await?;
            came_in(&mut tx, &helper, "code", now).await?;
            CameIn::In { customer: helper.customer_id, helper_id: helper.id }
        }
        None => {
            attempt.end(&mut tx, AttemptOutcome::Refused).await?;
            CameIn::Refused
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(outcome)
}

async fn limited(mut tx: Tx, attempt: &Attempt, until: Millis) -> Result<CameIn, Failure> {
    attempt.end(&mut tx, AttemptOutcome::Limited).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(CameIn::Limited { until })
}

async fn came_in(tx: &mut Tx, helper: &Helper, way: &'static str, now: Millis) -> Result<(), Failure> {
    note(tx, helper, Actor::Helper(helper.id.clone()), "helper.came_in", json!({ "way": way }), now).await
}

/// The customer is told that the invitation was taken up, through the gate like everything else.
async fn tell(state: &AppState, tx: &mut Tx, helper: &Helper) -> Result<(), Failure> {
    let addressee = customers::addressee(tx, &helper.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let link = format!("{}{}", state.config.public_url, crate::paths::HELPERS);
    let once = format!("{}:{}", Template::HelperCameIn.code(), helper.id);
    let message = Message {
        customer_id: &helper.customer_id,
        template: Template::HelperCameIn,
        language: Language::from_tag(&addressee.language).unwrap_or_default(),
        values: &[("link", link.as_str())],
        document_id: None,
        hurry: Hurry::InWindow,
        once: &once,
    };
    outbox::enqueue(state, tx, &message).await
}
