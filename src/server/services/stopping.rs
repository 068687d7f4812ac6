//! What customers want of the ways we write to them: a channel stopped or wanted again, "stop contacting me", consent to texts.
//! Reached from the stop link in every message, a reply, a complaint, the carrier of texts, or a person at the operator's.

use super::Failure;
use super::answers::{self, Answer};
use crate::domain::contact::channel::Channel;
use crate::domain::contact::stop_words::{is_stop, may_stop_a_payment, own_lines};
use crate::domain::ids::{CustomerId, normalise_reference};
use crate::domain::language::Language;
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::notify::texts::international;
use crate::server::security::digest;
use crate::server::state::AppState;
use crate::server::store::contact::{self, Consent, LiveMark, NewConsent, NewMark};
pub use crate::server::store::contact::{LearnedFrom, Mark};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{StoreError, Tx, outbox, sign_in};
use serde_json::json;

/// What the page behind a stop link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopLink {
    pub channel: Channel,
    pub is_stopped: bool,
}

/// Looks at a stop link without changing anything: mail scanners open links. `None` where it is none of ours.
pub async fn look(state: &AppState, token: &str) -> Result<Option<StopLink>, Failure> {
    let Some((customer, channel)) = contact::of_stop_token(state.db.pool(), &digest::of_secret(token)).await? else {
        return Ok(None);
    };
    let marks = contact::live_marks(state.db.pool(), &customer).await?;
    Ok(Some(StopLink { channel, is_stopped: is_stopped(&marks, channel) }))
}

/// Stops the channel of a stop link. `false` where it is none of ours.
pub async fn stop_by_link(state: &AppState, token: &str, learned_from: LearnedFrom) -> Result<bool, Failure> {
    let Some((customer, channel)) = contact::of_stop_token(state.db.pool(), &digest::of_secret(token)).await? else {
        return Ok(false);
    };
    let mut tx = state.db.begin_write().await?;
    stop(state, &mut tx, &Stop { customer: &customer, channel, mark: Mark::Stopped, learned_from, message_id: None }).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(true)
}

/// Takes up the channel of a stop link again: stopping it and wanting it back are both the receiver's own acts, by the same token.
/// What else is known of the channel, such as an address that does not work, stays. `false` where the link is none of ours.
pub async fn allow_by_link(state: &AppState, token: &str) -> Result<bool, Failure> {
    let Some((customer, channel)) = contact::of_stop_token(state.db.pool(), &digest::of_secret(token)).await? else {
        return Ok(false);
    };
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    contact::lock_addresses(&mut tx, &customer).await?.ok_or(Failure::Missing("customer"))?;
    if contact::end_wishes(&mut tx, &customer, channel, now).await? > 0 {
        let details = json!({ "channel": channel.code() });
        append_event(&mut tx, state, "channel.allowed", Actor::Visitor, &customer, details).await?;
        outbox::decide_again(&mut tx, &customer, now).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(true)
}

/// What a text message that came in led to: for so many customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextTaken {
    pub stopped: usize,
    pub for_a_person: usize,
}

/// A text message that came in. One word alone stops texts, as carriers have it; whatever is longer reaches a person.
pub async fn receive_text(state: &AppState, from: &str, text: &str) -> Result<TextTaken, Failure> {
    let mut taken = TextTaken::default();
    let words = own_lines(text).join("\n");
    let Some(number) = international(from).filter(|_| !words.is_empty()) else { return Ok(taken) };
    let (is_stop, may_stop_a_payment) = (is_stop(text), may_stop_a_payment(text));
    let mut tx = state.db.begin_write().await?;
    let customers = contact::with_text_number(&mut tx, &number).await?;
    for customer in &customers {
        if !is_stop || may_stop_a_payment {
            let answer = Answer { customer, account: None, reply_to: from, text: &words, may_stop_a_payment, heard_by: "text" };
            answers::keep(state, &mut tx, &answer).await?;
            taken.for_a_person += 1;
        }
        if is_stop {
            let learned_from = LearnedFrom::TextCarrier;
            stop(state, &mut tx, &Stop { customer, channel: Channel::Text, mark: Mark::Stopped, learned_from, message_id: None })
                .await?;
            contact::withdraw_consent(&mut tx, customer, Consent::Texts, state.clock.now_millis()).await?;
            taken.stopped += 1;
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(taken)
}

/// A wish to stop a channel.
pub(super) struct Stop<'a> {
    pub customer: &'a CustomerId,
    pub channel: Channel,
    pub mark: Mark,
    pub learned_from: LearnedFrom,
    pub message_id: Option<&'a str>,
}

/// Writes down that a channel is stopped, in the caller's transaction; once, however often it is said.
pub(super) async fn stop(state: &AppState, tx: &mut Tx, stop: &Stop<'_>) -> Result<(), Failure> {
    contact::lock_addresses(tx, stop.customer).await?.ok_or(Failure::Missing("customer"))?;
    let marks = contact::live_marks(&mut **tx, stop.customer).await?;
    if is_stopped(&marks, stop.channel) {
        return Ok(());
    }
    let new = NewMark {
        id: &ids::new_id(),
        customer_id: stop.customer,
        channel: Some(stop.channel),
        mark: stop.mark,
        address: None,
        learned_from: stop.learned_from,
        message_id: stop.message_id,
        learned_at: state.clock.now_millis(),
    };
    mark(state, tx, &new).await
}

/// Writes a mark with its event, and lets what waits be decided anew.
pub(super) async fn mark(state: &AppState, tx: &mut Tx, new: &NewMark<'_>) -> Result<(), Failure> {
    contact::insert_mark(tx, new).await?;
    let actor = match new.learned_from {
        LearnedFrom::Page | LearnedFrom::OneClick | LearnedFrom::Reply => Actor::Visitor,
        LearnedFrom::Operator => Actor::Operator,
        LearnedFrom::Customer => Actor::Customer(new.customer_id.to_string()),
        LearnedFrom::DeliveryReport | LearnedFrom::FeedbackReport | LearnedFrom::MailServer | LearnedFrom::TextCarrier => {
            Actor::System
        }
    };
    let details = json!({
        "channel": new.channel.map(Channel::code), "mark": new.mark.code(), "learned_from": new.learned_from.code(),
        "message": new.message_id,
    });
    append_event(tx, state, "channel.marked", actor, new.customer_id, details).await?;
    outbox::decide_again(tx, new.customer_id, state.clock.now_millis()).await?;
    Ok(())
}

pub(super) async fn append_event(
    tx: &mut Tx,
    state: &AppState,
    action: &'static str,
    actor: Actor,
    customer: &CustomerId,
    details: serde_json::Value,
) -> Result<(), Failure> {
    let event = Event {
        at: state.clock.now_millis(),
        actor,
        action,
        customer_id: Some(customer.to_string()),
        account_id: None,
        subject_id: None,
        details,
    };
    events::append(tx, &event).await?;
    Ok(())
}

pub(super) fn is_stopped(marks: &[LiveMark], channel: Channel) -> bool {
    marks.iter().any(|mark| mark.channel == Some(channel) && matches!(mark.mark, Mark::Stopped | Mark::Complained))
}

/// The customer of the account with this reference.
pub(super) async fn customer_of_reference(state: &AppState, reference: &str) -> Result<Option<CustomerId>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let found = sign_in::find_by_reference(&mut tx, &normalise_reference(reference)).await?;
    Ok(found.map(|found| CustomerId(found.customer_id)))
}

/// What a person at the operator's was told by a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Stop(Channel),
    /// The channel is wanted again, or its address works again.
    Allow(Channel),
    StopContact,
    AllowContact,
    /// The customer heard the text of consent in this language and agreed to text messages at the number we have.
    ConsentToTexts(Language),
    WithdrawConsent,
}

/// Why a wish could not be written down.
#[derive(Debug, thiserror::Error)]
pub enum WishError {
    #[error("no account has this reference")]
    UnknownReference,
    #[error("no telephone number is known that texts could be sent to")]
    NoNumber,
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<StoreError> for WishError {
    fn from(error: StoreError) -> Self {
        WishError::Failed(error.into())
    }
}

/// What a customer is asked to agree to before they get text messages.
pub fn consent_text(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../../letters/text_consent/en.txt").trim_ascii(),
        Language::Spanish => include_str!("../../../letters/text_consent/es.txt").trim_ascii(),
    }
}

/// Writes down what a customer told a person.
pub async fn record_wish(state: &AppState, reference: &str, wish: Wish) -> Result<(), WishError> {
    let customer = customer_of_reference(state, reference).await?.ok_or(WishError::UnknownReference)?;
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let addresses = contact::lock_addresses(&mut tx, &customer).await?.ok_or(Failure::Missing("customer"))?;
    let learned_from = LearnedFrom::Operator;
    match wish {
        Wish::Stop(channel) => {
            stop(state, &mut tx, &Stop { customer: &customer, channel, mark: Mark::Stopped, learned_from, message_id: None })
                .await?;
        }
        Wish::Allow(channel) => allow(state, &mut tx, &customer, Some(channel), Actor::Operator).await?,
        Wish::AllowContact => allow(state, &mut tx, &customer, None, Actor::Operator).await?,
        Wish::StopContact => stop_contact(state, &mut tx, &customer, learned_from).await?,
        Wish::ConsentToTexts(language) => {
            let number = addresses.phone.as_deref().and_then(international).ok_or(WishError::NoNumber)?;
            consent(state, &mut tx, &customer, &number, language).await?;
        }
        Wish::WithdrawConsent => {
            contact::withdraw_consent(&mut tx, &customer, Consent::Texts, now).await?;
            append_event(&mut tx, state, "consent.withdrawn", Actor::Operator, &customer, json!({ "channel": "text" })).await?;
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// "Stop contacting me", in the caller's transaction; once, however often it is said.
pub(super) async fn stop_contact(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    learned_from: LearnedFrom,
) -> Result<(), Failure> {
    let marks = contact::live_marks(&mut **tx, customer).await?;
    if marks.iter().any(|mark| mark.mark == Mark::StoppedContact) {
        return Ok(());
    }
    let new = NewMark {
        id: &ids::new_id(),
        customer_id: customer,
        channel: None,
        mark: Mark::StoppedContact,
        address: None,
        learned_from,
        message_id: None,
        learned_at: state.clock.now_millis(),
    };
    mark(state, tx, &new).await
}

/// Ends every mark of a channel, or with `None` "stop contacting me".
pub(super) async fn allow(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    channel: Option<Channel>,
    actor: Actor,
) -> Result<(), Failure> {
    let now = state.clock.now_millis();
    if contact::end_marks(tx, customer, channel, now).await? > 0 {
        let details = json!({ "channel": channel.map(Channel::code) });
        append_event(tx, state, "channel.allowed", actor, customer, details).await?;
        outbox::decide_again(tx, customer, now).await?;
    }
    Ok(())
}

async fn consent(state: &AppState, tx: &mut Tx, customer: &CustomerId, number: &str, language: Language) -> Result<(), Failure> {
    let agreed_text = consent_text(language);
    let text_version = digest::of_secret(agreed_text);
    let new = NewConsent {
        id: &ids::new_id(),
        customer_id: customer,
        consent: Consent::Texts,
        address: number,
        agreed_text,
        text_version: &text_version,
        language: language.tag(),
        given_by: "operator",
        given_at: state.clock.now_millis(),
    };
    contact::insert_consent(tx, &new).await?;
    let details = json!({ "channel": "text", "text_sha256": text_version, "language": language.tag() });
    append_event(tx, state, "consent.given", Actor::Operator, customer, details).await?;
    Ok(())
}

/// What is known of the ways to a customer. Addresses are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    pub marks: Vec<(Option<Channel>, Mark, Millis)>,
    pub consents_to_texts: bool,
}

/// The ways to the customer of an account; `None` where no account has this reference.
pub async fn ways(state: &AppState, reference: &str) -> Result<Option<Ways>, Failure> {
    let Some(customer) = customer_of_reference(state, reference).await? else { return Ok(None) };
    let marks = contact::live_marks(state.db.pool(), &customer).await?;
    let consents_to_texts = contact::consented_number(state.db.pool(), &customer).await?.is_some();
    Ok(Some(Ways {
        marks: marks.into_iter().map(|mark| (mark.channel, mark.mark, mark.learned_at)).collect(),
        consents_to_texts,
    }))
}
