//! Creditors and their customers.

use super::{Lock, expect_count, fetch, select_in};
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::store::dialect::Dialect;
use crate::server::store::rows::{Insert, placeholders};
use crate::server::store::{StoreResult, Tx, expect_rows};
use sqlx::Row;
use sqlx::any::AnyRow;

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

/// What ends a select of customers: locked until the transaction ends if it is to write, so that what they correct meanwhile is not
/// written over. In one order, so that two importers cannot wait for each other.
fn tail(dialect: Dialect, lock: Lock) -> String {
    match lock {
        Lock::Rows => format!(") order by c.id{}", dialect.for_update()),
        Lock::Nothing => ")".to_owned(),
    }
}

pub async fn customers_by_reference(
    tx: &mut Tx,
    creditor_id: &str,
    references: &[&str],
    (dialect, lock): (Dialect, Lock),
) -> StoreResult<Vec<KnownCustomer>> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = vec![creditor_id];
    values.extend(references);
    let mut sql = format!("select {CUSTOMER_COLUMNS} from customers c where c.creditor_id = $1 and c.customer_reference in (");
    placeholders(&mut sql, 1, references.len());
    sql.push_str(&tail(dialect, lock));
    fetch(tx, sql, &values).await?.iter().map(customer).collect()
}

pub async fn customers_by_id(tx: &mut Tx, ids: &[&str], (dialect, lock): (Dialect, Lock)) -> StoreResult<Vec<KnownCustomer>> {
    let head = format!("select {CUSTOMER_COLUMNS} from customers c where c.id in (");
    select_in(tx, &head, ids, &tail(dialect, lock)).await?.iter().map(customer).collect()
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
