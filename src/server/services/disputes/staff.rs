//! What a person here does about a dispute: looks at it, asks for more, answers it. The answer is a signed letter; the hold ends when it
//! was sent (12 CFR 1006.38(d)(2)), which [`release_sent`] looks for, or when a person says that they posted it.

use super::say::{hold, language_of};
use super::{Dispute, Words, WordsKind, is_late, letter, note, once_of_answer, release};
use crate::domain::dispute::{NotInTheBooks, Outcome, is_borne_out};
use crate::domain::money::Money;
use crate::paths;
use crate::server::clock::Millis;
use crate::server::notify::letters::Template;
use crate::server::services::Failure;
use crate::server::services::outbox::{self, About, Hurry, Message, State};
use crate::server::state::AppState;
use crate::server::store::disputes::{self, Ended, Released};
use crate::server::store::events::Actor;
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::{self, StoreError, Tx, end_read};
use serde_json::json;

/// What was sent so long ago does not come back any more.
const COMES_BACK_WITHIN_MILLIS: Millis = 30 * 86_400_000;
/// So many answers are looked through at once.
const MOST_AT_ONCE: i64 = 500;

/// A dispute as a person here sees it.
pub struct Seen {
    pub dispute: Dispute,
    pub words: Vec<Words>,
    pub is_late: bool,
}

/// Those in force, the first promised first.
pub async fn in_force(state: &AppState, limit: i64) -> Result<Vec<(Dispute, bool)>, Failure> {
    let now = state.clock.now_millis();
    let all = disputes::all_in_force(state.db.pool(), limit).await?;
    Ok(all
        .into_iter()
        .map(|dispute| {
            let late = is_late(&dispute, now);
            (dispute, late)
        })
        .collect())
}

pub async fn see(state: &AppState, reference: &str) -> Result<Option<Seen>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(dispute) = disputes::by_reference(&mut *tx, reference).await? else { return Ok(None) };
    let words = disputes::words(&mut *tx, &dispute.id).await?;
    end_read(tx);
    let is_late = is_late(&dispute, state.clock.now_millis());
    Ok(Some(Seen { dispute, words, is_late }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDone {
    NoSuchDispute,
    /// It was answered or withdrawn before.
    Over,
    /// Nothing was answered yet, so nothing can have been posted.
    NotAnswered,
    /// A question or an answer without a person or without words is none.
    NoPerson,
    NoWords,
    /// The letter would say what the books do not.
    NotInTheBooks(NotInTheBooks),
}

/// The dispute and its account, read under the account's lock.
async fn locked(tx: &mut Tx, reference: &str) -> Result<Option<(Dispute, AccountRecord)>, Failure> {
    let Some(dispute) = disputes::by_reference(&mut **tx, reference).await? else { return Ok(None) };
    store::lock_account(tx, dispute.account_id.as_str()).await?;
    let dispute = disputes::by_reference(&mut **tx, reference).await?.ok_or(Failure::Missing("dispute"))?;
    let account = facts::by_id(&mut **tx, dispute.account_id.as_str()).await?.ok_or(Failure::Missing("account"))?;
    Ok(Some((dispute, account)))
}

/// Asks its customer for more. They are told that there is a question; it stands on the dispute's page.
pub async fn ask(state: &AppState, reference: &str, text: &str, by: &str) -> Result<Result<(), NotDone>, Failure> {
    let (text, by) = (text.trim(), by.trim());
    if by.is_empty() || text.is_empty() {
        return Ok(Err(if by.is_empty() { NotDone::NoPerson } else { NotDone::NoWords }));
    }
    let mut tx = state.db.begin_write().await?;
    let Some((dispute, account)) = locked(&mut tx, reference).await? else { return Ok(Err(NotDone::NoSuchDispute)) };
    if dispute.state.ask().is_err() {
        return Ok(Err(NotDone::Over));
    }
    let at = state.clock.now_millis();
    disputes::set_more_needed(&mut tx, &dispute.id).await?;
    disputes::write(&mut tx, &dispute.id, &Words { kind: WordsKind::Asked, text: text.to_owned(), written_at: at }, by).await?;
    note(&mut tx, &dispute, Actor::Operator, "dispute.asked", json!({}), at).await?;
    let language = language_of(&mut tx, &account).await?;
    let link = format!("{}{}", state.config.public_url, paths::dispute_status(account.id.as_str()));
    let values = [("reference", &*dispute.reference), ("link", &*link)];
    let asked = disputes::words(&mut *tx, &dispute.id).await?.len();
    let once = format!("dispute_more_needed:{}:{asked}", dispute.id);
    let message = Message {
        customer_id: &account.customer_id,
        template: Template::DisputeMoreNeeded,
        language,
        values: &values,
        document_id: None,
        hurry: Hurry::InWindow,
        once: &once,
    };
    outbox::enqueue_about(state, &mut tx, &message, About { account_id: Some(&account.id), expires_at: None }).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

/// What a person answers.
pub struct Answer<'a> {
    /// Any but withdrawn, which is the customer's.
    pub outcome: Outcome,
    /// What was found out, in words for the customer.
    pub text: &'a str,
    pub by: &'a str,
}

/// Answers it: the letter is issued, signed and on its way; the hold goes on until it was sent. Books nothing: what is to be put right is
/// an entry of its own, made before, and an answer that says more than the books is refused. Returns the letter's reference.
pub async fn answer(state: &AppState, reference: &str, answer: &Answer<'_>) -> Result<Result<String, NotDone>, Failure> {
    let (text, by) = (answer.text.trim(), answer.by.trim());
    if by.is_empty() || text.is_empty() {
        return Ok(Err(if by.is_empty() { NotDone::NoPerson } else { NotDone::NoWords }));
    }
    let mut tx = state.db.begin_write().await?;
    let Some((dispute, account)) = locked(&mut tx, reference).await? else { return Ok(Err(NotDone::NoSuchDispute)) };
    let Ok(ended) = dispute.state.end(answer.outcome) else { return Ok(Err(NotDone::Over)) };
    let changed = disputes::changed_since(&mut tx, &account.id, dispute.opened_at).await?;
    let taken_off = Money::new(changed.saturating_neg(), account.facts.currency);
    if let Err(missing) = is_borne_out(answer.outcome, dispute.disputed, account.facts.balance, taken_off) {
        return Ok(Err(NotDone::NotInTheBooks(missing)));
    }
    let at = state.clock.now_millis();
    disputes::write(&mut tx, &dispute.id, &Words { kind: WordsKind::Answered, text: text.to_owned(), written_at: at }, by)
        .await?;
    let issued = letter::issue(state, &mut tx, &letter::Answered { dispute: &dispute, account: &account, answer, at }).await?;
    disputes::end(&mut tx, &dispute.id, &Ended { state: ended, by, at, document_id: Some(&issued.id) }).await?;
    let details = json!({ "outcome": answer.outcome.code(), "document": issued.id, "late": is_late(&dispute, at) });
    note(&mut tx, &dispute, Actor::Operator, "dispute.answered", details, at).await?;
    let language = language_of(&mut tx, &account).await?;
    let (once, values) = (once_of_answer(&dispute), [("reference", &*issued.reference)]);
    let message = Message {
        customer_id: &account.customer_id,
        template: Template::DisputeAnswer,
        language,
        values: &values,
        document_id: Some(&issued.id),
        hurry: Hurry::InWindow,
        once: &once,
    };
    outbox::enqueue(state, &mut tx, &message).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(issued.reference))
}

/// A person posted the answer themselves, because it could not be sent another way. Said again, it is so.
pub async fn posted(state: &AppState, reference: &str, by: &str) -> Result<Result<(), NotDone>, Failure> {
    if by.trim().is_empty() {
        return Ok(Err(NotDone::NoPerson));
    }
    let mut tx = state.db.begin_write().await?;
    let Some((dispute, _)) = locked(&mut tx, reference).await? else { return Ok(Err(NotDone::NoSuchDispute)) };
    if !dispute.state.is_over() {
        return Ok(Err(NotDone::NotAnswered));
    }
    if dispute.released_at.is_some() {
        return Ok(Ok(()));
    }
    release(state, &mut tx, &dispute, Actor::Operator, Released::Posted, state.clock.now_millis()).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

/// Ends the holds of disputes whose answer was sent since, and begins those again whose answer came back: what comes back was not sent
/// (12 CFR 1006.42). Returns how many. Safe to repeat.
pub async fn release_sent(state: &AppState) -> Result<usize, Failure> {
    let mut released = hold_what_came_back(state).await?;
    for id in disputes::answered_in_force(state.db.pool(), MOST_AT_ONCE).await? {
        let mut tx = state.db.begin_write().await?;
        let dispute = disputes::by_id(&mut *tx, &id).await?.ok_or(Failure::Missing("dispute"))?;
        store::lock_account(&mut tx, dispute.account_id.as_str()).await?;
        let dispute = disputes::by_id(&mut *tx, &id).await?.ok_or(Failure::Missing("dispute"))?;
        if dispute.released_at.is_some() || !was_sent(&mut tx, &dispute).await? {
            continue;
        }
        let at: Millis = state.clock.now_millis();
        release(state, &mut tx, &dispute, Actor::System, Released::Sent, at).await?;
        tx.commit().await.map_err(StoreError::from)?;
        released += 1;
    }
    Ok(released)
}

async fn hold_what_came_back(state: &AppState) -> Result<usize, Failure> {
    let mut held = 0;
    let since = state.clock.now_millis() - COMES_BACK_WITHIN_MILLIS;
    for id in disputes::released_as_sent(state.db.pool(), since, MOST_AT_ONCE).await? {
        let mut tx = state.db.begin_write().await?;
        let dispute = disputes::by_id(&mut *tx, &id).await?.ok_or(Failure::Missing("dispute"))?;
        store::lock_account(&mut tx, dispute.account_id.as_str()).await?;
        let dispute = disputes::by_id(&mut *tx, &id).await?.ok_or(Failure::Missing("dispute"))?;
        // Where another one is in force the account is on hold anyway.
        let is_held = disputes::in_force(&mut *tx, &dispute.account_id).await?.is_some();
        if is_held || was_sent(&mut tx, &dispute).await? {
            continue;
        }
        disputes::put_in_force_again(&mut tx, &dispute.id).await?;
        hold(&mut tx, &dispute, Actor::System, state.clock.now_millis()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        held += 1;
    }
    Ok(held)
}

async fn was_sent(tx: &mut Tx, dispute: &Dispute) -> Result<bool, Failure> {
    let stands = outbox::by_once_key(tx, &once_of_answer(dispute)).await?;
    Ok(matches!(stands, Some((State::Sent { .. }, _))))
}
