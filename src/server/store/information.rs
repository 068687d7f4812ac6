//! Letters that a customer asked for, and what is known of the original creditor.

use super::{StoreResult, Tx, expect_rows};
use crate::domain::calendar::Date;
use crate::domain::ids::{AccountId, CustomerId, DocumentId};
use crate::domain::language::Language;
use crate::domain::validation::Information;
use crate::server::clock::Millis;
use sqlx::{Any, Executor};

/// One of a kind, a day and a language.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub account: &'a AccountId,
    pub about: Information,
    pub on: Date,
    pub language: Language,
}

/// The letter that was issued for the same wish before.
pub async fn issued(tx: &mut Tx, wanted: &Wanted<'_>) -> StoreResult<Option<DocumentId>> {
    let id: Option<String> = sqlx::query_scalar(
        "select document_id from information_requests where account_id = $1 and about = $2 and asked_on = $3 and language = $4",
    )
    .bind(wanted.account.as_str())
    .bind(wanted.about.code())
    .bind(wanted.on.to_string())
    .bind(wanted.language.tag())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(DocumentId))
}

pub struct NewInformation<'a> {
    pub id: &'a str,
    pub customer_id: &'a CustomerId,
    pub document_id: &'a DocumentId,
    /// Of the request that a person answers, where our books do not say it all.
    pub request_reference: Option<&'a str>,
    pub created_at: Millis,
}

pub async fn insert(tx: &mut Tx, wanted: &Wanted<'_>, new: &NewInformation<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into information_requests
           (id, account_id, customer_id, about, asked_on, language, document_id, request_reference, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.id)
    .bind(wanted.account.as_str())
    .bind(new.customer_id.as_str())
    .bind(wanted.about.code())
    .bind(wanted.on.to_string())
    .bind(wanted.language.tag())
    .bind(new.document_id.as_str())
    .bind(new.request_reference)
    .bind(new.created_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A letter as it stands in the list of those that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    pub about: Information,
    pub document_id: DocumentId,
    pub reference: String,
    pub created_at: Millis,
    /// By when a person answers what it could not say, while nobody has.
    pub answer_by: Option<Millis>,
}

/// At most so many are listed.
const LONGEST_LIST: i64 = 50;

/// Those of an account of this customer, newest first.
pub async fn of_account<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    account: &AccountId,
) -> StoreResult<Vec<Issued>> {
    type Row = (String, String, String, i64, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(
        "select i.about, i.document_id, d.reference, i.created_at, r.answer_by
         from information_requests i
         join documents d on d.id = i.document_id
         left join contact_requests r on r.reference = i.request_reference and r.answered_at is null
         where i.account_id = $1 and i.customer_id = $2
         order by i.created_at desc, i.id desc
         limit $3",
    )
    .bind(account.as_str())
    .bind(customer.as_str())
    .bind(LONGEST_LIST)
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(about, document_id, reference, created_at, answer_by)| {
            let about = Information::from_code(&about).ok_or(super::StoreError::Unreadable("kind of information"))?;
            Ok(Issued { about, document_id: DocumentId(document_id), reference, created_at, answer_by })
        })
        .collect()
}

/// Who first lent or billed it, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginalCreditor {
    /// That of the creditor itself where no other is known.
    pub name: String,
    pub address: Option<String>,
}

pub async fn original_creditor(tx: &mut Tx, creditor_id: &str) -> StoreResult<Option<OriginalCreditor>> {
    let row: Option<(String, Option<String>)> =
        sqlx::query_as("select coalesce(original_name, name), address from creditors where id = $1")
            .bind(creditor_id)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(row.map(|(name, address)| OriginalCreditor { name, address }))
}

/// Writes down where a creditor's customers reach the original creditor; an error where no creditor has this name.
pub async fn set_original_creditor(tx: &mut Tx, creditor: &str, original: Option<&str>, address: &str) -> StoreResult<()> {
    let result = sqlx::query("update creditors set original_name = $2, address = $3 where name = $1")
        .bind(creditor)
        .bind(original)
        .bind(address)
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}
