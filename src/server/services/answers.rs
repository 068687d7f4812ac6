//! What customers write back to us, for a person to read: kept with the day by which it is answered, as what they write on the site.
//!
//! It may order that a payment is not taken (12 CFR 1005.10(c)), in any words. Where a permission to collect is there, such an answer
//! is marked, and the accounts it may speak of are on hold until a person has looked: nothing is collected from them meanwhile. A hold
//! too many costs its customer a payment by hand; an order that was not seen costs them the money. Called by [`super::returns`],
//! [`super::stopping`] and, for the holds, [`super::messages`].

use super::Failure;
use super::outbox::{self, About, Hurry, Message};
use crate::domain::calendar::Date;
use crate::domain::contact::{AnswerKind, answer_by};
use crate::domain::format;
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, AgreementId, CustomerId};
use crate::domain::language::Language;
use crate::paths;
use crate::server::clock::{Millis, end_of_day, zone};
use crate::server::ids;
use crate::server::notify::letters::Template;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::holds::{self, NewHold};
use crate::server::store::messages::{self, NewMessage};
use crate::server::store::{self, Tx, accounts, customers, facts, mandates};
use serde_json::json;

/// What somebody wrote. Has no Debug: it holds an address and free text.
pub(super) struct Answer<'a> {
    pub customer: &'a CustomerId,
    /// The account that the message answered to is about, where it is about one.
    pub account: Option<&'a AccountId>,
    /// Where it came from.
    pub reply_to: &'a str,
    /// Their own words, without what they quote.
    pub text: &'a str,
    pub may_stop_a_payment: bool,
    /// For the trail: by e-mail or text, and whether only a receiver of ours can have written it.
    pub heard_by: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Kept,
    /// So many came today that it is not kept. What may stop a payment always is.
    TooMany,
}

/// So many answers of one account within a day are kept; more than that is no conversation.
const ANSWERS_A_DAY: i64 = 10;
const DAY_MILLIS: Millis = 86_400_000;
/// As much as the site takes of one message.
const LONGEST_TEXT_CHARACTERS: usize = 2_000;

/// Keeps an answer in the caller's transaction, begins the holds, and tells the customer by when a person answers.
pub(super) async fn keep(state: &AppState, tx: &mut Tx, answer: &Answer<'_>) -> Result<Kept, Failure> {
    let permitted = permitted(tx, answer.customer, answer.may_stop_a_payment).await?;
    let about = match (permitted.first(), answer.account) {
        (Some((account, _)), _) => account.clone(),
        (None, Some(account)) => account.clone(),
        (None, None) => accounts::first_of_customer(tx, answer.customer).await?.ok_or(Failure::Missing("account"))?,
    };
    lock(tx, &permitted, &about).await?;
    let now = state.clock.now_millis();
    let to_hold = not_held(tx, &permitted, now).await?;
    if to_hold.is_empty() && messages::count_answers_since(tx, &about, now - DAY_MILLIS).await? >= ANSWERS_A_DAY {
        return Ok(Kept::TooMany);
    }
    let account = facts::by_id(&mut **tx, about.as_str()).await?.ok_or(Failure::Missing("account"))?;
    let kind = if permitted.is_empty() { AnswerKind::Answer } else { AnswerKind::PerhapsStopPayment };
    let promised = record(state, tx, answer, &account, kind, now).await?;
    for held in &to_hold {
        hold(tx, held, answer.customer, &promised.reference, now).await?;
    }
    let agreement = permitted.first().map(|(_, agreement)| agreement.as_str());
    tell(state, tx, &account, &promised, agreement).await?;
    Ok(Kept::Kept)
}

/// The accounts and agreements of a customer that an order to stop a payment may speak of; none where it is no such order.
pub(super) async fn permitted(
    tx: &mut Tx,
    customer: &CustomerId,
    may_stop_a_payment: bool,
) -> Result<Vec<(AccountId, AgreementId)>, Failure> {
    match may_stop_a_payment {
        true => Ok(mandates::permitted_of_customer(tx, customer).await?),
        false => Ok(Vec::new()),
    }
}

/// Locks these accounts and one more, in one order for everybody who locks several.
pub(super) async fn lock(tx: &mut Tx, permitted: &[(AccountId, AgreementId)], about: &AccountId) -> Result<(), Failure> {
    let mut to_lock: Vec<&AccountId> = permitted.iter().map(|(account, _)| account).chain([about]).collect();
    to_lock.sort_unstable();
    to_lock.dedup();
    for account in to_lock {
        store::lock_account(tx, account.as_str()).await?;
    }
    Ok(())
}

/// Those of them that do not wait for a person already.
pub(super) async fn not_held(
    tx: &mut Tx,
    permitted: &[(AccountId, AgreementId)],
    now: Millis,
) -> Result<Vec<AccountId>, Failure> {
    let mut to_hold = Vec::new();
    for (account, _) in permitted {
        let is_held = holds::in_force(tx, account.as_str(), now).await?.contains(&HoldKind::StopAsked);
        if !is_held && !to_hold.contains(account) {
            to_hold.push(account.clone());
        }
    }
    Ok(to_hold)
}

/// What is promised for an answer.
struct Promised {
    reference: String,
    by: Date,
    language: Language,
}

async fn record(
    state: &AppState,
    tx: &mut Tx,
    answer: &Answer<'_>,
    account: &AccountRecord,
    kind: AnswerKind,
    now: Millis,
) -> Result<Promised, Failure> {
    let addressee = customers::addressee(tx, answer.customer).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let zone = zone(&account.time_zone);
    let by = answer_by(state.clock.today_in(&zone), state.config.contact.answer_working_days);
    let (id, reference) = (ids::new_id(), ids::new_reference("M"));
    let text: String = answer.text.chars().take(LONGEST_TEXT_CHARACTERS).collect();
    let new = NewMessage {
        id: &id,
        reference: &reference,
        kind: kind.code(),
        account_id: &account.id,
        reply_to: answer.reply_to,
        text: &text,
        language: language.tag(),
        created_at: now,
        answer_by: end_of_day(by, &zone).as_millisecond(),
    };
    messages::insert(tx, &new).await?;
    let details = json!({ "kind": kind.code(), "heard_by": answer.heard_by });
    note(tx, &account.id, answer.customer, "answer.received", &id, details, now).await?;
    Ok(Promised { reference, by, language })
}

/// Nothing is collected from an account until a person has answered what was written under this reference.
pub(super) async fn hold(
    tx: &mut Tx,
    account: &AccountId,
    customer: &CustomerId,
    reference: &str,
    now: Millis,
) -> Result<(), Failure> {
    let id = ids::new_id();
    let new = NewHold {
        id: &id,
        account_id: account.as_str(),
        kind: HoldKind::StopAsked,
        reason: reference,
        starts_at: now,
        created_by: customer.as_str(),
    };
    holds::insert(tx, &new).await?;
    note(tx, account, customer, "hold.begun", &id, json!({ "kind": HoldKind::StopAsked.code() }), now).await
}

/// Once a day for each kind, at the address we know: whoever writes in somebody's name sends them no more than that.
async fn tell(
    state: &AppState,
    tx: &mut Tx,
    account: &AccountRecord,
    promised: &Promised,
    agreement: Option<&str>,
) -> Result<(), Failure> {
    let today = state.clock.today_in(&zone(&account.time_zone));
    let by = format::long_date(promised.by, promised.language);
    let link = agreement.map(|id| format!("{}{}", state.config.public_url, paths::agreement(id)));
    let template = if link.is_some() { Template::CollectionsWait } else { Template::AnswerReceived };
    let mut values = vec![("reference", promised.reference.as_str()), ("answer_by", by.as_str())];
    values.extend(link.as_deref().map(|link| ("link", link)));
    let once = format!("{}:{}:{today}", template.code(), account.customer_id);
    let message = Message {
        customer_id: &account.customer_id,
        template,
        language: promised.language,
        values: &values,
        document_id: None,
        hurry: Hurry::InWindow,
        once: &once,
    };
    outbox::enqueue_about(state, tx, &message, About { account_id: Some(&account.id), expires_at: None }).await
}

async fn note(
    tx: &mut Tx,
    account: &AccountId,
    customer: &CustomerId,
    action: &'static str,
    subject: &str,
    details: serde_json::Value,
    at: Millis,
) -> Result<(), Failure> {
    let event = Event {
        at,
        actor: Actor::Visitor,
        action,
        customer_id: Some(customer.to_string()),
        account_id: Some(account.to_string()),
        subject_id: Some(subject.to_owned()),
        details,
    };
    Ok(events::append(tx, &event).await?)
}
