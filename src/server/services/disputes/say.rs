//! A customer says that it is not right: what they type is kept as typed, shown back to them, and sent once.

use super::Dispute;
use crate::domain::calendar::Date;
use crate::domain::contact::stop_words::may_stop_a_payment;
use crate::domain::contact::{AnswerKind, answer_by};
use crate::domain::dispute::said::{self, Said, Wrong};
use crate::domain::dispute::{Disputed, answer_on};
use crate::domain::evidence::CaseKind;
use crate::domain::format;
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DisputeId};
use crate::domain::journey::Place;
use crate::domain::language::Language;
use crate::paths;
use crate::server::clock::{end_of_day, zone};
use crate::server::ids;
use crate::server::notify::letters::Template;
use crate::server::services::evidence::{self, NewCase};
use crate::server::services::outbox::{self, About, Hurry, Message};
use crate::server::services::{Failure, answers};
use crate::server::state::AppState;
use crate::server::store::disputes::{self, DisputeDraft, NewDispute, Words, WordsKind};
use crate::server::store::events::Actor;
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::holds::{self, NewHold};
use crate::server::store::messages::{self, NewMessage};
use crate::server::store::{self, StoreError, Tx, jobs};
use serde_json::json;
use std::collections::BTreeMap;

/// What the form and its check page need.
#[derive(Clone)]
pub struct FormFacts {
    pub account: AccountRecord,
    /// What was typed and not sent, on any device.
    pub draft: Option<DisputeDraft>,
    /// One is in force: its page is the place to be.
    pub in_force: Option<Dispute>,
    /// There was one before, which is over.
    pub has_earlier: bool,
    /// By when it would be answered if it were sent today.
    pub answer_on: Date,
}

impl FormFacts {
    /// Where the account is, for the screens of a dispute.
    pub fn place(found: Option<&FormFacts>) -> Place {
        let Some(found) = found else { return Place::NotTheirs };
        let is_whole = |draft: &DisputeDraft| said::read(&draft.typed, found.account.facts.balance).is_ok();
        match (&found.in_force, &found.draft) {
            (Some(_), _) => Place::InDispute,
            (None, Some(draft)) if is_whole(draft) => Place::DisputeWritten,
            (None, _) => Place::NotDisputed,
        }
    }
}

/// `None` where the customer has no such account.
pub async fn form(state: &AppState, customer: &CustomerId, account_id: &AccountId) -> Result<Option<FormFacts>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(account) = facts::one_of_customer(&mut *tx, customer, account_id).await? else { return Ok(None) };
    let draft = disputes::draft(&mut *tx, customer, account_id).await?;
    let newest = disputes::newest(&mut *tx, customer, account_id).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let has_earlier = newest.is_some();
    let in_force = newest.filter(|dispute| dispute.released_at.is_none());
    let answer_on = promised(state, &account);
    Ok(Some(FormFacts { account, draft, in_force, has_earlier, answer_on }))
}

fn promised(state: &AppState, account: &AccountRecord) -> Date {
    let today = state.clock.today_in(&zone(&account.time_zone));
    answer_on(today, state.config.contact.dispute_answer_working_days, &state.policy.policy.holidays)
}

/// What became of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It can be checked and sent.
    Whole,
    /// It is kept, and this is wrong or missing.
    Wrong(Vec<Wrong>),
    /// One is in force: what else is not right is added to that.
    InForce,
    NoSuchAccount,
}

/// Keeps what was typed, whatever is wrong with it.
pub async fn keep(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
    typed: BTreeMap<String, String>,
) -> Result<Kept, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(account) = facts::one_of_customer(&mut *tx, customer, account_id).await? else { return Ok(Kept::NoSuchAccount) };
    store::lock_account(&mut tx, account_id.as_str()).await?;
    if disputes::in_force(&mut *tx, account_id).await?.is_some() {
        return Ok(Kept::InForce);
    }
    let draft = DisputeDraft { id: DisputeId(ids::new_id()), revision: 1, typed };
    disputes::keep_draft(&mut tx, account_id, customer, &draft, state.clock.now_millis()).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(match said::read(&draft.typed, account.facts.balance) {
        Ok(_) => Kept::Whole,
        Err(wrong) => Kept::Wrong(wrong),
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is received, now or by an earlier press.
    Received,
    /// It is not what was shown any more: another tab changed it, or what is owed changed.
    Changed,
    NoSuchAccount,
}

/// Sends what the check page showed. Pressed twice, or in two tabs, it is sent once.
pub async fn send(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
    draft: &DisputeId,
    revision: i64,
) -> Result<Sent, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(account) = facts::one_of_customer(&mut *tx, customer, account_id).await? else { return Ok(Sent::NoSuchAccount) };
    // What is written in it is read once more under the locks.
    let text = disputes::draft(&mut *tx, customer, account_id).await?.map(|draft| words_of(&draft)).unwrap_or_default();
    let permitted = answers::permitted(&mut tx, customer, may_stop_a_payment(&text)).await?;
    answers::lock(&mut tx, &permitted, account_id).await?;
    let was_sent = disputes::by_id(&mut *tx, draft).await?.is_some_and(|sent| sent.customer_id == *customer);
    if was_sent || disputes::in_force(&mut *tx, account_id).await?.is_some() {
        return Ok(Sent::Received);
    }
    let kept = disputes::draft(&mut *tx, customer, account_id).await?;
    let Some(kept) = kept.filter(|kept| kept.id == *draft && kept.revision == revision && words_of(kept) == text) else {
        return Ok(Sent::Changed);
    };
    let account = facts::one_of_customer(&mut *tx, customer, &account.id).await?.ok_or(Failure::Missing("account"))?;
    let Ok(said) = said::read(&kept.typed, account.facts.balance) else { return Ok(Sent::Changed) };
    open(state, &mut tx, &account, &kept.id, &said, &permitted).await?;
    disputes::forget_draft(&mut tx, account_id).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Sent::Received)
}

fn words_of(draft: &DisputeDraft) -> String {
    draft.typed.get(said::WORDS).cloned().unwrap_or_default()
}

/// Says it at once, as the form that was a message before did: a tab may still show it. Where one is in force it is added to that.
pub async fn say(state: &AppState, customer: &CustomerId, account_id: &AccountId, said: &Said) -> Result<Sent, Failure> {
    let mut tx = state.db.begin_write().await?;
    if facts::one_of_customer(&mut *tx, customer, account_id).await?.is_none() {
        return Ok(Sent::NoSuchAccount);
    }
    let permitted = answers::permitted(&mut tx, customer, may_stop_a_payment(&said.words)).await?;
    answers::lock(&mut tx, &permitted, account_id).await?;
    let account = facts::one_of_customer(&mut *tx, customer, account_id).await?.ok_or(Failure::Missing("account"))?;
    match disputes::in_force(&mut *tx, account_id).await? {
        Some(dispute) => super::follow::write_added(state, &mut tx, &account, &dispute, &said.words, &permitted).await?,
        None => open(state, &mut tx, &account, &DisputeId(ids::new_id()), said, &permitted).await?,
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Sent::Received)
}

/// Writes it down, puts the account on hold and tells its customer that it is received. The caller holds the locks.
async fn open(
    state: &AppState,
    tx: &mut Tx,
    account: &AccountRecord,
    id: &DisputeId,
    said: &Said,
    permitted: &[(AccountId, AgreementId)],
) -> Result<(), Failure> {
    let (now, customer) = (state.clock.now_millis(), &account.customer_id);
    let reference = ids::new_reference("DP");
    let answer_day = promised(state, account);
    let new = NewDispute {
        id,
        reference: &reference,
        account_id: &account.id,
        customer_id: customer,
        reason: said.reason,
        disputed: said.disputed,
        opened_at: now,
        answer_by: end_of_day(answer_day, &zone(&account.time_zone)).as_millisecond(),
    };
    disputes::insert(tx, &new).await?;
    if !said.words.is_empty() {
        let words = Words { kind: WordsKind::Said, text: said.words.clone(), written_at: now };
        disputes::write(tx, id, &words, customer.as_str()).await?;
    }
    let dispute = disputes::by_id(&mut **tx, id).await?.ok_or(Failure::Missing("dispute"))?;
    let case = NewCase { kind: CaseKind::Dispute, case_id: id.as_str(), customer_id: customer, account_id: &account.id };
    evidence::begin(state, tx, &case, now).await?;
    let details = json!({
        "reason": said.reason.code(), "part_minor": said.disputed.part_minor(), "balance_minor": account.facts.balance.minor(),
    });
    super::note(tx, &dispute, Actor::Customer(customer.to_string()), "dispute.opened", details, now).await?;
    hold(tx, &dispute, Actor::Customer(customer.to_string()), now).await?;
    may_be_a_stop_order(state, tx, account, &said.words, permitted).await?;
    tell(state, tx, account, &dispute, answer_day).await
}

/// At once, and for the whole account: a part of a payment that is collected cannot be told from the rest of it.
pub(super) async fn hold(tx: &mut Tx, dispute: &Dispute, actor: Actor, now: i64) -> Result<(), Failure> {
    let id = ids::new_id();
    let new = NewHold {
        id: &id,
        account_id: dispute.account_id.as_str(),
        kind: HoldKind::Dispute,
        reason: &dispute.reference,
        starts_at: now,
        created_by: dispute.customer_id.as_str(),
    };
    holds::insert(tx, &new).await?;
    // No payment over several accounts reaches a disputed one (12 CFR 1006.30(c)): pages that are open are closed. Where a part is
    // disputed, so are those of this account alone: what they ask for was reckoned with that part.
    let kind = match dispute.disputed {
        Disputed::All => jobs::CLOSE_JOINT_PAGES,
        Disputed::Part(_) => jobs::CLOSE_PAGES,
    };
    jobs::ask(tx, kind, dispute.account_id.as_str(), &format!("{kind}:{id}"), 0, now).await?;
    super::note(tx, dispute, actor, "hold.begun", json!({ "kind": HoldKind::Dispute.code() }), now).await
}

/// What may order that a payment is not taken waits for a person beside the dispute, and outlasts it (12 CFR 1005.10(c)).
pub(super) async fn may_be_a_stop_order(
    state: &AppState,
    tx: &mut Tx,
    account: &AccountRecord,
    words: &str,
    permitted: &[(AccountId, AgreementId)],
) -> Result<(), Failure> {
    let now = state.clock.now_millis();
    let to_hold = answers::not_held(tx, permitted, now).await?;
    if to_hold.is_empty() {
        return Ok(());
    }
    let zone = zone(&account.time_zone);
    let day = answer_by(state.clock.today_in(&zone), state.config.contact.answer_working_days);
    let (id, reference) = (ids::new_id(), ids::new_reference("M"));
    let language = language_of(tx, account).await?;
    let new = NewMessage {
        id: &id,
        reference: &reference,
        kind: AnswerKind::PerhapsStopPayment.code(),
        account_id: &account.id,
        reply_to: "",
        text: words,
        language: language.tag(),
        created_at: now,
        answer_by: end_of_day(day, &zone).as_millisecond(),
    };
    messages::insert(tx, &new).await?;
    for held in &to_hold {
        answers::hold(tx, held, &account.customer_id, &reference, now).await?;
    }
    Ok(())
}

pub(super) async fn language_of(tx: &mut Tx, account: &AccountRecord) -> Result<Language, Failure> {
    let addressee = store::customers::addressee(tx, &account.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    Ok(Language::from_tag(&addressee.language).unwrap_or_default())
}

/// Its customer has it in writing that it is received, and by when it is answered.
async fn tell(
    state: &AppState,
    tx: &mut Tx,
    account: &AccountRecord,
    dispute: &Dispute,
    answer_day: Date,
) -> Result<(), Failure> {
    let language = language_of(tx, account).await?;
    let link = format!("{}{}", state.config.public_url, paths::dispute_status(account.id.as_str()));
    let answer_by = format::long_date(answer_day, language);
    let values = [("reference", &*dispute.reference), ("answer_by", &*answer_by), ("link", &*link)];
    let once = format!("dispute_received:{}", dispute.id);
    let message = Message {
        customer_id: &account.customer_id,
        template: Template::DisputeReceived,
        language,
        values: &values,
        document_id: None,
        hurry: Hurry::InWindow,
        once: &once,
    };
    outbox::enqueue_about(state, tx, &message, About { account_id: Some(&account.id), expires_at: None }).await
}
