//! The books. Rows are only ever added here; there is no update and no delete.

use super::{StoreError, StoreResult, Tx};
use crate::domain::calendar::Date;
use crate::domain::ledger::{Allocation, AppliedTo, Entry};
use crate::domain::money::{Currency, Money};
use crate::server::clock::Millis;
use crate::server::ids;
use sqlx::AnyPool;

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

/// Writes what a payment was applied to.
pub async fn append_allocations(tx: &mut Tx, payment_id: &str, account_id: &str, lines: &[Allocation]) -> StoreResult<()> {
    // A payment over several accounts has their lines one after the other.
    let before: i64 = sqlx::query_scalar("select count(*) from payment_allocations where payment_id = $1")
        .bind(payment_id)
        .fetch_one(&mut **tx)
        .await?;
    for (number, line) in (before + 1..).zip(lines) {
        let (agreement_id, instalment) = match &line.applied_to {
            AppliedTo::Instalment { agreement_id, number } => (Some(agreement_id.as_str()), Some(i64::from(*number))),
            AppliedTo::PastDue | AppliedTo::Balance | AppliedTo::Credit => (None, None),
        };
        sqlx::query(
            "insert into payment_allocations
               (payment_id, line, account_id, applied_to, agreement_id, instalment_number, amount_minor)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(payment_id)
        .bind(number)
        .bind(account_id)
        .bind(line.applied_to.code())
        .bind(agreement_id)
        .bind(instalment)
        .bind(line.amount.minor())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// What a payment was applied to, in the order it was applied.
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

/// A place where the books do not hold what they must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookFault {
    /// The rule that is broken.
    pub rule: &'static str,
    /// The id of the transaction, account or payment.
    pub subject: String,
    pub expected_minor: i64,
    pub found_minor: i64,
}

/// Each rule with the query that finds what breaks it: subject, what must be, what is.
const RULES: [(&str, &str); 8] = [
    (
        "the postings of a transaction sum to zero in each currency",
        "select transaction_id, cast(0 as bigint), cast(sum(amount_minor) as bigint) from postings
         group by transaction_id, currency having sum(amount_minor) <> 0",
    ),
    (
        "a transaction has postings",
        "select id, cast(2 as bigint), cast(0 as bigint) from ledger_transactions t
         where not exists (select 1 from postings p where p.transaction_id = t.id)",
    ),
    (
        "a posting is on the account of its transaction and in its currency",
        "select t.id, cast(1 as bigint), cast(0 as bigint) from ledger_transactions t
         join postings p on p.transaction_id = t.id
         join accounts a on a.id = t.account_id
         where p.account_id <> t.account_id or p.currency <> a.currency",
    ),
    (
        "a succeeded payment is in the ledger with its amount",
        "select p.id, p.amount_minor, cast(coalesce(sum(-l.amount_minor), 0) as bigint) from payments p
         left join ledger_transactions t on t.payment_id = p.id and t.kind in ('payment', 'payment_elsewhere')
         left join postings l on l.transaction_id = t.id and l.book = 'customer'
         where p.state in ('succeeded', 'partly_refunded', 'refunded', 'returned', 'charged_back')
         group by p.id, p.amount_minor
         having coalesce(sum(-l.amount_minor), 0) <> p.amount_minor",
    ),
    (
        "a payment that did not succeed is not in the ledger",
        "select p.id, cast(0 as bigint), cast(count(*) as bigint) from payments p
         join ledger_transactions t on t.payment_id = p.id
         where p.state not in ('succeeded', 'partly_refunded', 'refunded', 'returned', 'charged_back')
         group by p.id",
    ),
    (
        "a payment entry belongs to a payment",
        "select t.id, cast(1 as bigint), cast(0 as bigint) from ledger_transactions t
         where t.kind in ('payment', 'payment_elsewhere') and not exists (select 1 from payments p where p.id = t.payment_id)",
    ),
    (
        "what a succeeded payment was applied to sums to its amount",
        "select p.id, p.amount_minor, cast(coalesce(sum(a.amount_minor), 0) as bigint) from payments p
         left join payment_allocations a on a.payment_id = p.id
         where p.state in ('succeeded', 'partly_refunded', 'refunded', 'returned', 'charged_back')
         group by p.id, p.amount_minor having coalesce(sum(a.amount_minor), 0) <> p.amount_minor",
    ),
    (
        "no more is applied to an instalment than it is",
        "select a.agreement_id, cast(max(i.amount_minor) as bigint), cast(sum(a.amount_minor) as bigint)
         from payment_allocations a
         join agreements g on g.id = a.agreement_id
         join instalments i on i.agreement_id = g.id and i.version = g.current_version and i.number = a.instalment_number
         where a.applied_to = 'instalment'
         group by a.agreement_id, a.instalment_number having sum(a.amount_minor) > max(i.amount_minor)",
    ),
];

/// Looks through all the books for anything that breaks a rule.
pub async fn faults(pool: &AnyPool) -> StoreResult<Vec<BookFault>> {
    let mut faults = Vec::new();
    for (rule, query) in RULES.into_iter().chain(super::shares::RULES) {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(query).fetch_all(pool).await?;
        faults.extend(rows.into_iter().map(|(subject, expected_minor, found_minor)| BookFault {
            rule,
            subject,
            expected_minor,
            found_minor,
        }));
    }
    Ok(faults)
}

/// How many transactions and postings the books hold.
pub async fn size(pool: &AnyPool) -> StoreResult<(i64, i64)> {
    let transactions = sqlx::query_scalar("select count(*) from ledger_transactions").fetch_one(pool).await?;
    let postings = sqlx::query_scalar("select count(*) from postings").fetch_one(pool).await?;
    Ok((transactions, postings))
}
