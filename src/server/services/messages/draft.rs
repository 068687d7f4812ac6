//! What a customer has typed and not sent: kept as typed, on any device. Its id becomes that of the message, and so what is attached to it
//! comes along.

use super::{Failure, filed_under};
use crate::domain::evidence::CaseKind;
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::ids;
use crate::server::services::evidence::{self, NewCase};
use crate::server::state::AppState;
use crate::server::store::conversations::{self, Conversation};
pub use crate::server::store::message_drafts::MessageDraft as Draft;
use crate::server::store::{self, StoreError, Tx, facts, message_drafts};
use std::collections::BTreeMap;

/// Fields as typed, by their names.
pub type Typed = BTreeMap<String, String>;

/// Where it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    New,
    /// A reply in the conversation with this reference.
    Reply(&'a str),
}

/// What is kept in a place; `None` for nothing, and where the conversation is not theirs.
pub async fn draft(state: &AppState, customer: &CustomerId, place: Place<'_>) -> Result<Option<Draft>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Ok(conversation) = conversation_of(&mut tx, customer, place).await? else { return Ok(None) };
    let id = conversation.as_ref().map(|conversation| conversation.id.as_str());
    let found = message_drafts::of_customer(&mut *tx, customer, id).await?;
    store::end_read(tx);
    Ok(found)
}

/// What a form begins with: what was kept, and the key that makes what it sends one message however often it is sent.
pub struct Form {
    pub draft: Option<Draft>,
    pub key: String,
}

/// What the form in a place begins with.
pub async fn form_key(state: &AppState, customer: &CustomerId, place: Place<'_>) -> Result<Form, Failure> {
    let draft = draft(state, customer, place).await?;
    let key = draft.as_ref().map_or_else(ids::new_id, |draft| draft.id.clone());
    Ok(Form { draft, key })
}

pub(super) struct NotTheirs;

/// The conversation of a place: none for a new message.
pub(super) async fn conversation_of(
    tx: &mut Tx,
    customer: &CustomerId,
    place: Place<'_>,
) -> Result<Result<Option<Conversation>, NotTheirs>, Failure> {
    match place {
        Place::New => Ok(Ok(None)),
        Place::Reply(reference) => {
            Ok(conversations::of_customer(&mut **tx, customer, reference).await?.map(Some).ok_or(NotTheirs))
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Kept,
    NotTheirs,
}

/// Keeps what was typed in a place, instead of what was kept there before. It can take files from then on.
pub async fn keep(state: &AppState, customer: &CustomerId, place: Place<'_>, typed: &Typed) -> Result<Kept, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Ok(conversation) = conversation_of(&mut tx, customer, place).await? else { return Ok(Kept::NotTheirs) };
    let chosen = typed.get(crate::domain::conversation::ACCOUNT).map(|account| AccountId(account.clone()));
    let account = match &conversation {
        Some(conversation) => conversation.account_id.clone(),
        None => chosen.filter(|account| !account.as_str().is_empty()),
    };
    if let Some(account) = &account
        && facts::one_of_customer(&mut *tx, customer, account).await?.is_none()
    {
        return Ok(Kept::NotTheirs);
    }
    let filed = filed_under(&mut tx, customer, account.as_ref()).await?;
    // Under one lock, whatever it is about: a customer has one new message.
    let lock = filed_under(&mut tx, customer, None).await?;
    store::lock_account(&mut tx, lock.as_str()).await?;
    let now = state.clock.now_millis();
    let conversation_id = conversation.map(|conversation| conversation.id);
    let draft = match message_drafts::of_customer(&mut *tx, customer, conversation_id.as_deref()).await? {
        Some(draft) => {
            let draft = Draft { typed: typed.clone(), ..draft };
            message_drafts::keep(&mut tx, &draft, now).await?;
            draft
        }
        None => {
            let draft = Draft { id: ids::new_id(), conversation_id, typed: typed.clone(), revision: 1, updated_at: now };
            message_drafts::insert(&mut tx, customer, &draft).await?;
            draft
        }
    };
    let case = NewCase { kind: CaseKind::Message, case_id: &draft.id, customer_id: customer, account_id: &filed };
    evidence::begin(state, &mut tx, &case, now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Kept::Kept)
}

/// Throws a draft away; what was attached to it takes no more and is deleted on its day. Pressed twice, it is gone once.
pub async fn discard(state: &AppState, customer: &CustomerId, id: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    if message_drafts::forget(&mut tx, customer, id).await? {
        evidence::finish(state, &mut tx, id, state.clock.now_millis()).await?;
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(())
}
