//! What others told us about account holders: a report, whom it is about once that is known, and what became of it.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::ids::{AccountId, CustomerId, DocumentId};
use crate::domain::life_event::{Happened, Holder, LifeEventState, ToldBy};
use crate::server::clock::Millis;
use sqlx::{Any, AnyPool, AssertSqlSafe, Executor, FromRow};

/// A report as it stands. Has no Debug: what somebody told is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct LifeEvent {
    pub id: String,
    pub reference: String,
    pub happened: Happened,
    pub state: LifeEventState,
    pub customer_id: Option<CustomerId>,
    pub told_by: ToldBy,
    /// As typed, JSON.
    pub told: String,
    pub language: String,
    pub told_at: Millis,
    pub answer_by: Millis,
    pub times_late: i64,
    pub decided_by: Option<String>,
    pub decided_at: Option<Millis>,
    pub ends_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    pub document_id: Option<DocumentId>,
    pub end_document_id: Option<DocumentId>,
}

#[derive(FromRow)]
struct RawEvent {
    id: String,
    reference: String,
    happened: String,
    state: String,
    customer_id: Option<String>,
    told_by: String,
    told: String,
    language: String,
    told_at: i64,
    answer_by: i64,
    times_late: i64,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    ends_at: Option<i64>,
    ended_at: Option<i64>,
    document_id: Option<String>,
    end_document_id: Option<String>,
}

impl RawEvent {
    fn read(self) -> StoreResult<LifeEvent> {
        Ok(LifeEvent {
            happened: Happened::from_code(&self.happened).ok_or(StoreError::Unreadable("what happened"))?,
            state: LifeEventState::from_code(&self.state).ok_or(StoreError::Unreadable("state of a life event"))?,
            told_by: ToldBy::from_code(&self.told_by).ok_or(StoreError::Unreadable("who told a life event"))?,
            id: self.id,
            reference: self.reference,
            customer_id: self.customer_id.map(CustomerId),
            told: self.told,
            language: self.language,
            told_at: self.told_at,
            answer_by: self.answer_by,
            times_late: self.times_late,
            decided_by: self.decided_by,
            decided_at: self.decided_at,
            ends_at: self.ends_at,
            ended_at: self.ended_at,
            document_id: self.document_id.map(DocumentId),
            end_document_id: self.end_document_id.map(DocumentId),
        })
    }
}

const COLUMNS: &str = "id, reference, happened, state, customer_id, told_by, told, language, told_at, answer_by, times_late, \
                       decided_by, decided_at, ends_at, ended_at, document_id, end_document_id";

pub async fn insert(tx: &mut Tx, event: &LifeEvent) -> StoreResult<()> {
    sqlx::query(
        "insert into life_events (id, reference, happened, state, customer_id, told_by, told, language, told_at, answer_by,
           times_late, decided_by, decided_at, ends_at, ended_at, document_id, end_document_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, null, null, $11, null, null, null)",
    )
    .bind(&event.id)
    .bind(&event.reference)
    .bind(event.happened.code())
    .bind(event.state.code())
    .bind(event.customer_id.as_ref().map(CustomerId::as_str))
    .bind(event.told_by.code())
    .bind(&event.told)
    .bind(&event.language)
    .bind(event.told_at)
    .bind(event.answer_by)
    .bind(event.ends_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn by_reference<'e>(executor: impl Executor<'e, Database = Any>, reference: &str) -> StoreResult<Option<LifeEvent>> {
    let query = format!("select {COLUMNS} from life_events where reference = $1");
    let raw: Option<RawEvent> = sqlx::query_as(AssertSqlSafe(query)).bind(reference).fetch_optional(executor).await?;
    raw.map(RawEvent::read).transpose()
}

/// Those about a customer that nobody has checked or contradicted; at most 50.
pub async fn told_of(tx: &mut Tx, customer: &CustomerId) -> StoreResult<Vec<LifeEvent>> {
    let query =
        format!("select {COLUMNS} from life_events where customer_id = $1 and state = 'told' order by told_at, id limit 50");
    let rows: Vec<RawEvent> = sqlx::query_as(AssertSqlSafe(query)).bind(customer.as_str()).fetch_all(&mut **tx).await?;
    rows.into_iter().map(RawEvent::read).collect()
}

/// Moves one on from the state in which it was read.
pub async fn advance(tx: &mut Tx, before: LifeEventState, event: &LifeEvent) -> StoreResult<()> {
    let result = sqlx::query(
        "update life_events
         set state = $3, customer_id = $4, told_by = $5, decided_by = $6, decided_at = $7, ends_at = $8, ended_at = $9,
           document_id = $10, end_document_id = $11
         where id = $1 and state = $2",
    )
    .bind(&event.id)
    .bind(before.code())
    .bind(event.state.code())
    .bind(event.customer_id.as_ref().map(CustomerId::as_str))
    .bind(event.told_by.code())
    .bind(event.decided_by.as_deref())
    .bind(event.decided_at)
    .bind(event.ends_at)
    .bind(event.ended_at)
    .bind(event.document_id.as_ref().map(DocumentId::as_str))
    .bind(event.end_document_id.as_ref().map(DocumentId::as_str))
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// The promised day passed and another is promised; `false` where that was noted or somebody decided meanwhile.
pub async fn promise_again(tx: &mut Tx, event: &LifeEvent, answer_by: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "update life_events set answer_by = $3, times_late = times_late + 1
         where id = $1 and answer_by = $2 and state in ('told', 'contradicted')",
    )
    .bind(&event.id)
    .bind(event.answer_by)
    .bind(answer_by)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How many reports of a kind about a customer they said were not right, since an instant.
pub async fn contradicted_since(tx: &mut Tx, customer: &CustomerId, happened: Happened, since: Millis) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(
        "select count(*) from life_events
         where customer_id = $1 and happened = $2 and ended_at > $3 and state in ('contradicted', 'dismissed')",
    )
    .bind(customer.as_str())
    .bind(happened.code())
    .bind(since)
    .fetch_one(&mut **tx)
    .await?)
}

/// Whom a report may be about: every fact that was given is the same. At most so many.
pub async fn holders(tx: &mut Tx, holder: &Holder, most: i64) -> StoreResult<Vec<CustomerId>> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "select c.id, c.given_name, c.family_name
         from customers c
         where ($1 = '' or c.id = (select customer_id from accounts where reference_normalised = $1))
           and ($2 = '' or c.postal_code_normalised = $2)
           and ($3 = '' or c.date_of_birth = $3)
           and ($1 <> '' or ($2 <> '' and $3 <> ''))
         order by c.id
         limit $4",
    )
    .bind(&holder.reference)
    .bind(&holder.postal_code)
    .bind(holder.birth_date.map_or_else(String::new, |date| date.to_string()))
    .bind(most)
    .fetch_all(&mut **tx)
    .await?;
    let named = rows.into_iter().filter(|(_, given, family)| holder.is_named(given, family));
    Ok(named.map(|(id, _, _)| CustomerId(id)).collect())
}

/// One as staff see it in a list.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ListedEvent {
    pub reference: String,
    pub happened: String,
    pub state: String,
    /// Of any account of whom it is about, where that is known.
    pub account: Option<String>,
    pub told_at: Millis,
    pub answer_by: Millis,
    pub times_late: i64,
}

/// Those that wait for a person: late ones first, then by the promised day; at most so many.
pub async fn waiting(pool: &AnyPool, limit: i64) -> StoreResult<Vec<ListedEvent>> {
    Ok(sqlx::query_as(
        "select e.reference, e.happened, e.state,
           (select min(a.reference) from accounts a where a.customer_id = e.customer_id) as account,
           e.told_at, e.answer_by, e.times_late
         from life_events e
         where e.state in ('told', 'contradicted')
         order by e.times_late desc, e.answer_by, e.id
         limit $1",
    )
    .bind(limit)
    .fetch_all(pool)
    .await?)
}

/// Those that are in force, because a person confirmed them, newest first; at most so many.
pub async fn in_force(pool: &AnyPool, limit: i64) -> StoreResult<Vec<ListedEvent>> {
    Ok(sqlx::query_as(
        "select e.reference, e.happened, e.state,
           (select min(a.reference) from accounts a where a.customer_id = e.customer_id) as account,
           e.told_at, e.answer_by, e.times_late
         from life_events e
         where e.state = 'confirmed'
         order by e.decided_at desc, e.id
         limit $1",
    )
    .bind(limit)
    .fetch_all(pool)
    .await?)
}

/// Those whose promised day is before an instant; at most 200.
pub async fn past_their_day(pool: &AnyPool, now: Millis) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select reference from life_events where state in ('told', 'contradicted') and answer_by < $1 order by answer_by, id limit 200",
    )
    .bind(now)
    .fetch_all(pool)
    .await?)
}

/// Breathing spaces of customers we know whose last day is over, confirmed or only told; at most 200.
pub async fn over(pool: &AnyPool, now: Millis) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select reference from life_events
         where state in ('told', 'confirmed') and customer_id is not null and ends_at <= $1
         order by ends_at, id
         limit 200",
    )
    .bind(now)
    .fetch_all(pool)
    .await?)
}

/// Those that ended with a letter to their customer, and whose quiet days after it are over too; at most 200.
pub async fn quiet_is_over(pool: &AnyPool, now: Millis) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select e.reference from life_events e
         where e.state = 'ended' and e.end_document_id is not null
           and exists (select 1 from holds h
             where h.reason = e.reference and h.kind = 'breathing_space' and h.released_at is null and h.ends_at <= $1)
         order by e.ended_at, e.id
         limit 200",
    )
    .bind(now)
    .fetch_all(pool)
    .await?)
}

/// Open accounts of customers about whom something is confirmed, that are not on hold for it: they came since. At most 200.
pub async fn accounts_not_held(pool: &AnyPool) -> StoreResult<Vec<(String, AccountId)>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select e.reference, a.id
         from life_events e
         join accounts a on a.customer_id = e.customer_id and a.status = 'open'
         where e.state = 'confirmed'
           and not exists (select 1 from holds h where h.account_id = a.id and h.reason = e.reference and h.released_at is null)
         order by e.id, a.id
         limit 200",
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(reference, account)| (reference, AccountId(account))).collect())
}
