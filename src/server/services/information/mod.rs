//! What a customer may ask for in writing: the original creditor, an itemized statement, validation information (12 CFR 1006.34 and
//! 1006.38(c)). The letter is issued at once from our books. Where they do not hold a creditor's address it says so, a person answers by
//! a stated day, and until then the account is on hold.

use super::confirmations::recipient;
use super::documents::{self, DocumentKind, Subject};
use super::outbox::{self, Hurry};
use super::{Failure, accounts};
use crate::domain::calendar::Date;
use crate::domain::contact::answer_by;
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, CustomerId, DocumentId};
use crate::domain::language::Language;
use crate::domain::standing::Standing;
use crate::domain::validation::{Information, Itemization, period_ends};
use crate::server::clock::{self, end_of_day, zone};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::holds::{self, NewHold};
pub use crate::server::store::information::Issued;
use crate::server::store::information::{self, NewInformation, OriginalCreditor, Wanted};
use crate::server::store::messages::{self, NewMessage};
use crate::server::store::{self, StoreError, Tx, customers};
use serde_json::json;

mod letter;

/// The kind of the request that a person answers, and for which the account is on hold (`contact_requests.kind`).
pub const CREDITOR_ASKED: &str = store::requests::CREDITOR_ASKED;

/// So often the books are read anew where they change while the letter is written.
const MOST_READINGS: usize = 3;

/// What the letters say, of one state of the books.
pub(super) struct Content {
    pub account: AccountRecord,
    pub standing: Standing,
    pub itemization: Itemization,
    pub original: OriginalCreditor,
    pub period_ends: Date,
    /// By when a person sends what is missing.
    pub promised: Option<Date>,
    pub today: Date,
    /// Its name, where who collects is not the creditor.
    pub collector: Option<String>,
}

/// The letters a customer asked for of one account, newest first; `None` where they have no such account.
pub async fn of_account(
    state: &AppState,
    customer: &CustomerId,
    account: &AccountId,
) -> Result<Option<(AccountRecord, Vec<Issued>)>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(record) = facts::one_of_customer(&mut *tx, customer, account).await? else { return Ok(None) };
    let issued = information::of_account(&mut *tx, customer, account).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Some((record, issued)))
}

/// Issues the letter, with the e-mail that brings it; asked for again on the same day it is the same letter. `None` where the customer
/// has no such account.
pub async fn ask(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
    about: Information,
    language: Language,
) -> Result<Option<DocumentId>, Failure> {
    for _ in 0..MOST_READINGS {
        let Some(standing) = accounts::standing(state, customer, account_id).await? else { return Ok(None) };
        let mut tx = state.db.begin_write().await?;
        store::lock_account(&mut tx, account_id.as_str()).await?;
        let account = facts::one_of_customer(&mut *tx, customer, account_id).await?.ok_or(Failure::Missing("account"))?;
        let today = state.clock.today_in(&zone(&account.time_zone));
        let wanted = Wanted { account: account_id, about, on: today, language };
        if let Some(issued) = information::issued(&mut tx, &wanted).await? {
            return Ok(Some(issued));
        }
        // Something was booked since: the parts would not sum to what is owed.
        if standing.balance != account.facts.balance {
            continue;
        }
        let document = issue(state, &mut tx, account, standing, &wanted).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(Some(document));
    }
    Err(Failure::NoAnswer("books that stand still"))
}

async fn issue(
    state: &AppState,
    tx: &mut Tx,
    account: AccountRecord,
    standing: Standing,
    wanted: &Wanted<'_>,
) -> Result<DocumentId, Failure> {
    let Wanted { about, language, on: today, .. } = *wanted;
    let at = state.clock.now_millis();
    let original = information::original_creditor(tx, &account.creditor_id).await?.ok_or(Failure::Missing("creditor"))?;
    let is_missing = about == Information::Creditor && original.address.is_none();
    let promise = if is_missing { Some(promise(state, tx, &account, language).await?) } else { None };
    let content = Content {
        itemization: Itemization::of(&standing.parts, account.facts.currency)?,
        period_ends: period_ends(today, &state.policy.policy.holidays),
        promised: promise.as_ref().map(|promise| promise.by),
        original,
        standing,
        account,
        today,
        collector: state.config.is_debt_collector.then(|| state.config.portal_name.clone()),
    };
    let customer_id = &content.account.customer_id;
    let addressee = customers::addressee(tx, customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let issued_at = clock::zoned(at, &zone(&content.account.time_zone));
    let sender = documents::sender(&state.config, language);
    let letter = letter::write(&content, about, language, sender, recipient(&addressee), issued_at);
    let id = DocumentId(ids::new_id());
    let subject = Subject {
        id: &id,
        kind: DocumentKind::Information,
        reference: &letter.document_reference,
        customer_id,
        account_id: &content.account.id,
        agreement: None,
        payment_id: None,
        language,
        terms: letter.terms.clone(),
        file: letter.to_pdf()?,
    };
    documents::issue(tx, subject, at).await?;
    let new = NewInformation {
        id: &ids::new_id(),
        customer_id,
        document_id: &id,
        request_reference: promise.as_ref().map(|promise| promise.reference.as_str()),
        created_at: at,
    };
    information::insert(tx, wanted, &new).await?;
    note(tx, &content.account, "information.asked", id.as_str(), json!({ "about": about.code(), "missing": is_missing }), at)
        .await?;
    outbox::enqueue_copy(state, tx, customer_id, &id, language, Hurry::InWindow).await?;
    Ok(id)
}

struct Promise {
    reference: String,
    by: Date,
}

/// A person finds out what is missing. Until they have answered nothing is collected (12 CFR 1006.38(c)(1)).
async fn promise(state: &AppState, tx: &mut Tx, account: &AccountRecord, language: Language) -> Result<Promise, Failure> {
    let (now, zone) = (state.clock.now_millis(), zone(&account.time_zone));
    let by = answer_by(state.clock.today_in(&zone), state.config.contact.answer_working_days);
    let (id, reference) = (ids::new_id(), ids::new_reference("M"));
    let new = NewMessage {
        id: &id,
        reference: &reference,
        kind: CREDITOR_ASKED,
        account_id: &account.id,
        reply_to: "",
        // Nothing was typed: the kind says what is asked for.
        text: "",
        language: language.tag(),
        created_at: now,
        answer_by: end_of_day(by, &zone).as_millisecond(),
    };
    messages::insert(tx, &new).await?;
    let hold = ids::new_id();
    let new = NewHold {
        id: &hold,
        account_id: account.id.as_str(),
        kind: HoldKind::Dispute,
        reason: &reference,
        starts_at: now,
        created_by: account.customer_id.as_str(),
    };
    holds::insert(tx, &new).await?;
    note(tx, account, "hold.begun", &hold, json!({ "kind": HoldKind::Dispute.code() }), now).await?;
    Ok(Promise { reference, by })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchCreditor;

/// Writes down who the original creditor of a creditor's accounts is, and where they are reached.
pub async fn set_original_creditor(
    state: &AppState,
    creditor: &str,
    original: Option<&str>,
    address: &str,
) -> Result<Result<(), NoSuchCreditor>, Failure> {
    let mut tx = state.db.begin_write().await?;
    match information::set_original_creditor(&mut tx, creditor, original, address).await {
        Ok(()) => {}
        Err(StoreError::UnexpectedRows { .. }) => return Ok(Err(NoSuchCreditor)),
        Err(error) => return Err(error.into()),
    }
    let event = Event {
        at: state.clock.now_millis(),
        actor: Actor::Operator,
        action: "creditor.described",
        customer_id: None,
        account_id: None,
        subject_id: None,
        details: json!({ "creditor": creditor }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

async fn note(
    tx: &mut Tx,
    account: &AccountRecord,
    action: &'static str,
    subject: &str,
    details: serde_json::Value,
    at: i64,
) -> Result<(), Failure> {
    let event = Event::by_customer(&account.customer_id, &account.id, action, subject, details, at);
    Ok(events::append(tx, &event).await?)
}
