//! What a customer does about a dispute that is open: adds to it, or takes it back.

use super::say::may_be_a_stop_order;
use super::{Dispute, release};
use crate::domain::contact::stop_words::may_stop_a_payment;
use crate::domain::dispute::Outcome;
use crate::domain::ids::{AccountId, AgreementId, CustomerId};
use crate::server::services::{Failure, answers};
use crate::server::state::AppState;
use crate::server::store::disputes::{self, Ended, Released, Words, WordsKind};
use crate::server::store::events::Actor;
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::{self, StoreError, Tx};
use serde_json::json;

/// So many times a day something is added; more than that is no conversation.
const ADDED_A_DAY: usize = 10;
const DAY_MILLIS: i64 = 86_400_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    Added,
    /// Too often today.
    Limited,
    /// There is none of theirs that is still open.
    NothingOpen,
}

/// Adds the customer's words to the dispute that is open on an account of theirs.
pub async fn add(state: &AppState, customer: &CustomerId, account_id: &AccountId, text: &str) -> Result<Added, Failure> {
    let mut tx = state.db.begin_write().await?;
    if facts::one_of_customer(&mut *tx, customer, account_id).await?.is_none() {
        return Ok(Added::NothingOpen);
    }
    let permitted = answers::permitted(&mut tx, customer, may_stop_a_payment(text)).await?;
    answers::lock(&mut tx, &permitted, account_id).await?;
    let account = facts::one_of_customer(&mut *tx, customer, account_id).await?.ok_or(Failure::Missing("account"))?;
    let dispute = disputes::in_force(&mut *tx, account_id).await?.filter(|dispute| !dispute.state.is_over());
    let Some(dispute) = dispute else { return Ok(Added::NothingOpen) };
    let since = state.clock.now_millis() - DAY_MILLIS;
    let words = disputes::words(&mut *tx, &dispute.id).await?;
    if words.iter().filter(|words| words.kind == WordsKind::Added && words.written_at > since).count() >= ADDED_A_DAY {
        return Ok(Added::Limited);
    }
    // A second press of the same button adds nothing.
    if words.last().is_some_and(|last| last.kind == WordsKind::Added && last.text == text) {
        return Ok(Added::Added);
    }
    write_added(state, &mut tx, &account, &dispute, text, &permitted).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Added::Added)
}

pub(super) async fn write_added(
    state: &AppState,
    tx: &mut Tx,
    account: &AccountRecord,
    dispute: &Dispute,
    text: &str,
    permitted: &[(AccountId, AgreementId)],
) -> Result<(), Failure> {
    let now = state.clock.now_millis();
    let words = Words { kind: WordsKind::Added, text: text.to_owned(), written_at: now };
    disputes::write(tx, &dispute.id, &words, account.customer_id.as_str()).await?;
    let actor = Actor::Customer(account.customer_id.to_string());
    super::note(tx, dispute, actor, "dispute.added", json!({}), now).await?;
    may_be_a_stop_order(state, tx, account, text, permitted).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// Now or by an earlier press.
    Withdrawn,
    /// A person has answered it: its hold ends when the answer was sent.
    Answered,
    NotTheirs,
}

/// The customer takes it back: the hold ends at once. Pressed twice, it is withdrawn once.
pub async fn withdraw(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
    reference: &str,
) -> Result<Withdrawn, Failure> {
    let mut tx = state.db.begin_write().await?;
    if facts::one_of_customer(&mut *tx, customer, account_id).await?.is_none() {
        return Ok(Withdrawn::NotTheirs);
    }
    store::lock_account(&mut tx, account_id.as_str()).await?;
    let dispute = disputes::by_reference(&mut *tx, reference).await?;
    let Some(dispute) = dispute.filter(|dispute| dispute.account_id == *account_id) else { return Ok(Withdrawn::NotTheirs) };
    let Ok(ended) = dispute.state.end(Outcome::Withdrawn) else {
        let was_withdrawn = dispute.state == crate::domain::dispute::DisputeState::Answered(Outcome::Withdrawn);
        return Ok(if was_withdrawn { Withdrawn::Withdrawn } else { Withdrawn::Answered });
    };
    let at = state.clock.now_millis();
    let actor = || Actor::Customer(customer.to_string());
    disputes::end(&mut tx, &dispute.id, &Ended { state: ended, by: customer.as_str(), at, document_id: None }).await?;
    super::note(&mut tx, &dispute, actor(), "dispute.withdrawn", json!({}), at).await?;
    release(state, &mut tx, &dispute, actor(), Released::Withdrawn, at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Withdrawn::Withdrawn)
}
