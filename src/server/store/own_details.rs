//! What customers corrected about themselves, what waits for its code or its check, and the numbers under which it is exported.

use super::dialect::Dialect;
use super::rows::placeholders;
use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::details::{Detail, Value};
use crate::domain::ids::CustomerId;
use crate::server::clock::Millis;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Executor, Row};

/// A correction. Has no Debug: it is a person's.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnDetail {
    pub id: String,
    pub customer_id: CustomerId,
    pub detail: Detail,
    pub value: Value,
    /// The creditor's own at that time first.
    pub known_before: Vec<Value>,
    pub changed_at: Millis,
    /// `customer`, or who of the team.
    pub changed_by: String,
    pub confirmed_at: Option<Millis>,
    /// When the creditor sent something newer.
    pub ended_at: Option<Millis>,
}

const COLUMNS: &str = "id, customer_id, detail, value, known_before, changed_at, changed_by, confirmed_at, ended_at";

fn read(row: &AnyRow) -> StoreResult<OwnDetail> {
    Ok(OwnDetail {
        id: row.try_get("id")?,
        customer_id: CustomerId(row.try_get("customer_id")?),
        detail: read_detail(row)?,
        value: read_value(&row.try_get::<String, _>("value")?)?,
        known_before: read_values(&row.try_get::<String, _>("known_before")?)?,
        changed_at: row.try_get("changed_at")?,
        changed_by: row.try_get("changed_by")?,
        confirmed_at: row.try_get("confirmed_at")?,
        ended_at: row.try_get("ended_at")?,
    })
}

fn read_detail(row: &AnyRow) -> StoreResult<Detail> {
    Detail::from_code(&row.try_get::<String, _>("detail")?).ok_or(StoreError::Unreadable("detail"))
}

fn read_value(text: &str) -> StoreResult<Value> {
    serde_json::from_str(text).map(Value).map_err(|_| StoreError::Unreadable("value of a detail"))
}

fn read_values(text: &str) -> StoreResult<Vec<Value>> {
    let values: Vec<Vec<String>> = serde_json::from_str(text).map_err(|_| StoreError::Unreadable("values of a detail"))?;
    Ok(values.into_iter().map(Value).collect())
}

fn written(value: &Value) -> String {
    serde_json::Value::from(value.0.clone()).to_string()
}

fn all_written(values: &[Value]) -> String {
    serde_json::Value::from(values.iter().map(|value| value.0.clone()).collect::<Vec<_>>()).to_string()
}

/// What is in force of these customers.
pub async fn live(tx: &mut Tx, customers: &[&str]) -> StoreResult<Vec<OwnDetail>> {
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = format!("select {COLUMNS} from own_details where ended_at is null and customer_id in (");
    placeholders(&mut sql, 0, customers.len());
    sql.push_str(") order by changed_at, id");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for customer in customers {
        query = query.bind(*customer);
    }
    query.fetch_all(&mut **tx).await?.iter().map(read).collect()
}

/// What a customer is shown: of each detail the last correction, if a newer file of the creditor's took its place too.
pub async fn shown<'e>(executor: impl Executor<'e, Database = Any>, customer: &CustomerId) -> StoreResult<Vec<OwnDetail>> {
    let sql = format!(
        "select {COLUMNS}
         from own_details o
         where customer_id = $1 and (ended_because is null or ended_because = 'newer')
           and not exists (
             select 1 from own_details later
             where later.customer_id = o.customer_id and later.detail = o.detail and later.id > o.id
           )
         order by changed_at, id"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(customer.as_str()).fetch_all(executor).await?.iter().map(read).collect()
}

/// Writes a correction.
pub async fn insert(tx: &mut Tx, new: &OwnDetail, reason: &str) -> StoreResult<()> {
    sqlx::query(
        "insert into own_details (id, customer_id, detail, value, known_before, changed_at, changed_by, reason, confirmed_at, ended_at,
           ended_because, number)
         values ($1, $2, $3, $4, $5, $6, $7, $8, null, null, null, null)",
    )
    .bind(&new.id)
    .bind(new.customer_id.as_str())
    .bind(new.detail.code())
    .bind(written(&new.value))
    .bind(all_written(&new.known_before))
    .bind(new.changed_at)
    .bind(&new.changed_by)
    .bind(reason)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Why a correction is no longer in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBecause {
    Corrected,
    Newer,
}

pub async fn end(tx: &mut Tx, id: &str, because: EndedBecause, now: Millis) -> StoreResult<()> {
    let because = match because {
        EndedBecause::Corrected => "corrected",
        EndedBecause::Newer => "newer",
    };
    let done = sqlx::query("update own_details set ended_at = $2, ended_because = $3 where id = $1 and ended_at is null")
        .bind(id)
        .bind(now)
        .bind(because)
        .execute(&mut **tx)
        .await?;
    expect_rows(&done, 1)
}

/// The creditor's file says the same.
pub async fn confirm(tx: &mut Tx, id: &str, now: Millis) -> StoreResult<()> {
    let done = sqlx::query("update own_details set confirmed_at = coalesce(confirmed_at, $2) where id = $1")
        .bind(id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    expect_rows(&done, 1)
}

/// What was typed and is not yet so. Has no Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Pending {
    pub id: String,
    pub value: Value,
    pub expires_at: Millis,
    /// Wrong codes so far.
    pub tries: i64,
}

/// Keeps it; what was typed before is forgotten, and its code with it.
pub async fn keep_pending(
    tx: &mut Tx,
    customer: &CustomerId,
    detail: Detail,
    (id, value): (&str, &Value),
    (now, expires_at): (Millis, Millis),
) -> StoreResult<()> {
    sqlx::query(
        "insert into pending_details (customer_id, detail, id, value, made_at, expires_at, tries)
         values ($1, $2, $3, $4, $5, $6, 0)
         on conflict (customer_id, detail) do update
         set id = excluded.id, value = excluded.value, made_at = excluded.made_at, expires_at = excluded.expires_at, tries = 0",
    )
    .bind(customer.as_str())
    .bind(detail.code())
    .bind(id)
    .bind(written(value))
    .bind(now)
    .bind(expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn pending<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    detail: Detail,
) -> StoreResult<Option<Pending>> {
    let row = sqlx::query("select id, value, expires_at, tries from pending_details where customer_id = $1 and detail = $2")
        .bind(customer.as_str())
        .bind(detail.code())
        .fetch_optional(executor)
        .await?;
    row.map(|row| {
        Ok(Pending {
            id: row.try_get("id")?,
            value: read_value(&row.try_get::<String, _>("value")?)?,
            expires_at: row.try_get("expires_at")?,
            tries: row.try_get("tries")?,
        })
    })
    .transpose()
}

/// One more wrong code.
pub async fn count_try(tx: &mut Tx, id: &str) -> StoreResult<()> {
    let done = sqlx::query("update pending_details set tries = tries + 1 where id = $1").bind(id).execute(&mut **tx).await?;
    expect_rows(&done, 1)
}

pub async fn forget_pending(tx: &mut Tx, id: &str) -> StoreResult<()> {
    let done = sqlx::query("delete from pending_details where id = $1").bind(id).execute(&mut **tx).await?;
    expect_rows(&done, 1)
}

/// Forgets what nobody finished. Returns how many.
pub async fn delete_expired<'e>(executor: impl Executor<'e, Database = Any>, now: Millis) -> StoreResult<u64> {
    let done = sqlx::query("delete from pending_details where expires_at < $1").bind(now).execute(executor).await?;
    Ok(done.rows_affected())
}

/// How many codes a customer was written since an instant.
pub async fn codes_since(tx: &mut Tx, customer: &CustomerId, since: Millis) -> StoreResult<i64> {
    Ok(sqlx::query_scalar("select count(*) from outbox where customer_id = $1 and template = 'email_code' and created_at > $2")
        .bind(customer.as_str())
        .bind(since)
        .fetch_one(&mut **tx)
        .await?)
}

/// A correction as the creditor gets it. Has no Debug.
pub struct Exported {
    pub number: i64,
    pub creditor: String,
    pub customer_reference: Option<String>,
    /// Of the customer's accounts, with commas between.
    pub account_references: String,
    pub detail: Detail,
    pub value: Value,
    pub replaces: Option<Value>,
    pub changed_at: Millis,
    pub by_customer: bool,
}

/// Numbers what has no number yet, in the order in which it was changed. Under a lock: who has read up to a number has missed nothing
/// before it.
pub async fn number_new(tx: &mut Tx, dialect: Dialect) -> StoreResult<()> {
    if let Some(lock) = dialect.lock_own_details() {
        sqlx::query(lock).execute(&mut **tx).await?;
    }
    let mut last: i64 = sqlx::query_scalar("select coalesce(max(number), 0) from own_details").fetch_one(&mut **tx).await?;
    loop {
        let new: Vec<String> =
            sqlx::query_scalar("select id from own_details where number is null order by changed_at, id limit $1")
                .bind(PAGE)
                .fetch_all(&mut **tx)
                .await?;
        if new.is_empty() {
            return Ok(());
        }
        for id in new {
            last += 1;
            let done =
                sqlx::query("update own_details set number = $2 where id = $1").bind(id).bind(last).execute(&mut **tx).await?;
            expect_rows(&done, 1)?;
        }
    }
}

/// The last number there is; 0 where there is none.
pub async fn last_number(tx: &mut Tx) -> StoreResult<i64> {
    Ok(sqlx::query_scalar("select coalesce(max(number), 0) from own_details").fetch_one(&mut **tx).await?)
}

/// Corrections in one page.
const PAGE: i64 = 500;

/// The corrections after one number and up to another, in order, of one creditor where one is named; at most a page.
pub async fn page(tx: &mut Tx, creditor: Option<&str>, after: i64, up_to: i64) -> StoreResult<Vec<Exported>> {
    let rows = sqlx::query(
        "select o.number, cr.name, c.customer_reference, o.customer_id, o.detail, o.value, o.known_before, o.changed_at, o.changed_by
         from own_details o
         join customers c on c.id = o.customer_id
         join creditors cr on cr.id = c.creditor_id
         where o.number > $1 and o.number <= $2 and ($3 = '' or cr.name = $3)
         order by o.number
         limit $4",
    )
    .bind(after)
    .bind(up_to)
    .bind(creditor.unwrap_or_default())
    .bind(PAGE)
    .fetch_all(&mut **tx)
    .await?;
    let mut page = Vec::with_capacity(rows.len());
    for row in &rows {
        let customer: String = row.try_get("customer_id")?;
        let references: Vec<String> =
            sqlx::query_scalar("select reference from accounts where customer_id = $1 order by reference_normalised")
                .bind(customer)
                .fetch_all(&mut **tx)
                .await?;
        page.push(Exported {
            number: row.try_get("number")?,
            creditor: row.try_get("name")?,
            customer_reference: row.try_get("customer_reference")?,
            account_references: references.join(", "),
            detail: read_detail(row)?,
            value: read_value(&row.try_get::<String, _>("value")?)?,
            replaces: read_values(&row.try_get::<String, _>("known_before")?)?.pop(),
            changed_at: row.try_get("changed_at")?,
            by_customer: row.try_get::<String, _>("changed_by")? == "customer",
        });
    }
    Ok(page)
}
