//! Where a customer stands: one account in full, the list of all of them, the creditor's history page by page. Reads only.

use super::{Failure, history, keeping, payments, policies};
use crate::domain::calendar::Date;
use crate::domain::history::PaymentHistory;
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, AgreementId, CustomerId, PolicyVersion};
use crate::domain::money::{Money, MoneyError};
use crate::domain::standing::{
    self, AccountStatus, AccountSummary, ActiveHold, CreditToHaveBack, EmailTrouble, HistoryLine, HistoryPage, LiveAgreement,
    OwnEntry, PaidSoFar, RunningPayment, RunningState, Stage, Standing, StoppedAgreement, WaitingMessage, WaitingStage,
};
use crate::server::clock::{Millis, date_of, zone};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::accounts::{self, CreditorLine, Happening};
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::{StoreError, Tx, end_read, recalls};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A customer's only account in full, or the list of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accounts {
    One(Box<Standing>),
    /// The open ones first.
    Several(Vec<AccountSummary>),
}

/// Where a customer stands, with all they have here.
pub async fn all(state: &AppState, customer: &CustomerId) -> Result<Accounts, Failure> {
    let mut tx = state.db.begin_read().await?;
    let mut records = facts::of_customer(&mut *tx, customer.as_str()).await?;
    if records.len() == 1
        && let Some(only) = records.pop()
    {
        return Ok(Accounts::One(Box::new(read_standing(state, tx, customer, only).await?)));
    }
    end_read(tx);
    let mut accounts = records.into_iter().map(summarise).collect::<Result<Vec<_>, Failure>>()?;
    accounts.sort_by_key(|account| matches!(account.stage, Stage::Recalled | Stage::Closed));
    Ok(Accounts::Several(accounts))
}

/// One account of this customer; `None` where they have no such account.
pub async fn standing(state: &AppState, customer: &CustomerId, account_id: &AccountId) -> Result<Option<Standing>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(account) = facts::one_of_customer(&mut *tx, customer, account_id).await? else {
        return Ok(None);
    };
    Ok(Some(read_standing(state, tx, customer, account).await?))
}

/// The rest of it, from the same state of the database that the account was read from.
async fn read_standing(state: &AppState, mut tx: Tx, customer: &CustomerId, account: AccountRecord) -> Result<Standing, Failure> {
    let currency = account.facts.currency;
    let lines = accounts::creditor_history(&mut *tx, &account.id, currency).await?;
    let happenings = accounts::happenings(&mut *tx, &account.id, customer, currency, state.clock.now_millis()).await?;
    let zone = zone(&account.time_zone);
    let today = state.clock.today_in(&zone);
    let account = history::complete(&mut tx, account, today).await?;
    let SortedOut { entries, holds, agreement, payments, messages, email, held_terms } = sort_out(happenings, &zone)?;
    let policy = policies::of_account(state, &mut tx, held_terms).await?;
    let have_back = have_back(state, &mut tx, &account).await?;
    let kept = match agreement {
        Some((id, reference)) => {
            let found = keeping::of_account(state, &mut tx, &id, &account).await?;
            Some((LiveAgreement { id, reference, instalments: found.instalments.clone() }, found))
        }
        None => None,
    };
    // Most have none: not asked where none was ever made, or where there is one now.
    let stopped_agreement = match account.has_agreements && !account.is_under_agreement {
        true => recalls::last_of_account(&mut *tx, &account.id).await?,
        false => None,
    };
    end_read(tx);

    let parts = standing::parts(&account.reported, &entries, account.facts.balance).map_err(out_of_range)?;
    let stage = standing::stage(status(&account)?, account.facts.balance, account.facts.past_due);
    let days_past_due = account.facts.days_past_due(today);
    let paid_so_far = paid_so_far(&lines).map_err(out_of_range)?;
    Ok(Standing {
        account_id: account.id,
        reference: account.reference,
        product: account.facts.product,
        creditor: account.creditor,
        balance: account.facts.balance,
        past_due: account.facts.past_due,
        past_due_since: account.facts.oldest_unpaid_due_date.filter(|_| account.facts.past_due.is_positive()),
        stage,
        days_past_due,
        parts,
        balance_date: account.reported.balance_date,
        history: with_balances(lines, account.reported_balance)?,
        paid_so_far,
        good_history: account.facts.history.filter(|history| PaymentHistory::is_good(*history)),
        if_nothing_is_done: policy.policy.consequences.of(account.facts.time_barred).if_nothing_is_done,
        agreement: kept.as_ref().map(|(live, _)| live.clone()),
        keeping: kept.as_ref().map(|(_, found)| found.keeping),
        next_collection: kept.as_ref().and_then(|(_, found)| found.next_collection),
        put_right: kept.as_ref().and_then(|(_, found)| found.put_right.clone()),
        // While an account is on hold nothing of it is asked for.
        trouble: kept.as_ref().and_then(|(_, found)| found.trouble).filter(|_| holds.is_empty()),
        holds,
        payments,
        is_too_small_online: is_too_small_online(state, account.facts.balance),
        messages,
        have_back,
        email,
        has_other_accounts: account.accounts_of_customer > 1,
        stopped_agreement: stopped_agreement.map(|ended| StoppedAgreement {
            on: date_of(ended.at, &zone),
            id: ended.id,
            reference: ended.reference,
        }),
        today,
    })
}

/// Most accounts have no credit, and nothing is asked for them.
async fn have_back(state: &AppState, tx: &mut Tx, account: &AccountRecord) -> Result<Option<CreditToHaveBack>, Failure> {
    if account.facts.balance.minor() >= 0 {
        return Ok(None);
    }
    let back = payments::credit_back(state, tx, account).await?;
    Ok(Some(CreditToHaveBack {
        possible: back.possible,
        by_a_person: back.credit.checked_sub(back.possible)?,
        on_its_way: back.on_its_way,
        key: ids::new_token(),
    }))
}

fn is_too_small_online(state: &AppState, balance: Money) -> bool {
    let least = state.processor.as_ref().and_then(|processor| processor.minimum(balance.currency()));
    balance.is_positive() && least.is_some_and(|least| balance.minor() < least.minor())
}

fn status(record: &AccountRecord) -> Result<AccountStatus, Failure> {
    Ok(AccountStatus::from_code(&record.status).ok_or(StoreError::Unreadable("account status"))?)
}

fn summarise(record: AccountRecord) -> Result<AccountSummary, Failure> {
    Ok(AccountSummary {
        stage: standing::stage(status(&record)?, record.facts.balance, record.facts.past_due),
        account_id: record.id,
        reference: record.reference,
        creditor: record.creditor,
        product: record.facts.product,
        balance: record.facts.balance,
        past_due: record.facts.past_due,
        is_under_agreement: record.is_under_agreement,
    })
}

const HISTORY_LINES_A_PAGE: usize = 25;

/// The creditor's history of one account; `None` where the customer has no such account. A page that is not there is the
/// last one that is.
pub async fn history(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
    page: u32,
) -> Result<Option<HistoryPage>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(account) = facts::one_of_customer(&mut *tx, customer, account_id).await? else {
        return Ok(None);
    };
    let currency = account.facts.currency;
    let lines = accounts::creditor_history(&mut *tx, account_id, currency).await?;
    end_read(tx);
    let mut lines = with_balances(lines, account.reported_balance)?;
    lines.reverse();
    let pages = u32::try_from(lines.len().div_ceil(HISTORY_LINES_A_PAGE)).unwrap_or(u32::MAX).max(1);
    let page = page.clamp(1, pages);
    let lines = lines.into_iter().skip((page as usize - 1) * HISTORY_LINES_A_PAGE).take(HISTORY_LINES_A_PAGE).collect();
    Ok(Some(HistoryPage {
        account_id: account.id,
        reference: account.reference,
        product: account.facts.product,
        creditor: account.creditor,
        lines,
        page,
        pages,
    }))
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

#[derive(Default)]
struct SortedOut {
    entries: Vec<OwnEntry>,
    holds: Vec<ActiveHold>,
    agreement: Option<(AgreementId, String)>,
    payments: Vec<RunningPayment>,
    messages: Vec<WaitingMessage>,
    email: Option<EmailTrouble>,
    held_terms: Option<PolicyVersion>,
}

fn sort_out(happenings: Vec<Happening>, zone: &TimeZone) -> Result<SortedOut, Failure> {
    let day =
        |instant: Millis| Timestamp::from_millisecond(instant).map_or(Date::MAX, |instant| zone.to_datetime(instant).date());
    let mut sorted = SortedOut::default();
    let mut stopped_email = false;
    for happening in happenings {
        match happening {
            Happening::Entry(entry) => sorted.entries.push(entry),
            Happening::Hold { kind, until } => {
                let kind = HoldKind::from_code(&kind).ok_or(StoreError::Unreadable("hold"))?;
                sorted.holds.push(ActiveHold { kind, until: until.map(day) });
            }
            Happening::Agreement { id, reference } => sorted.agreement = Some((id, reference)),
            Happening::Payment { reference, amount, state, begun_at } => {
                let state = RunningState::from_code(&state).ok_or(StoreError::Unreadable("payment state"))?;
                sorted.payments.push(RunningPayment { reference, amount, state, begun_on: day(begun_at) });
            }
            Happening::Message { template, channel, is_printing, reason, not_before } => {
                let stage =
                    if is_printing { WaitingStage::Printing } else { WaitingStage::From { day: day(not_before), reason } };
                sorted.messages.push(WaitingMessage { template, channel, stage });
            }
            Happening::EmailMark(mark) if mark == "unusable" => sorted.email = Some(EmailTrouble::CameBack),
            // What the customer wanted is said, whatever else is wrong with it.
            Happening::EmailMark(_) => stopped_email = true,
            Happening::HeldTerms(version) => sorted.held_terms = Some(version),
        }
    }
    if stopped_email {
        sorted.email = Some(EmailTrouble::Stopped);
    }
    Ok(sorted)
}

/// Amounts beyond what can be computed cannot have been written by our own code.
fn out_of_range(_: MoneyError) -> Failure {
    Failure::Store(StoreError::Unreadable("amount"))
}
