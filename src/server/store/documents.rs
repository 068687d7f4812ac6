//! Issued documents. Rows are added and read; there is no update.

use super::{StoreError, StoreResult, Tx};
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DocumentId, PaymentId};
use crate::server::clock::Millis;
use sqlx::{Any, Executor, Row};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    Confirmation,
    Receipt,
    /// That money of a payment went back, or came again, and what follows.
    ReversalNote,
    /// What a customer allowed to be collected.
    Authorisation,
    /// The thank-you letter of an agreement that is completed.
    Completion,
    /// The creditor took back or closed an account, and its agreement ended with that.
    Recall,
    /// What was written about a hardship case: that it is here, what was asked, what was decided.
    Review,
    /// The answer to what a customer disputed.
    DisputeAnswer,
    /// What a customer asked to have in writing: creditor, itemization, validation information.
    Information,
    /// What follows for whoever stands in for a customer who died, is insolvent or in a breathing space; and that the last is over.
    LifeEvent,
}

impl DocumentKind {
    pub fn code(self) -> &'static str {
        match self {
            DocumentKind::Confirmation => "confirmation",
            DocumentKind::Receipt => "receipt",
            DocumentKind::ReversalNote => "reversal_note",
            DocumentKind::Authorisation => "authorisation",
            DocumentKind::Completion => "completion",
            DocumentKind::Recall => "recall",
            DocumentKind::Review => "review",
            DocumentKind::DisputeAnswer => "dispute_answer",
            DocumentKind::Information => "information",
            DocumentKind::LifeEvent => "life_event",
        }
    }

    fn from_code(code: &str) -> StoreResult<DocumentKind> {
        [
            DocumentKind::Confirmation,
            DocumentKind::Receipt,
            DocumentKind::ReversalNote,
            DocumentKind::Authorisation,
            DocumentKind::Completion,
            DocumentKind::Recall,
            DocumentKind::Review,
            DocumentKind::DisputeAnswer,
            DocumentKind::Information,
            DocumentKind::LifeEvent,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
        .ok_or(StoreError::Unreadable("document kind"))
    }
}

/// A document as it is stored, once.
pub struct NewDocument<'a> {
    pub id: &'a DocumentId,
    pub reference: &'a str,
    pub kind: DocumentKind,
    pub customer_id: &'a CustomerId,
    pub account_id: &'a AccountId,
    /// The agreement and its version, for a confirmation.
    pub agreement: Option<(&'a AgreementId, i64)>,
    pub payment_id: Option<&'a PaymentId>,
    pub language: &'a str,
    pub issued_at: Millis,
    pub terms: &'a str,
    pub terms_sha256: &'a str,
    pub file_sha256: &'a str,
    pub signing_key_id: &'a str,
    pub bytes: &'a [u8],
}

pub async fn insert(tx: &mut Tx, new: &NewDocument<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into documents (id, reference, kind, customer_id, account_id, agreement_id, agreement_version, payment_id,
           language, issued_at, terms, terms_sha256, file_sha256, signing_key_id, bytes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(new.id.as_str())
    .bind(new.reference)
    .bind(new.kind.code())
    .bind(new.customer_id.as_str())
    .bind(new.account_id.as_str())
    .bind(new.agreement.map(|(id, _)| id.as_str()))
    .bind(new.agreement.map(|(_, version)| version))
    .bind(new.payment_id.map(PaymentId::as_str))
    .bind(new.language)
    .bind(new.issued_at)
    .bind(new.terms)
    .bind(new.terms_sha256)
    .bind(new.file_sha256)
    .bind(new.signing_key_id)
    .bind(new.bytes)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A document's file.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentFile {
    pub reference: String,
    pub bytes: Vec<u8>,
}

/// A document's file, for its owner only.
pub async fn file_of_customer<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    id: &DocumentId,
) -> StoreResult<Option<DocumentFile>> {
    let row = sqlx::query("select reference, bytes from documents where id = $1 and customer_id = $2")
        .bind(id.as_str())
        .bind(customer.as_str())
        .fetch_optional(executor)
        .await?;
    read_file(row)
}

/// A document's file, for the message it travels with.
pub async fn file<'e>(executor: impl Executor<'e, Database = Any>, id: &DocumentId) -> StoreResult<Option<DocumentFile>> {
    let row =
        sqlx::query("select reference, bytes from documents where id = $1").bind(id.as_str()).fetch_optional(executor).await?;
    read_file(row)
}

fn read_file(row: Option<sqlx::any::AnyRow>) -> StoreResult<Option<DocumentFile>> {
    row.map(|row| Ok(DocumentFile { reference: row.try_get("reference")?, bytes: row.try_get("bytes")? })).transpose()
}

/// The receipt of a payment, if it has been issued.
pub async fn of_payment(tx: &mut Tx, payment: &PaymentId) -> StoreResult<Option<DocumentId>> {
    let id: Option<String> = sqlx::query_scalar("select id from documents where payment_id = $1 and kind = 'receipt'")
        .bind(payment.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(id.map(DocumentId))
}

/// The letter that thanks a customer for an agreement they completed.
pub async fn thank_you_of<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    agreement: &AgreementId,
) -> StoreResult<Option<DocumentId>> {
    let id: Option<String> = sqlx::query_scalar(
        "select id from documents
         where agreement_id = $1 and customer_id = $2 and kind = 'completion'
         order by issued_at desc, id desc
         limit 1",
    )
    .bind(agreement.as_str())
    .bind(customer.as_str())
    .fetch_optional(executor)
    .await?;
    Ok(id.map(DocumentId))
}

/// The notes about what went back of a payment, oldest first.
pub async fn notes_of_payment(tx: &mut Tx, payment: &PaymentId) -> StoreResult<Vec<DocumentId>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select id from documents where payment_id = $1 and kind = 'reversal_note' order by issued_at, id limit 100",
    )
    .bind(payment.as_str())
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(DocumentId).collect())
}

/// What a message about a document needs to know of it.
pub struct Headline {
    pub reference: String,
    pub kind: DocumentKind,
}

pub async fn headline(tx: &mut Tx, id: &DocumentId) -> StoreResult<Option<Headline>> {
    let row: Option<(String, String)> =
        sqlx::query_as("select reference, kind from documents where id = $1").bind(id.as_str()).fetch_optional(&mut **tx).await?;
    row.map(|(reference, kind)| Ok(Headline { reference, kind: DocumentKind::from_code(&kind)? })).transpose()
}

/// The account a document is about.
pub async fn account(tx: &mut Tx, id: &DocumentId) -> StoreResult<Option<AccountId>> {
    let account: Option<String> =
        sqlx::query_scalar("select account_id from documents where id = $1").bind(id.as_str()).fetch_optional(&mut **tx).await?;
    Ok(account.map(AccountId))
}

/// One line of a customer's list of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDocument {
    pub id: DocumentId,
    pub reference: String,
    pub kind: DocumentKind,
    pub issued_at: Millis,
    pub terms_sha256: String,
    /// The account it is about, whatever became of it.
    pub account_reference: String,
    pub product: String,
    pub creditor: String,
}

/// At most this many are listed at once.
pub const ON_A_PAGE: u32 = 50;

/// How many documents a customer has, and a page of them, the newest first. Pages are counted from 0.
pub async fn of_customer(tx: &mut Tx, customer: &CustomerId, page: u32) -> StoreResult<(i64, Vec<ListedDocument>)> {
    let count: i64 = sqlx::query_scalar("select count(*) from documents where customer_id = $1")
        .bind(customer.as_str())
        .fetch_one(&mut **tx)
        .await?;
    let rows = sqlx::query(
        "select d.id, d.reference, d.kind, d.issued_at, d.terms_sha256, a.reference as account_reference, a.product,
           c.name as creditor
         from documents d
         join accounts a on a.id = d.account_id
         join creditors c on c.id = a.creditor_id
         where d.customer_id = $1
         order by d.issued_at desc, d.id desc
         limit $2 offset $3",
    )
    .bind(customer.as_str())
    .bind(i64::from(ON_A_PAGE))
    .bind(i64::from(page) * i64::from(ON_A_PAGE))
    .fetch_all(&mut **tx)
    .await?;
    let listed: StoreResult<Vec<ListedDocument>> = rows
        .iter()
        .map(|row| {
            Ok(ListedDocument {
                id: DocumentId(row.try_get("id")?),
                reference: row.try_get("reference")?,
                kind: DocumentKind::from_code(&row.try_get::<String, _>("kind")?)?,
                issued_at: row.try_get("issued_at")?,
                terms_sha256: row.try_get("terms_sha256")?,
                account_reference: row.try_get("account_reference")?,
                product: row.try_get("product")?,
                creditor: row.try_get("creditor")?,
            })
        })
        .collect();
    Ok((count, listed?))
}

/// Whether we issued a document whose fingerprint begins with this code (the 16 digits people type).
pub async fn has_code<'e>(executor: impl Executor<'e, Database = Any>, code: &str) -> StoreResult<bool> {
    let found: i64 = sqlx::query_scalar("select count(*) from documents where substr(terms_sha256, 1, 16) = $1")
        .bind(code)
        .fetch_one(executor)
        .await?;
    Ok(found > 0)
}

/// Whether we issued a document with this fingerprint (64 digits): of its terms, or of the file itself.
pub async fn has_fingerprint<'e>(executor: impl Executor<'e, Database = Any>, fingerprint: &str) -> StoreResult<bool> {
    let found: i64 = sqlx::query_scalar(
        "select count(*) from documents
         where (substr(terms_sha256, 1, 16) = substr($1, 1, 16) and terms_sha256 = $1) or file_sha256 = $1",
    )
    .bind(fingerprint)
    .fetch_one(executor)
    .await?;
    Ok(found > 0)
}
