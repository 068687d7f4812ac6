//! An account that joins an agreement of its customer: which could and on which terms, and what is then paid on each day.
//!
//! Signing is what it always is ([`super::agreements`]): here is only what is chosen from, and what it stands beside.

use super::Failure;
use super::agreements::{self, Chosen, DraftChoice};
use super::changes::{self, NotNow};
use super::offers::{self, WaysForward};
use crate::domain::calendar::Date;
use crate::domain::ids::{AccountId, AgreementId, CustomerId};
use crate::domain::joining::{Joined, SharedDays};
use crate::domain::offers::Offer;
use crate::domain::policy::Basis;
use crate::server::clock;
use crate::server::state::AppState;
use crate::server::store::facts::AccountRecord;
use crate::server::store::joined;
pub use crate::server::store::joined::Member;
use crate::server::store::{self, Tx, facts, keeping};
use std::collections::BTreeMap;

/// So many accounts at most are offered to join at once.
const MOST_AT_ONCE: usize = 10;

/// An agreement that other accounts can join.
#[derive(Clone, Debug)]
pub struct Joinable {
    pub reference: String,
    pub candidates: Vec<Candidate>,
    /// Accounts of the same creditor that have no plan on these days.
    pub others: Vec<AccountRecord>,
}

/// An account that can join, and the plans it can join with.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub account: AccountRecord,
    pub plans: Vec<Joined>,
}

/// Which accounts can join an agreement of this customer; `None` where it is not theirs.
pub async fn joinable(
    state: &AppState,
    customer: &CustomerId,
    id: &AgreementId,
) -> Result<Option<Result<Joinable, NotNow>>, Failure> {
    let found = match changes::changeable(state, customer, id).await? {
        None => return Ok(None),
        Some(Err(why)) => return Ok(Some(Err(why))),
        Some(Ok(found)) => found,
    };
    let days = SharedDays::of(&found.running());
    let (mut candidates, mut others) = (Vec::new(), Vec::new());
    for account in free_beside(state, customer, &found.account).await? {
        let plans = match &days {
            Some(days) => plans(state, customer, &account.id, days, found.agreement.terms.basis).await?,
            None => Vec::new(),
        };
        if plans.is_empty() { others.push(account) } else { candidates.push(Candidate { account, plans }) }
    }
    Ok(Some(Ok(Joinable { reference: found.agreement.reference, candidates, others })))
}

/// The other open accounts of the same creditor and currency that are under no agreement and of which something is owed.
async fn free_beside(state: &AppState, customer: &CustomerId, account: &AccountRecord) -> Result<Vec<AccountRecord>, Failure> {
    // Most have one account only: nothing else is asked for them.
    if account.accounts_of_customer < 2 {
        return Ok(Vec::new());
    }
    let mut free = facts::of_customer(state.db.pool(), customer.as_str()).await?;
    free.retain(|other| {
        other.is_open()
            && !other.is_under_agreement
            && other.creditor_id == account.creditor_id
            && other.facts.currency == account.facts.currency
            && other.facts.balance.is_positive()
    });
    free.truncate(MOST_AT_ONCE);
    Ok(free)
}

/// Whether any account could join this one's agreement, as far as can be said without making offers.
pub async fn is_any_free(state: &AppState, customer: &CustomerId, account: &AccountRecord) -> Result<bool, Failure> {
    Ok(!free_beside(state, customer, account).await?.is_empty())
}

/// The plans of an account on these days, first of those that pay off the same part of it.
async fn plans(
    state: &AppState,
    customer: &CustomerId,
    account: &AccountId,
    days: &SharedDays,
    basis: Basis,
) -> Result<Vec<Joined>, Failure> {
    let Some(WaysForward::Held(held)) = offers::hold(state, customer, account).await? else { return Ok(Vec::new()) };
    let of_others = Basis::ALL.into_iter().filter(|other| *other != basis).flat_map(|other| held.set.plans(other));
    let plans: Vec<Offer> = held.set.plans(basis).chain(of_others).cloned().collect();
    Ok(days.plans(&plans, held.today))
}

/// Keeps the plan of so many payments with which an account is to join, to be checked and signed; `None` where the agreement is not
/// this customer's or cannot be joined.
pub async fn choose(
    state: &AppState,
    customer: &CustomerId,
    id: &AgreementId,
    account: &AccountId,
    payments: usize,
) -> Result<Option<Chosen>, Failure> {
    let Some(Ok(found)) = joinable(state, customer, id).await? else { return Ok(None) };
    let plan = found
        .candidates
        .into_iter()
        .filter(|candidate| candidate.account.id == *account)
        .flat_map(|candidate| candidate.plans)
        .find(|plan| plan.fitting.schedule.instalments.len() == payments);
    let Some(plan) = plan else { return Ok(Some(Chosen::NoSuchOffer)) };
    let choice = DraftChoice { typed: as_typed(&plan), choice: plan.fitting.choice, joins: Some(id.clone()) };
    agreements::choose(state, customer, account, &plan.offer_id, choice).await.map(Some)
}

/// As it would have been typed into the plan builder: for whoever goes on there.
fn as_typed(plan: &Joined) -> BTreeMap<String, String> {
    let choice = &plan.fitting.choice;
    let amount = plan.fitting.schedule.instalments.first().map(|first| first.amount.to_decimal_string());
    let mut days = choice.days_of_month.iter().map(|day| String::from(*day));
    [
        ("frequency", choice.frequency.map(|frequency| frequency.code().to_owned())),
        ("amount", amount),
        ("first_on", choice.first_on.map(|day| day.to_string())),
        ("day", days.next()),
        ("second_day", days.next()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// Agreements that belong together, as far as they run, and what is still to be paid under them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    pub accounts: Vec<String>,
    /// Day and minor units, in the order of the days.
    pub left: Vec<(Date, i64)>,
}

/// What an account that joins this agreement stands beside.
pub async fn beside(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Beside, Failure> {
    let mut tx = state.db.begin_read().await?;
    let mut beside = Beside { accounts: Vec::new(), left: Vec::new() };
    for member in joined::members(&mut *tx, customer, id).await?.into_iter().filter(Member::is_active) {
        beside.left.extend(left_of(&mut tx, customer, &member).await?);
        beside.accounts.push(member.account);
    }
    store::end_read(tx);
    beside.left.sort_unstable();
    Ok(beside)
}

async fn left_of(tx: &mut Tx, customer: &CustomerId, member: &Member) -> Result<Vec<(Date, i64)>, Failure> {
    let account = facts::one_of_customer(&mut **tx, customer, &member.account_id).await?.ok_or(Failure::Missing("account"))?;
    let zone = clock::zone(&account.time_zone);
    let instalments = keeping::instalments(tx, &member.id, account.facts.currency, |at| clock::date_of(at, &zone)).await?;
    let open = instalments.iter().filter(|instalment| !instalment.is_met());
    Ok(open.map(|instalment| (instalment.due_on, instalment.open().minor())).collect())
}

/// The other agreements that belong together with one, in the order they were signed.
pub async fn others(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Vec<Member>, Failure> {
    let mut members = joined::members(state.db.pool(), customer, id).await?;
    members.retain(|member| member.id != *id);
    Ok(members)
}
