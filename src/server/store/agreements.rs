//! What was signed: agreements, their versions and their instalments. Versions are only ever added.

use super::{StoreError, StoreResult, Tx};
use crate::domain::agreement::Terms;
use crate::domain::agreement_state::AgreementState;
use crate::domain::changing::Change;
use crate::domain::due_dates::DuePattern;
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DocumentId, DraftId};
use crate::domain::money::Money;
use crate::domain::schedule::Instalment;
use crate::server::clock::Millis;
use sqlx::{Any, Executor};

/// Everything a new agreement is made of.
#[derive(Clone, Debug)]
pub struct NewAgreement<'a> {
    pub id: &'a AgreementId,
    pub reference: &'a str,
    pub customer_id: &'a CustomerId,
    pub creditor_id: &'a str,
    pub account_id: &'a AccountId,
    pub currency: &'a str,
    pub kind: &'a str,
    pub draft_id: &'a DraftId,
    /// The first of those that it joins.
    pub joined_to: Option<&'a AgreementId>,
    pub version: NewVersion<'a>,
}

/// One numbered version, as signed.
#[derive(Clone, Debug)]
pub struct NewVersion<'a> {
    pub number: i64,
    pub policy_version: &'a str,
    pub terms: &'a str,
    pub terms_sha256: &'a str,
    pub total_minor: i64,
    pub signed_name: &'a str,
    pub signed_at: Millis,
    pub signed_in_zone: &'a str,
    pub language: &'a str,
    pub consent_text_sha256: &'a str,
    pub document_id: &'a DocumentId,
    pub instalments: &'a [Instalment],
    /// What is added on the day of each of them.
    pub interest: &'a [Money],
    /// What it changes of the version before; `None` for the first.
    pub change: Option<&'a Change>,
    /// The days its payments follow; `None` for one payment.
    pub pattern: Option<&'a DuePattern>,
}

pub async fn insert(tx: &mut Tx, new: &NewAgreement<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into agreements (id, reference, customer_id, creditor_id, currency, kind, state, current_version, draft_id,
           created_at, ended_at, joined_to)
         values ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9, null, $10)",
    )
    .bind(new.id.as_str())
    .bind(new.reference)
    .bind(new.customer_id.as_str())
    .bind(new.creditor_id)
    .bind(new.currency)
    .bind(new.kind)
    .bind(new.version.number)
    .bind(new.draft_id.as_str())
    .bind(new.version.signed_at)
    .bind(new.joined_to.map(AgreementId::as_str))
    .execute(&mut **tx)
    .await?;
    sqlx::query("insert into agreement_accounts (agreement_id, account_id, ended_at) values ($1, $2, null)")
        .bind(new.id.as_str())
        .bind(new.account_id.as_str())
        .execute(&mut **tx)
        .await?;
    insert_version(tx, new.id, &new.version).await
}

pub(super) async fn insert_version(tx: &mut Tx, id: &AgreementId, version: &NewVersion<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into agreement_versions (agreement_id, number, policy_version, terms, terms_sha256, total_minor, signed_name,
           signed_at, signed_in_zone, language, consent_text_sha256, document_id, change, pattern)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(id.as_str())
    .bind(version.number)
    .bind(version.policy_version)
    .bind(version.terms)
    .bind(version.terms_sha256)
    .bind(version.total_minor)
    .bind(version.signed_name)
    .bind(version.signed_at)
    .bind(version.signed_in_zone)
    .bind(version.language)
    .bind(version.consent_text_sha256)
    .bind(version.document_id.as_str())
    .bind(version.change.map(serde_json::to_string).transpose().map_err(|_| StoreError::Unreadable("change"))?)
    .bind(version.pattern.map(serde_json::to_string).transpose().map_err(|_| StoreError::Unreadable("days of a plan"))?)
    .execute(&mut **tx)
    .await?;
    for (instalment, interest) in version.instalments.iter().zip(version.interest) {
        sqlx::query(
            "insert into instalments (agreement_id, version, number, due_on, amount_minor, interest_minor)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.as_str())
        .bind(version.number)
        .bind(i64::from(instalment.number))
        .bind(instalment.due_on.to_string())
        .bind(instalment.amount.minor())
        .bind(interest.minor())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// The agreement an account is under now.
pub async fn active_of_account<'e>(
    executor: impl Executor<'e, Database = Any>,
    account_id: &AccountId,
) -> StoreResult<Option<AgreementId>> {
    let id: Option<String> =
        sqlx::query_scalar("select agreement_id from agreement_accounts where account_id = $1 and ended_at is null")
            .bind(account_id.as_str())
            .fetch_optional(executor)
            .await?;
    Ok(id.map(AgreementId))
}

/// The agreement that came of a draft, if one did.
pub async fn of_draft<'e>(executor: impl Executor<'e, Database = Any>, draft_id: &DraftId) -> StoreResult<Option<AgreementId>> {
    let id: Option<String> = sqlx::query_scalar("select id from agreements where draft_id = $1")
        .bind(draft_id.as_str())
        .fetch_optional(executor)
        .await?;
    Ok(id.map(AgreementId))
}

/// An agreement's current version as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAgreement {
    pub id: AgreementId,
    pub reference: String,
    pub account_id: AccountId,
    pub state: AgreementState,
    pub version: i64,
    pub terms: Terms,
    pub terms_sha256: String,
    pub signed_name: String,
    pub signed_at: Millis,
    pub signed_in_zone: String,
    pub document_id: DocumentId,
}

/// Reads an agreement of this customer; another's is not found.
pub async fn of_customer<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer_id: &CustomerId,
    id: &AgreementId,
) -> StoreResult<Option<StoredAgreement>> {
    type Row = (String, String, String, String, i64, String, String, String, i64, String, String);
    let row: Option<Row> = sqlx::query_as(
        "select agreements.id, agreements.reference, agreement_accounts.account_id, agreements.state, agreement_versions.number,
           agreement_versions.terms, agreement_versions.terms_sha256, agreement_versions.signed_name,
           agreement_versions.signed_at, agreement_versions.signed_in_zone, agreement_versions.document_id
         from agreements
         join agreement_versions
           on agreement_versions.agreement_id = agreements.id and agreement_versions.number = agreements.current_version
         join agreement_accounts on agreement_accounts.agreement_id = agreements.id
         where agreements.id = $1 and agreements.customer_id = $2",
    )
    .bind(id.as_str())
    .bind(customer_id.as_str())
    .fetch_optional(executor)
    .await?;
    row.map(
        |(
            id,
            reference,
            account_id,
            state,
            version,
            terms,
            terms_sha256,
            signed_name,
            signed_at,
            signed_in_zone,
            document_id,
        )| {
            let terms = serde_json::from_str(&terms).map_err(|_| StoreError::Unreadable("agreement's terms"))?;
            let state = AgreementState::from_code(&state).ok_or(StoreError::Unreadable("state of an agreement"))?;
            Ok(StoredAgreement {
                id: AgreementId(id),
                reference,
                account_id: AccountId(account_id),
                state,
                version,
                terms,
                terms_sha256,
                signed_name,
                signed_at,
                signed_in_zone,
                document_id: DocumentId(document_id),
            })
        },
    )
    .transpose()
}

/// What people call an agreement.
pub async fn reference<'e>(executor: impl Executor<'e, Database = Any>, id: &AgreementId) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar("select reference from agreements where id = $1").bind(id.as_str()).fetch_optional(executor).await?)
}
