//! Where an account stands, in one statement: what the engine needs and what every screen about one account says.

use super::{StoreError, StoreResult};
use crate::domain::account::AccountFacts;
use crate::domain::calendar::Date;
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::money::{Currency, Money};
use sqlx::{Any, Executor};

/// An account with its facts and the few things of its customer and creditor that go with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    pub id: AccountId,
    pub customer_id: CustomerId,
    /// As the creditor writes it.
    pub reference: String,
    pub product: String,
    pub creditor_id: String,
    pub creditor: String,
    /// Not recalled and not closed by the creditor.
    pub is_open: bool,
    pub time_zone: String,
    pub has_email: bool,
    pub facts: AccountFacts,
}

/// The balance is the sum of the account's postings. What is past due is what the creditor reported, less what has been
/// paid here since; it is never more than the balance.
const SELECT: &str = "
    select accounts.id, accounts.customer_id, accounts.reference, accounts.product, accounts.creditor_id, creditors.name,
      accounts.status, customers.time_zone, case when customers.email is null then 0 else 1 end,
      accounts.currency, accounts.reported_past_due_minor, accounts.oldest_unpaid_due_date,
      (select cast(coalesce(sum(postings.amount_minor), 0) as bigint)
         from postings
        where postings.account_id = accounts.id and postings.book = 'customer'),
      (select cast(coalesce(sum(postings.amount_minor), 0) as bigint)
         from postings
         join ledger_transactions on ledger_transactions.id = postings.transaction_id
        where postings.account_id = accounts.id and postings.book = 'customer'
          and ledger_transactions.kind not in ('opening', 'adjustment')
          and ledger_transactions.posted_at >= accounts.reported_at)
    from accounts
    join customers on customers.id = accounts.customer_id
    join creditors on creditors.id = accounts.creditor_id";

type Row =
    (String, String, String, String, String, String, String, String, i64, String, i64, Option<String>, i64, i64);

/// An account of this customer; another's is not found.
pub async fn of_customer<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    account: &AccountId,
) -> StoreResult<Option<AccountRecord>> {
    let query = format!("{SELECT} where accounts.id = $1 and accounts.customer_id = $2");
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(account.as_str())
        .bind(customer.as_str())
        .fetch_optional(executor)
        .await?;
    row.map(read).transpose()
}

/// The account with this normalised reference, whoever's it is: for commands on the server.
pub async fn by_reference<'e>(
    executor: impl Executor<'e, Database = Any>,
    reference_normalised: &str,
) -> StoreResult<Option<AccountRecord>> {
    let query = format!("{SELECT} where accounts.reference_normalised = $1");
    let row: Option<Row> =
        sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(reference_normalised).fetch_optional(executor).await?;
    row.map(read).transpose()
}

fn read(row: Row) -> StoreResult<AccountRecord> {
    let (
        id,
        customer_id,
        reference,
        product,
        creditor_id,
        creditor,
        status,
        time_zone,
        has_email,
        currency,
        reported_past_due,
        oldest_unpaid_due_date,
        balance,
        moved_since_report,
    ) = row;
    let currency = Currency::from_code(&currency).ok_or(StoreError::Unreadable("currency"))?;
    let oldest_unpaid_due_date: Option<Date> =
        oldest_unpaid_due_date.map(|text| text.parse()).transpose().map_err(|_| StoreError::Unreadable("date"))?;
    let past_due = reported_past_due.saturating_add(moved_since_report).clamp(0, balance.max(0));
    Ok(AccountRecord {
        id: AccountId(id),
        customer_id: CustomerId(customer_id),
        reference,
        product: product.clone(),
        creditor_id,
        creditor,
        is_open: status == "open",
        time_zone,
        has_email: has_email != 0,
        facts: AccountFacts {
            product,
            currency,
            balance: Money::new(balance, currency),
            past_due: Money::new(past_due, currency),
            oldest_unpaid_due_date,
            // Creditors do not send how past instalments were kept.
            history: None,
        },
    })
}
