//! Accounts, as a creditor reports them again and again.

use super::{expect_count, select_in};
use crate::domain::account::TimeBarred;
use crate::domain::history::PaymentHistory;
use crate::server::clock::Millis;
use crate::server::store::dialect::Dialect;
use crate::server::store::rows::Insert;
use crate::server::store::{Db, StoreError, StoreResult, Tx, expect_rows, told};
use sqlx::Row;

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

/// The balance date of an account, if it is there.
pub async fn balance_date(db: &Db, reference_normalised: &str) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select balance_date from accounts where reference_normalised = $1")
        .bind(reference_normalised)
        .fetch_optional(db.pool())
        .await?)
}
