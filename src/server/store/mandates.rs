//! Permissions to collect an agreement's instalments. A row is written before the processor is asked, and is never deleted.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DocumentId, MandateId};
use crate::domain::language::Language;
use crate::domain::mandate::{Authorised, EndReason, Mandate, MandateState};
use crate::domain::money::Currency;
use crate::server::clock::Millis;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyPool, AssertSqlSafe, Executor, Row};

const COLUMNS: &str = "id, reference, customer_id, account_id, agreement_id, agreement_version, currency, state, processor, \
                       processor_reference, hosted_page, mandate, decision_key, terms, shown_text, text_sha256, signed_name, \
                       language, document_id, created_at, given_at, settled_at, end_reason";

/// A permission as it is first recorded, for the life its agreement is in.
pub async fn insert(tx: &mut Tx, new: &Mandate) -> StoreResult<()> {
    sqlx::query(
        "insert into mandates (id, reference, customer_id, account_id, agreement_id, agreement_version, currency, state, processor,
           processor_reference, hosted_page, mandate, decision_key, terms, shown_text, text_sha256, signed_name, language,
           document_id, created_at, given_at, settled_at, end_reason, ended_at_processor_at, checks, next_check_at, agreement_life)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, null, null, $10, $11, $12, $13, $14, $15, null, $16, null, null, null,
           null, 0, null, (select life from agreements where id = $5))",
    )
    .bind(new.id.as_str())
    .bind(&new.reference)
    .bind(new.customer_id.as_str())
    .bind(new.account_id.as_str())
    .bind(new.agreement_id.as_str())
    .bind(new.agreement_version)
    .bind(new.currency.code())
    .bind(new.state.code())
    .bind(&new.processor)
    .bind(&new.decision_key)
    .bind(&new.authorised.terms)
    .bind(&new.authorised.text)
    .bind(&new.authorised.text_sha256)
    .bind(&new.authorised.signed_name)
    .bind(new.authorised.language.tag())
    .bind(new.created_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The permission recorded under a decision key.
pub async fn of_decision(tx: &mut Tx, decision_key: &str) -> StoreResult<Option<Mandate>> {
    let query = format!("select {COLUMNS} from mandates where decision_key = $1");
    let row = sqlx::query(AssertSqlSafe(query)).bind(decision_key).fetch_optional(&mut **tx).await?;
    row.as_ref().map(read).transpose()
}

pub async fn by_id(tx: &mut Tx, id: &MandateId) -> StoreResult<Option<Mandate>> {
    let query = format!("select {COLUMNS} from mandates where id = $1");
    let row = sqlx::query(AssertSqlSafe(query)).bind(id.as_str()).fetch_optional(&mut **tx).await?;
    row.as_ref().map(read).transpose()
}

/// A customer's own permission by its reference.
pub async fn of_customer(pool: &AnyPool, reference: &str, customer_id: &CustomerId) -> StoreResult<Option<Mandate>> {
    let query = format!("select {COLUMNS} from mandates where reference = $1 and customer_id = $2");
    let row = sqlx::query(AssertSqlSafe(query)).bind(reference).bind(customer_id.as_str()).fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// The permission a processor speaks of: by our reference, which it repeats.
pub async fn by_reference(pool: &AnyPool, processor: &str, reference: &str) -> StoreResult<Option<Mandate>> {
    let query = format!("select {COLUMNS} from mandates where reference = $1 and processor = $2");
    let row = sqlx::query(AssertSqlSafe(query)).bind(reference).bind(processor).fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// The most that are read of one agreement: far more than anybody sets up.
const MOST_OF_AGREEMENT: i64 = 100;

/// Every permission for an agreement, newest first.
pub async fn of_agreement<'e>(
    executor: impl Executor<'e, Database = Any>,
    agreement_id: &AgreementId,
) -> StoreResult<Vec<Mandate>> {
    let query = format!(
        "select {COLUMNS} from mandates where agreement_id = $1 order by created_at desc, id desc limit {MOST_OF_AGREEMENT}"
    );
    let rows = sqlx::query(AssertSqlSafe(query)).bind(agreement_id.as_str()).fetch_all(executor).await?;
    rows.iter().map(read).collect()
}

/// Whether the agreement that a permission is for is in force, and in the life in which it was authorised.
pub async fn is_of_agreements_life(tx: &mut Tx, id: &MandateId) -> StoreResult<bool> {
    let found: i64 = sqlx::query_scalar(
        "select count(*) from mandates m
         join agreements g on g.id = m.agreement_id
         where m.id = $1 and g.state = 'active' and g.life = m.agreement_life",
    )
    .bind(id.as_str())
    .fetch_one(&mut **tx)
    .await?;
    Ok(found > 0)
}

/// Where a customer's payments are collected, or may be soon: the accounts and agreements of the permissions that are in force or being
/// set up, by account.
pub async fn permitted_of_customer(tx: &mut Tx, customer_id: &CustomerId) -> StoreResult<Vec<(AccountId, AgreementId)>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select distinct m.account_id, m.agreement_id from mandates m
         join agreements g on g.id = m.agreement_id and g.state = 'active'
         where m.customer_id = $1 and m.state in ('given', 'created', 'submitted', 'processing', 'unknown')
         order by m.account_id, m.agreement_id",
    )
    .bind(customer_id.as_str())
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(account, agreement)| (AccountId(account), AgreementId(agreement))).collect())
}

/// The permissions of an account that are in force or being set up.
pub async fn open_on_account(tx: &mut Tx, account_id: &AccountId) -> StoreResult<Vec<MandateId>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select m.id from mandates m
         join agreement_accounts ga on ga.agreement_id = m.agreement_id and ga.ended_at is null
         where ga.account_id = $1 and m.state in ('given', 'created', 'submitted', 'processing', 'unknown')
         order by m.id",
    )
    .bind(account_id.as_str())
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(MandateId).collect())
}

/// When a customer began permissions since an instant that were not given, the newest first. Without those that the bank is looking
/// at.
pub async fn begun_in_vain(tx: &mut Tx, customer_id: &CustomerId, since: Millis, limit: i64) -> StoreResult<Vec<Millis>> {
    Ok(sqlx::query_scalar(
        "select created_at from mandates
         where customer_id = $1 and created_at > $2
           and state in ('created', 'submitted', 'refused', 'closed', 'unknown', 'withdrawn')
         order by created_at desc
         limit $3",
    )
    .bind(customer_id.as_str())
    .bind(since)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?)
}

/// Whether a permission by this name of the processor's is in force.
pub async fn is_name_in_force(tx: &mut Tx, processor: &str, mandate: &str) -> StoreResult<bool> {
    let found: i64 =
        sqlx::query_scalar("select count(*) from mandates where processor = $1 and mandate = $2 and state = 'given'")
            .bind(processor)
            .bind(mandate)
            .fetch_one(&mut **tx)
            .await?;
    Ok(found > 0)
}

/// Writes a new state with the facts that belong to it. `from` is the state it was read in: another one there now is an error.
pub async fn set_state(tx: &mut Tx, mandate: &Mandate, from: &MandateState) -> StoreResult<()> {
    let (hosted_page, name, given_at, settled_at, end_reason) = match &mandate.state {
        MandateState::Created | MandateState::Processing | MandateState::Unknown => (None, None, None, None, None),
        MandateState::Submitted { hosted_page } => (Some(hosted_page.as_str()), None, None, None, None),
        MandateState::Given { mandate, given_at } => (None, Some(mandate.as_str()), Some(*given_at), None, None),
        MandateState::Refused { settled_at } | MandateState::Closed { settled_at } => (None, None, None, Some(*settled_at), None),
        MandateState::Withdrawn { reason, settled_at } => (None, None, None, Some(*settled_at), Some(reason.code())),
        MandateState::Ended { mandate, given_at, reason, settled_at } => {
            (None, Some(mandate.as_str()), Some(*given_at), Some(*settled_at), Some(reason.code()))
        }
    };
    let result = sqlx::query(
        "update mandates set state = $2, hosted_page = $3, mandate = $4, given_at = $5, settled_at = $6, end_reason = $7,
           processor_reference = $8, document_id = $9
         where id = $1 and state = $10",
    )
    .bind(mandate.id.as_str())
    .bind(mandate.state.code())
    .bind(hosted_page)
    .bind(name)
    .bind(given_at)
    .bind(settled_at)
    .bind(end_reason)
    .bind(mandate.processor_reference.as_deref())
    .bind(mandate.document_id.as_ref().map(DocumentId::as_str))
    .bind(from.code())
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// Counts a look-up and notes when the next one is due.
pub async fn note_check(pool: &AnyPool, id: &MandateId, next_check_at: Option<Millis>) -> StoreResult<()> {
    let result = sqlx::query("update mandates set checks = checks + 1, next_check_at = $2 where id = $1")
        .bind(id.as_str())
        .bind(next_check_at)
        .execute(pool)
        .await?;
    expect_rows(&result, 1)
}

/// When the processor is asked again, if it is.
pub async fn next_check_at(pool: &AnyPool, id: &MandateId) -> StoreResult<Option<Millis>> {
    Ok(sqlx::query_scalar("select next_check_at from mandates where id = $1").bind(id.as_str()).fetch_one(pool).await?)
}

/// Notes that the processor has ended it; false if that was noted before.
pub async fn note_ended_at_processor(tx: &mut Tx, id: &MandateId, at: Millis) -> StoreResult<bool> {
    let result = sqlx::query("update mandates set ended_at_processor_at = $2 where id = $1 and ended_at_processor_at is null")
        .bind(id.as_str())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(result.rows_affected() == 1)
}

fn read(row: &AnyRow) -> StoreResult<Mandate> {
    let text = |column: &'static str| row.try_get::<Option<String>, _>(column);
    let needed = |column: &'static str| text(column)?.ok_or(StoreError::Unreadable(column));
    Ok(Mandate {
        id: MandateId(needed("id")?),
        reference: needed("reference")?,
        customer_id: CustomerId(needed("customer_id")?),
        account_id: AccountId(needed("account_id")?),
        agreement_id: AgreementId(needed("agreement_id")?),
        agreement_version: row.try_get("agreement_version")?,
        currency: Currency::from_code(&needed("currency")?).ok_or(StoreError::Unreadable("currency"))?,
        processor: needed("processor")?,
        processor_reference: text("processor_reference")?,
        decision_key: needed("decision_key")?,
        authorised: Authorised {
            terms: needed("terms")?,
            text: needed("shown_text")?,
            text_sha256: needed("text_sha256")?,
            signed_name: needed("signed_name")?,
            language: Language::from_tag(&needed("language")?).ok_or(StoreError::Unreadable("language"))?,
        },
        document_id: text("document_id")?.map(DocumentId),
        state: read_state(row)?,
        created_at: row.try_get("created_at")?,
    })
}

fn read_state(row: &AnyRow) -> StoreResult<MandateState> {
    let instant = |column: &'static str| row.try_get::<Option<i64>, _>(column)?.ok_or(StoreError::Unreadable(column));
    let needed = |column: &'static str| row.try_get::<Option<String>, _>(column)?.ok_or(StoreError::Unreadable(column));
    let reason = || EndReason::from_code(&needed("end_reason")?).ok_or(StoreError::Unreadable("end_reason"));
    Ok(match row.try_get::<String, _>("state")?.as_str() {
        "created" => MandateState::Created,
        "submitted" => MandateState::Submitted { hosted_page: needed("hosted_page")? },
        "processing" => MandateState::Processing,
        "given" => MandateState::Given { mandate: needed("mandate")?, given_at: instant("given_at")? },
        "refused" => MandateState::Refused { settled_at: instant("settled_at")? },
        "closed" => MandateState::Closed { settled_at: instant("settled_at")? },
        "unknown" => MandateState::Unknown,
        "withdrawn" => MandateState::Withdrawn { reason: reason()?, settled_at: instant("settled_at")? },
        "ended" => MandateState::Ended {
            mandate: needed("mandate")?,
            given_at: instant("given_at")?,
            reason: reason()?,
            settled_at: instant("settled_at")?,
        },
        _ => return Err(StoreError::Unreadable("mandate state")),
    })
}
