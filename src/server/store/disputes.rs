//! Disputes: what a customer says is not right, what was written about it, and what they have typed and not sent.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::dispute::{DisputeReason, DisputeState, Disputed};
use crate::domain::ids::{AccountId, CustomerId, DisputeId, DocumentId};
use crate::domain::money::Currency;
use crate::server::clock::Millis;
use sqlx::{Any, AssertSqlSafe, Executor, Row};
use std::collections::BTreeMap;

/// A dispute as it stands. What was written about it is [`words`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    pub id: DisputeId,
    pub reference: String,
    pub account_id: AccountId,
    pub account_reference: String,
    pub customer_id: CustomerId,
    /// IANA name of where its customer lives.
    pub time_zone: String,
    pub reason: DisputeReason,
    pub disputed: Disputed,
    pub state: DisputeState,
    pub opened_at: Millis,
    pub answer_by: Millis,
    pub answered_at: Option<Millis>,
    pub document_id: Option<DocumentId>,
    /// Since then nothing is on hold because of it.
    pub released_at: Option<Millis>,
}

const SELECT: &str = "select d.id, d.reference, d.account_id, a.reference as account_reference, d.customer_id, c.time_zone, d.reason, \
    d.part_minor, a.currency, d.state, d.outcome, d.opened_at, d.answer_by, d.answered_at, d.document_id, d.released_at \
    from disputes d \
    join accounts a on a.id = d.account_id \
    join customers c on c.id = d.customer_id ";

fn read(row: &sqlx::any::AnyRow) -> StoreResult<Dispute> {
    let currency: String = row.try_get("currency")?;
    let currency = Currency::from_code(&currency).ok_or(StoreError::Unreadable("currency"))?;
    let reason: String = row.try_get("reason")?;
    let (state, outcome): (String, Option<String>) = (row.try_get("state")?, row.try_get("outcome")?);
    Ok(Dispute {
        id: DisputeId(row.try_get("id")?),
        reference: row.try_get("reference")?,
        account_id: AccountId(row.try_get("account_id")?),
        account_reference: row.try_get("account_reference")?,
        customer_id: CustomerId(row.try_get("customer_id")?),
        time_zone: row.try_get("time_zone")?,
        reason: DisputeReason::from_code(&reason).ok_or(StoreError::Unreadable("reason of a dispute"))?,
        disputed: Disputed::from_part_minor(row.try_get("part_minor")?, currency),
        state: DisputeState::from_codes(&state, outcome.as_deref()).ok_or(StoreError::Unreadable("state of a dispute"))?,
        opened_at: row.try_get("opened_at")?,
        answer_by: row.try_get("answer_by")?,
        answered_at: row.try_get("answered_at")?,
        document_id: row.try_get::<Option<String>, _>("document_id")?.map(DocumentId),
        released_at: row.try_get("released_at")?,
    })
}

pub struct NewDispute<'a> {
    pub id: &'a DisputeId,
    pub reference: &'a str,
    pub account_id: &'a AccountId,
    pub customer_id: &'a CustomerId,
    pub reason: DisputeReason,
    pub disputed: Disputed,
    pub opened_at: Millis,
    pub answer_by: Millis,
}

pub async fn insert(tx: &mut Tx, new: &NewDispute<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into disputes (id, reference, account_id, customer_id, reason, part_minor, state, outcome, answer_by, opened_at,
           answered_at, answered_by, document_id, released_at, released_because)
         values ($1, $2, $3, $4, $5, $6, $7, null, $8, $9, null, null, null, null, null)",
    )
    .bind(new.id.as_str())
    .bind(new.reference)
    .bind(new.account_id.as_str())
    .bind(new.customer_id.as_str())
    .bind(new.reason.code())
    .bind(new.disputed.part_minor())
    .bind(DisputeState::Open.code())
    .bind(new.answer_by)
    .bind(new.opened_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn by_id<'e>(executor: impl Executor<'e, Database = Any>, id: &DisputeId) -> StoreResult<Option<Dispute>> {
    let sql = format!("{SELECT} where d.id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id.as_str()).fetch_optional(executor).await?;
    row.map(|row| read(&row)).transpose()
}

/// By what people quote.
pub async fn by_reference<'e>(executor: impl Executor<'e, Database = Any>, reference: &str) -> StoreResult<Option<Dispute>> {
    let sql = format!("{SELECT} where d.reference = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(reference).fetch_optional(executor).await?;
    row.map(|row| read(&row)).transpose()
}

/// The newest of an account of this customer, over or not; another's is not found.
pub async fn newest<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    account: &AccountId,
) -> StoreResult<Option<Dispute>> {
    let sql = format!("{SELECT} where d.account_id = $1 and d.customer_id = $2 order by d.opened_at desc, d.id desc limit 1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(account.as_str()).bind(customer.as_str()).fetch_optional(executor).await?;
    row.map(|row| read(&row)).transpose()
}

/// The one that is in force on an account.
pub async fn in_force<'e>(executor: impl Executor<'e, Database = Any>, account: &AccountId) -> StoreResult<Option<Dispute>> {
    let sql = format!("{SELECT} where d.account_id = $1 and d.released_at is null");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(account.as_str()).fetch_optional(executor).await?;
    row.map(|row| read(&row)).transpose()
}

/// Those in force, by the day their answer is promised: what a person looks into, and what is answered and not sent yet.
pub async fn all_in_force<'e>(executor: impl Executor<'e, Database = Any>, limit: i64) -> StoreResult<Vec<Dispute>> {
    let sql = format!("{SELECT} where d.released_at is null order by d.answer_by, d.reference limit $1");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(limit).fetch_all(executor).await?;
    rows.iter().map(read).collect()
}

/// Those whose answer is written and not known to be sent.
pub async fn answered_in_force<'e>(executor: impl Executor<'e, Database = Any>, limit: i64) -> StoreResult<Vec<DisputeId>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select id from disputes where released_at is null and answered_at is not null order by answered_at, id limit $1",
    )
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(ids.into_iter().map(DisputeId).collect())
}

/// A person asks for more.
pub async fn set_more_needed(tx: &mut Tx, id: &DisputeId) -> StoreResult<()> {
    let result = sqlx::query("update disputes set state = $2 where id = $1 and answered_at is null")
        .bind(id.as_str())
        .bind(DisputeState::MoreNeeded.code())
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}

/// How a dispute ended.
pub struct Ended<'a> {
    pub state: DisputeState,
    pub by: &'a str,
    pub at: Millis,
    pub document_id: Option<&'a DocumentId>,
}

/// Writes down how it ended; its hold goes on until [`release`].
pub async fn end(tx: &mut Tx, id: &DisputeId, ended: &Ended<'_>) -> StoreResult<()> {
    let outcome = match ended.state {
        DisputeState::Answered(outcome) => Some(outcome.code()),
        DisputeState::Open | DisputeState::MoreNeeded => None,
    };
    let result = sqlx::query(
        "update disputes set state = $2, outcome = $3, answered_at = $4, answered_by = $5, document_id = $6
         where id = $1 and answered_at is null",
    )
    .bind(id.as_str())
    .bind(ended.state.code())
    .bind(outcome)
    .bind(ended.at)
    .bind(ended.by)
    .bind(ended.document_id.map(DocumentId::as_str))
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// Why a dispute is in force no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// Its answer was sent.
    Sent,
    /// A person posted it.
    Posted,
    Withdrawn,
}

impl Released {
    pub fn code(self) -> &'static str {
        match self {
            Released::Sent => "sent",
            Released::Posted => "posted",
            Released::Withdrawn => "withdrawn",
        }
    }
}

/// Those whose answer was sent since an instant, as it was thought: it may have come back.
pub async fn released_as_sent<'e>(
    executor: impl Executor<'e, Database = Any>,
    since: Millis,
    limit: i64,
) -> StoreResult<Vec<DisputeId>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select id from disputes where released_because = $1 and released_at >= $2 order by released_at desc, id limit $3",
    )
    .bind(Released::Sent.code())
    .bind(since)
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(ids.into_iter().map(DisputeId).collect())
}

/// Puts it in force again; its hold begins anew beside this.
pub async fn put_in_force_again(tx: &mut Tx, id: &DisputeId) -> StoreResult<()> {
    let result =
        sqlx::query("update disputes set released_at = null, released_because = null where id = $1 and released_because = $2")
            .bind(id.as_str())
            .bind(Released::Sent.code())
            .execute(&mut **tx)
            .await?;
    expect_rows(&result, 1)
}

/// Ends the hold that a dispute began.
pub async fn release(tx: &mut Tx, dispute: &Dispute, because: Released, at: Millis) -> StoreResult<()> {
    let result = sqlx::query("update disputes set released_at = $2, released_because = $3 where id = $1 and released_at is null")
        .bind(dispute.id.as_str())
        .bind(at)
        .bind(because.code())
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)?;
    sqlx::query(
        "update holds set released_at = $3 where account_id = $1 and kind = 'dispute' and reason = $2 and released_at is null",
    )
    .bind(dispute.account_id.as_str())
    .bind(&dispute.reference)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What was corrected, adjusted or given up on an account since an instant: below zero less is owed. What was paid is no part of it.
pub async fn changed_since(tx: &mut Tx, account: &AccountId, since: Millis) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(
        "select cast(coalesce(sum(p.amount_minor), 0) as bigint)
         from ledger_transactions t
         join postings p on p.transaction_id = t.id and p.account_id = t.account_id and p.book = 'customer'
         where t.account_id = $1 and t.posted_at >= $2 and t.kind in ('correction', 'write_off', 'adjustment')",
    )
    .bind(account.as_str())
    .bind(since)
    .fetch_one(&mut **tx)
    .await?)
}

/// Whose words they are, and when in the course of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordsKind {
    /// By the customer, when they said that it is not right.
    Said,
    /// By the customer, later.
    Added,
    /// By a person here, who needs to know more.
    Asked,
    /// By a person here: the answer.
    Answered,
}

impl WordsKind {
    pub fn code(self) -> &'static str {
        match self {
            WordsKind::Said => "said",
            WordsKind::Added => "added",
            WordsKind::Asked => "asked",
            WordsKind::Answered => "answered",
        }
    }

    fn from_code(code: &str) -> Option<WordsKind> {
        [WordsKind::Said, WordsKind::Added, WordsKind::Asked, WordsKind::Answered].into_iter().find(|kind| kind.code() == code)
    }
}

/// Has no Debug: free text is never printed into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    pub kind: WordsKind,
    pub text: String,
    pub written_at: Millis,
}

/// Adds what was written. The account must be locked: the number is the next one.
pub async fn write(tx: &mut Tx, id: &DisputeId, words: &Words, by: &str) -> StoreResult<()> {
    sqlx::query(
        "insert into dispute_words (dispute_id, number, kind, words, written_at, written_by)
         values ($1, (select coalesce(max(number), 0) + 1 from dispute_words where dispute_id = $1), $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(words.kind.code())
    .bind(&words.text)
    .bind(words.written_at)
    .bind(by)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What was written, in order.
pub async fn words<'e>(executor: impl Executor<'e, Database = Any>, id: &DisputeId) -> StoreResult<Vec<Words>> {
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as("select kind, words, written_at from dispute_words where dispute_id = $1 order by number limit 1000")
            .bind(id.as_str())
            .fetch_all(executor)
            .await?;
    rows.into_iter()
        .map(|(kind, text, written_at)| {
            let kind = WordsKind::from_code(&kind).ok_or(StoreError::Unreadable("kind of words"))?;
            Ok(Words { kind, text, written_at })
        })
        .collect()
}

/// A form as it was typed. Has no Debug: it holds free text.
#[derive(Clone, PartialEq, Eq)]
pub struct DisputeDraft {
    /// That of the dispute it becomes.
    pub id: DisputeId,
    pub revision: i64,
    pub typed: BTreeMap<String, String>,
}

/// Keeps what was typed in place of what was typed before. The id of the first stays, so that an open tab still finds it.
pub async fn keep_draft(
    tx: &mut Tx,
    account: &AccountId,
    customer: &CustomerId,
    draft: &DisputeDraft,
    now: Millis,
) -> StoreResult<()> {
    sqlx::query(
        "insert into dispute_drafts (account_id, id, customer_id, revision, typed, updated_at) values ($1, $2, $3, 1, $4, $5)
         on conflict (account_id) do update
         set customer_id = excluded.customer_id, revision = dispute_drafts.revision + 1, typed = excluded.typed,
           updated_at = excluded.updated_at",
    )
    .bind(account.as_str())
    .bind(draft.id.as_str())
    .bind(customer.as_str())
    .bind(serde_json::to_string(&draft.typed).map_err(|_| StoreError::Unreadable("draft of a dispute"))?)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn draft<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    account: &AccountId,
) -> StoreResult<Option<DisputeDraft>> {
    let row: Option<(String, i64, String)> =
        sqlx::query_as("select id, revision, typed from dispute_drafts where account_id = $1 and customer_id = $2")
            .bind(account.as_str())
            .bind(customer.as_str())
            .fetch_optional(executor)
            .await?;
    row.map(|(id, revision, typed)| {
        let typed = serde_json::from_str(&typed).map_err(|_| StoreError::Unreadable("draft of a dispute"))?;
        Ok(DisputeDraft { id: DisputeId(id), revision, typed })
    })
    .transpose()
}

pub async fn forget_draft(tx: &mut Tx, account: &AccountId) -> StoreResult<()> {
    sqlx::query("delete from dispute_drafts where account_id = $1").bind(account.as_str()).execute(&mut **tx).await?;
    Ok(())
}
