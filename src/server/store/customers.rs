//! Who a customer is and how to reach them, for documents and messages addressed to them.

use super::{StoreResult, Tx, expect_rows};
use crate::domain::details::{Detail, Value};
use crate::domain::ids::{CustomerId, normalise_postal_code};
use crate::server::clock::Millis;
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

/// What we have of a customer and they may correct. Has no Debug.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    pub given_name: String,
    pub family_name: String,
    pub date_of_birth: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub street: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: String,
    /// IANA name.
    pub time_zone: String,
    /// A tag.
    pub language: String,
}

impl Known {
    pub fn value(&self, detail: Detail) -> Value {
        let filled = |part: &Option<String>| part.clone().unwrap_or_default();
        Value(match detail {
            Detail::Email => vec![filled(&self.email)],
            Detail::Phone => vec![filled(&self.phone)],
            Detail::Address => {
                vec![filled(&self.street), filled(&self.city), filled(&self.state), self.postal_code.clone()]
            }
            Detail::Name => vec![self.given_name.clone(), self.family_name.clone()],
            Detail::BirthDate => vec![self.date_of_birth.clone()],
        })
    }
}

pub async fn known<'e>(executor: impl Executor<'e, Database = Any>, id: &CustomerId) -> StoreResult<Option<Known>> {
    Ok(sqlx::query_as(
        "select given_name, family_name, date_of_birth, email, phone, street, city, state, postal_code, time_zone, language
         from customers
         where id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(executor)
    .await?)
}

/// Writes a detail. The time zone stays that of the creditor: what is known of where somebody is grows and does not shrink.
pub async fn set_detail(tx: &mut Tx, id: &CustomerId, detail: Detail, value: &Value, now: Millis) -> StoreResult<()> {
    let update = match detail {
        Detail::Email => "update customers set updated_at = $2, email = $3 where id = $1",
        Detail::Phone => "update customers set updated_at = $2, phone = $3 where id = $1",
        Detail::Address => {
            "update customers
             set updated_at = $2, street = $3, city = $4, state = $5, postal_code = $6, postal_code_normalised = $7
             where id = $1"
        }
        Detail::Name => "update customers set updated_at = $2, given_name = $3, family_name = $4 where id = $1",
        Detail::BirthDate => "update customers set updated_at = $2, date_of_birth = $3 where id = $1",
    };
    let query = sqlx::query(update).bind(id.as_str()).bind(now);
    let query = match detail {
        Detail::Email | Detail::Phone => query.bind(value.filled(0)),
        Detail::Address => query
            .bind(value.filled(0))
            .bind(value.filled(1))
            .bind(value.filled(2))
            .bind(value.part(3).to_owned())
            .bind(normalise_postal_code(value.part(3))),
        Detail::Name => query.bind(value.part(0).to_owned()).bind(value.part(1).to_owned()),
        Detail::BirthDate => query.bind(value.part(0).to_owned()),
    };
    let done = query.execute(&mut **tx).await?;
    expect_rows(&done, 1)
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
