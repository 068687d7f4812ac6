//! "Something has changed" and everything else a customer writes to a person about an account. Each is answered by a stated day. What
//! may be an order to stop a payment lets collections wait ([`super::answers`]). "This is not right" was written here once; it is a
//! dispute now ([`super::disputes`]), and what was written before can still be read and settled.

use super::{Failure, answers};
use crate::domain::calendar::Date;
use crate::domain::contact::stop_words::may_stop_a_payment;
use crate::domain::contact::{Topic, answer_by};
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::language::Language;
use crate::server::clock::{end_of_day, zone};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::events::{self, Event};
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::messages::{self, NewMessage};
use crate::server::store::{StoreError, Tx};
use jiff::Timestamp;
use serde_json::json;

/// So many messages from one account within a day are kept; more than that is no conversation.
const MESSAGES_A_DAY: i64 = 10;
const DAY_MILLIS: i64 = 86_400_000;

/// What the customer wrote, as parsed by the form. An empty `reply_to` means the e-mail address that is known.
pub struct Message<'a> {
    pub topic: Topic,
    pub reply_to: &'a str,
    pub text: &'a str,
    pub language: Language,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    Received {
        reference: String,
    },
    /// Too many today.
    Limited,
    NoSuchAccount,
}

/// Keeps the message for a person, and the hold it begins, if any.
pub async fn send(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
    message: &Message<'_>,
) -> Result<Sent, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(account) = facts::one_of_customer(&mut *tx, customer, account_id).await? else {
        return Ok(Sent::NoSuchAccount);
    };
    // An order to stop a payment counts however it is given (12 CFR 1005.10(c)).
    let permitted = answers::permitted(&mut tx, customer, may_stop_a_payment(message.text)).await?;
    answers::lock(&mut tx, &permitted, account_id).await?;
    let now = state.clock.now_millis();
    if messages::count_since(&mut tx, account_id, now - DAY_MILLIS).await? >= MESSAGES_A_DAY {
        return Ok(Sent::Limited);
    }
    let zone = zone(&account.time_zone);
    let answer_day = answer_by(state.clock.today_in(&zone), state.config.contact.answer_working_days);
    let (id, reference) = (ids::new_id(), ids::new_reference("M"));
    let new = NewMessage {
        id: &id,
        reference: &reference,
        kind: message.topic.code(),
        account_id,
        reply_to: message.reply_to,
        text: message.text,
        language: message.language.tag(),
        created_at: now,
        answer_by: end_of_day(answer_day, &zone).as_millisecond(),
    };
    messages::insert(&mut tx, &new).await?;
    note(&mut tx, &account, "message.received", &id, now, json!({ "topic": message.topic.code() })).await?;
    for held in &answers::not_held(&mut tx, &permitted, now).await? {
        answers::hold(&mut tx, held, customer, &reference, now).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Sent::Received { reference })
}

async fn note(
    tx: &mut Tx,
    account: &AccountRecord,
    action: &'static str,
    subject: &str,
    now: i64,
    details: serde_json::Value,
) -> Result<(), Failure> {
    let event = Event::by_customer(&account.customer_id, &account.id, action, subject, details, now);
    Ok(events::append(tx, &event).await?)
}

/// Whether an answer can reach the customer at an e-mail address we know; `None` where they have no such account.
pub async fn can_answer_by_email(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
) -> Result<Option<bool>, Failure> {
    let account = facts::one_of_customer(state.db.pool(), customer, account_id).await?;
    Ok(account.map(|account| account.has_email))
}

/// What was promised for a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    pub topic: Topic,
    pub reference: String,
    pub answer_by: Date,
    /// It may be an order to stop a payment: nothing is collected until then.
    pub collections_wait: bool,
}

/// The promise made to this customer under a reference.
pub async fn promise(
    state: &AppState,
    customer: &CustomerId,
    reference: &str,
    time_zone: &str,
) -> Result<Option<Promise>, Failure> {
    let Some(sent) = messages::of_customer(state.db.pool(), customer, reference).await? else {
        return Ok(None);
    };
    let topic = Topic::from_code(&sent.kind).ok_or(StoreError::Unreadable("topic"))?;
    let instant = Timestamp::from_millisecond(sent.answer_by).map_err(|_| StoreError::Unreadable("instant"))?;
    let answer_by = zone(time_zone).to_datetime(instant).date();
    Ok(Some(Promise { topic, reference: sent.reference, answer_by, collections_wait: sent.collections_wait }))
}
