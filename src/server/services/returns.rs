//! What comes back by e-mail: a message that was not delivered counts as not sent (12 CFR 1006.42(a)), and what was a required notice
//! or a record goes by post instead; a complaint and an answer that is the word "stop" stop e-mail; whatever else people write reaches
//! a person ([`super::answers`]).

use super::Failure;
use super::answers::{self, Answer, Kept};
use super::outbox::{contact_key, message_of_tag};
use super::stopping::{self, LearnedFrom, Mark, Stop};
use crate::domain::contact::channel::Channel;
use crate::domain::contact::gate::Weight;
use crate::domain::contact::stop_words::may_stop_a_payment;
use crate::domain::ids::CustomerId;
use crate::server::ids;
use crate::server::notify::letters::Template;
use crate::server::notify::returns::{Received, Returned, read};
use crate::server::state::AppState;
use crate::server::store::contact::{self, NewMark};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::outbox::{self, Owner};
use crate::server::store::{StoreError, Tx};
use serde_json::json;

/// What followed from a received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// A message of ours is known now not to have arrived.
    NotDelivered { for_good: bool },
    /// Its receiver wants no more e-mail.
    Stopped,
    /// The same, and it says more, or may mean more, that a person reads.
    StoppedAndForAPerson,
    /// It was known before.
    KnownBefore,
    /// It says that something came back, but not which message of ours.
    NotOurs,
    /// For a person to read: kept where it is a customer's, with the day of the answer.
    ForAPerson,
    /// The same, but so many came today that it was not kept here.
    TooManyToday,
    /// It is no message at all.
    Unreadable,
}

/// Takes in one message. `recipient` is where the mail server says it was sent, if it does.
pub async fn receive(state: &AppState, raw: &[u8], recipient: Option<&str>) -> Result<Followed, Failure> {
    let Some(received) = read(raw) else { return Ok(Followed::Unreadable) };
    if received.returned == Returned::Other {
        return Ok(Followed::ForAPerson);
    }
    let mut tx = state.db.begin_write().await?;
    let about = about(state, &mut tx, &received, recipient).await?;
    let followed = match received.returned {
        Returned::NotDelivered { for_good } => match &about {
            Some(owner) if owner.channel == Channel::Email => not_delivered(state, &mut tx, owner, for_good).await?,
            _ => Followed::NotOurs,
        },
        Returned::Unwanted => match &about {
            Some(owner) => {
                outbox::complained(&mut tx, &owner.id, state.clock.now_millis()).await?;
                stop(state, &mut tx, &owner.customer_id, Some(&owner.id), (Mark::Complained, LearnedFrom::FeedbackReport)).await?
            }
            None => Followed::NotOurs,
        },
        Returned::Stop | Returned::Written => written(state, &mut tx, &received, about).await?,
        Returned::Other => Followed::ForAPerson,
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(followed)
}

/// The message of ours that a received one is about: by the tag of its bounce address, else by its id, which only its receiver has
/// seen.
async fn about(state: &AppState, tx: &mut Tx, received: &Received, recipient: Option<&str>) -> Result<Option<Owner>, Failure> {
    if let Some(address) = state.config.mail.as_ref().and_then(|mail| mail.bounce_address.as_ref()) {
        let key = contact_key(state, tx).await?;
        for sent_to in recipient.into_iter().chain(received.sent_to.iter().map(String::as_str)) {
            let tag = address.tag_of(sent_to);
            if let Some(owner) = find(tx, tag.as_deref().and_then(|tag| message_of_tag(&key, tag))).await? {
                return Ok(Some(owner));
            }
        }
    }
    for id in received.message_ids.iter().take(MOST_IDS) {
        if let Some(owner) = find(tx, Some(id)).await? {
            return Ok(Some(owner));
        }
    }
    Ok(None)
}

/// A long conversation names many messages; ours is among the first.
const MOST_IDS: usize = 20;

async fn find(tx: &mut Tx, id: Option<&str>) -> Result<Option<Owner>, Failure> {
    match id {
        Some(id) => Ok(outbox::owner(tx, id).await?),
        None => Ok(None),
    }
}

async fn not_delivered(state: &AppState, tx: &mut Tx, owner: &Owner, for_good: bool) -> Result<Followed, Failure> {
    let now = state.clock.now_millis();
    contact::lock_addresses(tx, &owner.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    if !outbox::bounced(tx, &owner.id, now).await? {
        return Ok(Followed::KnownBefore);
    }
    let event = Event {
        at: now,
        actor: Actor::System,
        action: "message.bounced",
        customer_id: Some(owner.customer_id.to_string()),
        account_id: None,
        subject_id: Some(owner.id.clone()),
        details: json!({ "for_good": for_good, "weight": owner.weight.code() }),
    };
    events::append(tx, &event).await?;
    let mark = NewMark {
        id: &ids::new_id(),
        customer_id: &owner.customer_id,
        channel: Some(Channel::Email),
        mark: if for_good { Mark::Unusable } else { Mark::Undelivered },
        address: Some(&owner.recipient),
        learned_from: LearnedFrom::DeliveryReport,
        message_id: Some(&owner.id),
        learned_at: now,
    };
    stopping::mark(state, tx, &mark).await?;
    match owner.weight {
        // A code for an address is of no use anywhere else.
        _ if owner.template == Template::EmailCode.code() => {}
        // The law wants it to arrive, or the customer keeps it.
        Weight::Notice | Weight::Answer | Weight::AskedFor => {
            outbox::write_successor(tx, &owner.id, &ids::new_id(), now).await?;
        }
        // The next one is not far.
        Weight::Reminder => {}
    }
    Ok(Followed::NotDelivered { for_good })
}

/// What somebody wrote. Whoever names a message of ours has received it, and their word stops e-mail; of anybody else it is only known
/// from which address it says it comes, and a person looks. Either way an order to stop a payment is not lost.
async fn written(state: &AppState, tx: &mut Tx, received: &Received, about: Option<Owner>) -> Result<Followed, Failure> {
    let is_stop = received.returned == Returned::Stop;
    let in_words = may_stop_a_payment(&received.text);
    let Some(owner) = about else { return from_address(state, tx, received, in_words).await };
    // Answered to the notice of a payment, the word alone may mean the payment.
    let announces = [Template::CollectionNotice, Template::CollectionRetry].map(Template::code);
    let may_stop_a_payment = in_words || (is_stop && announces.contains(&owner.template.as_str()));
    if is_stop && !may_stop_a_payment {
        return stop(state, tx, &owner.customer_id, Some(&owner.id), (Mark::Stopped, LearnedFrom::Reply)).await;
    }
    let answer = Answer {
        customer: &owner.customer_id,
        account: owner.account_id.as_ref(),
        reply_to: received.from.as_deref().unwrap_or_default(),
        text: &received.text,
        may_stop_a_payment,
        heard_by: "reply",
    };
    let kept = answers::keep(state, tx, &answer).await?;
    if is_stop {
        stop(state, tx, &owner.customer_id, Some(&owner.id), (Mark::Stopped, LearnedFrom::Reply)).await?;
        return Ok(Followed::StoppedAndForAPerson);
    }
    Ok(for_a_person(kept))
}

/// Anybody can write in anybody's name: nothing is stopped by it, and a person looks. Whose address it is can stop e-mail in one step
/// by the link of every message.
async fn from_address(state: &AppState, tx: &mut Tx, received: &Received, may_stop_a_payment: bool) -> Result<Followed, Failure> {
    let from = received.from.as_deref().unwrap_or_default();
    let mut followed = match received.returned {
        Returned::Stop => Followed::NotOurs,
        _ => Followed::ForAPerson,
    };
    for customer in &contact::with_email(tx, from).await? {
        let text = &received.text;
        let answer = Answer { customer, account: None, reply_to: from, text, may_stop_a_payment, heard_by: "address" };
        followed = for_a_person(answers::keep(state, tx, &answer).await?);
    }
    Ok(followed)
}

fn for_a_person(kept: Kept) -> Followed {
    match kept {
        Kept::Kept => Followed::ForAPerson,
        Kept::TooMany => Followed::TooManyToday,
    }
}

async fn stop(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    message_id: Option<&str>,
    (mark, learned_from): (Mark, LearnedFrom),
) -> Result<Followed, Failure> {
    let wish = Stop { customer, channel: Channel::Email, mark, learned_from, message_id };
    stopping::stop(state, tx, &wish).await?;
    Ok(Followed::Stopped)
}
