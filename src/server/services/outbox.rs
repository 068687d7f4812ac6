//! What is to be sent: written into the outbox in the transaction of the change it tells of, sent afterwards by the worker.
//!
//! A message is sent at least once and, as every mail server we know drops a repeated Message-ID, seen once. Times here are
//! the portal's business time, so that a moved clock (sandbox only) moves the window with it.

use super::Failure;
use crate::domain::contact_window::ContactWindow;
use crate::domain::ids::{CustomerId, DocumentId};
use crate::domain::language::Language;
use crate::server::clock::{self, Millis};
use crate::server::ids;
use crate::server::notify::letters::{self, Template};
use crate::server::notify::mail::{Carried, MailServer, Outgoing};
use crate::server::services::documents::sender;
use crate::server::state::AppState;
use crate::server::store::documents::{self, DocumentKind};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::outbox::{self, Claimed, Hours, ListedMessage, NewMessage, Reason, State};
use crate::server::store::{StoreError, Tx, customers};
use jiff::Timestamp;
use serde_json::json;

/// How long one sender may take for one message.
const LEASE_SECONDS: i64 = 120;
/// Messages sent in one go; the worker comes again.
const MOST_IN_ONE_GO: usize = 50;
/// Minutes to wait after each failed attempt. After the last it is kept as not sent.
const RETRY_AFTER_MINUTES: [i64; 5] = [1, 5, 30, 120, 480];
const MINUTE: Millis = 60_000;

/// How soon a message is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hurry {
    /// The customer asked for it there and then: at any hour.
    Now,
    /// While contact is allowed where the customer is.
    InWindow,
}

/// What is to be said to a customer, before it is written.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    pub customer_id: &'a CustomerId,
    pub template: Template,
    pub language: Language,
    /// What the template has places for, besides who writes and to whom. Amounts and dates as `domain::format` writes them.
    pub values: &'a [(&'a str, &'a str)],
    /// The document that travels with it.
    pub document_id: Option<&'a DocumentId>,
    pub hurry: Hurry,
    /// What makes it one message however often it is asked for, such as `receipt_copy:DOCUMENT`.
    pub once: &'a str,
}

/// Writes the message that brings a customer a copy of an issued document.
pub async fn enqueue_copy(
    state: &AppState,
    tx: &mut Tx,
    customer_id: &CustomerId,
    document_id: &DocumentId,
    language: Language,
    hurry: Hurry,
) -> Result<(), Failure> {
    let document = documents::headline(tx, document_id).await?.ok_or(Failure::Missing("document"))?;
    let template = match document.kind {
        DocumentKind::Confirmation => Template::ConfirmationCopy,
        DocumentKind::Receipt => Template::ReceiptCopy,
        DocumentKind::Recall => Template::AccountRecalled,
    };
    let once = format!("{}:{document_id}", template.code());
    let values = [("reference", &*document.reference)];
    let message =
        Message { customer_id, template, language, values: &values, document_id: Some(document_id), hurry, once: &once };
    enqueue(state, tx, &message).await
}

/// Writes a message in the caller's transaction, with its event. Asked for twice, it is written once. Without an address or a
/// mail server it is kept as not sent, with the reason.
pub async fn enqueue(state: &AppState, tx: &mut Tx, message: &Message<'_>) -> Result<(), Failure> {
    let reach = customers::mail_details(tx, message.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let sender = sender(&state.config, message.language);
    let written = letters::write(message.template, message.language, &sender, &reach.given_name, message.values);
    let hours = match message.hurry {
        Hurry::Now => Hours::Any,
        Hurry::InWindow => Hours::Contact,
    };
    let now = state.clock.now();
    let email = reach.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    let stands = match (email, &state.config.mail) {
        (None, _) => State::NotSent { reason: Reason::NoAddress },
        (Some(_), None) => State::NotSent { reason: Reason::NoMailServer },
        (Some(_), Some(_)) => waiting(hours, &reach.time_zone, now),
    };
    let id = ids::new_id();
    let new = NewMessage {
        id: &id,
        customer_id: message.customer_id,
        template: message.template.code(),
        language: message.language.tag(),
        recipient: email.unwrap_or_default(),
        subject: &written.subject,
        body_text: &written.text,
        body_html: &written.html,
        document_id: message.document_id,
        hours,
        state: stands,
        once_key: message.once,
        created_at: now.as_millisecond(),
    };
    if outbox::insert(tx, &new).await? {
        append_event(tx, now.as_millisecond(), "message.written", (message.customer_id, &id), stands).await?;
    }
    Ok(())
}

/// Where a message that can be sent stands now: due at once, or when the window opens.
fn waiting(hours: Hours, time_zone: &str, now: Timestamp) -> State {
    let earliest = match hours {
        Hours::Any => now,
        // One zone always has an opening; the furthest instant keeps it from ever leaving by mistake.
        Hours::Contact => ContactWindow::UNITED_STATES.earliest(now, &[clock::zone(time_zone)]).unwrap_or(Timestamp::MAX),
    };
    let reason = (earliest > now).then_some(Reason::OutsideWindow);
    State::Waiting { reason, not_before: earliest.as_millisecond() }
}

/// What one round of sending did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    pub sent: usize,
    pub put_off: usize,
    pub given_up: usize,
}

/// Sends what is due. Called by the worker again and again; several may run at once.
pub async fn send_due(state: &AppState) -> Result<Round, Failure> {
    let mut round = Round::default();
    let Some(mail) = &state.config.mail else { return Ok(round) };
    let server = MailServer::from_settings(mail)?;
    for _ in 0..MOST_IN_ONE_GO {
        let now = state.clock.now();
        let now_millis = now.as_millisecond();
        let Some(message) = outbox::claim(state.db.pool(), now_millis, now_millis + LEASE_SECONDS * 1000).await? else {
            break;
        };
        // The hour of sending counts, not the hour of writing.
        if let State::Waiting { reason: Some(reason), not_before } = waiting(message.hours, &message.time_zone, now) {
            let mut tx = state.db.begin_write().await?;
            outbox::put_back(&mut tx, &message.id, reason, not_before).await?;
            tx.commit().await.map_err(StoreError::from)?;
            round.put_off += 1;
            continue;
        }
        let outcome = carry(state, &server, &message, now_millis).await?;
        match outcome {
            State::Sent { .. } => round.sent += 1,
            State::Waiting { .. } => round.put_off += 1,
            State::NotSent { .. } => round.given_up += 1,
        }
    }
    Ok(round)
}

/// Hands one message to the server and records what became of it. No transaction is open while the server is asked.
async fn carry(state: &AppState, server: &MailServer, message: &Claimed, now: Millis) -> Result<State, Failure> {
    let attachment = match &message.document_id {
        Some(id) => {
            let file = documents::file(state.db.pool(), id).await?.ok_or(Failure::Missing("document of a message"))?;
            Some((format!("{}.pdf", file.reference), file.bytes))
        }
        None => None,
    };
    let outgoing = Outgoing {
        id: &message.id,
        recipient: &message.recipient,
        subject: &message.subject,
        text: &message.body_text,
        html: &message.body_html,
        attachment,
        at: state.clock.real_now().into(),
    };
    let outcome = match server.carry(outgoing).await {
        Carried::Accepted => State::Sent { at: now },
        Carried::Refused => State::NotSent { reason: Reason::RefusedByServer },
        Carried::TryAgain => after_attempt(message.attempts, now),
    };
    let mut tx = state.db.begin_write().await?;
    if outbox::record(&mut tx, &message.id, outcome, now).await? {
        let action = match outcome {
            State::Sent { .. } => "message.sent",
            State::Waiting { .. } => "message.put_off",
            State::NotSent { .. } => "message.not_sent",
        };
        append_event(&mut tx, now, action, (&message.customer_id, &message.id), outcome).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(outcome)
}

/// After a failed attempt: later, or never.
fn after_attempt(attempts: i64, now: Millis) -> State {
    let waited = usize::try_from(attempts - 1).ok().and_then(|index| RETRY_AFTER_MINUTES.get(index));
    match waited {
        Some(minutes) => State::Waiting { reason: Some(Reason::ServerUnreachable), not_before: now + minutes * MINUTE },
        None => State::NotSent { reason: Reason::ServerUnreachable },
    }
}

async fn append_event(
    tx: &mut Tx,
    at: Millis,
    action: &'static str,
    (customer, message): (&CustomerId, &str),
    state: State,
) -> Result<(), Failure> {
    let reason = match state {
        State::Waiting { reason, .. } => reason,
        State::NotSent { reason } => Some(reason),
        State::Sent { .. } => None,
    };
    let event = Event {
        at,
        actor: Actor::System,
        action,
        customer_id: Some(customer.to_string()),
        account_id: None,
        subject_id: Some(message.to_owned()),
        details: json!({ "reason": reason.map(Reason::code) }),
    };
    events::append(tx, &event).await?;
    Ok(())
}

/// The newest messages, for the operator.
pub async fn list(state: &AppState, limit: i64) -> Result<Vec<ListedMessage>, Failure> {
    Ok(outbox::list(state.db.pool(), limit).await?)
}

/// Lets what found no mail server be sent now that there is one. Returns how many messages wait again.
pub async fn retry(state: &AppState) -> Result<u64, Failure> {
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let count = outbox::wait_again(&mut tx, now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_mail_server_is_asked_again_with_growing_patience_and_then_left() {
        let waits: Vec<Millis> = (1..=5)
            .map(|attempt| match after_attempt(attempt, 0) {
                State::Waiting { not_before, .. } => not_before / MINUTE,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(waits, [1, 5, 30, 120, 480]);
        assert_eq!(after_attempt(6, 0), State::NotSent { reason: Reason::ServerUnreachable });
    }

    #[test]
    fn what_was_asked_for_now_goes_now() {
        let night: Timestamp = "2026-11-23T06:00:00Z".parse().expect("an instant");
        let due = |hours| match waiting(hours, "America/Denver", night) {
            State::Waiting { not_before, .. } => not_before,
            other => panic!("{other:?}"),
        };
        assert_eq!(due(Hours::Any), night.as_millisecond());
        assert_eq!(due(Hours::Contact), night.as_millisecond() + 9 * 60 * MINUTE);
    }
}
