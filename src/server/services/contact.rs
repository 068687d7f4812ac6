//! "I can't get in", "I moved", "this is not for me": words for a person, from anyone, revealing nothing.

use super::attempts::{Attempt, Counted};
use super::sign_in::subject_of_address;
use crate::domain::calendar::Date;
use crate::domain::contact::{ContactKind, answer_by};
use crate::domain::language::Language;
use crate::server::clock::{Millis, end_of_day};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::StoreResult;
use crate::server::store::contact_requests::{self, NewContactRequest};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::sign_in::AttemptOutcome;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::net::IpAddr;

/// What someone wrote, as parsed by the form.
pub struct Message<'a> {
    pub kind: ContactKind,
    pub reply_to: &'a str,
    pub text: &'a str,
    pub language: Language,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactOutcome {
    Received {
        reference: String,
    },
    /// Too many messages from one address: not before this instant.
    Limited {
        until: Millis,
    },
}

/// Keeps the message for a person and promises the day of the answer.
pub async fn receive(state: &AppState, message: &Message<'_>, address: Option<IpAddr>) -> StoreResult<ContactOutcome> {
    let address = address.map(subject_of_address);
    let counted: Vec<Counted<'_>> = address.as_deref().map(Counted::Message).into_iter().collect();
    let attempt = Attempt::begin(state, &counted).await?;
    let mut tx = state.db.begin_write().await?;
    if let Some(until) = attempt.limited_until(&mut tx).await? {
        attempt.end(&mut tx, AttemptOutcome::Limited).await?;
        tx.commit().await?;
        return Ok(ContactOutcome::Limited { until });
    }
    let now = state.clock.now();
    // Whoever writes has not told us where they are: days are counted in UTC here.
    let today = TimeZone::UTC.to_datetime(now).date();
    let answer_day = answer_by(today, state.config.contact.answer_working_days);
    let (id, reference) = (ids::new_id(), ids::new_reference("C"));
    let request = NewContactRequest {
        id: &id,
        reference: &reference,
        kind: message.kind.code(),
        reply_to: message.reply_to,
        message: message.text,
        language: message.language.tag(),
        created_at: now.as_millisecond(),
        answer_by: end_of_day(answer_day, &TimeZone::UTC).as_millisecond(),
    };
    contact_requests::insert(&mut tx, &request).await?;
    let event = Event {
        at: now.as_millisecond(),
        actor: Actor::Visitor,
        action: "contact.received",
        customer_id: None,
        account_id: None,
        subject_id: Some(id.clone()),
        details: serde_json::json!({ "kind": message.kind.code() }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(ContactOutcome::Received { reference })
}

/// The day by which the message with this reference is answered.
pub async fn answer_day(state: &AppState, reference: &str) -> StoreResult<Option<Date>> {
    let answer_by = contact_requests::find_answer_by(&state.db, reference).await?;
    Ok(answer_by
        .and_then(|instant| Timestamp::from_millisecond(instant).ok())
        .map(|instant| TimeZone::UTC.to_datetime(instant).date()))
}
