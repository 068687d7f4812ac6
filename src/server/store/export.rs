//! Whole tables for other systems, a page at a time. Amounts leave as decimals, instants as RFC 3339, dates as they are.

use super::{StoreError, StoreResult, Tx, keeping, told};
use crate::domain::account::TimeBarred;
use crate::domain::calendar::Date;
use crate::domain::ids::AgreementId;
use crate::domain::money::{Currency, Money};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Rows in one page.
const PAGE: i64 = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Accounts,
    /// Every attempt to move money, whatever came of it. What was booked is in `store::feed`.
    PaymentAttempts,
    Agreements,
}

/// One row: the id by which the next page goes on, and the values in the order of [`Table::columns`].
pub struct ExportRow {
    pub id: String,
    pub values: Vec<Option<String>>,
}

impl Table {
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Table::Accounts => &[
                "account_id",
                "reference",
                "creditor",
                "customer_id",
                "customer_reference",
                "product",
                "currency",
                "status",
                "balance",
                "reported_balance",
                "reported_past_due",
                "balance_date",
                "oldest_unpaid_due_date",
                "time_barred",
                "instalments_due",
                "instalments_kept",
                "created_at",
                "updated_at",
                "credit",
            ],
            Table::PaymentAttempts => &[
                "payment_id",
                "reference",
                "account_reference",
                "customer_id",
                "agreement_reference",
                "purpose",
                "currency",
                "amount",
                "discount",
                "state",
                "decline_reason",
                "processor",
                "processor_reference",
                "created_at",
                "submitted_at",
                "settled_at",
            ],
            Table::Agreements => &[
                "agreement_id",
                "reference",
                "customer_id",
                "creditor",
                "account_references",
                "kind",
                "state",
                "version",
                "currency",
                "total",
                "terms_sha256",
                "signed_at",
                "instalments",
                "created_at",
                "ended_at",
                "to_look_at",
            ],
        }
    }
}

/// The rows after `after`, in the order of their ids, that changed at or after `since` (milliseconds).
pub async fn page(tx: &mut Tx, table: Table, since: i64, after: &str) -> StoreResult<Vec<ExportRow>> {
    let (sql, read): (&'static str, fn(&AnyRow) -> StoreResult<ExportRow>) = match table {
        Table::Accounts => (ACCOUNTS, account),
        Table::PaymentAttempts => (PAYMENT_ATTEMPTS, payment_attempt),
        Table::Agreements => (AGREEMENTS, agreement),
    };
    let rows = sqlx::query(sql).bind(after).bind(since).bind(PAGE).fetch_all(&mut **tx).await?;
    let mut page = rows.iter().map(read).collect::<StoreResult<Vec<_>>>()?;
    match table {
        Table::Accounts => {}
        Table::PaymentAttempts => {
            for row in &mut page {
                add_accounts(tx, row).await?;
            }
        }
        Table::Agreements => {
            for row in &mut page {
                add_lists(tx, row).await?;
            }
        }
    }
    Ok(page)
}

const ACCOUNTS: &str = "
    select a.id, a.reference, cr.name, a.customer_id, c.customer_reference, a.product, a.currency, a.status,
      cast((select coalesce(sum(p.amount_minor), 0) from postings p where p.account_id = a.id and p.book = 'customer') as bigint),
      a.reported_balance_minor, a.reported_past_due_minor, a.balance_date, a.oldest_unpaid_due_date,
      a.time_barred, a.instalments_due, a.instalments_kept, a.created_at, a.updated_at
    from accounts a
    join creditors cr on cr.id = a.creditor_id
    join customers c on c.id = a.customer_id
    where a.id > $1
      and (a.updated_at >= $2
        or exists (select 1 from ledger_transactions t where t.account_id = a.id and t.posted_at >= $2))
    order by a.id
    limit $3";

fn account(row: &AnyRow) -> StoreResult<ExportRow> {
    let currency = row.try_get::<String, _>(6)?;
    Ok(ExportRow {
        id: row.try_get(0)?,
        values: vec![
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
            row.try_get(4)?,
            row.try_get(5)?,
            Some(currency.clone()),
            row.try_get(7)?,
            decimal(row, 8, &currency)?,
            decimal(row, 9, &currency)?,
            decimal(row, 10, &currency)?,
            row.try_get(11)?,
            row.try_get(12)?,
            yes_or_no(told::time_barred(row, "time_barred")?),
            count(row, 14)?,
            count(row, 15)?,
            instant(row, 16)?,
            instant(row, 17)?,
            credit(row, 8, &currency)?,
        ],
    })
}

/// What was paid beyond what was owed: the customer's.
fn credit(row: &AnyRow, column: usize, currency: &str) -> StoreResult<Option<String>> {
    let currency = Currency::from_code(currency).ok_or(StoreError::Unreadable("currency"))?;
    let balance: i64 = row.try_get(column)?;
    Ok(Some(Money::new(balance.min(0).saturating_neg(), currency).to_decimal_string()))
}

const PAYMENT_ATTEMPTS: &str = "
    select p.id, p.reference, a.reference, p.customer_id, g.reference, p.purpose, p.currency, p.amount_minor, p.discount_minor,
      p.state, p.decline_reason, p.processor, p.processor_reference, p.created_at, p.submitted_at, p.settled_at
    from payments p
    join accounts a on a.id = p.account_id
    left join agreements g on g.id = p.agreement_id
    where p.id > $1
      and (p.created_at >= $2 or p.submitted_at >= $2 or p.settled_at >= $2)
    order by p.id
    limit $3";

fn payment_attempt(row: &AnyRow) -> StoreResult<ExportRow> {
    let currency = row.try_get::<String, _>(6)?;
    Ok(ExportRow {
        id: row.try_get(0)?,
        values: vec![
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
            row.try_get(4)?,
            row.try_get(5)?,
            Some(currency.clone()),
            decimal(row, 7, &currency)?,
            decimal(row, 8, &currency)?,
            row.try_get(9)?,
            row.try_get(10)?,
            row.try_get(11)?,
            row.try_get(12)?,
            instant(row, 13)?,
            instant(row, 14)?,
            instant(row, 15)?,
        ],
    })
}

const AGREEMENTS: &str = "
    select g.id, g.reference, g.customer_id, cr.name, g.kind, g.state, g.current_version, g.currency, v.total_minor, v.terms_sha256,
      v.signed_at, g.created_at, g.ended_at
    from agreements g
    join creditors cr on cr.id = g.creditor_id
    join agreement_versions v on v.agreement_id = g.id and v.number = g.current_version
    where g.id > $1
      and (g.created_at >= $2 or v.signed_at >= $2 or g.ended_at >= $2
        or exists (
          select 1 from payment_allocations l
          join reversals r on r.id = l.reversal_id
          where l.agreement_id = g.id and coalesce(r.settled_at, r.created_at) >= $2))
    order by g.id
    limit $3";

fn agreement(row: &AnyRow) -> StoreResult<ExportRow> {
    let currency = row.try_get::<String, _>(7)?;
    Ok(ExportRow {
        id: row.try_get(0)?,
        values: vec![
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
            None,
            row.try_get(4)?,
            row.try_get(5)?,
            Some(row.try_get::<i64, _>(6)?.to_string()),
            Some(currency.clone()),
            decimal(row, 8, &currency)?,
            row.try_get(9)?,
            instant(row, 10)?,
            None,
            instant(row, 11)?,
            instant(row, 12)?,
            None,
        ],
    })
}

/// Of a payment over several accounts all of them (`NG-1 NG-2`).
async fn add_accounts(tx: &mut Tx, row: &mut ExportRow) -> StoreResult<()> {
    let accounts: Vec<String> = sqlx::query_scalar(
        "select a.reference
         from payment_shares s
         join accounts a on a.id = s.account_id
         where s.payment_id = $1
         order by a.reference",
    )
    .bind(&row.id)
    .fetch_all(&mut **tx)
    .await?;
    row.values[2] = Some(accounts.join(" "));
    Ok(())
}

/// Accounts (`NG-1 NG-2`) and instalments (`2026-12-04 25.00; …`) of an agreement, and why a person should look at it.
async fn add_lists(tx: &mut Tx, row: &mut ExportRow) -> StoreResult<()> {
    let accounts: Vec<String> = sqlx::query_scalar(
        "select a.reference
         from agreement_accounts ga
         join accounts a on a.id = ga.account_id
         where ga.agreement_id = $1
         order by a.reference",
    )
    .bind(&row.id)
    .fetch_all(&mut **tx)
    .await?;
    let instalments = sqlx::query(
        "select i.due_on, i.amount_minor, g.currency
         from instalments i
         join agreements g on g.id = i.agreement_id and g.current_version = i.version
         where i.agreement_id = $1
         order by i.number",
    )
    .bind(&row.id)
    .fetch_all(&mut **tx)
    .await?;
    let mut texts = Vec::with_capacity(instalments.len());
    for instalment in &instalments {
        let currency: String = instalment.try_get(2)?;
        let amount = decimal(instalment, 1, &currency)?.unwrap_or_default();
        texts.push(format!("{} {amount}", instalment.try_get::<String, _>(0)?));
    }
    row.values[4] = Some(accounts.join(" "));
    row.values[12] = Some(texts.join("; "));
    if row.values[6].as_deref() == Some("active") {
        row.values[15] = to_look_at(tx, row).await?.map(str::to_owned);
    }
    Ok(())
}

/// What went back of an instalment is open and is not collected again: a person decides what becomes of it.
async fn to_look_at(tx: &mut Tx, row: &ExportRow) -> StoreResult<Option<&'static str>> {
    let currency = row.values[8].as_deref().and_then(Currency::from_code).ok_or(StoreError::Unreadable("currency"))?;
    let instalments = keeping::instalments(tx, &AgreementId(row.id.clone()), currency, |_| Date::MIN).await?;
    let open = || instalments.iter().filter(|instalment| !instalment.is_covered() && instalment.went_back());
    Ok(if open().any(|instalment| !instalment.is_met()) { Some("taken_back") } else { open().next().map(|_| "given_back") })
}

/// As an import reads it: empty where it is not known.
fn yes_or_no(time_barred: TimeBarred) -> Option<String> {
    match time_barred {
        TimeBarred::Unknown => None,
        TimeBarred::No => Some("no".to_owned()),
        TimeBarred::Yes => Some("yes".to_owned()),
    }
}

fn count(row: &AnyRow, column: usize) -> StoreResult<Option<String>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(|count| count.to_string()))
}

fn decimal(row: &AnyRow, column: usize, currency: &str) -> StoreResult<Option<String>> {
    let currency = Currency::from_code(currency).ok_or(StoreError::Unreadable("currency"))?;
    Ok(row.try_get::<Option<i64>, _>(column)?.map(|minor| Money::new(minor, currency).to_decimal_string()))
}

fn instant(row: &AnyRow, column: usize) -> StoreResult<Option<String>> {
    let Some(millis) = row.try_get::<Option<i64>, _>(column)? else { return Ok(None) };
    let instant = Timestamp::from_millisecond(millis).map_err(|_| StoreError::Unreadable("instant"))?;
    Ok(Some(instant.to_string()))
}
