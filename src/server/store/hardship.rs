//! Hardship cases, their steps, and what a customer let us remember.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::hardship::relief::Relief;
use crate::domain::hardship::{CaseState, DeclineReason, Step};
use crate::domain::ids::{AccountId, CustomerId, DocumentId};
use crate::server::clock::Millis;
use sqlx::{Any, AnyPool, AssertSqlSafe, Executor, FromRow};

/// A case as it stands. Has no Debug: what somebody told is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Case {
    pub id: String,
    pub reference: String,
    pub customer_id: CustomerId,
    pub account_id: AccountId,
    pub state: CaseState,
    /// As typed, JSON.
    pub told: String,
    pub budget: String,
    pub language: String,
    pub updated_at: Millis,
    pub sent_at: Option<Millis>,
    pub decide_by: Option<Millis>,
    pub appeals: i64,
    pub times_late: i64,
}

#[derive(FromRow)]
struct RawCase {
    id: String,
    reference: String,
    customer_id: String,
    account_id: String,
    state: String,
    told: String,
    budget: String,
    language: String,
    updated_at: i64,
    sent_at: Option<i64>,
    decide_by: Option<i64>,
    appeals: i64,
    times_late: i64,
}

impl RawCase {
    fn read(self) -> StoreResult<Case> {
        Ok(Case {
            state: CaseState::from_code(&self.state).ok_or(StoreError::Unreadable("state of a hardship case"))?,
            id: self.id,
            reference: self.reference,
            customer_id: CustomerId(self.customer_id),
            account_id: AccountId(self.account_id),
            told: self.told,
            budget: self.budget,
            language: self.language,
            updated_at: self.updated_at,
            sent_at: self.sent_at,
            decide_by: self.decide_by,
            appeals: self.appeals,
            times_late: self.times_late,
        })
    }
}

const COLUMNS: &str = "id, reference, customer_id, account_id, state, told, budget, language, updated_at, sent_at, decide_by, \
                       appeals, times_late";

async fn one<'e>(executor: impl Executor<'e, Database = Any>, condition: &str, value: &str) -> StoreResult<Option<Case>> {
    let query = format!("select {COLUMNS} from hardship_cases where {condition}");
    let raw: Option<RawCase> = sqlx::query_as(AssertSqlSafe(query)).bind(value).fetch_optional(executor).await?;
    raw.map(RawCase::read).transpose()
}

/// What a customer is writing.
pub async fn draft<'e>(executor: impl Executor<'e, Database = Any>, customer: &CustomerId) -> StoreResult<Option<Case>> {
    one(executor, "customer_id = $1 and state = 'draft'", customer.as_str()).await
}

/// The case that a person has to act on, or has asked something about.
pub async fn open_of<'e>(executor: impl Executor<'e, Database = Any>, customer: &CustomerId) -> StoreResult<Option<Case>> {
    one(executor, "customer_id = $1 and state in ('received', 'more_needed')", customer.as_str()).await
}

/// The case that was sent last.
pub async fn latest_sent<'e>(executor: impl Executor<'e, Database = Any>, customer: &CustomerId) -> StoreResult<Option<Case>> {
    one(executor, "customer_id = $1 and state <> 'draft' order by sent_at desc, id desc limit 1", customer.as_str()).await
}

pub async fn by_reference<'e>(executor: impl Executor<'e, Database = Any>, reference: &str) -> StoreResult<Option<Case>> {
    one(executor, "reference = $1 and state <> 'draft'", reference).await
}

/// Cases whose promised day is before an instant; at most 200.
pub async fn past_their_day(pool: &AnyPool, now: Millis) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select reference from hardship_cases
         where state in ('received', 'more_needed') and decide_by < $1
         order by decide_by, id
         limit 200",
    )
    .bind(now)
    .fetch_all(pool)
    .await?)
}

/// A case as staff see it in a list.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ListedCase {
    pub reference: String,
    pub state: String,
    /// Of the account it was begun from.
    pub account: String,
    pub sent_at: Option<Millis>,
    pub decide_by: Option<Millis>,
    pub appeals: i64,
    pub times_late: i64,
}

/// Those that wait for a person, the earliest promised day first; at most 500.
pub async fn waiting(pool: &AnyPool) -> StoreResult<Vec<ListedCase>> {
    Ok(sqlx::query_as(
        "select c.reference, c.state, a.reference as account, c.sent_at, c.decide_by, c.appeals, c.times_late
         from hardship_cases c
         join accounts a on a.id = c.account_id
         where c.state in ('received', 'more_needed')
         order by c.decide_by, c.id
         limit 500",
    )
    .fetch_all(pool)
    .await?)
}

pub async fn insert_draft(tx: &mut Tx, case: &Case, now: Millis) -> StoreResult<()> {
    sqlx::query(
        "insert into hardship_cases (id, reference, customer_id, account_id, state, told, budget, language, created_at, updated_at,
           sent_at, decide_by, appeals, times_late)
         values ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $8, null, null, 0, 0)",
    )
    .bind(&case.id)
    .bind(&case.reference)
    .bind(case.customer_id.as_str())
    .bind(case.account_id.as_str())
    .bind(&case.told)
    .bind(&case.budget)
    .bind(&case.language)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what was typed of a draft.
pub async fn keep_draft(tx: &mut Tx, case: &Case, now: Millis) -> StoreResult<()> {
    let result = sqlx::query(
        "update hardship_cases set told = $2, budget = $3, language = $4, updated_at = $5 where id = $1 and state = 'draft'",
    )
    .bind(&case.id)
    .bind(&case.told)
    .bind(&case.budget)
    .bind(&case.language)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// Moves a case on from the state in which it was read.
pub async fn advance(tx: &mut Tx, before: CaseState, case: &Case, now: Millis) -> StoreResult<()> {
    let result = sqlx::query(
        "update hardship_cases
         set state = $3, sent_at = $4, decide_by = $5, appeals = $6, times_late = $7, updated_at = $8
         where id = $1 and state = $2",
    )
    .bind(&case.id)
    .bind(before.code())
    .bind(case.state.code())
    .bind(case.sent_at)
    .bind(case.decide_by)
    .bind(case.appeals)
    .bind(case.times_late)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// One step of a case. Has no Debug: free text is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseStep {
    pub at: Millis,
    pub step: Step,
    pub words: String,
    pub reason: Option<DeclineReason>,
    pub staff: Option<String>,
    pub until: Option<Millis>,
    pub relief: Option<Relief>,
    pub document_id: Option<DocumentId>,
}

pub async fn add_step(tx: &mut Tx, case_id: &str, id: &str, step: &CaseStep) -> StoreResult<()> {
    let relief = step.relief.as_ref().map(serde_json::to_string).transpose().map_err(|_| StoreError::Unreadable("relief"))?;
    sqlx::query(
        "insert into hardship_steps (id, case_id, number, at, step, words, reason, staff, until, relief, document_id)
         values ($1, $2, (select count(*) + 1 from hardship_steps where case_id = $2), $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id)
    .bind(case_id)
    .bind(step.at)
    .bind(step.step.code())
    .bind(&step.words)
    .bind(step.reason.map(DeclineReason::code))
    .bind(&step.staff)
    .bind(step.until)
    .bind(relief)
    .bind(step.document_id.as_ref().map(DocumentId::as_str))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct RawStep {
    at: i64,
    step: String,
    words: String,
    reason: Option<String>,
    staff: Option<String>,
    until: Option<i64>,
    relief: Option<String>,
    document_id: Option<String>,
}

/// Every step of a case, in order.
pub async fn steps<'e>(executor: impl Executor<'e, Database = Any>, case_id: &str) -> StoreResult<Vec<CaseStep>> {
    let rows: Vec<RawStep> = sqlx::query_as(
        "select at, step, words, reason, staff, until, relief, document_id from hardship_steps where case_id = $1 order by number",
    )
    .bind(case_id)
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CaseStep {
                at: row.at,
                step: Step::from_code(&row.step).ok_or(StoreError::Unreadable("step of a hardship case"))?,
                words: row.words,
                reason: row.reason.as_deref().and_then(DeclineReason::from_code),
                staff: row.staff,
                until: row.until,
                relief: row.relief.as_deref().map(read_relief).transpose()?,
                document_id: row.document_id.map(DocumentId),
            })
        })
        .collect()
}

fn read_relief(text: &str) -> StoreResult<Relief> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable("relief"))
}

/// What is open for a customer at an instant; of several the last that was opened.
pub async fn relief_of<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    now: Millis,
) -> StoreResult<Option<Relief>> {
    let relief: Option<String> = sqlx::query_scalar(
        "select s.relief
         from hardship_cases c
         join hardship_steps s on s.case_id = c.id and s.relief is not null
         where c.customer_id = $1 and c.state = 'approved' and s.until > $2
         order by s.at desc, s.id desc
         limit 1",
    )
    .bind(customer.as_str())
    .bind(now)
    .fetch_optional(executor)
    .await?;
    relief.as_deref().map(read_relief).transpose()
}

/// The open accounts of a customer, in the order in which everybody locks several.
pub async fn open_accounts(tx: &mut Tx, customer: &CustomerId) -> StoreResult<Vec<AccountId>> {
    let ids: Vec<String> = sqlx::query_scalar("select id from accounts where customer_id = $1 and status = 'open' order by id")
        .bind(customer.as_str())
        .fetch_all(&mut **tx)
        .await?;
    Ok(ids.into_iter().map(AccountId).collect())
}

/// What we remember of a customer's circumstances (JSON), and since when. Has no Debug.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct Remembered {
    pub told: String,
    pub given_at: Millis,
}

pub async fn remembered<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
) -> StoreResult<Option<Remembered>> {
    Ok(sqlx::query_as("select told, given_at from circumstances where customer_id = $1")
        .bind(customer.as_str())
        .fetch_optional(executor)
        .await?)
}

/// Remembers in place of what was remembered before, with the words that were agreed to.
pub async fn remember(
    tx: &mut Tx,
    customer: &CustomerId,
    told: &str,
    consent: &str,
    language: &str,
    at: Millis,
) -> StoreResult<()> {
    sqlx::query(
        "insert into circumstances (customer_id, told, consent, language, given_at) values ($1, $2, $3, $4, $5)
         on conflict (customer_id) do update
         set told = excluded.told, consent = excluded.consent, language = excluded.language, given_at = excluded.given_at",
    )
    .bind(customer.as_str())
    .bind(told)
    .bind(consent)
    .bind(language)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether there was something to forget.
pub async fn forget(tx: &mut Tx, customer: &CustomerId) -> StoreResult<bool> {
    let result =
        sqlx::query("delete from circumstances where customer_id = $1").bind(customer.as_str()).execute(&mut **tx).await?;
    Ok(result.rows_affected() > 0)
}
