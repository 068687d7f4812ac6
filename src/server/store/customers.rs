//! Who a customer is and where they live, for letters addressed to them.

use super::{StoreResult, Tx};
use crate::domain::ids::CustomerId;

/// Name and postal address, as a letter needs them. Never printed into a log.
#[derive(Clone)]
pub struct PostalDetails {
    pub given_name: String,
    pub family_name: String,
    pub street: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: String,
}

pub async fn postal_details(tx: &mut Tx, id: &CustomerId) -> StoreResult<Option<PostalDetails>> {
    type Row = (String, String, Option<String>, Option<String>, Option<String>, String);
    let row: Option<Row> =
        sqlx::query_as("select given_name, family_name, street, city, state, postal_code from customers where id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut **tx)
            .await?;
    Ok(row.map(|(given_name, family_name, street, city, state, postal_code)| PostalDetails {
        given_name,
        family_name,
        street,
        city,
        state,
        postal_code,
    }))
}

/// How a customer is reached in writing: their language, and their e-mail address if they have one.
#[derive(Clone)]
pub struct Reachable {
    pub language: String,
    pub email: Option<String>,
}

pub async fn reachable(tx: &mut Tx, id: &CustomerId) -> StoreResult<Option<Reachable>> {
    let row: Option<(String, Option<String>)> = sqlx::query_as("select language, email from customers where id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|(language, email)| Reachable { language, email }))
}
