//! What the engine needs to know of an account, read from the books and the creditor's last report.

use super::{StoreError, StoreResult, told};
use crate::domain::account::AccountFacts;
use crate::domain::calendar::Date;
use crate::domain::dispute::undisputed;
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::money::{Currency, Money};
use crate::domain::standing::Reported;
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row};

/// An account's facts, and what belongs to them: whose it is, and in which zone its days are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    pub id: AccountId,
    /// As the creditor writes it.
    pub reference: String,
    pub customer_id: CustomerId,
    pub creditor_id: String,
    pub creditor: String,
    /// Whether the customer has an e-mail address.
    pub has_email: bool,
    /// IANA name.
    pub time_zone: String,
    /// `open`, `recalled` or `closed`.
    pub status: String,
    /// Raised by every write that concerns the account.
    pub version: i64,
    /// As reported; `services::history` adds what fell due under agreements made here.
    pub facts: AccountFacts,
    /// The creditor's own figures, and the balance they add up to.
    pub reported: Reported,
    pub reported_balance: Money,
    /// The part of the balance that its customer disputes (`domain::dispute`); zero where it is nothing or all of it.
    pub disputed_part: Money,
    /// How many accounts its customer has here, this one included.
    pub accounts_of_customer: i64,
    /// Whether an agreement was ever made here: most have none, and no history of our own to read.
    pub has_agreements: bool,
    pub is_under_agreement: bool,
}

impl AccountRecord {
    /// Not recalled and not closed by the creditor.
    pub fn is_open(&self) -> bool {
        self.status == "open"
    }

    /// With what may be asked for and agreed: less the part that is disputed, which what is past due does not reach into.
    pub fn without_disputed_part(mut self) -> AccountRecord {
        let balance = undisputed(self.facts.balance, self.disputed_part);
        if self.disputed_part.is_positive() {
            self.facts.past_due = Money::new(self.facts.past_due.minor().min(balance.minor()), balance.currency());
            self.facts.balance = balance;
        }
        self
    }
}

/// The balance is the sum of the customer's postings. The past due is the creditor's figure, changed by what was paid (and
/// given back, corrected or given up, and what an agreement's interest added) since it was reported; it never exceeds the balance. The creditor's own adjustments come
/// with new figures and are not among it. What the creditor took itself counts from the day it was paid there: before that
/// day's report the creditor knew of it. A payment made since reduces the oldest part first, but
/// the creditor reports only one due date, so that date stands until the past due is gone. `cross join` has SQLite begin with the
/// entries that count, of which there are few.
const SELECT: &str = "select a.id, a.reference, a.customer_id, a.product, a.currency, a.status, a.version, \
    a.reported_past_due_minor, a.oldest_unpaid_due_date, a.balance_date, a.time_barred, a.instalments_due, \
    a.instalments_kept, c.time_zone, a.creditor_id, cr.name as creditor, \
    case when c.email is null then 0 else 1 end as has_email, \
    a.itemization_date, a.balance_at_itemization_minor, a.interest_since_minor, a.fees_since_minor, a.payments_since_minor, \
    a.credits_since_minor, a.reported_balance_minor, \
    (select d.part_minor from disputes d where d.account_id = a.id and d.released_at is null) as disputed_minor, \
    (select count(*) from accounts others where others.customer_id = a.customer_id) as accounts_of_customer, \
    (select cast(coalesce(max(case when ga.ended_at is null then 2 else 1 end), 0) as bigint) from agreement_accounts ga \
      where ga.account_id = a.id) as agreements, \
    (select cast(coalesce(sum(p.amount_minor), 0) as bigint) from postings p \
      where p.account_id = a.id and p.book = 'customer') as balance_minor, \
    (select cast(coalesce(sum(p.amount_minor), 0) as bigint) from ledger_transactions t cross join postings p \
      where t.account_id = a.id and p.transaction_id = t.id and p.book = 'customer' \
      and case t.kind when 'payment_elsewhere' then (select paid.created_at from payments paid where paid.id = t.payment_id) \
        else t.posted_at end >= a.reported_at \
      and t.kind in ('payment', 'discount', 'refund', 'return', 'chargeback', 'reinstatement', 'discount_withdrawn', \
        'correction', 'write_off', 'payment_elsewhere', 'interest')) as paid_since_minor \
    from accounts a \
    join customers c on c.id = a.customer_id \
    join creditors cr on cr.id = a.creditor_id ";

/// By the reference as normalised by [`crate::domain::ids::normalise_reference`].
pub async fn by_reference<'e>(
    executor: impl Executor<'e, Database = Any>,
    reference_normalised: &str,
) -> StoreResult<Option<AccountRecord>> {
    let sql = format!("{SELECT} where a.reference_normalised = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(reference_normalised).fetch_optional(executor).await?;
    row.map(|row| record(&row)).transpose()
}

pub async fn by_id<'e>(executor: impl Executor<'e, Database = Any>, account_id: &str) -> StoreResult<Option<AccountRecord>> {
    let sql = format!("{SELECT} where a.id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account_id).fetch_optional(executor).await?;
    row.map(|row| record(&row)).transpose()
}

/// One account of this customer; another's is not found.
pub async fn one_of_customer<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer_id: &CustomerId,
    account_id: &AccountId,
) -> StoreResult<Option<AccountRecord>> {
    let sql = format!("{SELECT} where a.id = $1 and a.customer_id = $2");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(account_id.as_str())
        .bind(customer_id.as_str())
        .fetch_optional(executor)
        .await?;
    row.map(|row| record(&row)).transpose()
}

/// All accounts of a customer, by reference.
pub async fn of_customer<'e>(executor: impl Executor<'e, Database = Any>, customer_id: &str) -> StoreResult<Vec<AccountRecord>> {
    let sql = format!("{SELECT} where a.customer_id = $1 order by a.reference_normalised");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(customer_id).fetch_all(executor).await?;
    rows.iter().map(record).collect()
}

fn record(row: &AnyRow) -> StoreResult<AccountRecord> {
    let currency: String = row.try_get("currency")?;
    let currency = Currency::from_code(&currency).ok_or(StoreError::Unreadable("currency"))?;
    let balance_minor: i64 = row.try_get("balance_minor")?;
    let reported: i64 = row.try_get("reported_past_due_minor")?;
    let paid_since: i64 = row.try_get("paid_since_minor")?;
    let past_due_minor = reported.saturating_add(paid_since).clamp(0, balance_minor.max(0));
    let oldest: Option<String> = row.try_get("oldest_unpaid_due_date")?;
    let oldest: Option<Date> =
        oldest.map(|text| text.parse().map_err(|_| StoreError::Unreadable("oldest unpaid due date"))).transpose()?;
    let money = |column| Ok::<_, sqlx::Error>(Money::new(row.try_get(column)?, currency));
    let day = |column| {
        let text: String = row.try_get(column)?;
        text.parse::<Date>().map_err(|_| StoreError::Unreadable(column))
    };
    Ok(AccountRecord {
        id: AccountId(row.try_get("id")?),
        reference: row.try_get("reference")?,
        customer_id: CustomerId(row.try_get("customer_id")?),
        creditor_id: row.try_get("creditor_id")?,
        creditor: row.try_get("creditor")?,
        has_email: row.try_get::<i64, _>("has_email")? != 0,
        time_zone: row.try_get("time_zone")?,
        status: row.try_get("status")?,
        version: row.try_get("version")?,
        facts: AccountFacts {
            product: row.try_get("product")?,
            currency,
            balance: Money::new(balance_minor, currency),
            past_due: Money::new(past_due_minor, currency),
            oldest_unpaid_due_date: oldest.filter(|_| past_due_minor > 0),
            history: told::history(row, "instalments_due", "instalments_kept")?,
            time_barred: told::time_barred(row, "time_barred")?,
        },
        reported: Reported {
            itemization_date: day("itemization_date")?,
            balance_at_itemization: money("balance_at_itemization_minor")?,
            interest_since: money("interest_since_minor")?,
            fees_since: money("fees_since_minor")?,
            payments_since: money("payments_since_minor")?,
            credits_since: money("credits_since_minor")?,
            balance_date: day("balance_date")?,
        },
        reported_balance: money("reported_balance_minor")?,
        disputed_part: Money::new(row.try_get::<Option<i64>, _>("disputed_minor")?.unwrap_or(0), currency),
        accounts_of_customer: row.try_get("accounts_of_customer")?,
        // 2 for one that is live, 1 for one that has ended.
        has_agreements: row.try_get::<i64, _>("agreements")? > 0,
        is_under_agreement: row.try_get::<i64, _>("agreements")? == 2,
    })
}
