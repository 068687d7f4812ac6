//! What customers do: tell it (kept as typed, on any device), send it, answer, appeal, take it back, end the pause, have it forgotten.

use super::letter::{self, Says};
use super::{Scene, hold_until, note, release, scene};
use crate::domain::calendar::Date;
use crate::domain::evidence::CaseKind;
use crate::domain::hardship::budget::Budget;
use crate::domain::hardship::{CaseState, LONGEST_WORDS_CHARACTERS, Said, Step, Told, fields};
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::journey::Place;
use crate::domain::language::Language;
use crate::domain::money::Currency;
use crate::server::clock::{self, Millis};
use crate::server::ids;
use crate::server::services::Failure;
use crate::server::services::evidence::{self, NewCase};
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::hardship::{self as store_of_cases, Case, CaseStep};
use crate::server::store::{StoreError, Tx, end_read, facts};
use crate::words::{locale, td_string};
use serde_json::json;
use std::collections::BTreeMap;

/// Fields as typed, by their names.
pub type Typed = BTreeMap<String, String>;

/// What is being told, as it was left.
pub struct Form {
    pub case_id: Option<String>,
    pub told: Typed,
    pub budget: Typed,
    pub saved_on: Option<Date>,
    /// Since when we remember something of their circumstances; it stands in the form.
    pub remembered_since: Option<Date>,
    /// A case that a person is looking at already.
    pub open_case: Option<String>,
    pub creditor: String,
    /// Open accounts with this creditor; a case is about all of them.
    pub accounts: usize,
    pub currency: Currency,
    /// By when it would be decided if it were sent today.
    pub decided_by: Date,
}

impl Form {
    /// Where the account is, for the screens of the form.
    pub fn place(found: Option<&Form>) -> Place {
        match found {
            None => Place::NotTheirs,
            Some(Form { open_case: Some(reference), .. }) => Place::CaseOpen(reference.clone()),
            Some(Form { case_id: Some(_), .. }) => Place::Told,
            Some(_) => Place::NothingTold,
        }
    }
}

/// The form of a customer; `None` where the account is not theirs.
pub async fn form(state: &AppState, customer: &CustomerId, account: &AccountId) -> Result<Option<Form>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(account) = facts::one_of_customer(&mut *tx, customer, account).await? else { return Ok(None) };
    let draft = store_of_cases::draft(&mut *tx, customer).await?;
    let open = store_of_cases::open_of(&mut *tx, customer).await?;
    let remembered = store_of_cases::remembered(&mut *tx, customer).await?;
    let accounts = store_of_cases::open_accounts(&mut tx, customer).await?.len();
    end_read(tx);
    let zone = clock::zone(&account.time_zone);
    let told = match (&draft, &remembered) {
        (Some(draft), _) => typed(&draft.told)?,
        (None, Some(remembered)) => typed(&remembered.told)?,
        (None, None) => Typed::new(),
    };
    let today = state.clock.today_in(&zone);
    Ok(Some(Form {
        told,
        budget: draft.as_ref().map(|draft| typed(&draft.budget)).transpose()?.unwrap_or_default(),
        saved_on: draft.as_ref().map(|draft| clock::date_of(draft.updated_at, &zone)),
        case_id: draft.map(|draft| draft.id),
        remembered_since: remembered.map(|remembered| clock::date_of(remembered.given_at, &zone)),
        open_case: open.map(|case| case.reference),
        creditor: account.creditor.clone(),
        accounts,
        currency: account.facts.currency,
        decided_by: crate::domain::contact::answer_by(today, state.config.hardship.answer_working_days),
    }))
}

pub(super) fn typed(text: &str) -> Result<Typed, Failure> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable("hardship case").into())
}

fn written(typed: &Typed) -> String {
    // A map of texts to texts always has a JSON form.
    serde_json::to_string(typed).unwrap_or_default()
}

/// Which part of the form is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Told,
    Budget,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    Saved,
    NoSuchAccount,
    /// A person is looking at one already.
    IsOpen(String),
}

/// Keeps a part of the form as typed.
pub async fn save(
    state: &AppState,
    customer: &CustomerId,
    account: &AccountId,
    part: Part,
    typed: &Typed,
    language: Language,
) -> Result<Saved, Failure> {
    let mut tx = state.db.begin_write().await?;
    if facts::one_of_customer(&mut *tx, customer, account).await?.is_none() {
        return Ok(Saved::NoSuchAccount);
    }
    crate::server::store::lock_account(&mut tx, account.as_str()).await?;
    if let Some(open) = store_of_cases::open_of(&mut *tx, customer).await? {
        return Ok(Saved::IsOpen(open.reference));
    }
    let now = state.clock.now_millis();
    let text = written(typed);
    match store_of_cases::draft(&mut *tx, customer).await? {
        Some(mut draft) => {
            match part {
                Part::Told => draft.told = text,
                Part::Budget => draft.budget = text,
            }
            draft.language = language.tag().to_owned();
            store_of_cases::keep_draft(&mut tx, &draft, now).await?;
        }
        None => {
            let draft = new_draft(customer, account, part, text, language, now);
            store_of_cases::insert_draft(&mut tx, &draft, now).await?;
            evidence::begin(state, &mut tx, &evidence_of(&draft), now).await?;
            note(&mut tx, customer, account, Actor::Customer(customer.to_string()), "hardship.begun", json!({}), now).await?;
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Saved::Saved)
}

fn new_draft(customer: &CustomerId, account: &AccountId, part: Part, text: String, language: Language, now: Millis) -> Case {
    let empty = || "{}".to_owned();
    let (told, budget) = match part {
        Part::Told => (text, empty()),
        Part::Budget => (empty(), text),
    };
    Case {
        id: ids::new_id(),
        reference: ids::new_reference("H"),
        customer_id: customer.clone(),
        account_id: account.clone(),
        state: CaseState::Draft,
        told,
        budget,
        language: language.tag().to_owned(),
        updated_at: now,
        sent_at: None,
        decide_by: None,
        appeals: 0,
        times_late: 0,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    Sent {
        reference: String,
    },
    /// What is missing or cannot be read, by field and code; nothing was sent.
    NotWhole(Vec<(String, String)>),
    /// Nothing was written yet.
    NoDraft,
}

/// Sends what was told: the hold begins, a day is promised, and the letter that says so is written, all or nothing. Sent twice, it is
/// sent once.
pub async fn send(state: &AppState, customer: &CustomerId) -> Result<Sent, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(draft) = store_of_cases::draft(&mut *tx, customer).await? else {
        let open = store_of_cases::open_of(&mut *tx, customer).await?;
        return Ok(open.map_or(Sent::NoDraft, |case| Sent::Sent { reference: case.reference }));
    };
    let mut scene = scene(state, &mut tx, draft).await?;
    let reference = scene.case.reference.clone();
    // Another tab sent it while this one waited for the lock.
    let Some(next) = scene.case.state.after(Step::Send) else { return Ok(Sent::Sent { reference }) };
    if let Some(open) = store_of_cases::open_of(&mut *tx, customer).await? {
        return Ok(Sent::Sent { reference: open.reference });
    }
    let told_typed = typed(&scene.case.told)?;
    let told = Told::read(&told_typed);
    let faults = faults(&told, &typed(&scene.case.budget)?, scene.account.facts.currency);
    if !faults.is_empty() {
        return Ok(Sent::NotWhole(faults));
    }
    let decided_by = scene.decision_day(state);
    let until = scene.end_of(decided_by);
    let before = scene.case.state;
    scene.case.state = next;
    scene.case.sent_at = Some(scene.now);
    scene.case.decide_by = Some(until);
    store_of_cases::advance(&mut tx, before, &scene.case, scene.now).await?;
    if told.may_be_remembered {
        remember(&mut tx, &scene, told_typed).await?;
    }
    hold_until(&mut tx, &scene, until).await?;
    let document = letter::issue(state, &mut tx, &scene, &Says::Received { decided_by }).await?;
    let step = CaseStep { until: Some(until), document_id: Some(document), ..step(&scene, Step::Send, "") };
    take(&mut tx, &scene, step, Actor::Customer(customer.to_string())).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Sent::Sent { reference })
}

fn faults(told: &Told, budget: &Typed, currency: Currency) -> Vec<(String, String)> {
    let mut faults: Vec<(String, String)> =
        told.too_long().into_iter().map(|field| (field.to_owned(), "too_long".to_owned())).collect();
    if told.reason == Said::NotYet {
        faults.push((fields::REASON.to_owned(), "missing".to_owned()));
    }
    if let Err(wrong) = Budget::read(budget, currency) {
        faults.extend(wrong.into_iter().map(|field| (field, "amount".to_owned())));
    }
    faults
}

/// Everything but the words: what somebody wrote about their life is for this one case.
async fn remember(tx: &mut Tx, scene: &Scene, mut told: Typed) -> Result<(), Failure> {
    told.remove(fields::WORDS);
    let language = scene.language();
    let consent = td_string!(locale(language), hardship.remember);
    let customer = &scene.case.customer_id;
    store_of_cases::remember(tx, customer, &written(&told), consent, language.tag(), scene.now).await?;
    let actor = Actor::Customer(customer.to_string());
    note(tx, customer, &scene.case.account_id, actor, "circumstances.remembered", json!({}), scene.now).await
}

/// What became of what a customer did with a case of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acted {
    Done,
    /// Nothing was written, or too much.
    NotWritten,
    /// It cannot be done now, or was done before: the page says how things stand.
    NotNow,
    NotTheirs,
}

/// Answers what the reviewer asked: a day is promised anew.
pub async fn answer(state: &AppState, customer: &CustomerId, reference: &str, words: &str) -> Result<Acted, Failure> {
    write(state, customer, reference, Step::Answer, words).await
}

/// Asks that somebody else looks at a refusal.
pub async fn appeal(state: &AppState, customer: &CustomerId, reference: &str, words: &str) -> Result<Acted, Failure> {
    write(state, customer, reference, Step::Appeal, words).await
}

async fn write(state: &AppState, customer: &CustomerId, reference: &str, what: Step, words: &str) -> Result<Acted, Failure> {
    let words = words.trim();
    if words.is_empty() || words.chars().count() > LONGEST_WORDS_CHARACTERS as usize {
        return Ok(Acted::NotWritten);
    }
    let mut tx = state.db.begin_write().await?;
    let Some(mut scene) = of_customer(state, &mut tx, customer, reference).await? else { return Ok(Acted::NotTheirs) };
    let before = scene.case.state;
    let Some(next) = before.after(what) else { return Ok(Acted::NotNow) };
    // One at a time: what was appealed would wait beside what was sent since.
    if !before.is_open() && store_of_cases::open_of(&mut *tx, customer).await?.is_some() {
        return Ok(Acted::NotNow);
    }
    let decided_by = scene.decision_day(state);
    let until = scene.end_of(decided_by);
    scene.case.state = next;
    scene.case.decide_by = Some(until);
    if what == Step::Appeal {
        scene.case.appeals += 1;
        evidence::take_again(state, &mut tx, &evidence_of(&scene.case), scene.now).await?;
    }
    store_of_cases::advance(&mut tx, before, &scene.case, scene.now).await?;
    hold_until(&mut tx, &scene, until).await?;
    let document = letter::issue(state, &mut tx, &scene, &Says::Received { decided_by }).await?;
    let step = CaseStep { until: Some(until), document_id: Some(document), ..step(&scene, what, words) };
    take(&mut tx, &scene, step, Actor::Customer(customer.to_string())).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Acted::Done)
}

/// Takes a case back: the hold is over, and nothing is decided.
pub async fn withdraw(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Acted, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(mut scene) = of_customer(state, &mut tx, customer, reference).await? else { return Ok(Acted::NotTheirs) };
    let before = scene.case.state;
    let Some(next) = before.after(Step::Withdraw) else { return Ok(Acted::NotNow) };
    scene.case.state = next;
    scene.case.decide_by = None;
    store_of_cases::advance(&mut tx, before, &scene.case, scene.now).await?;
    release(&mut tx, &scene).await?;
    evidence::finish(state, &mut tx, &scene.case.id, scene.now).await?;
    take(&mut tx, &scene, step(&scene, Step::Withdraw, ""), Actor::Customer(customer.to_string())).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Acted::Done)
}

/// Ends the hold of a decided case before its day: what was agreed goes on. What was opened stays open.
pub async fn end_pause(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Acted, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(scene) = of_customer(state, &mut tx, customer, reference).await? else { return Ok(Acted::NotTheirs) };
    if scene.case.state.is_open() {
        return Ok(Acted::NotNow);
    }
    release(&mut tx, &scene).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Acted::Done)
}

/// Forgets what we remembered of a customer's circumstances. What stands in a case that was sent stays with that case.
pub async fn forget(state: &AppState, customer: &CustomerId, account: &AccountId) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    if facts::one_of_customer(&mut *tx, customer, account).await?.is_none() {
        return Ok(());
    }
    if store_of_cases::forget(&mut tx, customer).await? {
        let actor = Actor::Customer(customer.to_string());
        note(&mut tx, customer, account, actor, "circumstances.forgotten", json!({}), state.clock.now_millis()).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn of_customer(state: &AppState, tx: &mut Tx, customer: &CustomerId, reference: &str) -> Result<Option<Scene>, Failure> {
    match store_of_cases::by_reference(&mut **tx, reference).await?.filter(|case| case.customer_id == *customer) {
        Some(case) => Ok(Some(scene(state, tx, case).await?)),
        None => Ok(None),
    }
}

/// What its evidence is kept under.
fn evidence_of(case: &Case) -> NewCase<'_> {
    NewCase { kind: CaseKind::Hardship, case_id: &case.id, customer_id: &case.customer_id, account_id: &case.account_id }
}

/// A step with nothing beside its words.
pub(super) fn step(scene: &Scene, step: Step, words: &str) -> CaseStep {
    CaseStep {
        at: scene.now,
        step,
        words: words.to_owned(),
        reason: None,
        staff: None,
        until: None,
        relief: None,
        document_id: None,
    }
}

/// Writes a step down, with its event.
pub(super) async fn take(tx: &mut Tx, scene: &Scene, step: CaseStep, actor: Actor) -> Result<(), Failure> {
    let details = json!({ "case": scene.case.reference, "step": step.step.code(), "until": step.until, "relief": step.relief });
    store_of_cases::add_step(tx, &scene.case.id, &ids::new_id(), &step).await?;
    note(tx, &scene.case.customer_id, &scene.case.account_id, actor, "hardship.stepped", details, scene.now).await
}
