//! Messages between customers and the team, kept in the portal: a customer writes ([`say`]) and keeps what is not sent yet ([`draft`]), both
//! read ([`read`]), a person answers or closes ([`staff`]), its customer says that it is settled ([`settle`]), and a promised day that passes is told with another ([`late`]). E-mail says
//! only that there is a message and where.
//!
//! What may be an order to stop a payment lets collections wait until it is answered, in whichever message it stands
//! ([`super::answers`]).

mod draft;
mod late;
mod read;
mod say;
mod settle;
mod staff;

pub use draft::{Draft, Form, Kept, Place, Typed, discard, draft, form_key, keep};
pub use late::sweep;
pub use read::{Account, Listed, Opened, Shown, Start, list, open, standing, start, unread};
pub use say::{Message, Sent, reply, send, send_draft};
pub use settle::{Settled, settle};
pub use staff::{Answer, Answered, NotDone, Seen, answer, close, see, waiting};

pub use crate::server::store::conversations::{Attachment, CUSTOMER, Conversation, Words};

use super::Failure;
use super::evidence;
use super::outbox::{self, About, Hurry, Message as Letter};
use crate::domain::calendar::Date;
use crate::domain::contact::answer_by;
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::language::Language;
use crate::paths;
use crate::server::clock::{self, Millis, end_of_day};
use crate::server::notify::letters::Template;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{Tx, accounts, conversations};
use jiff::tz::TimeZone;

/// The account under whose lock a conversation is changed, and under which its evidence is filed: the one it is about, or the customer's
/// first.
async fn filed_under(tx: &mut Tx, customer: &CustomerId, account: Option<&AccountId>) -> Result<AccountId, Failure> {
    match account {
        Some(account) => Ok(account.clone()),
        None => accounts::first_of_customer(tx, customer).await?.ok_or(Failure::Missing("account")),
    }
}

/// What is promised for a message that is sent now: the day, and its end where the customer lives.
fn promised(state: &AppState, zone: &TimeZone) -> (Date, Millis) {
    let day = answer_by(state.clock.today_in(zone), state.config.contact.answer_working_days);
    (day, end_of_day(day, zone).as_millisecond())
}

/// What came with the messages of a conversation is kept until some time after its last word.
async fn keep_files(state: &AppState, tx: &mut Tx, conversation_id: &str, at: Millis) -> Result<(), Failure> {
    for case in conversations::with_files(tx, conversation_id).await? {
        evidence::finish(state, tx, &case, at).await?;
    }
    Ok(())
}

/// Tells a customer by e-mail that something is there for them, and nothing of what it is.
async fn tell(
    state: &AppState,
    tx: &mut Tx,
    conversation: &Conversation,
    template: Template,
    values: &[(&str, &str)],
    once: &str,
) -> Result<(), Failure> {
    let link = format!("{}{}", state.config.public_url, paths::MESSAGES);
    let values: Vec<(&str, &str)> = values.iter().copied().chain([("link", &*link)]).collect();
    let letter = Letter {
        customer_id: &conversation.customer_id,
        template,
        language: language_of(conversation),
        values: &values,
        document_id: None,
        hurry: Hurry::InWindow,
        once,
    };
    let about = About { account_id: conversation.account_id.as_ref(), expires_at: None };
    outbox::enqueue_about(state, tx, &letter, about).await
}

/// As the customer wrote.
fn language_of(conversation: &Conversation) -> Language {
    Language::from_tag(&conversation.language).unwrap_or_default()
}

fn zone_of(conversation: &Conversation) -> TimeZone {
    clock::zone(&conversation.time_zone)
}

/// What happened in a conversation, without a word of it.
async fn note(
    tx: &mut Tx,
    conversation: &Conversation,
    actor: Actor,
    action: &'static str,
    details: serde_json::Value,
    at: Millis,
) -> Result<(), Failure> {
    let whose = (Some(&conversation.customer_id), conversation.account_id.as_ref());
    let event = Event::about(whose, &conversation.id, actor, action, details, at);
    Ok(events::append(tx, &event).await?)
}
