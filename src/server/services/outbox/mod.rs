//! What is to be sent: written into the outbox in the transaction of the change it tells of, sent afterwards by the worker
//! ([`send_due`]). Everything a customer is sent passes here and through the one gate of `domain/contact`, asked when it is written
//! (so that the account page can say what will come and when) and again when it is sent, which is what counts.
//!
//! The outbox is the contact log: what was sent to whom, when, over which channel, what waits and why.
//!
//! A message is sent at least once and, as every mail server we know drops a repeated Message-ID, seen once. Times here are
//! the portal's business time, so that a moved clock (sandbox only) moves the window with it.

mod asking;
mod paper;
mod send;

pub use crate::server::store::outbox::{Channel, ListedMessage, Reason, State, Whole, by_once_key};
pub use send::{Round, send_due};

use super::Failure;
use crate::domain::contact::gate::{Decision, Weight};
use crate::domain::details::CODE_DIGITS;
use crate::domain::ids::{AccountId, CustomerId, DocumentId};
use crate::domain::language::Language;
use crate::paths;
use crate::server::clock::Millis;
use crate::server::config::Config;
use crate::server::ids;
use crate::server::notify::letters::{self, Reader, Template, Written};
use crate::server::security::digest;
use crate::server::services::documents::sender;
use crate::server::services::stopping::customer_of_reference;
use crate::server::state::AppState;
use crate::server::store::documents::{self, DocumentKind};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::outbox::{self, Claimed, NewMessage};
use crate::server::store::{StoreError, Tx, contact, customers, sign_in};
use asking::Subject;
use serde_json::json;

/// How soon a message is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hurry {
    /// The customer asked for it there and then: at any hour.
    Now,
    /// While contact is allowed where the customer is, under the rules of the template's weight.
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

/// What else may be known of a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The account it is about: only its holds count. Without one it is that of its document; without either, the holds of all the
    /// customer's accounts count.
    pub account_id: Option<&'a AccountId>,
    /// From then on it is of no more use: what could not be sent before is not sent, and says so.
    pub expires_at: Option<Millis>,
}

/// A reminder nobody said the end of is of no more use after so many days.
const REMINDER_LASTS_MILLIS: Millis = 7 * 24 * 3_600_000;

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
        DocumentKind::ReversalNote => Template::ReversalNote,
        DocumentKind::Authorisation => Template::AuthorisationCopy,
        DocumentKind::Completion => Template::CompletionCopy,
        DocumentKind::Recall => Template::AccountRecalled,
        DocumentKind::Review => Template::ReviewLetter,
        DocumentKind::DisputeAnswer => Template::DisputeAnswer,
        DocumentKind::Information => Template::InformationCopy,
        DocumentKind::LifeEvent => Template::LifeEventLetter,
    };
    let once = format!("{}:{document_id}", template.code());
    let values = [("reference", &*document.reference)];
    let message =
        Message { customer_id, template, language, values: &values, document_id: Some(document_id), hurry, once: &once };
    enqueue(state, tx, &message).await
}

/// Writes a message in the caller's transaction, with its event. Asked for twice, it is written once. What cannot be sent is kept
/// as not sent, with the reason.
pub async fn enqueue(state: &AppState, tx: &mut Tx, message: &Message<'_>) -> Result<(), Failure> {
    enqueue_about(state, tx, message, About::default()).await
}

/// As [`enqueue`], for a message about one account, or one that goes stale.
pub async fn enqueue_about(state: &AppState, tx: &mut Tx, message: &Message<'_>, about: About<'_>) -> Result<(), Failure> {
    write_down(state, tx, message, about, None).await
}

/// As [`enqueue`], to this e-mail address whatever the customer's is: a code to a new one, or a word to the one before.
pub(super) async fn enqueue_to(
    state: &AppState,
    tx: &mut Tx,
    message: &Message<'_>,
    address: &str,
    expires_at: Option<Millis>,
) -> Result<(), Failure> {
    write_down(state, tx, message, About { account_id: None, expires_at }, Some(address)).await
}

async fn write_down(
    state: &AppState,
    tx: &mut Tx,
    message: &Message<'_>,
    about: About<'_>,
    only_to: Option<&str>,
) -> Result<(), Failure> {
    let customer_id = message.customer_id;
    let given_name = customers::mail_details(tx, customer_id).await?.ok_or(Failure::Missing("customer"))?.given_name;
    let addresses = contact::addresses(tx, customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let now = state.clock.now();
    let now_millis = now.as_millisecond();
    let key = contact_key(state, tx).await?;
    let token = stop_token(&key, customer_id);
    contact::keep_stop_token(tx, &digest::of_secret(&token), customer_id, Channel::Email, now_millis).await?;

    let stop_url = format!("{}{}", state.config.public_url, paths::stop(&token));
    let reader = Reader { language: message.language, given_name: &given_name, stop_url: &stop_url };
    let written = letters::write(message.template, &sender(&state.config, message.language), reader, message.values);
    let weight = match message.hurry {
        Hurry::Now => Weight::AskedFor,
        Hurry::InWindow => message.template.weight(),
    };
    let expires_at = match weight {
        Weight::Reminder => about.expires_at.or(Some(now_millis + REMINDER_LASTS_MILLIS)),
        Weight::AskedFor | Weight::Answer | Weight::Notice => about.expires_at,
    };
    let of_document = match (about.account_id, message.document_id) {
        (None, Some(document)) => documents::account(tx, document).await?,
        (Some(_), _) | (None, None) => None,
    };
    let account_id = about.account_id.or(of_document.as_ref());
    let id = ids::new_id();
    let subject = Subject {
        message_id: &id,
        customer_id,
        account_id,
        weight,
        written_at: now,
        expires_at,
        has_short_form: written.short.is_some(),
        only_by_post: false,
        only_to,
    };
    let (decision, known) = asking::ask(state, tx, &subject, &addresses, now).await?;
    let (channel, stands) = stands(decision, expires_at, now_millis);
    let new = NewMessage {
        id: &id,
        customer_id,
        account_id,
        channel,
        template: message.template.code(),
        language: message.language.tag(),
        recipient: known.recipient(channel),
        subject: &written.subject,
        body_text: &written.text,
        body_html: &written.html,
        body_short: written.short.as_deref(),
        document_id: message.document_id,
        weight,
        expires_at,
        state: stands,
        once_key: message.once,
        only_to,
        created_at: now_millis,
    };
    if outbox::insert(tx, &new).await? {
        append_event(tx, now_millis, "message.written", Whose { customer_id, account_id, message_id: &id }, channel, stands)
            .await?;
    }
    Ok(())
}

/// Where a message stands after the gate's decision. What waits is asked about again when it expires, at the latest.
fn stands(decision: Decision, expires_at: Option<Millis>, now: Millis) -> (Channel, State) {
    match decision {
        Decision::Send(channel) => (channel, State::Waiting { reason: None, not_before: now }),
        Decision::Wait { until, reason, channel } => {
            let until = until.as_millisecond();
            let not_before = expires_at.map_or(until, |expires_at| until.min(expires_at));
            (channel, State::Waiting { reason: Some(reason), not_before })
        }
        Decision::Never { reason } => (Channel::Email, State::NotSent { reason }),
    }
}

/// What stop links and bounce addresses are made of.
pub(super) async fn contact_key(state: &AppState, tx: &mut Tx) -> Result<String, Failure> {
    Ok(sign_in::portal_secret(tx, "contact_key", &ids::new_token(), state.clock.real_now_millis()).await?)
}

/// One for each customer, so that an old message's link works as long as a new one's. Only its digest is kept.
fn stop_token(key: &str, customer: &CustomerId) -> String {
    digest::of_subject(key, "stop:email", customer.as_str())
}

/// Where the code of an e-mail address stands in its message until it leaves: the code itself is nowhere in the database.
pub(super) const CODE_PLACE: &str = "[[code]]";

/// The once key of the message that brings the code for what waits under this id.
pub(super) fn code_message(pending: &str) -> String {
    format!("{}:{pending}", Template::EmailCode.code())
}

/// The code for what waits under this id: made from it and the portal's secret, never kept.
pub(super) fn code_of(key: &str, pending: &str) -> String {
    let digest = digest::of_subject(key, "email_code", pending);
    let number = u64::from_str_radix(&digest[..DIGEST_DIGITS_OF_A_CODE], 16).unwrap_or_default();
    format!("{:0width$}", number % 10_u64.pow(CODE_DIGITS as u32), width = CODE_DIGITS)
}

/// Enough of a digest that no code is likelier than another.
const DIGEST_DIGITS_OF_A_CODE: usize = 15;

/// The code that a message brings, if it is one that does.
fn code_in(key: &str, once_key: &str) -> Option<String> {
    let pending = once_key.strip_prefix(Template::EmailCode.code())?.strip_prefix(':')?;
    Some(code_of(key, pending))
}

/// Digits of the proof in a bounce address: enough that nobody guesses one.
const TAG_PROOF_DIGITS: usize = 16;

/// What stands in the bounce address of a message: its id, and the proof that we wrote it there.
fn bounce_tag(key: &str, message_id: &str) -> String {
    let proof = digest::of_subject(key, "bounce", message_id);
    format!("{message_id}-{}", &proof[..TAG_PROOF_DIGITS])
}

/// The message whose tag this is, if it is one of ours.
pub(super) fn message_of_tag<'a>(key: &str, tag: &'a str) -> Option<&'a str> {
    let (id, _) = tag.split_once('-')?;
    bool::from(digest::same(tag, &bounce_tag(key, id))).then_some(id)
}

/// Which message, and whose.
struct Whose<'a> {
    customer_id: &'a CustomerId,
    account_id: Option<&'a AccountId>,
    message_id: &'a str,
}

impl<'a> From<&'a Claimed> for Whose<'a> {
    fn from(message: &'a Claimed) -> Self {
        Whose { customer_id: &message.customer_id, account_id: message.account_id.as_ref(), message_id: &message.id }
    }
}

async fn append_event(
    tx: &mut Tx,
    at: Millis,
    action: &'static str,
    whose: Whose<'_>,
    channel: Channel,
    state: State,
) -> Result<(), Failure> {
    let (reason, until) = match state {
        State::Waiting { reason, not_before } => (reason, reason.map(|_| not_before)),
        State::NotSent { reason } => (Some(reason), None),
        State::Printing | State::Sent { .. } => (None, None),
    };
    let event = Event {
        at,
        actor: Actor::System,
        action,
        customer_id: Some(whose.customer_id.to_string()),
        account_id: whose.account_id.map(AccountId::to_string),
        subject_id: Some(whose.message_id.to_owned()),
        details: json!({ "reason": reason.map(Reason::code), "channel": channel.code(), "until": until }),
    };
    events::append(tx, &event).await?;
    Ok(())
}

/// The newest messages, for the operator.
pub async fn list(state: &AppState, limit: i64) -> Result<Vec<ListedMessage>, Failure> {
    Ok(outbox::list(state.db.pool(), None, limit).await?)
}

/// The contact log of the customer of an account, newest first; `None` where no account has this reference.
pub async fn log_of(state: &AppState, reference: &str, limit: i64) -> Result<Option<Vec<ListedMessage>>, Failure> {
    match customer_of_reference(state, reference).await? {
        Some(customer) => Ok(Some(outbox::list(state.db.pool(), Some(&customer), limit).await?)),
        None => Ok(None),
    }
}

/// A message as it was or will be sent, byte for byte.
pub async fn whole(state: &AppState, id: &str) -> Result<Option<Whole>, Failure> {
    Ok(outbox::whole(state.db.pool(), id).await?)
}

/// A template as it would be sent, with its example's values.
pub fn preview(config: &Config, template: Template, language: Language) -> Written {
    let stop_url = format!("{}{}", config.public_url, paths::stop(EXAMPLE_TOKEN));
    let reader = Reader { language, given_name: EXAMPLE_NAME, stop_url: &stop_url };
    letters::write(template, &sender(config, language), reader, template.example())
}

const EXAMPLE_NAME: &str = "Ada";
const EXAMPLE_TOKEN: &str = "EXAMPLE-EXAMPLE-EXAMPLE";

/// What messages the sandbox took, newest first: the text for a telephone, or the subject of an e-mail, with the code it brings.
pub async fn sandbox_messages(state: &AppState) -> Result<Vec<(Millis, String)>, Failure> {
    let mut tx = state.db.begin_write().await?;
    let key = contact_key(state, &mut tx).await?;
    let messages = outbox::sandbox_messages(&mut tx).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let with_code = |(at, said, once_key): (Millis, String, String)| match code_in(&key, &once_key) {
        Some(code) => (at, format!("{said}: {code}")),
        None => (at, said),
    };
    Ok(messages.into_iter().map(with_code).collect())
}

/// Lets a customer's messages that wait be decided anew, because what is known of them has changed.
pub(super) async fn decide_again(state: &AppState, tx: &mut Tx, customer: &CustomerId) -> Result<(), Failure> {
    Ok(outbox::decide_again(tx, customer, state.clock.now_millis()).await?)
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
    fn a_bounce_tag_proves_that_we_wrote_it() {
        let id = "019ab3c4d5e6f708192a3b4c5d6e7f80";
        let tag = bounce_tag("key", id);
        assert_eq!(tag.len(), 49);
        assert_eq!(message_of_tag("key", &tag), Some(id));
        assert_eq!(message_of_tag("other", &tag), None);
        for forged in [id, "", "-", &format!("{id}-0000000000000000"), &tag[..48]] {
            assert_eq!(message_of_tag("key", forged), None, "{forged}");
        }
    }

    #[test]
    fn a_code_has_six_digits_and_is_another_for_another_address() {
        let codes: std::collections::BTreeSet<String> = (0..200).map(|id| code_of("key", &id.to_string())).collect();
        assert!(codes.len() > 190, "{}", codes.len());
        assert!(codes.iter().all(|code| crate::domain::details::read_code(code).as_deref() == Some(code)));
        assert_eq!(code_in("key", &code_message("a")).as_deref(), Some(code_of("key", "a").as_str()));
        assert_ne!(code_of("other", "a"), code_of("key", "a"));
        assert_eq!(code_in("key", "receipt_copy:a"), None);
    }

    #[test]
    fn a_stop_token_can_stand_in_an_address() {
        assert!(paths::is_token(&stop_token("key", &CustomerId("c".into()))));
        assert_ne!(stop_token("key", &CustomerId("c".into())), stop_token("key", &CustomerId("d".into())));
    }
}
