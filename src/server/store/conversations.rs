//! Conversations between a customer and the team, and what was written in them.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::contact::Topic;
use crate::domain::conversation::{ConversationState, MOST_MESSAGES, Writer};
use crate::domain::evidence::EvidenceKind;
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::clock::Millis;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyPool, AssertSqlSafe, Executor, Row};

/// Who closed a conversation where its customer did.
pub const CUSTOMER: &str = "customer";

/// A conversation as it stands. Has no Debug: its subject is free text.
#[derive(Clone, PartialEq, Eq)]
pub struct Conversation {
    pub id: String,
    pub reference: String,
    pub customer_id: CustomerId,
    pub account_id: Option<AccountId>,
    /// As the creditor writes it.
    pub account_reference: Option<String>,
    /// IANA name of where its customer lives.
    pub time_zone: String,
    pub topic: Topic,
    pub subject: String,
    pub language: String,
    pub state: ConversationState,
    pub answer_by: Option<Millis>,
    /// The promise that was not kept.
    pub late_since: Option<Millis>,
    pub reply_to: String,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub closed_at: Option<Millis>,
    /// A name, or [`CUSTOMER`].
    pub closed_by: Option<String>,
    /// Answers its customer has not seen.
    pub unread: i64,
    /// So many accounts are on hold until it is answered.
    pub holds: i64,
}

const SELECT: &str = "select c.id, c.reference, c.customer_id, c.account_id, a.reference as account_reference, u.time_zone, c.topic, \
    c.subject, c.language, c.state, c.answer_by, c.late_since, c.reply_to, c.created_at, c.updated_at, c.closed_at, c.closed_by, \
    (select count(*) from conversation_messages m \
      where m.conversation_id = c.id and m.writer = 'team' and m.number > c.seen_number) as unread, \
    (select count(*) from holds h where h.reason = c.reference and h.kind = 'stop_asked' and h.released_at is null) as holds \
    from conversations c \
    join customers u on u.id = c.customer_id \
    left join accounts a on a.id = c.account_id ";

fn read(row: &AnyRow) -> StoreResult<Conversation> {
    let (topic, state): (String, String) = (row.try_get("topic")?, row.try_get("state")?);
    Ok(Conversation {
        id: row.try_get("id")?,
        reference: row.try_get("reference")?,
        customer_id: CustomerId(row.try_get("customer_id")?),
        account_id: row.try_get::<Option<String>, _>("account_id")?.map(AccountId),
        account_reference: row.try_get("account_reference")?,
        time_zone: row.try_get("time_zone")?,
        topic: Topic::from_code(&topic).ok_or(StoreError::Unreadable("topic"))?,
        subject: row.try_get("subject")?,
        language: row.try_get("language")?,
        state: ConversationState::from_code(&state).ok_or(StoreError::Unreadable("state of a conversation"))?,
        answer_by: row.try_get("answer_by")?,
        late_since: row.try_get("late_since")?,
        reply_to: row.try_get("reply_to")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        closed_at: row.try_get("closed_at")?,
        closed_by: row.try_get("closed_by")?,
        unread: row.try_get("unread")?,
        holds: row.try_get("holds")?,
    })
}

pub async fn by_reference<'e>(executor: impl Executor<'e, Database = Any>, reference: &str) -> StoreResult<Option<Conversation>> {
    let sql = format!("{SELECT} where c.reference = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(reference).fetch_optional(executor).await?;
    row.map(|row| read(&row)).transpose()
}

/// One of this customer; another's is not found.
pub async fn of_customer<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    reference: &str,
) -> StoreResult<Option<Conversation>> {
    Ok(by_reference(executor, reference).await?.filter(|conversation| conversation.customer_id == *customer))
}

/// All of a customer, what was written in last first.
pub async fn all_of_customer(pool: &AnyPool, customer: &CustomerId, limit: i64) -> StoreResult<Vec<Conversation>> {
    let sql = format!("{SELECT} where c.customer_id = $1 order by c.updated_at desc, c.id desc limit $2");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(customer.as_str()).bind(limit).fetch_all(pool).await?;
    rows.iter().map(read).collect()
}

/// Those that wait for the team: what was promised and not kept first, then what collections wait for, then by the day of the answer.
pub async fn waiting(pool: &AnyPool, now: Millis, limit: i64) -> StoreResult<Vec<Conversation>> {
    let sql = format!(
        "{SELECT} where c.state = 'waiting'
         order by case when c.late_since is not null or c.answer_by < $1 then 0 else 1 end,
           case when c.reference in (select h.reason from holds h where h.kind = 'stop_asked' and h.released_at is null)
             then 0 else 1 end,
           coalesce(c.late_since, c.answer_by), c.reference
         limit $2"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(now).bind(limit).fetch_all(pool).await?;
    rows.iter().map(read).collect()
}

/// Those whose promised day is over, by their references.
pub async fn past_their_day(pool: &AnyPool, now: Millis, limit: i64) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select reference from conversations
         where state = 'waiting' and answer_by < $1
         order by answer_by, id
         limit $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(pool)
    .await?)
}

/// How many conversations of a customer hold an answer they have not seen.
pub async fn unread(pool: &AnyPool, customer: &CustomerId) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(
        "select count(*) from conversations c
         where c.customer_id = $1 and exists (select 1 from conversation_messages m
           where m.conversation_id = c.id and m.writer = 'team' and m.number > c.seen_number)",
    )
    .bind(customer.as_str())
    .fetch_one(pool)
    .await?)
}

pub struct NewConversation<'a> {
    pub id: &'a str,
    pub reference: &'a str,
    pub customer_id: &'a CustomerId,
    pub account_id: Option<&'a AccountId>,
    pub topic: Topic,
    pub subject: &'a str,
    pub language: &'a str,
    pub answer_by: Millis,
    pub created_at: Millis,
}

pub async fn insert(tx: &mut Tx, new: &NewConversation<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into conversations (id, reference, customer_id, account_id, topic, subject, language, state, answer_by, late_since,
           reply_to, created_at, updated_at, seen_number, closed_at, closed_by)
         values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, null, '', $9, $9, 0, null, null)",
    )
    .bind(new.id)
    .bind(new.reference)
    .bind(new.customer_id.as_str())
    .bind(new.account_id.map(AccountId::as_str))
    .bind(new.topic.code())
    .bind(new.subject)
    .bind(new.language)
    .bind(new.answer_by)
    .bind(new.created_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is written into a conversation. Has no Debug: it holds free text.
pub struct NewWords<'a> {
    pub id: &'a str,
    pub conversation_id: &'a str,
    pub writer: Writer,
    /// Who of the team.
    pub staff: Option<&'a str>,
    pub words: &'a str,
    pub written_at: Millis,
    pub sent_key: Option<&'a str>,
}

/// Adds it behind what is there, and returns its number. The caller holds the conversation's lock.
pub async fn write(tx: &mut Tx, new: &NewWords<'_>) -> StoreResult<i64> {
    let last: i64 = count(tx, new.conversation_id).await?;
    let number = last + 1;
    sqlx::query(
        "insert into conversation_messages (id, conversation_id, number, writer, staff, words, written_at, sent_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.id)
    .bind(new.conversation_id)
    .bind(number)
    .bind(new.writer.code())
    .bind(new.staff)
    .bind(new.words)
    .bind(new.written_at)
    .bind(new.sent_key)
    .execute(&mut **tx)
    .await?;
    Ok(number)
}

/// How much was written in it.
pub async fn count(tx: &mut Tx, conversation_id: &str) -> StoreResult<i64> {
    Ok(sqlx::query_scalar("select count(*) from conversation_messages where conversation_id = $1")
        .bind(conversation_id)
        .fetch_one(&mut **tx)
        .await?)
}

/// The customer has written: it waits for the team by a day, and nothing is late any more. They have seen what was there.
pub async fn set_waiting(tx: &mut Tx, id: &str, number: i64, answer_by: Millis, at: Millis) -> StoreResult<()> {
    let result = sqlx::query(
        "update conversations
         set state = 'waiting', answer_by = $3, late_since = null, updated_at = $4, seen_number = $2, closed_at = null,
           closed_by = null
         where id = $1",
    )
    .bind(id)
    .bind(number)
    .bind(answer_by)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// The team has answered.
pub async fn set_answered(tx: &mut Tx, id: &str, at: Millis) -> StoreResult<()> {
    let result = sqlx::query(
        "update conversations
         set state = 'answered', answer_by = null, late_since = null, updated_at = $2, closed_at = null, closed_by = null
         where id = $1",
    )
    .bind(id)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

pub async fn set_closed(tx: &mut Tx, id: &str, by: &str, at: Millis) -> StoreResult<()> {
    let result = sqlx::query(
        "update conversations
         set state = 'closed', answer_by = null, late_since = null, closed_at = $3, closed_by = $2
         where id = $1 and state <> 'closed'",
    )
    .bind(id)
    .bind(by)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// The promised day is over: another is promised.
pub async fn set_late(tx: &mut Tx, id: &str, answer_by: Millis) -> StoreResult<()> {
    let result = sqlx::query(
        "update conversations
         set late_since = coalesce(late_since, answer_by), answer_by = $2
         where id = $1 and state = 'waiting'",
    )
    .bind(id)
    .bind(answer_by)
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// Its customer has seen everything up to a message; false if they had before.
pub async fn set_seen(tx: &mut Tx, id: &str, number: i64) -> StoreResult<bool> {
    let result = sqlx::query("update conversations set seen_number = $2 where id = $1 and seen_number < $2")
        .bind(id)
        .bind(number)
        .execute(&mut **tx)
        .await?;
    Ok(result.rows_affected() == 1)
}

/// The conversation a form was sent into before, by its key.
pub async fn sent_before(tx: &mut Tx, sent_key: &str) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar(
        "select c.reference from conversation_messages m
         join conversations c on c.id = m.conversation_id
         where m.sent_key = $1",
    )
    .bind(sent_key)
    .fetch_optional(&mut **tx)
    .await?)
}

/// How many messages a customer sent since an instant.
pub async fn sent_since(tx: &mut Tx, customer: &CustomerId, since: Millis) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(
        "select count(*) from conversation_messages m
         join conversations c on c.id = m.conversation_id
         where c.customer_id = $1 and m.writer = 'customer' and m.written_at > $2",
    )
    .bind(customer.as_str())
    .bind(since)
    .fetch_one(&mut **tx)
    .await?)
}

/// The accounts that are on hold until a conversation is answered, each with its customer, in the order of their ids.
pub async fn held_accounts(tx: &mut Tx, reference: &str) -> StoreResult<Vec<(AccountId, CustomerId)>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select distinct a.id, a.customer_id from accounts a
         join holds h on h.account_id = a.id
         where h.reason = $1 and h.kind = 'stop_asked' and h.released_at is null
         order by a.id",
    )
    .bind(reference)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(account, customer)| (AccountId(account), CustomerId(customer))).collect())
}

/// Something that was written. Has no Debug: it holds free text.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    pub id: String,
    pub number: i64,
    pub writer: Writer,
    pub staff: Option<String>,
    pub words: String,
    pub written_at: Millis,
}

/// Everything that was written in it, in its order.
pub async fn words<'e>(executor: impl Executor<'e, Database = Any>, conversation_id: &str) -> StoreResult<Vec<Words>> {
    // An order to stop a payment and its answer are taken beyond the most.
    let rows: Vec<(String, i64, String, Option<String>, String, i64)> = sqlx::query_as(
        "select id, number, writer, staff, words, written_at from conversation_messages
         where conversation_id = $1
         order by number
         limit $2",
    )
    .bind(conversation_id)
    .bind(MOST_MESSAGES * 2)
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(id, number, writer, staff, words, written_at)| {
            let writer = Writer::from_code(&writer).ok_or(StoreError::Unreadable("writer"))?;
            Ok(Words { id, number, writer, staff, words, written_at })
        })
        .collect()
}

/// A file that came with a message and can still be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub message_id: String,
    pub id: String,
    pub kind: EvidenceKind,
    pub bytes: i64,
    pub added_at: Millis,
}

pub async fn attachments<'e>(executor: impl Executor<'e, Database = Any>, conversation_id: &str) -> StoreResult<Vec<Attachment>> {
    let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
        "select m.id, i.id, i.kind, i.bytes, i.added_at from conversation_messages m
         join evidence_cases e on e.case_id = m.id
         join evidence_items i on i.case_id = m.id
         where m.conversation_id = $1 and e.wrapped_key is not null
         order by i.added_at, i.id",
    )
    .bind(conversation_id)
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(message_id, id, kind, bytes, added_at)| {
            let kind = EvidenceKind::from_code(&kind).ok_or(StoreError::Unreadable("kind of evidence"))?;
            Ok(Attachment { message_id, id, kind, bytes, added_at })
        })
        .collect()
}

/// The messages of a conversation that have files: what is kept of them is kept until some time after the last word.
pub async fn with_files(tx: &mut Tx, conversation_id: &str) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select m.id from conversation_messages m
         join evidence_cases e on e.case_id = m.id
         where m.conversation_id = $1 and e.wrapped_key is not null
         order by m.number",
    )
    .bind(conversation_id)
    .fetch_all(&mut **tx)
    .await?)
}
