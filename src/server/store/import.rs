//! What the importer reads and writes: customers, accounts with their opening entries, the creditor's history, and how far
//! each run is. Every function takes many rows at once; none decides anything.

use super::dialect::Dialect;
use super::rows::{Insert, placeholders};
use super::{StoreError, StoreResult, Tx, expect_rows, told};
use crate::domain::account::TimeBarred;
use crate::domain::history::PaymentHistory;
use crate::server::clock::Millis;
use crate::server::ids;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

/// One run of the importer over one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub id: String,
    pub started_at: Millis,
    pub counts: Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub done: i64,
    pub new: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub rejected: i64,
}

/// What identifies a run: it goes on only with the same file and the same mapping.
#[derive(Clone, Debug)]
pub struct RunKey {
    pub kind: &'static str,
    pub file_name: String,
    pub file_sha256: String,
    pub mapping_sha256: String,
}

/// The run that was interrupted over this file, if there is one.
pub async fn find_interrupted(tx: &mut Tx, key: &RunKey) -> StoreResult<Option<Run>> {
    let row = sqlx::query(
        "select id, started_at, rows_done, rows_new, rows_updated, rows_unchanged, rows_rejected
         from imports
         where file_sha256 = $1 and mapping_sha256 = $2 and kind = $3 and state = 'running'
         order by started_at desc
         limit 1",
    )
    .bind(&key.file_sha256)
    .bind(&key.mapping_sha256)
    .bind(key.kind)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Run {
            id: row.try_get(0)?,
            started_at: row.try_get(1)?,
            counts: Counts {
                done: row.try_get(2)?,
                new: row.try_get(3)?,
                updated: row.try_get(4)?,
                unchanged: row.try_get(5)?,
                rejected: row.try_get(6)?,
            },
        })
    })
    .transpose()
}

pub async fn begin_run(tx: &mut Tx, key: &RunKey, now: Millis) -> StoreResult<Run> {
    let run = Run { id: ids::new_id(), started_at: now, counts: Counts::default() };
    let written = sqlx::query(
        "insert into imports (id, kind, file_name, file_sha256, mapping_sha256, state, rows_done, rows_new, rows_updated,
           rows_unchanged, rows_rejected, started_at, finished_at)
         values ($1, $2, $3, $4, $5, 'running', 0, 0, 0, 0, 0, $6, null)",
    )
    .bind(&run.id)
    .bind(key.kind)
    .bind(&key.file_name)
    .bind(&key.file_sha256)
    .bind(&key.mapping_sha256)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    expect_rows(&written, 1)?;
    Ok(run)
}

/// Writes how far a run is, in the transaction of the rows themselves. `finished_at` ends it.
pub async fn record_progress(tx: &mut Tx, run: &Run, finished_at: Option<Millis>) -> StoreResult<()> {
    let counts = run.counts;
    let written = sqlx::query(
        "update imports
         set rows_done = $2, rows_new = $3, rows_updated = $4, rows_unchanged = $5, rows_rejected = $6, finished_at = $7,
           state = $8
         where id = $1 and state = 'running'",
    )
    .bind(&run.id)
    .bind(counts.done)
    .bind(counts.new)
    .bind(counts.updated)
    .bind(counts.unchanged)
    .bind(counts.rejected)
    .bind(finished_at)
    .bind(if finished_at.is_some() { "finished" } else { "running" })
    .execute(&mut **tx)
    .await?;
    expect_rows(&written, 1)
}

/// Ids of the creditors with these names.
pub async fn creditors_by_name(tx: &mut Tx, names: &[&str]) -> StoreResult<Vec<(String, String)>> {
    let rows = select_in(tx, "select name, id from creditors where name in (", names, ")").await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Adds a creditor and returns its id; another process may have been faster.
pub async fn add_creditor(tx: &mut Tx, name: &str, now: Millis) -> StoreResult<String> {
    sqlx::query("insert into creditors (id, name, created_at) values ($1, $2, $3) on conflict (name) do nothing")
        .bind(ids::new_id())
        .bind(name)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(sqlx::query_scalar("select id from creditors where name = $1").bind(name).fetch_one(&mut **tx).await?)
}

/// A customer as a creditor describes one. No Debug: this is a person.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerRow {
    pub customer_reference: Option<String>,
    pub given_name: String,
    pub family_name: String,
    pub date_of_birth: String,
    pub street: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: String,
    pub postal_code_normalised: String,
    pub time_zone: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub language: String,
    pub customer_since: Option<String>,
}

/// A customer that is in the database.
#[derive(Clone)]
pub struct KnownCustomer {
    pub id: String,
    pub row: CustomerRow,
    /// The first reference, in order, among the customer's open accounts: that account's rows speak for the customer.
    pub leading_reference: Option<String>,
}

const CUSTOMER_COLUMNS: &str =
    "c.id, c.customer_reference, c.given_name, c.family_name, c.date_of_birth, c.street, c.city, c.state,
  c.postal_code, c.postal_code_normalised, c.time_zone, c.email, c.phone, c.language, c.customer_since,
  (select min(a.reference_normalised) from accounts a where a.customer_id = c.id and a.status = 'open')";

fn customer(row: &AnyRow) -> StoreResult<KnownCustomer> {
    Ok(KnownCustomer {
        id: row.try_get(0)?,
        row: CustomerRow {
            customer_reference: row.try_get(1)?,
            given_name: row.try_get(2)?,
            family_name: row.try_get(3)?,
            date_of_birth: row.try_get(4)?,
            street: row.try_get(5)?,
            city: row.try_get(6)?,
            state: row.try_get(7)?,
            postal_code: row.try_get(8)?,
            postal_code_normalised: row.try_get(9)?,
            time_zone: row.try_get(10)?,
            email: row.try_get(11)?,
            phone: row.try_get(12)?,
            language: row.try_get(13)?,
            customer_since: row.try_get(14)?,
        },
        leading_reference: row.try_get(15)?,
    })
}

pub async fn customers_by_reference(tx: &mut Tx, creditor_id: &str, references: &[&str]) -> StoreResult<Vec<KnownCustomer>> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = vec![creditor_id];
    values.extend(references);
    let mut sql = format!("select {CUSTOMER_COLUMNS} from customers c where c.creditor_id = $1 and c.customer_reference in (");
    placeholders(&mut sql, 1, references.len());
    sql.push(')');
    fetch(tx, sql, &values).await?.iter().map(customer).collect()
}

pub async fn customers_by_id(tx: &mut Tx, ids: &[&str]) -> StoreResult<Vec<KnownCustomer>> {
    let head = format!("select {CUSTOMER_COLUMNS} from customers c where c.id in (");
    select_in(tx, &head, ids, ")").await?.iter().map(customer).collect()
}

pub async fn insert_customers(
    tx: &mut Tx,
    creditor_id: &str,
    customers: &[(String, CustomerRow)],
    now: Millis,
) -> StoreResult<()> {
    let insert = Insert {
        into: "customers (id, creditor_id, customer_reference, given_name, family_name, date_of_birth, street, city, state,
          postal_code, postal_code_normalised, time_zone, email, phone, language, customer_since, created_at, updated_at)",
        columns: 18,
        on_conflict: "",
    };
    let written = insert
        .run(tx, customers, |query, (id, row)| {
            query
                .bind(id)
                .bind(creditor_id.to_owned())
                .bind(row.customer_reference.as_deref())
                .bind(&row.given_name)
                .bind(&row.family_name)
                .bind(&row.date_of_birth)
                .bind(row.street.as_deref())
                .bind(row.city.as_deref())
                .bind(row.state.as_deref())
                .bind(&row.postal_code)
                .bind(&row.postal_code_normalised)
                .bind(&row.time_zone)
                .bind(row.email.as_deref())
                .bind(row.phone.as_deref())
                .bind(&row.language)
                .bind(row.customer_since.as_deref())
                .bind(now)
                .bind(now)
        })
        .await?;
    expect_count(written, customers.len())
}

pub async fn update_customer(tx: &mut Tx, id: &str, row: &CustomerRow, now: Millis) -> StoreResult<()> {
    let written = sqlx::query(
        "update customers
         set given_name = $2, family_name = $3, date_of_birth = $4, street = $5, city = $6, state = $7, postal_code = $8,
           postal_code_normalised = $9, time_zone = $10, email = $11, phone = $12, customer_since = $13, updated_at = $14
         where id = $1",
    )
    .bind(id)
    .bind(&row.given_name)
    .bind(&row.family_name)
    .bind(&row.date_of_birth)
    .bind(row.street.as_deref())
    .bind(row.city.as_deref())
    .bind(row.state.as_deref())
    .bind(&row.postal_code)
    .bind(&row.postal_code_normalised)
    .bind(&row.time_zone)
    .bind(row.email.as_deref())
    .bind(row.phone.as_deref())
    .bind(row.customer_since.as_deref())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    expect_rows(&written, 1)
}

/// What a creditor reports of an account again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub product: String,
    /// 'open', 'recalled' or 'closed'.
    pub status: &'static str,
    pub balance_minor: i64,
    pub past_due_minor: i64,
    pub balance_date: String,
    pub oldest_unpaid_due_date: Option<String>,
    pub time_barred: TimeBarred,
    pub history: Option<PaymentHistory>,
}

impl Report {
    /// Whether both report the same amounts as of the same day.
    pub fn has_figures_of(&self, other: &Report) -> bool {
        (self.balance_minor, self.past_due_minor) == (other.balance_minor, other.past_due_minor)
            && self.balance_date == other.balance_date
            && self.oldest_unpaid_due_date == other.oldest_unpaid_due_date
    }
}

/// An account that is in the database.
#[derive(Clone, Debug)]
pub struct KnownAccount {
    pub id: String,
    pub creditor_id: String,
    pub customer_id: String,
    pub reference_normalised: String,
    pub currency: String,
    pub report: Report,
}

/// Accounts by reference, locked until the transaction ends if it is to write.
pub async fn accounts_by_reference(
    tx: &mut Tx,
    dialect: Dialect,
    references: &[&str],
    lock: Lock,
) -> StoreResult<Vec<KnownAccount>> {
    let tail = match lock {
        // In one order, so that two importers cannot wait for each other.
        Lock::Rows => format!(") order by id{}", dialect.for_update()),
        Lock::Nothing => ")".to_owned(),
    };
    let head = "select id, creditor_id, customer_id, reference_normalised, currency, product, status, reported_balance_minor,
           reported_past_due_minor, balance_date, oldest_unpaid_due_date, time_barred, instalments_due, instalments_kept
         from accounts
         where reference_normalised in (";
    let rows = select_in(tx, head, references, &tail).await?;
    rows.iter()
        .map(|row| {
            Ok(KnownAccount {
                id: row.try_get(0)?,
                creditor_id: row.try_get(1)?,
                customer_id: row.try_get(2)?,
                reference_normalised: row.try_get(3)?,
                currency: row.try_get(4)?,
                report: Report {
                    product: row.try_get(5)?,
                    status: status(&row.try_get::<String, _>(6)?)?,
                    balance_minor: row.try_get(7)?,
                    past_due_minor: row.try_get(8)?,
                    balance_date: row.try_get(9)?,
                    oldest_unpaid_due_date: row.try_get(10)?,
                    time_barred: told::time_barred(row, "time_barred")?,
                    history: told::history(row, "instalments_due", "instalments_kept")?,
                },
            })
        })
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    Rows,
    Nothing,
}

fn status(stored: &str) -> StoreResult<&'static str> {
    ["open", "recalled", "closed"].into_iter().find(|status| *status == stored).ok_or(StoreError::Unreadable("account status"))
}

/// A new account with everything its opening entry needs. Amounts in minor units; payments and credits are what was
/// subtracted.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub id: String,
    pub customer_id: String,
    pub reference: String,
    pub reference_normalised: String,
    pub currency: &'static str,
    pub itemization_date: String,
    pub balance_at_itemization_minor: i64,
    pub interest_since_minor: i64,
    pub fees_since_minor: i64,
    pub payments_since_minor: i64,
    pub credits_since_minor: i64,
    pub report: Report,
    pub reported_at: Millis,
    /// The day of the import in the customer's time zone.
    pub posted_on: String,
}

pub async fn insert_accounts(tx: &mut Tx, creditor_id: &str, accounts: &[NewAccount], now: Millis) -> StoreResult<()> {
    let insert = Insert {
        into: "accounts (id, creditor_id, customer_id, reference, reference_normalised, product, currency, status,
          itemization_date, balance_at_itemization_minor, interest_since_minor, fees_since_minor, payments_since_minor,
          credits_since_minor, reported_balance_minor, reported_past_due_minor, reported_at, balance_date,
          oldest_unpaid_due_date, time_barred, instalments_due, instalments_kept, version, created_at, updated_at)",
        columns: 25,
        on_conflict: "",
    };
    let written = insert
        .run(tx, accounts, |query, account| {
            let (due, kept) = told::history_to_store(account.report.history);
            query
                .bind(&account.id)
                .bind(creditor_id.to_owned())
                .bind(&account.customer_id)
                .bind(&account.reference)
                .bind(&account.reference_normalised)
                .bind(&account.report.product)
                .bind(account.currency)
                .bind(account.report.status)
                .bind(&account.itemization_date)
                .bind(account.balance_at_itemization_minor)
                .bind(account.interest_since_minor)
                .bind(account.fees_since_minor)
                .bind(account.payments_since_minor)
                .bind(account.credits_since_minor)
                .bind(account.report.balance_minor)
                .bind(account.report.past_due_minor)
                .bind(account.reported_at)
                .bind(&account.report.balance_date)
                .bind(account.report.oldest_unpaid_due_date.as_deref())
                .bind(told::time_barred_to_store(account.report.time_barred))
                .bind(due)
                .bind(kept)
                .bind(1_i64)
                .bind(now)
                .bind(now)
        })
        .await?;
    expect_count(written, accounts.len())
}

/// `reported_at` is the instant the figures stand for; `None` where they are those that were known.
pub async fn update_account(tx: &mut Tx, id: &str, report: &Report, reported_at: Option<Millis>, now: Millis) -> StoreResult<()> {
    let (due, kept) = told::history_to_store(report.history);
    let written = sqlx::query(
        "update accounts
         set product = $2, status = $3, reported_balance_minor = $4, reported_past_due_minor = $5,
           reported_at = coalesce($6, reported_at), balance_date = $7, oldest_unpaid_due_date = $8, time_barred = $9,
           instalments_due = $10, instalments_kept = $11, version = version + 1, updated_at = $12
         where id = $1",
    )
    .bind(id)
    .bind(&report.product)
    .bind(report.status)
    .bind(report.balance_minor)
    .bind(report.past_due_minor)
    .bind(reported_at)
    .bind(&report.balance_date)
    .bind(report.oldest_unpaid_due_date.as_deref())
    .bind(told::time_barred_to_store(report.time_barred))
    .bind(due)
    .bind(kept)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    expect_rows(&written, 1)
}

/// One entry in the books, with its lines.
#[derive(Clone, Debug)]
pub struct Entry {
    pub kind: &'static str,
    pub account_id: String,
    pub posted_on: String,
    pub reason: &'static str,
    pub once_key: String,
    pub currency: &'static str,
    /// Book, component and amount; the sum is zero.
    pub lines: Vec<(&'static str, &'static str, i64)>,
}

struct Posting<'e> {
    transaction_id: &'e str,
    line: i64,
    entry: &'e Entry,
    book: &'static str,
    component: &'static str,
    amount_minor: i64,
}

pub async fn insert_entries(tx: &mut Tx, entries: &[Entry], now: Millis) -> StoreResult<()> {
    debug_assert!(entries.iter().all(|entry| entry.lines.iter().map(|line| line.2).sum::<i64>() == 0), "the books balance");
    let numbered: Vec<(String, &Entry)> = entries.iter().map(|entry| (ids::new_id(), entry)).collect();
    let transactions = Insert {
        into: "ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)",
        columns: 9,
        on_conflict: "",
    };
    let written = transactions
        .run(tx, &numbered, |query, (id, entry)| {
            query
                .bind(id)
                .bind(entry.kind)
                .bind(&entry.account_id)
                .bind(None::<&str>)
                .bind(now)
                .bind(&entry.posted_on)
                .bind(entry.reason)
                .bind("operator")
                .bind(&entry.once_key)
        })
        .await?;
    expect_count(written, entries.len())?;
    let mut postings = Vec::with_capacity(entries.len() * 4);
    for (id, entry) in &numbered {
        for ((book, component, amount_minor), line) in entry.lines.iter().zip(1_i64..) {
            postings.push(Posting { transaction_id: id, line, entry, book, component, amount_minor: *amount_minor });
        }
    }
    let insert = Insert {
        into: "postings (transaction_id, line, account_id, book, component, amount_minor, currency)",
        columns: 7,
        on_conflict: "",
    };
    let written = insert
        .run(tx, &postings, |query, posting| {
            query
                .bind(posting.transaction_id)
                .bind(posting.line)
                .bind(&posting.entry.account_id)
                .bind(posting.book)
                .bind(posting.component)
                .bind(posting.amount_minor)
                .bind(posting.entry.currency)
        })
        .await?;
    expect_count(written, postings.len())
}

/// What one entry did to what a customer owes on an account.
#[derive(Clone, Debug)]
pub struct BookedEntry {
    pub account_id: String,
    pub kind: String,
    pub posted_on: String,
    pub amount_minor: i64,
}

/// Every entry of these accounts, in the order in which they were posted.
pub async fn booked_entries(tx: &mut Tx, account_ids: &[&str]) -> StoreResult<Vec<BookedEntry>> {
    let head = "select t.account_id, t.kind, t.posted_on, cast(sum(p.amount_minor) as bigint)
         from ledger_transactions t
         join postings p on p.transaction_id = t.id and p.account_id = t.account_id and p.book = 'customer'
         where t.account_id in (";
    let tail = ") group by t.id, t.account_id, t.kind, t.posted_on, t.posted_at order by t.posted_at, t.id";
    let rows = select_in(tx, head, account_ids, tail).await?;
    rows.iter()
        .map(|row| {
            Ok(BookedEntry {
                account_id: row.try_get(0)?,
                kind: row.try_get(1)?,
                posted_on: row.try_get(2)?,
                amount_minor: row.try_get(3)?,
            })
        })
        .collect()
}

/// Puts a hold of kind 'recalled' on accounts that have none; the reason is the status the creditor reported.
pub async fn hold_recalled(tx: &mut Tx, accounts: &[(String, &'static str)], now: Millis) -> StoreResult<()> {
    for (account_id, reason) in accounts {
        sqlx::query(
            "insert into holds (id, account_id, kind, reason, starts_at, ends_at, released_at, created_by)
             select $1, id, 'recalled', $3, $4, null, null, 'operator'
             from accounts
             where id = $2
               and not exists (
                 select 1 from holds where account_id = $2 and kind = 'recalled' and released_at is null)",
        )
        .bind(ids::new_id())
        .bind(account_id)
        .bind(*reason)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Ends the hold of an account that the creditor has handed back.
pub async fn release_recalled(tx: &mut Tx, account_id: &str, now: Millis) -> StoreResult<()> {
    sqlx::query("update holds set released_at = $2 where account_id = $1 and kind = 'recalled' and released_at is null")
        .bind(account_id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// One line of the creditor's own history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    pub account_id: String,
    pub fingerprint: String,
    pub posted_on: String,
    pub kind: &'static str,
    pub amount_minor: i64,
    pub description: String,
}

/// Adds lines that are not there yet; returns how many were.
pub async fn insert_history(tx: &mut Tx, rows: &[HistoryRow]) -> StoreResult<u64> {
    write_history(tx, rows, "on conflict (account_id, fingerprint) do nothing").await
}

/// Adds lines, and corrects those that have the same identity but other content; returns how many were written.
pub async fn correct_history(tx: &mut Tx, rows: &[HistoryRow]) -> StoreResult<u64> {
    let on_conflict = "on conflict (account_id, fingerprint) do update
         set posted_on = excluded.posted_on, kind = excluded.kind, amount_minor = excluded.amount_minor,
           description = excluded.description";
    write_history(tx, rows, on_conflict).await
}

async fn write_history(tx: &mut Tx, rows: &[HistoryRow], on_conflict: &'static str) -> StoreResult<u64> {
    let insert = Insert {
        into: "creditor_transactions (account_id, fingerprint, posted_on, kind, amount_minor, description)",
        columns: 6,
        on_conflict,
    };
    insert
        .run(tx, rows, |query, row| {
            query
                .bind(&row.account_id)
                .bind(&row.fingerprint)
                .bind(&row.posted_on)
                .bind(row.kind)
                .bind(row.amount_minor)
                .bind(&row.description)
        })
        .await
}

/// The stored lines with these identities.
pub async fn history_by_identity(
    tx: &mut Tx,
    rows: &[HistoryRow],
) -> StoreResult<Vec<(String, String, String, String, i64, String)>> {
    let mut sql = String::from(
        "select account_id, fingerprint, posted_on, kind, amount_minor, description
         from creditor_transactions
         where (account_id, fingerprint) in (values ",
    );
    let mut values = Vec::with_capacity(rows.len() * 2);
    for (index, row) in rows.iter().enumerate() {
        sql.push_str(if index == 0 { "(" } else { ", (" });
        placeholders(&mut sql, values.len(), 2);
        sql.push(')');
        values.extend([row.account_id.as_str(), row.fingerprint.as_str()]);
    }
    sql.push(')');
    let stored = fetch(tx, sql, &values).await?;
    stored
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?, row.try_get(5)?)))
        .collect()
}

/// Which of these references are payments of ours.
pub async fn our_payments(tx: &mut Tx, references: &[&str]) -> StoreResult<Vec<String>> {
    let rows = select_in(tx, "select reference from payments where reference in (", references, ")").await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The balance date of an account, if it is there.
pub async fn balance_date(db: &super::Db, reference_normalised: &str) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select balance_date from accounts where reference_normalised = $1")
        .bind(reference_normalised)
        .fetch_optional(db.pool())
        .await?)
}

async fn select_in(tx: &mut Tx, head: &str, values: &[&str], tail: &str) -> StoreResult<Vec<AnyRow>> {
    let mut sql = head.to_owned();
    placeholders(&mut sql, 0, values.len());
    sql.push_str(tail);
    fetch(tx, sql, values).await
}

async fn fetch(tx: &mut Tx, sql: String, values: &[&str]) -> StoreResult<Vec<AnyRow>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in values {
        query = query.bind(*value);
    }
    Ok(query.fetch_all(&mut **tx).await?)
}

fn expect_count(found: u64, expected: usize) -> StoreResult<()> {
    let expected = u64::try_from(expected).unwrap_or(u64::MAX);
    if found == expected { Ok(()) } else { Err(StoreError::UnexpectedRows { expected, found }) }
}
