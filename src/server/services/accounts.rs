//! Where a customer stands: one account in full, the list of all of them, the creditor's history page by page. Reads only.

use super::Failure;
use crate::domain::calendar::Date;
use crate::domain::ids::{AccountId, AgreementId, CustomerId, PaymentId};
use crate::domain::money::{Money, MoneyError};
use crate::domain::standing::{self, HistoryLine, PaidSoFar, Part, Stage};
use crate::server::clock::{Millis, zone};
use crate::server::state::AppState;
use crate::server::store::accounts::{self, AccountLine, AgreementLine, CreditorLine, UnderWay};
use crate::server::store::facts::{self, AccountRecord};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Everything "Where I stand" says about one account.
#[derive(Clone, Debug)]
pub struct Standing {
    pub account: AccountRecord,
    pub stage: Stage,
    pub days_past_due: i32,
    /// They sum to the balance.
    pub parts: Vec<Part>,
    /// The day the creditor's figures are of.
    pub balance_date: Date,
    /// Oldest first.
    pub history: Vec<HistoryLine>,
    pub paid_so_far: Option<PaidSoFar>,
    pub agreement: Option<Agreement>,
    pub holds: Vec<Hold>,
    pub payments: Vec<RunningPayment>,
    pub messages: Vec<WaitingMessage>,
    pub has_other_accounts: bool,
    pub today: Date,
}

/// The live agreement and how its instalments stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub id: AgreementId,
    pub reference: String,
    pub kind: String,
    pub instalments: Vec<InstalmentStanding>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstalmentStanding {
    pub due_on: Date,
    pub amount: Money,
    pub paid: Money,
}

impl InstalmentStanding {
    pub fn is_paid(&self) -> bool {
        self.paid.minor() >= self.amount.minor()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub kind: String,
    /// The last day, if it ends by itself.
    pub until: Option<Date>,
}

/// A payment whose outcome is not final yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningPayment {
    pub id: PaymentId,
    pub amount: Money,
    pub state: String,
    pub begun_on: Date,
}

/// A message that is written and waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingMessage {
    pub template: String,
    /// Not before this day.
    pub from: Date,
}

/// One account of this customer; `None` where they have no such account. All of it is one state of the database.
pub async fn standing(state: &AppState, customer: &CustomerId, account_id: &AccountId) -> Result<Option<Standing>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(account) = facts::of_customer(&mut *tx, customer, account_id).await? else {
        return Ok(None);
    };
    let currency = account.facts.currency;
    let reported = accounts::reported(&mut *tx, account_id, currency).await?;
    let entries = accounts::own_entries(&mut *tx, account_id, currency).await?;
    let lines = accounts::creditor_history(&mut *tx, account_id, currency).await?;
    let instalments = accounts::agreement_lines(&mut *tx, account_id, currency).await?;
    let under_way = accounts::under_way(&mut *tx, account_id, customer, currency, state.clock.now_millis()).await?;
    tx.commit().await.map_err(crate::server::store::StoreError::from)?;

    let zone = zone(&account.time_zone);
    let today = state.clock.today_in(&zone);
    let parts = standing::parts(&reported.reported, &entries, account.facts.balance).map_err(out_of_range)?;
    let paid_so_far = paid_so_far(&lines).map_err(out_of_range)?;
    let (holds, payments, messages) = sort_out(under_way, &zone);
    Ok(Some(Standing {
        stage: standing::stage(reported.status, account.facts.balance, account.facts.past_due),
        days_past_due: account.facts.days_past_due(today),
        parts,
        balance_date: reported.reported.balance_date,
        history: with_balances(lines, reported.reported_balance)?,
        paid_so_far,
        agreement: agreement_of(instalments),
        holds,
        payments,
        messages,
        has_other_accounts: reported.accounts_of_customer > 1,
        today,
        account,
    }))
}

/// One of a customer's accounts, as in the list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSummary {
    pub id: AccountId,
    pub reference: String,
    pub creditor: String,
    pub product: String,
    pub balance: Money,
    pub past_due: Money,
    pub stage: Stage,
}

/// Every account of a customer, the open ones first.
pub async fn list(state: &AppState, customer: &CustomerId) -> Result<Vec<AccountSummary>, Failure> {
    let lines = accounts::list_of_customer(state.db.pool(), customer).await?;
    lines.into_iter().map(summarise).collect()
}

fn summarise(line: AccountLine) -> Result<AccountSummary, Failure> {
    let past_due = standing::past_due_now(line.reported_past_due, line.moved, line.balance).map_err(out_of_range)?;
    Ok(AccountSummary {
        stage: standing::stage(line.status, line.balance, past_due),
        id: line.id,
        reference: line.reference,
        creditor: line.creditor,
        product: line.product,
        balance: line.balance,
        past_due,
    })
}

/// A page of the creditor's history, newest first.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    pub account: AccountRecord,
    pub lines: Vec<HistoryLine>,
    /// Counted from 1.
    pub page: u32,
    pub pages: u32,
}

const HISTORY_LINES_A_PAGE: usize = 25;

/// The creditor's history of one account; `None` where the customer has no such account. A page that is not there is the
/// last one that is.
pub async fn history(state: &AppState, customer: &CustomerId, account_id: &AccountId, page: u32) -> Result<Option<HistoryPage>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(account) = facts::of_customer(&mut *tx, customer, account_id).await? else {
        return Ok(None);
    };
    let currency = account.facts.currency;
    let reported = accounts::reported(&mut *tx, account_id, currency).await?;
    let lines = accounts::creditor_history(&mut *tx, account_id, currency).await?;
    tx.commit().await.map_err(crate::server::store::StoreError::from)?;
    let mut lines = with_balances(lines, reported.reported_balance)?;
    lines.reverse();
    let pages = u32::try_from(lines.len().div_ceil(HISTORY_LINES_A_PAGE)).unwrap_or(u32::MAX).max(1);
    let page = page.clamp(1, pages);
    let lines = lines.into_iter().skip((page as usize - 1) * HISTORY_LINES_A_PAGE).take(HISTORY_LINES_A_PAGE).collect();
    Ok(Some(HistoryPage { account, lines, page, pages }))
}

/// From newest first, as read, to oldest first with the balance after each.
fn with_balances(lines: Vec<CreditorLine>, reported_balance: Money) -> Result<Vec<HistoryLine>, Failure> {
    let oldest_first = lines.into_iter().rev().map(|line| (line.posted_on, line.description, line.amount)).collect();
    standing::with_balances(oldest_first, reported_balance).map_err(out_of_range)
}

fn paid_so_far(lines: &[CreditorLine]) -> Result<Option<PaidSoFar>, MoneyError> {
    let payments: Vec<&CreditorLine> = lines.iter().filter(|line| line.kind == "payment" && line.amount.minor() < 0).collect();
    let Some(first) = lines.last().filter(|_| !payments.is_empty()) else {
        return Ok(None);
    };
    let total = payments.iter().try_fold(Money::zero(first.amount.currency()), |sum, line| sum.checked_sub(line.amount))?;
    Ok(Some(PaidSoFar { count: u32::try_from(payments.len()).unwrap_or(u32::MAX), total, since: first.posted_on }))
}

fn agreement_of(lines: Vec<AgreementLine>) -> Option<Agreement> {
    let first = lines.first()?;
    Some(Agreement {
        id: first.agreement_id.clone(),
        reference: first.reference.clone(),
        kind: first.kind.clone(),
        instalments: lines
            .into_iter()
            .map(|line| InstalmentStanding { due_on: line.due_on, amount: line.amount, paid: line.paid })
            .collect(),
    })
}

fn sort_out(under_way: Vec<UnderWay>, zone: &TimeZone) -> (Vec<Hold>, Vec<RunningPayment>, Vec<WaitingMessage>) {
    let day = |instant: Millis| {
        Timestamp::from_millisecond(instant).map_or(Date::MAX, |instant| zone.to_datetime(instant).date())
    };
    let (mut holds, mut payments, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    for thing in under_way {
        match thing {
            UnderWay::Hold { kind, until } => holds.push(Hold { kind, until: until.map(day) }),
            UnderWay::Payment { id, amount, state, begun_at } => {
                payments.push(RunningPayment { id, amount, state, begun_on: day(begun_at) });
            }
            UnderWay::Message { template, not_before } => messages.push(WaitingMessage { template, from: day(not_before) }),
        }
    }
    (holds, payments, messages)
}

/// Amounts beyond what can be computed cannot have been written by our own code.
fn out_of_range(_: MoneyError) -> Failure {
    Failure::Store(crate::server::store::StoreError::Unreadable("amount"))
}
