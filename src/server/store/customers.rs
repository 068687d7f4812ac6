//! Who a customer is and how to reach them, for documents and messages addressed to them.

use super::{StoreResult, Tx, expect_rows};
use crate::domain::ids::CustomerId;
use sqlx::{Any, Executor};

/// Name and postal address. Has no Debug: never printed into a log.
#[derive(Clone)]
pub struct Addressee {
    pub given_name: String,
    pub family_name: String,
    pub street: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: String,
    /// BCP 47 tag, as the creditor reported it.
    pub language: String,
}

pub async fn addressee(tx: &mut Tx, id: &CustomerId) -> StoreResult<Option<Addressee>> {
    type Row = (String, String, Option<String>, Option<String>, Option<String>, String, String);
    let row: Option<Row> =
        sqlx::query_as("select given_name, family_name, street, city, state, postal_code, language from customers where id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut **tx)
            .await?;
    Ok(row.map(|(given_name, family_name, street, city, state, postal_code, language)| Addressee {
        given_name,
        family_name,
        street,
        city,
        state,
        postal_code,
        language,
    }))
}

/// What a message to a customer needs. Never printed into a log.
#[derive(Clone)]
pub struct MailDetails {
    pub given_name: String,
    pub email: Option<String>,
    /// IANA name.
    pub time_zone: String,
}

pub async fn mail_details(tx: &mut Tx, id: &CustomerId) -> StoreResult<Option<MailDetails>> {
    let row: Option<(String, Option<String>, String)> =
        sqlx::query_as("select given_name, email, time_zone from customers where id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut **tx)
            .await?;
    Ok(row.map(|(given_name, email, time_zone)| MailDetails { given_name, email, time_zone }))
}

/// The currency of any of a customer's accounts.
pub async fn any_currency(tx: &mut Tx, id: &CustomerId) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select currency from accounts where customer_id = $1 order by id limit 1")
        .bind(id.as_str())
        .fetch_optional(&mut **tx)
        .await?)
}

/// The language their letters and messages are written in. A newer file of the creditor does not change it.
pub async fn set_language(tx: &mut Tx, id: &CustomerId, tag: &str) -> StoreResult<()> {
    let done =
        sqlx::query("update customers set language = $2 where id = $1").bind(id.as_str()).bind(tag).execute(&mut **tx).await?;
    expect_rows(&done, 1)
}

/// The language they are written to in, as a tag.
pub async fn language<'e>(executor: impl Executor<'e, Database = Any>, id: &CustomerId) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select language from customers where id = $1").bind(id.as_str()).fetch_optional(executor).await?)
}
