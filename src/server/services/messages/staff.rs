//! What a person here does about conversations: looks at them, answers, closes. The answer stays in the portal; its customer is told
//! that there is one. What collections waited for goes on with the answer, or ends with it.

use super::{Attachment, Conversation, Failure, Words, filed_under, keep_files, note, tell};
use crate::domain::conversation::{LONGEST_ANSWER_CHARACTERS, NotClosed, Writer, may_close};
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::notify::letters::Template;
use crate::server::services::requests::{self, Collections};
use crate::server::state::AppState;
use crate::server::store::conversations::{self, NewWords};
use crate::server::store::events::Actor;
use crate::server::store::{self, StoreError, Tx, end_read, outbox, requests as store_of_requests};
use serde_json::json;

/// Those that wait for an answer with whether each is late: late ones first, then what collections wait for, then by the promised day.
pub async fn waiting(state: &AppState, limit: i64) -> Result<Vec<(Conversation, bool)>, Failure> {
    let now = state.clock.now_millis();
    let all = conversations::waiting(state.db.pool(), now, limit).await?;
    Ok(all
        .into_iter()
        .map(|conversation| {
            let late = is_late(&conversation, now);
            (conversation, late)
        })
        .collect())
}

/// A promised day is over without an answer, whether its customer was told already or not.
fn is_late(conversation: &Conversation, now: Millis) -> bool {
    conversation.late_since.is_some() || conversation.answer_by.is_some_and(|by| by < now)
}

/// A conversation as a person here sees it.
pub struct Seen {
    pub conversation: Conversation,
    pub is_late: bool,
    pub words: Vec<Words>,
    /// The case of each file is the id of its message.
    pub attachments: Vec<Attachment>,
}

pub async fn see(state: &AppState, reference: &str) -> Result<Option<Seen>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(conversation) = conversations::by_reference(&mut *tx, reference).await? else { return Ok(None) };
    let words = conversations::words(&mut *tx, &conversation.id).await?;
    let attachments = conversations::attachments(&mut *tx, &conversation.id).await?;
    end_read(tx);
    let is_late = is_late(&conversation, state.clock.now_millis());
    Ok(Some(Seen { conversation, is_late, words, attachments }))
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDone {
    NoSuchConversation,
    /// An answer without a person or without words is none.
    NoPerson,
    NoWords,
    /// More than is taken at once.
    TooLong,
    NotClosed(NotClosed),
}

/// What a person answers.
pub struct Answer<'a> {
    pub text: &'a str,
    pub by: &'a str,
    /// Where collections wait for it.
    pub collections: Collections,
}

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// So many accounts are no longer on hold because of it.
    pub released: u64,
    pub permissions_ended: usize,
    /// It came after a day that was promised.
    pub was_late: bool,
}

/// Answers: the words are in the conversation, its customer is told that they are, and what waited for them goes on or ends.
pub async fn answer(state: &AppState, reference: &str, answer: &Answer<'_>) -> Result<Result<Answered, NotDone>, Failure> {
    let (text, by) = (answer.text.trim(), answer.by.trim());
    if by.is_empty() {
        return Ok(Err(NotDone::NoPerson));
    }
    if text.is_empty() {
        return Ok(Err(NotDone::NoWords));
    }
    if text.chars().count() > LONGEST_ANSWER_CHARACTERS {
        return Ok(Err(NotDone::TooLong));
    }
    let mut tx = state.db.begin_write().await?;
    let Some(conversation) = locked(&mut tx, reference).await? else { return Ok(Err(NotDone::NoSuchConversation)) };
    let at = state.clock.now_millis();
    let was_late = is_late(&conversation, at);
    let new = NewWords {
        id: &ids::new_id(),
        conversation_id: &conversation.id,
        writer: Writer::Team,
        staff: Some(by),
        words: text,
        written_at: at,
        sent_key: None,
    };
    let number = conversations::write(&mut tx, &new).await?;
    conversations::set_answered(&mut tx, &conversation.id, at).await?;
    keep_files(state, &mut tx, &conversation.id, at).await?;
    let (released, permissions_ended) = settle(state, &mut tx, &conversation, answer.collections, at).await?;
    let details = json!({
        "number": number, "late": was_late, "released": released, "permissions_ended": permissions_ended,
    });
    note(&mut tx, &conversation, Actor::Operator, "conversation.answered", details, at).await?;
    let once = format!("{}:{}:{number}", Template::MessageAnswered.code(), conversation.id);
    tell(state, &mut tx, &conversation, Template::MessageAnswered, &[], &once).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(Answered { released, permissions_ended, was_late }))
}

/// Ends what is on hold until it is answered. Where it was an order to stop, the permissions end before the hold does.
async fn settle(
    state: &AppState,
    tx: &mut Tx,
    conversation: &Conversation,
    collections: Collections,
    at: Millis,
) -> Result<(u64, usize), Failure> {
    let mut permissions_ended = 0;
    if collections == Collections::Stop {
        let held = conversations::held_accounts(tx, &conversation.reference).await?;
        let mut concerned: Vec<_> = held.into_iter().map(|(account, _)| account).collect();
        concerned.extend(conversation.account_id.clone());
        concerned.sort_unstable();
        concerned.dedup();
        for account in &concerned {
            permissions_ended += requests::end_permissions(state, tx, account, at).await?;
        }
    }
    let released = store_of_requests::release_holds(tx, &conversation.reference, at).await?;
    if released > 0 {
        outbox::decide_again(tx, &conversation.customer_id, at).await?;
    }
    Ok((released, permissions_ended))
}

/// Closes it: nothing is left to be said. What its customer writes opens it again.
pub async fn close(state: &AppState, reference: &str, by: &str) -> Result<Result<(), NotDone>, Failure> {
    let by = by.trim();
    if by.is_empty() {
        return Ok(Err(NotDone::NoPerson));
    }
    let mut tx = state.db.begin_write().await?;
    let Some(conversation) = locked(&mut tx, reference).await? else { return Ok(Err(NotDone::NoSuchConversation)) };
    if let Err(refused) = may_close(conversation.state, conversation.holds) {
        return Ok(Err(NotDone::NotClosed(refused)));
    }
    let at = state.clock.now_millis();
    conversations::set_closed(&mut tx, &conversation.id, by, at).await?;
    keep_files(state, &mut tx, &conversation.id, at).await?;
    note(&mut tx, &conversation, Actor::Operator, "conversation.closed", json!({}), at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

/// A conversation with everything that waits for it, read under the locks of the accounts.
pub(super) async fn locked(tx: &mut Tx, reference: &str) -> Result<Option<Conversation>, Failure> {
    let Some(conversation) = conversations::by_reference(&mut **tx, reference).await? else { return Ok(None) };
    let held = conversations::held_accounts(tx, reference).await?;
    let mut to_lock: Vec<_> = held.into_iter().map(|(account, _)| account).collect();
    to_lock.push(filed_under(tx, &conversation.customer_id, conversation.account_id.as_ref()).await?);
    to_lock.sort_unstable();
    to_lock.dedup();
    for account in &to_lock {
        store::lock_account(tx, account.as_str()).await?;
    }
    Ok(conversations::by_reference(&mut **tx, reference).await?)
}

/// The same for time that passes.
pub(super) async fn locked_if_past(tx: &mut Tx, reference: &str, now: Millis) -> Result<Option<Conversation>, Failure> {
    Ok(locked(tx, reference).await?.filter(|conversation| conversation.answer_by.is_some_and(|by| by < now)))
}
