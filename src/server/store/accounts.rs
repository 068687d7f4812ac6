//! Reads of accounts for the people whose accounts they are. What an import writes is in `store::import`.

use super::{StoreError, StoreResult};
use crate::domain::calendar::Date;
use crate::domain::ids::{AccountId, AgreementId, CustomerId};
use crate::domain::money::{Currency, Money};
use crate::domain::standing::{AccountStatus, EntryKind, OwnEntry, Reported};
use crate::server::clock::Millis;
use sqlx::{Any, Executor, FromRow};

/// The most lines of a creditor's history that one page reads.
pub const HISTORY_READ_AT_ONCE: i64 = 400;

/// What the creditor reported of an account, and how many accounts its customer has here. What is owed and what is past due
/// now is in [`super::facts`].
#[derive(Clone, Debug)]
pub struct ReportedAccount {
    pub status: AccountStatus,
    pub reported: Reported,
    pub reported_balance: Money,
    pub accounts_of_customer: i64,
}

#[derive(FromRow)]
struct RawReported {
    status: String,
    itemization_date: String,
    balance_at_itemization_minor: i64,
    interest_since_minor: i64,
    fees_since_minor: i64,
    payments_since_minor: i64,
    credits_since_minor: i64,
    reported_balance_minor: i64,
    balance_date: String,
    accounts_of_customer: i64,
}

/// Reads what was reported. The caller has made sure whose account it is.
pub async fn reported<'e>(
    executor: impl Executor<'e, Database = Any>,
    account: &AccountId,
    currency: Currency,
) -> StoreResult<ReportedAccount> {
    let row: RawReported = sqlx::query_as(
        "select status, itemization_date, balance_at_itemization_minor, interest_since_minor, fees_since_minor,
           payments_since_minor, credits_since_minor, reported_balance_minor, balance_date,
           (select count(*) from accounts others where others.customer_id = accounts.customer_id) as accounts_of_customer
         from accounts
         where id = $1",
    )
    .bind(account.as_str())
    .fetch_one(executor)
    .await?;
    let money = |minor| Money::new(minor, currency);
    Ok(ReportedAccount {
        status: AccountStatus::from_code(&row.status).ok_or(StoreError::Unreadable("account status"))?,
        reported: Reported {
            itemization_date: day(&row.itemization_date)?,
            balance_at_itemization: money(row.balance_at_itemization_minor),
            interest_since: money(row.interest_since_minor),
            fees_since: money(row.fees_since_minor),
            payments_since: money(row.payments_since_minor),
            credits_since: money(row.credits_since_minor),
            balance_date: day(&row.balance_date)?,
        },
        reported_balance: money(row.reported_balance_minor),
        accounts_of_customer: row.accounts_of_customer,
    })
}

/// The entries of our own books since the creditor reported, oldest first, each with what it changed for the customer.
/// The opening repeats what was reported and an adjustment follows the creditor's later figures: neither is among them.
pub async fn own_entries<'e>(
    executor: impl Executor<'e, Database = Any>,
    account: &AccountId,
    currency: Currency,
) -> StoreResult<Vec<OwnEntry>> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "select ledger_transactions.kind, ledger_transactions.posted_on, cast(sum(postings.amount_minor) as bigint)
         from postings
         join ledger_transactions on ledger_transactions.id = postings.transaction_id
         join accounts on accounts.id = postings.account_id
         where postings.account_id = $1 and postings.book = 'customer'
           and ledger_transactions.kind not in ('opening', 'adjustment')
           and ledger_transactions.posted_at >= accounts.reported_at
         group by ledger_transactions.id, ledger_transactions.kind, ledger_transactions.posted_on, ledger_transactions.posted_at
         order by ledger_transactions.posted_at, ledger_transactions.id",
    )
    .bind(account.as_str())
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(kind, posted_on, minor)| {
            Ok(OwnEntry {
                kind: EntryKind::from_code(&kind).ok_or(StoreError::Unreadable("ledger entry"))?,
                posted_on: day(&posted_on)?,
                amount: Money::new(minor, currency),
            })
        })
        .collect()
}

/// One line of the creditor's own history. Charged is positive, paid is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditorLine {
    pub posted_on: Date,
    pub kind: String,
    pub description: String,
    pub amount: Money,
}

/// The newest lines of the creditor's history, newest first.
pub async fn creditor_history<'e>(
    executor: impl Executor<'e, Database = Any>,
    account: &AccountId,
    currency: Currency,
) -> StoreResult<Vec<CreditorLine>> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "select posted_on, kind, description, amount_minor
         from creditor_transactions
         where account_id = $1
         order by posted_on desc, case kind when 'opening_balance' then 1 else 0 end, fingerprint
         limit $2",
    )
    .bind(account.as_str())
    .bind(HISTORY_READ_AT_ONCE)
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(posted_on, kind, description, minor)| {
            Ok(CreditorLine { posted_on: day(&posted_on)?, kind, description, amount: Money::new(minor, currency) })
        })
        .collect()
}

/// An instalment of the agreement an account is under, and what has been paid on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementLine {
    pub agreement_id: AgreementId,
    pub reference: String,
    pub due_on: Date,
    pub amount: Money,
    pub paid: Money,
}

/// Every instalment of the live agreement, in order; empty where there is none.
pub async fn agreement_lines<'e>(
    executor: impl Executor<'e, Database = Any>,
    account: &AccountId,
    currency: Currency,
) -> StoreResult<Vec<AgreementLine>> {
    let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
        "select agreements.id, agreements.reference, instalments.due_on, instalments.amount_minor,
           cast(coalesce((
             select sum(payment_allocations.amount_minor)
             from payment_allocations
             join payments on payments.id = payment_allocations.payment_id
             where payment_allocations.agreement_id = agreements.id
               and payment_allocations.instalment_number = instalments.number
               and payments.state in ('succeeded', 'partly_refunded')), 0) as bigint)
         from agreement_accounts
         join agreements on agreements.id = agreement_accounts.agreement_id
         join instalments on instalments.agreement_id = agreements.id and instalments.version = agreements.current_version
         where agreement_accounts.account_id = $1 and agreement_accounts.ended_at is null
         order by instalments.number",
    )
    .bind(account.as_str())
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(id, reference, due_on, minor, paid)| {
            Ok(AgreementLine {
                agreement_id: AgreementId(id),
                reference,
                due_on: day(&due_on)?,
                amount: Money::new(minor, currency),
                paid: Money::new(paid, currency),
            })
        })
        .collect()
}

/// What is under way on an account: read in one statement because each is rare and short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnderWay {
    Hold { kind: String, until: Option<Millis> },
    Payment { reference: String, amount: Money, state: String, begun_at: Millis },
    Message { template: String, not_before: Millis },
}

/// The most things under way that one page shows.
const UNDER_WAY_AT_ONCE: i64 = 30;

pub async fn under_way<'e>(
    executor: impl Executor<'e, Database = Any>,
    account: &AccountId,
    customer: &CustomerId,
    currency: Currency,
    now: Millis,
) -> StoreResult<Vec<UnderWay>> {
    let rows: Vec<(String, String, String, i64, Option<i64>)> = sqlx::query_as(
        "select 'hold' as what, id, kind as detail, cast(0 as bigint) as minor, ends_at as at
         from holds
         where account_id = $1 and released_at is null and starts_at <= $3 and (ends_at is null or ends_at > $3)
         union all
         select 'payment', reference, state, amount_minor, created_at
         from payments
         where account_id = $1 and state in ('created', 'submitted', 'needs_customer', 'processing', 'unknown')
         union all
         select 'message', id, template, cast(0 as bigint), not_before
         from outbox
         where customer_id = $2 and sent_at is null and state in ('waiting', 'sending')
         order by 1, 5
         limit $4",
    )
    .bind(account.as_str())
    .bind(customer.as_str())
    .bind(now)
    .bind(UNDER_WAY_AT_ONCE)
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(what, name, detail, minor, at)| match what.as_str() {
            "hold" => Ok(UnderWay::Hold { kind: detail, until: at }),
            "payment" => Ok(UnderWay::Payment {
                reference: name,
                amount: Money::new(minor, currency),
                state: detail,
                begun_at: at.unwrap_or_default(),
            }),
            _ => Ok(UnderWay::Message { template: detail, not_before: at.unwrap_or_default() }),
        })
        .collect()
}

fn day(text: &str) -> StoreResult<Date> {
    text.parse().map_err(|_| StoreError::Unreadable("date"))
}
