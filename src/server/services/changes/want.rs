//! What is wanted of an agreement, kept to be checked and signed or put aside.

use super::read::{Changeable, NotNow, changeable, read};
use crate::domain::agreement::Terms;
use crate::domain::changing::{Change, Changed, NotChanged};
use crate::domain::ids::{AgreementId, CustomerId};
use crate::server::services::signing::fingerprint;
use crate::server::services::{Failure, policies};
use crate::server::state::AppState;
use crate::server::store::changes::{self, ChangeDraft};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{self, StoreError, Tx, agreements};
use serde_json::json;

/// What became of a wish.
#[derive(Debug)]
pub enum Wanted {
    Kept,
    /// Not so; the nearest that can be.
    NotAllowed(Box<NotChanged>),
    NotNow(NotNow),
    NotFound,
}

/// Keeps what is wanted, if it is allowed, to be checked and signed.
pub async fn want(state: &AppState, customer: &CustomerId, id: &AgreementId, change: Change) -> Result<Wanted, Failure> {
    let found = match changeable(state, customer, id).await? {
        None => return Ok(Wanted::NotFound),
        Some(Err(why)) => return Ok(Wanted::NotNow(why)),
        Some(Ok(found)) => found,
    };
    if let Err(refused) = found.running().change(&change, found.today) {
        return Ok(Wanted::NotAllowed(Box::new(refused)));
    }
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    store::lock_account(&mut tx, found.account.id.as_str()).await?;
    let draft = ChangeDraft { version: found.agreement.version, change };
    changes::keep(&mut tx, id, customer, &draft, now).await?;
    let event = Event {
        at: now,
        actor: Actor::Customer(customer.to_string()),
        action: "change.kept",
        customer_id: Some(customer.to_string()),
        account_id: Some(found.account.id.to_string()),
        subject_id: Some(id.to_string()),
        details: json!({ "change": draft.change, "version": draft.version }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Wanted::Kept)
}

/// A change that is wanted, as it comes to now.
#[derive(Clone, Debug)]
pub struct Ready {
    pub found: Box<Changeable>,
    pub change: Change,
    pub terms: Terms,
    pub terms_sha256: String,
}

/// The change that an agreement's customer wants, ready to be checked and signed; `None` where nothing is wanted or it cannot be
/// any more.
pub async fn ready(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Option<Ready>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let ready = compute(state, &mut tx, customer, id).await?;
    store::end_read(tx);
    Ok(ready)
}

pub(super) async fn compute(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    id: &AgreementId,
) -> Result<Option<Ready>, Failure> {
    // Asked first: most of those who look at an agreement want nothing of it changed.
    let Some(ChangeDraft { version, change }) = changes::wanted(&mut **tx, id).await? else { return Ok(None) };
    let Some(Ok(found)) = read(state, tx, customer, id).await? else { return Ok(None) };
    if version != found.agreement.version {
        return Ok(None);
    }
    let Ok(schedule) = found.running().change(&change, found.today) else { return Ok(None) };
    let terms = found.terms_after(&change, schedule, &policies::current(state).policy);
    let terms_sha256 = fingerprint(&terms.canonical_json());
    Ok(Some(Ready { found, change, terms, terms_sha256 }))
}

/// A change that is wanted and not signed, as it comes to now; `None` where nothing is wanted or it cannot be any more.
pub async fn kept(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Option<Changed>, Failure> {
    let ready = ready(state, customer, id).await?;
    Ok(ready.map(|ready| Changed { change: ready.change, schedule: ready.terms.schedule }))
}

/// Forgets what was wanted. Put aside twice, it is put aside once.
pub async fn put_aside(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(agreement) = agreements::of_customer(&mut *tx, customer, id).await? else { return Ok(()) };
    store::lock_account(&mut tx, agreement.account_id.as_str()).await?;
    let Some(ChangeDraft { version, change }) = changes::wanted(&mut *tx, id).await? else { return Ok(()) };
    changes::forget(&mut tx, id).await?;
    let event = Event {
        at: state.clock.now_millis(),
        actor: Actor::Customer(customer.to_string()),
        action: "change.put_aside",
        customer_id: Some(customer.to_string()),
        account_id: Some(agreement.account_id.to_string()),
        subject_id: Some(id.to_string()),
        details: json!({ "change": change, "version": version }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
