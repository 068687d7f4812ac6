//! A case as its customer and as staff see it.

use super::acts::{Typed, typed};
use super::letter::{decline_words, opened_words};
use crate::domain::advice::{self, AdviceContact};
use crate::domain::calendar::Date;
use crate::domain::hardship::budget::{Budget, Totals};
use crate::domain::hardship::relief::Relief;
use crate::domain::hardship::{CaseState, Step, Told};
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, CustomerId, DocumentId};
use crate::domain::language::Language;
use crate::server::clock::{self, Millis};
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::facts;
pub use crate::server::store::hardship::ListedCase;
use crate::server::store::hardship::{self as store_of_cases, Case};
use crate::server::store::{customers, end_read, holds};
use crate::words::locale;

/// A case as its customer sees it.
pub struct CaseView {
    pub reference: String,
    pub case_id: String,
    pub account_id: AccountId,
    pub state: CaseState,
    pub steps: Vec<StepView>,
    /// By when a person decides, or until when an answer is waited for.
    pub until: Option<Date>,
    /// The last day of the hold that is in force because of it.
    pub held_until: Option<Date>,
    /// What can be chosen now.
    pub opening: Option<Opening>,
    pub advice: Vec<AdviceContact>,
    pub told: Told,
    pub totals: Option<Totals>,
}

/// One step, in words where there are some.
pub struct StepView {
    pub on: Date,
    pub step: Step,
    /// Why it was declined, as picked.
    pub reason: Option<&'static str>,
    pub words: String,
    pub until: Option<Date>,
    pub document_id: Option<DocumentId>,
}

/// What an approval opened.
pub struct Opening {
    pub lines: Vec<String>,
    pub through: Date,
    pub is_open: bool,
    /// Where it can be chosen: the open accounts.
    pub accounts: Vec<(AccountId, String)>,
}

/// A case of this customer, in a language; `None` where it is not theirs.
pub async fn case_of(
    state: &AppState,
    customer: &CustomerId,
    reference: &str,
    language: Language,
) -> Result<Option<CaseView>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let found = store_of_cases::by_reference(&mut *tx, reference).await?.filter(|case| case.customer_id == *customer);
    let Some(case) = found else { return Ok(None) };
    let accounts = facts::of_customer(&mut *tx, customer.as_str()).await?;
    let account = accounts.iter().find(|account| account.id == case.account_id).ok_or(Failure::Missing("account"))?;
    let zone = clock::zone(&account.time_zone);
    let now = state.clock.now_millis();
    let held_until = holds::ends_of(&mut tx, HoldKind::Hardship, &case.reference, now).await?;
    let steps = store_of_cases::steps(&mut *tx, &case.id).await?;
    let place = customers::addressee(&mut tx, customer).await?.and_then(|addressee| addressee.state);
    end_read(tx);
    let day = |at: Millis| clock::date_of(at, &zone);
    let words = locale(language);
    let relief: Option<Relief> = steps.iter().rev().find_map(|step| step.relief.clone());
    let opening = relief.filter(|_| case.state == CaseState::Approved).map(|relief| Opening {
        lines: opened_words(words, language, &relief),
        through: relief.open_through,
        is_open: day(now) <= relief.open_through,
        accounts: accounts
            .iter()
            .filter(|account| account.is_open() && account.facts.balance.is_positive())
            .map(|account| (account.id.clone(), account.reference.clone()))
            .collect(),
    });
    let steps = steps
        .into_iter()
        .map(|step| StepView {
            on: day(step.at),
            step: step.step,
            reason: step.reason.map(|reason| decline_words(words, reason)),
            words: step.words,
            until: step.until.map(day),
            document_id: step.document_id,
        })
        .collect();
    Ok(Some(CaseView {
        advice: advice::for_reader(&state.advice, place.as_deref(), language),
        told: Told::read(&typed(&case.told)?),
        totals: totals(&typed(&case.budget)?, account.facts.currency)?,
        until: case.decide_by.map(day),
        held_until: held_until.map(day),
        reference: case.reference,
        case_id: case.id,
        account_id: case.account_id,
        state: case.state,
        steps,
        opening,
    }))
}

/// What a month comes to, where something was given and can be read.
fn totals(budget: &Typed, currency: crate::domain::money::Currency) -> Result<Option<Totals>, Failure> {
    match Budget::read(budget, currency) {
        Ok(budget) if !budget.is_empty() => Ok(Some(budget.totals()?)),
        Ok(_) | Err(_) => Ok(None),
    }
}

/// The case that was sent last, for the account's page: its reference, and whether a person is at it.
pub async fn latest(state: &AppState, customer: &CustomerId) -> Result<Option<(String, CaseState)>, Failure> {
    let case = store_of_cases::latest_sent(state.db.pool(), customer).await?;
    Ok(case.map(|case| (case.reference, case.state)))
}

/// What waits for a person, the earliest promised day first.
pub async fn waiting(state: &AppState) -> Result<Vec<ListedCase>, Failure> {
    Ok(store_of_cases::waiting(state.db.pool()).await?)
}

/// A case as a reviewer sees it. Has no Debug: what somebody told is in it.
pub struct StaffView {
    pub case: Case,
    pub told: Told,
    pub budget: Option<(Budget, Totals)>,
    pub steps: Vec<crate::server::store::hardship::CaseStep>,
    /// Of the account it was begun from.
    pub account: String,
}

pub async fn for_staff(state: &AppState, reference: &str) -> Result<Option<StaffView>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(case) = store_of_cases::by_reference(&mut *tx, reference).await? else { return Ok(None) };
    let account = facts::by_id(&mut *tx, case.account_id.as_str()).await?.ok_or(Failure::Missing("account"))?;
    let steps = store_of_cases::steps(&mut *tx, &case.id).await?;
    end_read(tx);
    let budget = match Budget::read(&typed(&case.budget)?, account.facts.currency) {
        Ok(budget) if !budget.is_empty() => {
            let totals = budget.totals()?;
            Some((budget, totals))
        }
        Ok(_) | Err(_) => None,
    };
    Ok(Some(StaffView { told: Told::read(&typed(&case.told)?), budget, steps, account: account.reference, case }))
}
