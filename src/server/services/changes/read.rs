//! How an agreement stands, and what may be changed of it now.

use super::sign::still_to_book;
use crate::domain::agreement::{NEUTRAL_CONSEQUENCES, STATED_CONSEQUENCES, Terms};
use crate::domain::agreement_state::AgreementState;
use crate::domain::calendar::{ClosedDays, Date, Holidays};
use crate::domain::changing::{Change, ChangeTerms, Line, Running, pattern_of};
use crate::domain::due_dates::DuePattern;
use crate::domain::hold::forbidding_agreement;
use crate::domain::ids::{AgreementId, CustomerId};
use crate::domain::money::Money;
use crate::domain::policy::Policy;
use crate::domain::schedule::Schedule;
use crate::domain::what_if::Owing;
use crate::server::clock;
use crate::server::services::{Failure, hardship, policies};
use crate::server::state::AppState;
use crate::server::store::agreements::{self, StoredAgreement};
use crate::server::store::changes::{self, Version};
use crate::server::store::collections::TryState;
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::{self, Tx, holds, plan_interest, shares};

/// An agreement that is in force, and what may be changed of it now.
#[derive(Clone, Debug)]
pub struct Changeable {
    pub agreement: StoredAgreement,
    pub account: AccountRecord,
    pub today: Date,
    /// `None` where the policy lets nobody change it without a person.
    pub terms: Option<ChangeTerms>,
    pub lines: Vec<Line>,
    /// What is owed on the account beside and under it, what is on its way taken off.
    pub owing: Owing,
    pub has_email: bool,
    /// Its payments are collected by themselves: a permission ends with the plan it was given for.
    pub is_collected: bool,
    versions: Vec<Version>,
    pattern: Option<DuePattern>,
    holidays: Holidays,
    minimum: Money,
    last_excess: Money,
    closed_days: ClosedDays,
}

/// Whether a payment on any of these is on its way.
pub(super) fn is_any_on_its_way(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.is_being_collected)
}

impl Changeable {
    /// Whether a payment is on its way: what it pays cannot be changed, and nothing can be ended, until it is known what came of it.
    pub fn is_any_on_its_way(&self) -> bool {
        is_any_on_its_way(&self.lines)
    }

    pub fn running(&self) -> Running {
        let terms = &self.agreement.terms;
        let changes = u32::try_from(self.versions.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let skips = self.versions.iter().filter(|version| matches!(version.change, Some(Change::Skip { .. }))).count();
        let first_agreed_on = self
            .versions
            .first()
            .map_or(self.today, |first| clock::date_of(first.signed_at, &clock::zone(&self.account.time_zone)));
        Running {
            principal: terms.schedule.principal,
            down_payment: terms.schedule.down_payment,
            interest: terms.interest,
            interest_from: terms.offered_on,
            lines: self.lines.clone(),
            pattern: self.pattern,
            frequency: terms.frequency,
            closed_days: self.closed_days,
            holidays: self.holidays.clone(),
            minimum: self.minimum,
            last_excess: self.last_excess,
            first_agreed_on,
            changes,
            skips: u32::try_from(skips).unwrap_or(u32::MAX),
            terms: self.terms,
        }
    }

    /// The terms of the version that a change leads to. What has to be said, and what the creditor says of a late payment, is as it
    /// is now: an account may have become time-barred since.
    pub fn terms_after(&self, change: &Change, schedule: Schedule, policy: &Policy) -> Terms {
        let before = &self.agreement.terms;
        let time_barred = self.account.facts.time_barred;
        let late_payment = policy.consequences.of(time_barred).late_payment;
        let frequency = match change {
            Change::Replan(choice) => choice.frequency,
            Change::Move { .. } | Change::Skip { .. } | Change::Pause { .. } => before.frequency,
        };
        Terms {
            schedule,
            frequency,
            policy_version: policy.version.clone(),
            consequences: if late_payment.is_some() { STATED_CONSEQUENCES } else { NEUTRAL_CONSEQUENCES }.to_owned(),
            late_payment,
            disclosure: time_barred.disclosure(),
            replaces: Some(self.agreement.terms_sha256.clone()),
            ..before.clone()
        }
    }
}

/// Why nothing can be changed at all now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// It is completed or has ended.
    Over,
    /// The creditor took the account back, or its customer may agree to nothing now.
    Forbidden,
}

/// How an agreement of this customer may be changed; `None` where it is not theirs.
pub async fn changeable(
    state: &AppState,
    customer: &CustomerId,
    id: &AgreementId,
) -> Result<Option<Result<Box<Changeable>, NotNow>>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let found = read(state, &mut tx, customer, id).await?;
    store::end_read(tx);
    Ok(found)
}

pub(super) async fn read(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    id: &AgreementId,
) -> Result<Option<Result<Box<Changeable>, NotNow>>, Failure> {
    let Some(agreement) = agreements::of_customer(&mut **tx, customer, id).await? else { return Ok(None) };
    let Some(account) = facts::one_of_customer(&mut **tx, customer, &agreement.account_id).await? else { return Ok(None) };
    if agreement.state != AgreementState::Active {
        return Ok(Some(Err(NotNow::Over)));
    }
    let held = holds::in_force(tx, account.id.as_str(), state.clock.now_millis()).await?;
    if !account.is_open() || forbidding_agreement(&held).is_some() {
        return Ok(Some(Err(NotNow::Forbidden)));
    }
    let zone = clock::zone(&account.time_zone);
    let today = state.clock.today_in(&zone);
    let policy = &policies::current(state).policy;
    let plan = policy.segment_for(&account.facts, today, None).and_then(|segment| segment.terms.plan.as_ref());
    let currency = account.facts.currency;
    let versions = changes::versions(&mut **tx, id).await?;
    let is_plan = agreement.terms.schedule.instalments.len() > 1 || agreement.terms.frequency.is_some();
    let kept = versions.iter().rev().find_map(|version| version.pattern);
    let pattern = is_plan.then(|| kept.or_else(|| pattern_of(&agreement.terms))).flatten();
    let on_its_way = shares::on_their_way(tx, &account.id).await?;
    let lines = lines(tx, &agreement, &account, on_its_way).await?;
    let owing = owing(tx, &agreement, &account, &lines, on_its_way).await?;
    let relief = hardship::relief_of(state, tx, customer).await?;
    let minimum = plan.map_or(Money::new(1, currency), |plan| plan.minimum_instalment);
    let is_collected = store::collections::permission(tx, id).await?.is_some();
    Ok(Some(Ok(Box::new(Changeable {
        today,
        terms: relief.as_ref().map_or(policy.change, |relief| relief.widen_changes(policy.change, today)),
        lines,
        owing,
        has_email: account.has_email,
        is_collected,
        versions,
        pattern,
        holidays: policy.holidays.clone(),
        minimum: relief.as_ref().map_or(minimum, |relief| relief.minimum(minimum)),
        last_excess: plan.map_or(Money::zero(currency), |plan| plan.last_instalment_excess),
        closed_days: plan.map_or(ClosedDays::Keep, |plan| plan.closed_days),
        agreement,
        account,
    }))))
}

/// `on_its_way` is what is on its way to the account, in minor units.
pub(super) async fn lines(
    tx: &mut Tx,
    agreement: &StoredAgreement,
    account: &AccountRecord,
    on_its_way: i64,
) -> Result<Vec<Line>, Failure> {
    let zone = clock::zone(&account.time_zone);
    let currency = account.facts.currency;
    let instalments = store::keeping::instalments(tx, &agreement.id, currency, |at| clock::date_of(at, &zone)).await?;
    let tries = store::collections::of_agreement(tx, &agreement.id).await?;
    let asked = |number: u32| tries.iter().any(|one| one.state == TryState::Asked && one.key.number == i64::from(number));
    // What the customer has paid and is still on its way pays the oldest first.
    let collected: i64 = tries.iter().filter(|one| one.state == TryState::Asked).map(|one| one.amount.minor()).sum();
    let mut on_its_way = on_its_way.saturating_sub(collected);
    Ok(instalments
        .iter()
        .map(|instalment| {
            let open = instalment.open().minor();
            let is_on_its_way = !instalment.is_met() && on_its_way > 0 && open > 0;
            if is_on_its_way {
                on_its_way = on_its_way.saturating_sub(open);
            }
            Line {
                number: instalment.number,
                due_on: instalment.due_on,
                amount: instalment.amount,
                paid: Money::new(instalment.paid_minor(), currency),
                is_met: instalment.is_met(),
                is_used: !instalment.paid.is_empty(),
                is_being_collected: is_on_its_way || asked(instalment.number),
            }
        })
        .collect())
}

async fn owing(
    tx: &mut Tx,
    agreement: &StoredAgreement,
    account: &AccountRecord,
    lines: &[Line],
    on_its_way: i64,
) -> Result<Owing, Failure> {
    let facts = &account.facts;
    let booked = plan_interest::booked(tx, &agreement.id).await?;
    let days = agreement.terms.schedule.instalments.iter().map(|instalment| instalment.due_on);
    let interest = days.zip(still_to_book(&agreement.terms, booked)).filter(|(_, interest)| interest.is_positive());
    // As payments are applied (`domain::ledger`): what an agreement covers is not asked for a second time.
    let open = lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.open().minor()));
    let outside = facts.past_due.minor().saturating_sub(open).max(0);
    Ok(Owing {
        balance: Money::new(facts.balance.minor().saturating_sub(on_its_way).max(0), facts.currency),
        outside: Money::new(outside, facts.currency),
        interest: interest.collect(),
    })
}
