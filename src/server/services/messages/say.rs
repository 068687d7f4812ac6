//! A customer sends a message: the first of a conversation, or the next. Each promises a day anew, and each is looked through for an order
//! to stop a payment (12 CFR 1005.10(c)).

use super::draft::{Draft, Place, conversation_of};
use super::{Failure, filed_under, keep_files, note, promised};
use crate::domain::contact::stop_words::may_stop_a_payment;
use crate::domain::conversation::{Faults, MESSAGES_A_DAY, MOST_MESSAGES, NewMessage, TEXT, Writer, fault_of_text};
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::language::Language;
use crate::server::clock::{self, Millis};
use crate::server::ids;
use crate::server::services::answers;
use crate::server::state::AppState;
use crate::server::store::conversations::{self, Conversation, NewConversation, NewWords};
use crate::server::store::events::Actor;
use crate::server::store::{StoreError, Tx, facts, message_drafts};
use serde_json::json;

const DAY_MILLIS: Millis = 86_400_000;
/// A key of a form is an id of ours; a longer one is nobody's.
const LONGEST_KEY_CHARACTERS: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Now or by an earlier press.
    Sent {
        reference: String,
    },
    /// Too many today.
    Limited,
    /// There is so much in this conversation that another is begun.
    Full,
    NotTheirs,
    /// A draft cannot be sent as it is: field and code.
    NotWhole(Faults),
    /// It is not what was shown.
    Changed,
}

/// A new message with what makes it one however often its form is sent: the id of the draft it was kept as, or of the form.
pub struct Message<'a> {
    pub new: &'a NewMessage,
    pub key: &'a str,
    pub language: Language,
}

/// Begins a conversation.
pub async fn send(state: &AppState, customer: &CustomerId, message: &Message<'_>) -> Result<Sent, Failure> {
    let mut tx = state.db.begin_write().await?;
    let draft = message_drafts::by_id(&mut *tx, customer, message.key).await?;
    let sent = begin(state, &mut tx, customer, message, draft.filter(|draft| draft.conversation_id.is_none())).await?;
    finish(tx, sent).await
}

/// Writes the next message into a conversation.
pub async fn reply(state: &AppState, customer: &CustomerId, reference: &str, text: &str, key: &str) -> Result<Sent, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(conversation) = conversations::of_customer(&mut *tx, customer, reference).await? else {
        return Ok(Sent::NotTheirs);
    };
    // What was kept elsewhere stays there.
    let draft = message_drafts::by_id(&mut *tx, customer, key).await?;
    let draft = draft.filter(|draft| draft.conversation_id.as_ref() == Some(&conversation.id));
    let sent = go_on(state, &mut tx, customer, reference, &Written { text, key, draft }).await?;
    finish(tx, sent).await
}

/// Sends what is kept in a place, if it is still what was shown.
pub async fn send_draft(
    state: &AppState,
    customer: &CustomerId,
    place: Place<'_>,
    (id, revision): (&str, i64),
    language: Language,
) -> Result<Sent, Failure> {
    let mut tx = state.db.begin_write().await?;
    if let Some(reference) = conversations::sent_before(&mut tx, &sent_key(customer, id)).await? {
        return Ok(Sent::Sent { reference });
    }
    let Ok(conversation) = conversation_of(&mut tx, customer, place).await? else { return Ok(Sent::NotTheirs) };
    let Some(draft) = message_drafts::by_id(&mut *tx, customer, id).await? else { return Ok(Sent::Changed) };
    let of_conversation = conversation.as_ref().map(|conversation| conversation.id.as_str());
    if draft.revision != revision || draft.conversation_id.as_deref() != of_conversation {
        return Ok(Sent::Changed);
    }
    let sent = match &conversation {
        None => match NewMessage::read(&draft.typed) {
            Ok(new) => begin(state, &mut tx, customer, &Message { new: &new, key: id, language }, Some(draft)).await?,
            Err(faults) => Sent::NotWhole(faults),
        },
        Some(conversation) => {
            let text = draft.typed.get(TEXT).map(|text| text.trim().to_owned()).unwrap_or_default();
            match fault_of_text(&text) {
                Some(fault) => Sent::NotWhole(vec![fault]),
                None => {
                    let written = Written { text: &text, key: id, draft: Some(draft) };
                    go_on(state, &mut tx, customer, &conversation.reference, &written).await?
                }
            }
        }
    };
    finish(tx, sent).await
}

/// What was sent stays; what was refused has changed nothing.
async fn finish(tx: Tx, sent: Sent) -> Result<Sent, Failure> {
    if matches!(sent, Sent::Sent { .. }) {
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(sent)
}

/// Nobody's key is another's, whatever a form says.
fn sent_key(customer: &CustomerId, key: &str) -> String {
    let key: String = key.chars().take(LONGEST_KEY_CHARACTERS).collect();
    format!("{customer}:{key}")
}

/// A message as it comes in.
struct Written<'a> {
    text: &'a str,
    key: &'a str,
    /// What of it was kept before.
    draft: Option<Draft>,
}

async fn begin(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    message: &Message<'_>,
    draft: Option<Draft>,
) -> Result<Sent, Failure> {
    let Message { new, key, language } = message;
    if let Some(account) = &new.account
        && facts::one_of_customer(&mut **tx, customer, account).await?.is_none()
    {
        return Ok(Sent::NotTheirs);
    }
    let written = Written { text: &new.text, key, draft };
    // An order may begin in the title and end in the text.
    let whole = format!("{} {}", new.subject, new.text);
    let may_stop = may_stop_a_payment(&new.text) || may_stop_a_payment(&whole);
    let permitted = answers::permitted(tx, customer, may_stop).await?;
    let filed = filed_under(tx, customer, new.account.as_ref()).await?;
    answers::lock(tx, &permitted, &filed).await?;
    if let Some(reference) = conversations::sent_before(tx, &sent_key(customer, key)).await? {
        return Ok(Sent::Sent { reference });
    }
    let now = state.clock.now_millis();
    let to_hold = answers::not_held(tx, &permitted, now).await?;
    if to_hold.is_empty() && is_limited(tx, customer, now).await? {
        return Ok(Sent::Limited);
    }
    let time_zone = facts::by_id(&mut **tx, filed.as_str()).await?.ok_or(Failure::Missing("account"))?.time_zone;
    let (_, answer_by) = promised(state, &clock::zone(&time_zone));
    let (id, reference) = (ids::new_id(), ids::new_reference("M"));
    let conversation = NewConversation {
        id: &id,
        reference: &reference,
        customer_id: customer,
        account_id: new.account.as_ref(),
        topic: new.topic,
        subject: &new.subject,
        language: language.tag(),
        answer_by,
        created_at: now,
    };
    conversations::insert(tx, &conversation).await?;
    let conversation = conversations::by_reference(&mut **tx, &reference).await?.ok_or(Failure::Missing("conversation"))?;
    write(state, tx, &conversation, &written, now).await?;
    hold(tx, &conversation, &to_hold, now).await?;
    Ok(Sent::Sent { reference })
}

async fn go_on(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    reference: &str,
    written: &Written<'_>,
) -> Result<Sent, Failure> {
    let Some(conversation) = conversations::of_customer(&mut **tx, customer, reference).await? else {
        return Ok(Sent::NotTheirs);
    };
    let permitted = answers::permitted(tx, customer, may_stop_a_payment(written.text)).await?;
    let filed = filed_under(tx, customer, conversation.account_id.as_ref()).await?;
    answers::lock(tx, &permitted, &filed).await?;
    if let Some(reference) = conversations::sent_before(tx, &sent_key(customer, written.key)).await? {
        return Ok(Sent::Sent { reference });
    }
    let now = state.clock.now_millis();
    let to_hold = answers::not_held(tx, &permitted, now).await?;
    if to_hold.is_empty() && is_limited(tx, customer, now).await? {
        return Ok(Sent::Limited);
    }
    if to_hold.is_empty() && conversations::count(tx, &conversation.id).await? >= MOST_MESSAGES {
        return Ok(Sent::Full);
    }
    write(state, tx, &conversation, written, now).await?;
    hold(tx, &conversation, &to_hold, now).await?;
    Ok(Sent::Sent { reference: conversation.reference })
}

async fn is_limited(tx: &mut Tx, customer: &CustomerId, now: Millis) -> Result<bool, Failure> {
    Ok(conversations::sent_since(tx, customer, now - DAY_MILLIS).await? >= MESSAGES_A_DAY)
}

/// The words, the day that is promised for them, and what came with them.
async fn write(
    state: &AppState,
    tx: &mut Tx,
    conversation: &Conversation,
    written: &Written<'_>,
    now: Millis,
) -> Result<(), Failure> {
    let draft = written.draft.as_ref();
    let id = draft.map_or_else(ids::new_id, |draft| draft.id.clone());
    // A form from before had none.
    let key = if written.key.is_empty() { &*id } else { written.key };
    let sent_key = sent_key(&conversation.customer_id, key);
    let new = NewWords {
        id: &id,
        conversation_id: &conversation.id,
        writer: Writer::Customer,
        staff: None,
        words: written.text,
        written_at: now,
        sent_key: Some(&sent_key),
    };
    let number = conversations::write(tx, &new).await?;
    let (_, answer_by) = promised(state, &clock::zone(&conversation.time_zone));
    conversations::set_waiting(tx, &conversation.id, number, answer_by, now).await?;
    if let Some(draft) = draft {
        message_drafts::forget(tx, &conversation.customer_id, &draft.id).await?;
    }
    keep_files(state, tx, &conversation.id, now).await?;
    let details = json!({ "topic": conversation.topic.code(), "number": number });
    let actor = Actor::Customer(conversation.customer_id.to_string());
    note(tx, conversation, actor, "message.received", details, now).await
}

/// Collections wait until this conversation is answered, where they do not wait already.
async fn hold(tx: &mut Tx, conversation: &Conversation, to_hold: &[AccountId], now: Millis) -> Result<(), Failure> {
    for account in to_hold {
        answers::hold(tx, account, &conversation.customer_id, &conversation.reference, now).await?;
    }
    Ok(())
}
