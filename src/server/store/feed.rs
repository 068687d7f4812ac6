//! The creditor's feed: everything booked after the opening, numbered without gaps when it is first exported.
//!
//! Numbers are given in one transaction under a lock, to what is committed at that moment. An entry that commits later, however
//! early it was begun, gets a later number: who has read up to a number has missed nothing before it. What is read of a
//! number never changes, because nothing it is read from does: lines of what was applied name the entry they explain.

use super::dialect::Dialect;
use super::rows::placeholders;
use super::{StoreError, StoreResult, Tx, ledger};
use crate::domain::calendar::Date;
use crate::domain::components::{self as parts_of_debt, Paid, Piece};
use crate::domain::ledger::Allocation;
use crate::domain::money::{Currency, Money};
use crate::server::clock::Millis;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::HashMap;

/// Entries in one page.
const PAGE: i64 = 500;

/// Whose entries: everybody's, or those of one creditor. Each has numbers of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feed {
    All,
    /// By the creditor's id.
    Creditor(String),
}

/// Numbers what has no number yet, in the order in which it was booked; returns how much there was.
pub async fn number_new(tx: &mut Tx, dialect: Dialect, now: Millis) -> StoreResult<u64> {
    if let Some(lock) = dialect.lock_feed() {
        sqlx::query(lock).execute(&mut **tx).await?;
    }
    let numbered = sqlx::query(
        "insert into creditor_feed (number, ledger_transaction_id, creditor_id, creditor_number, numbered_at)
         select
           (select coalesce(max(number), 0) from creditor_feed) + row_number() over (order by t.posted_at, t.id),
           t.id,
           a.creditor_id,
           (select coalesce(max(f.creditor_number), 0) from creditor_feed f where f.creditor_id = a.creditor_id)
             + row_number() over (partition by a.creditor_id order by t.posted_at, t.id),
           cast($1 as bigint)
         from ledger_transactions t
         join accounts a on a.id = t.account_id
         where t.kind <> 'opening'
           and not exists (select 1 from creditor_feed known where known.ledger_transaction_id = t.id)",
    )
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(numbered.rows_affected())
}

/// The last number there is; 0 where there is none.
pub async fn last_number(tx: &mut Tx, feed: &Feed) -> StoreResult<i64> {
    Ok(match feed {
        Feed::All => sqlx::query_scalar("select coalesce(max(number), 0) from creditor_feed").fetch_one(&mut **tx).await?,
        Feed::Creditor(id) => {
            sqlx::query_scalar("select coalesce(max(creditor_number), 0) from creditor_feed where creditor_id = $1")
                .bind(id)
                .fetch_one(&mut **tx)
                .await?
        }
    })
}

/// The id of the creditor of this name.
pub async fn creditor_by_name(tx: &mut Tx, name: &str) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select id from creditors where name = $1").bind(name).fetch_optional(&mut **tx).await?)
}

/// One entry as the creditor gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    /// In the feed that was asked for.
    pub number: i64,
    /// The id of the entry in our books.
    pub entry: String,
    /// `payment`, `discount`, `payment_elsewhere`, `refund`, `return`, `chargeback`, `adjustment` …
    pub kind: String,
    pub creditor: String,
    pub account_reference: String,
    pub customer_reference: Option<String>,
    /// Our name of the payment it belongs to.
    pub payment_reference: Option<String>,
    /// The creditor's own, of a payment it took itself.
    pub creditor_payment_id: Option<String>,
    /// The day such a payment was made.
    pub paid_on: Option<String>,
    pub processor: Option<String>,
    pub processor_reference: Option<String>,
    /// What it changed for the customer: what lowers the balance is negative.
    pub amount: Money,
    /// The same by the parts of the debt.
    pub components: Vec<(String, Money)>,
    /// What it was applied to, with the agreement's reference; negative where that was undone.
    pub allocations: Vec<(Allocation, Option<String>)>,
    /// The amount once more, by what it was applied to and by the part of the debt; lines are places in `allocations`.
    pub pieces: Vec<Piece>,
    /// The day in the customer's time zone.
    pub booked_on: Date,
    pub booked_at: Millis,
    pub reason: String,
}

/// The entries after one number and up to another, in order; at most a page.
pub async fn page(tx: &mut Tx, feed: &Feed, after: i64, up_to: i64) -> StoreResult<Vec<FeedEntry>> {
    let (number, of_creditor) = match feed {
        Feed::All => ("f.number", "$4 = ''"),
        Feed::Creditor(_) => ("f.creditor_number", "f.creditor_id = $4"),
    };
    let sql = format!(
        "select {number} as number, t.id, t.kind, cr.name, a.reference, c.customer_reference, p.reference, e.creditor_payment_id,
           e.paid_on, p.processor, p.processor_reference, a.currency, t.posted_on, t.posted_at, t.reason
         from creditor_feed f
         join ledger_transactions t on t.id = f.ledger_transaction_id
         join accounts a on a.id = t.account_id
         join customers c on c.id = a.customer_id
         join creditors cr on cr.id = f.creditor_id
         left join payments p on p.id = t.payment_id
         left join payments_elsewhere e on e.payment_id = t.payment_id
         where {number} > $1 and {number} <= $2 and {of_creditor}
         order by {number}
         limit $3"
    );
    let creditor = match feed {
        Feed::All => "",
        Feed::Creditor(id) => id,
    };
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(up_to).bind(PAGE).bind(creditor).fetch_all(&mut **tx).await?;
    let entries: Vec<String> = rows.iter().map(|row| row.try_get(1)).collect::<Result<_, _>>()?;
    let posted = posted(tx, &entries).await?;
    let allocations = allocations(tx, &entries).await?;
    let paid = paid(tx, &entries).await?;
    rows.iter().map(|row| entry(row, &posted, &allocations, &paid)).collect()
}

type OfEntry<T> = HashMap<String, Vec<T>>;

fn entry(
    row: &AnyRow,
    posted: &OfEntry<(String, i64)>,
    allocations: &OfEntry<Line>,
    paid: &OfEntry<(Paid, i64)>,
) -> StoreResult<FeedEntry> {
    let currency: String = row.try_get(11)?;
    let currency = Currency::from_code(&currency).ok_or(StoreError::Unreadable("currency"))?;
    let id: String = row.try_get(1)?;
    let components = posted.get(&id).cloned().unwrap_or_default();
    let booked_on: String = row.try_get(12)?;
    let lines = allocations.get(&id).cloned().unwrap_or_default();
    let allocations: Vec<_> = lines.into_iter().map(|line| line.read(currency)).collect::<StoreResult<_>>()?;
    let paid: Vec<_> = paid.get(&id).into_iter().flatten().map(|(part, minor)| (*part, Money::new(*minor, currency))).collect();
    let amount = Money::new(components.iter().map(|(_, minor)| minor).sum(), currency);
    let components: Vec<_> = components.into_iter().map(|(component, minor)| (component, Money::new(minor, currency))).collect();
    let pieces = if allocations.is_empty() && paid.is_empty() {
        let known = components.iter().map(|(component, amount)| (Paid::from_code(component), *amount));
        known.filter(|(_, amount)| !amount.is_zero()).map(|(part, amount)| Piece { line: None, part, amount }).collect()
    } else {
        let lines: Vec<Money> = allocations.iter().map(|(line, _)| line.amount).collect();
        parts_of_debt::pieces(&lines, &paid, amount)
    };
    Ok(FeedEntry {
        number: row.try_get(0)?,
        kind: row.try_get(2)?,
        creditor: row.try_get(3)?,
        account_reference: row.try_get(4)?,
        customer_reference: row.try_get(5)?,
        payment_reference: row.try_get(6)?,
        creditor_payment_id: row.try_get(7)?,
        paid_on: row.try_get(8)?,
        processor: row.try_get(9)?,
        processor_reference: row.try_get(10)?,
        amount,
        components,
        allocations,
        pieces,
        booked_on: booked_on.parse().map_err(|_| StoreError::Unreadable("day"))?,
        booked_at: row.try_get(13)?,
        reason: row.try_get(14)?,
        entry: id,
    })
}

/// What each entry changed for the customer, by component.
async fn posted(tx: &mut Tx, entries: &[String]) -> StoreResult<OfEntry<(String, i64)>> {
    let head = "select transaction_id, component, cast(sum(amount_minor) as bigint)
         from postings
         where book = 'customer' and transaction_id in (";
    let rows = select_in(tx, head, entries, ") group by transaction_id, component order by transaction_id, min(line)").await?;
    let mut all: OfEntry<(String, i64)> = HashMap::new();
    for row in rows {
        all.entry(row.try_get(0)?).or_default().push((row.try_get(1)?, row.try_get(2)?));
    }
    Ok(all)
}

/// Which parts of the debt each entry paid, or undid, in the order they were paid.
async fn paid(tx: &mut Tx, entries: &[String]) -> StoreResult<OfEntry<(Paid, i64)>> {
    let head = "select t.id, l.component, l.amount_minor
         from ledger_transactions t
         join payment_components l on l.payment_id = t.payment_id and l.entry_key = t.once_key
         where t.id in (";
    let mut all: OfEntry<(Paid, i64)> = HashMap::new();
    for row in select_in(tx, head, entries, ") order by t.id, l.line").await? {
        let part: String = row.try_get(1)?;
        let part = Paid::from_code(&part).ok_or(StoreError::Unreadable("part of a debt"))?;
        all.entry(row.try_get(0)?).or_default().push((part, row.try_get(2)?));
    }
    Ok(all)
}

/// A line of what a payment was applied to.
#[derive(Clone, Debug)]
struct Line {
    applied_to: String,
    agreement_id: Option<String>,
    instalment: Option<i64>,
    amount_minor: i64,
    agreement_reference: Option<String>,
}

impl Line {
    fn read(self, currency: Currency) -> StoreResult<(Allocation, Option<String>)> {
        let row = (self.applied_to, self.agreement_id, self.instalment, self.amount_minor);
        Ok((ledger::read_allocation(row, currency)?, self.agreement_reference))
    }
}

/// What each entry's money was applied to, or what of that it undid, in that order. What was written before lines named their
/// entry, and could not be told apart afterwards, belongs to none.
async fn allocations(tx: &mut Tx, entries: &[String]) -> StoreResult<OfEntry<Line>> {
    let head = "select t.id, l.applied_to, l.agreement_id, l.instalment_number, l.amount_minor, g.reference
         from ledger_transactions t
         join payment_allocations l on l.payment_id = t.payment_id and l.entry_key = t.once_key
         left join agreements g on g.id = l.agreement_id
         where t.id in (";
    let mut all: OfEntry<Line> = HashMap::new();
    for row in select_in(tx, head, entries, ") order by t.id, l.line").await? {
        all.entry(row.try_get(0)?).or_default().push(Line {
            applied_to: row.try_get(1)?,
            agreement_id: row.try_get(2)?,
            instalment: row.try_get(3)?,
            amount_minor: row.try_get(4)?,
            agreement_reference: row.try_get(5)?,
        });
    }
    Ok(all)
}

async fn select_in(tx: &mut Tx, head: &str, values: &[String], tail: &str) -> StoreResult<Vec<AnyRow>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = head.to_owned();
    placeholders(&mut sql, 0, values.len());
    sql.push_str(tail);
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in values {
        query = query.bind(value);
    }
    Ok(query.fetch_all(&mut **tx).await?)
}
