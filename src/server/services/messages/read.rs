//! What a customer reads: their conversations, one of them, and what a new message may be about.

use super::draft::{Draft, Form, Place, form_key};
use super::{Attachment, Conversation, Failure, Words, note, promised, zone_of};
use crate::domain::calendar::Date;
use crate::domain::contact::Topic;
use crate::domain::conversation::{ConversationState, MOST_LISTED, Writer};
use crate::domain::evidence::EvidenceItem;
use crate::domain::format::LocalTime;
use crate::domain::helper::Helping;
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::clock::{self, Millis};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::conversations;
use crate::server::store::events::Actor;
use crate::server::store::{StoreError, end_read, facts};
use jiff::tz::TimeZone;
use serde_json::json;

/// An account, as a choice: its id, and its reference as the creditor writes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub reference: String,
    pub creditor: String,
}

/// What a message that is written now may be about, and what is promised for it.
pub struct Start {
    pub accounts: Vec<Account>,
    pub answer_on: Date,
    pub draft: Option<Draft>,
    pub key: String,
}

/// A helper sees the accounts they help with, and nothing that the customer has typed and not sent.
pub async fn start(
    state: &AppState,
    customer: &CustomerId,
    time_zone: &str,
    helping: Option<&Helping>,
) -> Result<Start, Failure> {
    let accounts = facts::of_customer(state.db.pool(), customer.as_str()).await?;
    let (answer_on, _) = promised(state, &clock::zone(time_zone));
    let accounts = accounts
        .into_iter()
        .filter(|account| helping.is_none_or(|helping| helping.covers(account.id.as_str())))
        .map(|account| Account { id: account.id, reference: account.reference, creditor: account.creditor })
        .collect();
    let Form { draft, key } = match helping {
        None => form_key(state, customer, Place::New).await?,
        Some(_) => Form { draft: None, key: ids::new_id() },
    };
    Ok(Start { accounts, answer_on, draft, key })
}

/// A conversation in the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Listed {
    pub reference: String,
    pub topic: Topic,
    pub subject: String,
    pub account: Option<String>,
    pub state: ConversationState,
    pub is_unread: bool,
    pub answer_on: Option<Date>,
    pub written_on: Date,
}

/// A customer's conversations, what was written in last first; at most [`MOST_LISTED`].
pub async fn list(state: &AppState, customer: &CustomerId) -> Result<Vec<Listed>, Failure> {
    let all = conversations::all_of_customer(state.db.pool(), customer, MOST_LISTED).await?;
    Ok(all
        .into_iter()
        .map(|conversation| {
            let zone = zone_of(&conversation);
            Listed {
                answer_on: conversation.answer_by.map(|by| clock::date_of(by, &zone)),
                written_on: clock::date_of(conversation.updated_at, &zone),
                is_unread: conversation.unread > 0,
                reference: conversation.reference,
                topic: conversation.topic,
                subject: conversation.subject,
                account: conversation.account_reference,
                state: conversation.state,
            }
        })
        .collect())
}

/// How many conversations hold an answer that their customer has not seen.
pub async fn unread(state: &AppState, customer: &CustomerId) -> Result<i64, Failure> {
    Ok(conversations::unread(state.db.pool(), customer).await?)
}

/// One conversation as its customer sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    pub id: String,
    pub reference: String,
    pub topic: Topic,
    pub subject: String,
    pub account: Option<(AccountId, String)>,
    pub state: ConversationState,
    pub answer_on: Option<Date>,
    /// The day that was promised first and not kept.
    pub late_since: Option<Date>,
    /// Nothing is collected until it is answered.
    pub collections_wait: bool,
    pub closed_on: Option<Date>,
    /// They closed it themselves.
    pub is_settled: bool,
    /// What is promised for a reply that is sent now.
    pub reply_answer_on: Date,
    /// In its order; empty where only how it stands was asked.
    pub written: Vec<Shown>,
}

/// What was written, as its customer sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    pub writer: Writer,
    pub at: LocalTime,
    pub words: String,
    pub attachments: Vec<EvidenceItem>,
}

/// How a conversation of theirs stands, without what was written in it; `None` where it is not theirs.
pub async fn standing(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Option<Opened>, Failure> {
    let found = conversations::of_customer(state.db.pool(), customer, reference).await?;
    Ok(found.map(|conversation| opened(state, conversation, &[], &[])))
}

/// One of theirs, with everything that was written. From now on it counts as seen.
pub async fn open(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Option<Opened>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(conversation) = conversations::of_customer(&mut *tx, customer, reference).await? else { return Ok(None) };
    let words = conversations::words(&mut *tx, &conversation.id).await?;
    let attachments = conversations::attachments(&mut *tx, &conversation.id).await?;
    end_read(tx);
    if conversation.unread > 0 {
        seen(state, &conversation, words.last().map_or(0, |last| last.number)).await?;
    }
    Ok(Some(opened(state, conversation, &words, &attachments)))
}

async fn seen(state: &AppState, conversation: &Conversation, number: i64) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    if conversations::set_seen(&mut tx, &conversation.id, number).await? {
        let actor = Actor::Customer(conversation.customer_id.to_string());
        let details = json!({ "number": number });
        note(&mut tx, conversation, actor, "conversation.seen", details, state.clock.now_millis()).await?;
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(())
}

fn opened(state: &AppState, conversation: Conversation, words: &[Words], attachments: &[Attachment]) -> Opened {
    let zone = zone_of(&conversation);
    let day = |at: Millis| clock::date_of(at, &zone);
    let (reply_answer_on, _) = promised(state, &zone);
    Opened {
        answer_on: conversation.answer_by.map(day),
        late_since: conversation.late_since.map(day),
        closed_on: conversation.closed_at.map(day),
        is_settled: conversation.closed_by.as_deref() == Some(conversations::CUSTOMER),
        collections_wait: conversation.holds > 0,
        account: conversation.account_id.zip(conversation.account_reference),
        written: words.iter().map(|words| shown(words, attachments, &zone)).collect(),
        id: conversation.id,
        reference: conversation.reference,
        topic: conversation.topic,
        subject: conversation.subject,
        state: conversation.state,
        reply_answer_on,
    }
}

fn shown(words: &Words, attachments: &[Attachment], zone: &TimeZone) -> Shown {
    let attachments = attachments.iter().filter(|attachment| attachment.message_id == words.id);
    Shown {
        writer: words.writer,
        at: clock::local_time(words.written_at, zone),
        words: words.words.clone(),
        attachments: attachments
            .map(|attachment| EvidenceItem {
                id: attachment.id.clone(),
                kind: attachment.kind,
                bytes: u64::try_from(attachment.bytes).unwrap_or(0),
                added_on: clock::date_of(attachment.added_at, zone),
            })
            .collect(),
    }
}
