//! The books. Rows are only ever added here; there is no update and no delete.

use super::{StoreError, StoreResult, Tx};
use crate::domain::calendar::Date;
use crate::domain::ledger::{Allocation, AppliedTo, Entry};
use crate::domain::money::{Currency, Money};
use crate::server::clock::Millis;
use crate::server::ids;

/// Where and why an entry is written.
#[derive(Clone, Debug)]
pub struct EntryContext<'a> {
    pub account_id: &'a str,
    pub payment_id: Option<&'a str>,
    pub posted_at: Millis,
    /// The day in the customer's time zone.
    pub posted_on: Date,
    pub reason: &'a str,
    pub actor: &'a str,
    /// What makes this entry happen once, such as `payment:ID`.
    pub once_key: &'a str,
}

/// Adds an entry with its postings. An entry whose `once_key` is there already is an error that
/// [`StoreError::is_duplicate`] recognises; the transaction must then be given up.
pub async fn append(tx: &mut Tx, entry: &Entry, context: &EntryContext<'_>) -> StoreResult<String> {
    let id = ids::new_id();
    sqlx::query(
        "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&id)
    .bind(entry.kind().code())
    .bind(context.account_id)
    .bind(context.payment_id)
    .bind(context.posted_at)
    .bind(context.posted_on.to_string())
    .bind(context.reason)
    .bind(context.actor)
    .bind(context.once_key)
    .execute(&mut **tx)
    .await?;
    for (line, posting) in (1_i64..).zip(entry.postings()) {
        sqlx::query(
            "insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&id)
        .bind(line)
        .bind(context.account_id)
        .bind(posting.book.code())
        .bind(posting.component.code())
        .bind(posting.amount.minor())
        .bind(posting.amount.currency().code())
        .execute(&mut **tx)
        .await?;
    }
    Ok(id)
}

/// The account of an entry by what makes it happen once, and what it changed for the customer.
pub async fn of_once_key(tx: &mut Tx, once_key: &str) -> StoreResult<Option<(String, i64)>> {
    Ok(sqlx::query_as(
        "select t.account_id, cast(coalesce(sum(p.amount_minor), 0) as bigint) from ledger_transactions t
         left join postings p on p.transaction_id = t.id and p.book = 'customer'
         where t.once_key = $1
         group by t.account_id",
    )
    .bind(once_key)
    .fetch_optional(&mut **tx)
    .await?)
}

/// What is owed on an account: the sum of its postings in the customer's book.
pub async fn balance(tx: &mut Tx, account_id: &str, currency: Currency) -> StoreResult<Money> {
    let minor: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(amount_minor), 0) as bigint) from postings where account_id = $1 and book = 'customer'",
    )
    .bind(account_id)
    .fetch_one(&mut **tx)
    .await?;
    Ok(Money::new(minor, currency))
}

/// What the entry with this key changed of what its customer owes; zero where there is none.
pub async fn amount_of(tx: &mut Tx, once_key: &str, currency: Currency) -> StoreResult<Money> {
    let minor: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(l.amount_minor), 0) as bigint) from ledger_transactions t
         join postings l on l.transaction_id = t.id and l.book = 'customer'
         where t.once_key = $1",
    )
    .bind(once_key)
    .fetch_one(&mut **tx)
    .await?;
    Ok(Money::new(minor, currency))
}

/// What the creditor gave up because of a payment; zero for nothing.
pub async fn discount_of(tx: &mut Tx, payment_id: &str, currency: Currency) -> StoreResult<Money> {
    let minor: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(postings.amount_minor), 0) as bigint) from postings
         join ledger_transactions on ledger_transactions.id = postings.transaction_id
         where ledger_transactions.payment_id = $1 and postings.book = 'discount'",
    )
    .bind(payment_id)
    .fetch_one(&mut **tx)
    .await?;
    Ok(Money::new(minor, currency))
}

/// What lines about a payment explain: one account's entry.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'a> {
    pub payment_id: &'a str,
    pub account_id: &'a str,
    /// The key of the entry, which may be written after its lines.
    pub entry_key: &'a str,
    /// What undid them, of lines of negative amounts.
    pub reversal_id: Option<&'a str>,
}

/// Writes what a payment is applied to, or what of that is undone, after what was written before.
pub async fn append_allocations(tx: &mut Tx, explained: Explained<'_>, lines: &[Allocation]) -> StoreResult<()> {
    let last: i64 = sqlx::query_scalar("select coalesce(max(line), 0) from payment_allocations where payment_id = $1")
        .bind(explained.payment_id)
        .fetch_one(&mut **tx)
        .await?;
    for (number, line) in (last + 1..).zip(lines) {
        let (agreement_id, instalment) = match &line.applied_to {
            AppliedTo::Instalment { agreement_id, number } => (Some(agreement_id.as_str()), Some(i64::from(*number))),
            AppliedTo::PastDue | AppliedTo::Balance | AppliedTo::Credit => (None, None),
        };
        sqlx::query(
            "insert into payment_allocations
               (payment_id, line, account_id, applied_to, agreement_id, instalment_number, amount_minor, reversal_id, entry_key)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(explained.payment_id)
        .bind(number)
        .bind(explained.account_id)
        .bind(line.applied_to.code())
        .bind(agreement_id)
        .bind(instalment)
        .bind(line.amount.minor())
        .bind(explained.reversal_id)
        .bind(explained.entry_key)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// What a payment was applied to, in the order it was applied: every line, also those that were undone later and what undid
/// them. `domain::ledger::net` says what is left of it.
pub async fn allocations(tx: &mut Tx, payment_id: &str, currency: Currency) -> StoreResult<Vec<Allocation>> {
    let rows = sqlx::query_as(
        "select applied_to, agreement_id, instalment_number, amount_minor from payment_allocations
         where payment_id = $1
         order by line",
    )
    .bind(payment_id)
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(|row| read_allocation(row, currency)).collect()
}

/// What it was applied to, the agreement and the number of its instalment, the amount.
pub(super) type AllocationRow = (String, Option<String>, Option<i64>, i64);

pub(super) fn read_allocation(row: AllocationRow, currency: Currency) -> StoreResult<Allocation> {
    let (applied_to, agreement_id, number, minor) = row;
    let applied_to = match (applied_to.as_str(), agreement_id, number.and_then(|number| u32::try_from(number).ok())) {
        ("past_due", None, None) => AppliedTo::PastDue,
        ("balance", None, None) => AppliedTo::Balance,
        ("credit", None, None) => AppliedTo::Credit,
        ("instalment", Some(agreement_id), Some(number)) => AppliedTo::Instalment { agreement_id: agreement_id.into(), number },
        _ => return Err(StoreError::Unreadable("allocation")),
    };
    Ok(Allocation { applied_to, amount: Money::new(minor, currency) })
}
