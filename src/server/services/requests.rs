//! What waits for a person: everything people wrote to us outside of conversations ([`super::messages`]) and nobody has answered yet,
//! what may stop a payment first. Called by the command line; a person answers by whatever way they like and says so here.

use super::{Failure, mandates};
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::mandate::EndReason;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
pub use crate::server::store::requests::{OpenRequest, WholeRequest};
use crate::server::store::{self, StoreError, Tx, mandates as store_of_mandates, outbox, requests};
use serde_json::json;

/// What waits, in the order in which it is to be read; at most so many.
pub async fn open(state: &AppState, limit: i64) -> Result<Vec<OpenRequest>, Failure> {
    Ok(requests::open(state.db.pool(), limit).await?)
}

/// One of them with what was written and where the answer goes.
pub async fn whole(state: &AppState, reference: &str) -> Result<Option<WholeRequest>, Failure> {
    Ok(requests::whole(state.db.pool(), reference).await?)
}

/// What a person decided about the collections that waited for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collections {
    /// Its writer meant something else: they go on.
    GoOn,
    /// It was an order to stop them: the permission ends.
    Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// So many accounts are no longer on hold because of it.
    pub released: u64,
    pub permissions_ended: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnswered {
    NoSuchRequest,
    AnsweredBefore,
    /// An answer without a person is none.
    NoPerson,
    /// It disputes nothing, or that was settled before.
    NothingDisputed,
}

/// A person has answered: the request is closed, and what was on hold because of it is released. Where it was an order to stop, the
/// permissions end before the hold does.
pub async fn answered(
    state: &AppState,
    reference: &str,
    by: &str,
    collections: Collections,
) -> Result<Result<Answered, NotAnswered>, Failure> {
    if by.trim().is_empty() {
        return Ok(Err(NotAnswered::NoPerson));
    }
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let Some(id) = requests::id_of(&mut tx, reference).await? else { return Ok(Err(NotAnswered::NoSuchRequest)) };
    let concerned = requests::accounts_of(&mut tx, reference).await?;
    for (account, _) in &concerned {
        store::lock_account(&mut tx, account.as_str()).await?;
    }
    if !requests::set_answered(&mut tx, reference, by.trim(), at).await? {
        return Ok(Err(NotAnswered::AnsweredBefore));
    }
    let mut permissions_ended = 0;
    if collections == Collections::Stop {
        for (account, _) in &concerned {
            permissions_ended += end_permissions(state, &mut tx, account, at).await?;
        }
    }
    let released = requests::release_holds(&mut tx, reference, at).await?;
    for (_, customer) in &concerned {
        outbox::decide_again(&mut tx, customer, at).await?;
    }
    let (account, customer) = concerned.first().map_or((None, None), |(account, customer)| (Some(account), Some(customer)));
    let details = json!({ "permissions_ended": permissions_ended, "released": released });
    let event = Event {
        at,
        actor: Actor::Operator,
        action: "contact.answered",
        customer_id: customer.map(CustomerId::to_string),
        account_id: account.map(AccountId::to_string),
        subject_id: Some(id),
        details,
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(Answered { released, permissions_ended }))
}

/// What its customer disputed is answered in writing (12 CFR 1006.38(d)(2)): the account is no longer on hold for it, and the request
/// is closed, unless collections wait for it too: whether they go on is another answer.
pub async fn dispute_settled(state: &AppState, reference: &str, by: &str) -> Result<Result<(), NotAnswered>, Failure> {
    if by.trim().is_empty() {
        return Ok(Err(NotAnswered::NoPerson));
    }
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let Some(id) = requests::id_of(&mut tx, reference).await? else { return Ok(Err(NotAnswered::NoSuchRequest)) };
    let Some((account, customer)) = requests::disputed_by(&mut tx, reference).await? else {
        return Ok(Err(NotAnswered::NothingDisputed));
    };
    store::lock_account(&mut tx, account.as_str()).await?;
    requests::release_dispute(&mut tx, &account, at).await?;
    if !requests::is_waited_for(&mut tx, reference).await? {
        requests::set_answered(&mut tx, reference, by.trim(), at).await?;
    }
    outbox::decide_again(&mut tx, &customer, at).await?;
    let event = Event {
        at,
        actor: Actor::Operator,
        action: "dispute.settled",
        customer_id: Some(customer.to_string()),
        account_id: Some(account.to_string()),
        subject_id: Some(id),
        details: json!({}),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

/// Ends every permission to collect from an account.
pub(super) async fn end_permissions(state: &AppState, tx: &mut Tx, account: &AccountId, at: i64) -> Result<usize, Failure> {
    let open = store_of_mandates::open_on_account(tx, account).await?;
    for id in &open {
        mandates::end(state, tx, id, EndReason::Staff, at).await?;
    }
    Ok(open.len())
}
