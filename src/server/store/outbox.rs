//! Messages written and not yet sent, sent, or kept because they could not be.

use super::{StoreResult, Tx, expect_rows};
use crate::domain::ids::{CustomerId, DocumentId};
use crate::server::clock::Millis;
use sqlx::{Any, Executor, Row};

/// When a message may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hours {
    /// At once: the customer asked for it there and then.
    Any,
    /// While contact is allowed where the customer is.
    Contact,
}

impl Hours {
    fn code(self) -> &'static str {
        match self {
            Hours::Any => "any",
            Hours::Contact => "contact",
        }
    }
}

/// Why a message waits, or was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NoMailServer,
    NoAddress,
    OutsideWindow,
    ServerUnreachable,
    RefusedByServer,
    /// What it says is no longer so.
    Withdrawn,
}

impl Reason {
    pub fn code(self) -> &'static str {
        match self {
            Reason::NoMailServer => "no_mail_server",
            Reason::NoAddress => "no_address",
            Reason::OutsideWindow => "outside_window",
            Reason::ServerUnreachable => "server_unreachable",
            Reason::RefusedByServer => "refused_by_server",
            Reason::Withdrawn => "withdrawn",
        }
    }
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Waiting { reason: Option<Reason>, not_before: Millis },
    NotSent { reason: Reason },
    Sent { at: Millis },
}

pub struct NewMessage<'a> {
    pub id: &'a str,
    pub customer_id: &'a CustomerId,
    pub template: &'a str,
    pub language: &'a str,
    pub recipient: &'a str,
    pub subject: &'a str,
    pub body_text: &'a str,
    pub body_html: &'a str,
    pub document_id: Option<&'a DocumentId>,
    pub hours: Hours,
    pub state: State,
    /// The same message asked for twice is one.
    pub once_key: &'a str,
    pub created_at: Millis,
}

/// Whether it was new.
pub async fn insert(tx: &mut Tx, new: &NewMessage<'_>) -> StoreResult<bool> {
    let (state, reason, not_before) = columns(new.state, new.created_at);
    let done = sqlx::query(
        "insert into outbox (id, customer_id, channel, template, language, recipient, subject, body_text, body_html,
           document_id, hours, state, reason, once_key, not_before, created_at, sent_at, attempts)
         values ($1, $2, 'email', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, null, 0)
         on conflict (once_key) do nothing",
    )
    .bind(new.id)
    .bind(new.customer_id.as_str())
    .bind(new.template)
    .bind(new.language)
    .bind(new.recipient)
    .bind(new.subject)
    .bind(new.body_text)
    .bind(new.body_html)
    .bind(new.document_id.map(DocumentId::as_str))
    .bind(new.hours.code())
    .bind(state)
    .bind(reason.map(Reason::code))
    .bind(new.once_key)
    .bind(not_before)
    .bind(new.created_at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn columns(state: State, now: Millis) -> (&'static str, Option<Reason>, Millis) {
    match state {
        State::Waiting { reason, not_before } => ("waiting", reason, not_before),
        State::NotSent { reason } => ("not_sent", Some(reason), now),
        State::Sent { .. } => ("sent", None, now),
    }
}

/// A message taken by one sender.
#[derive(Clone)]
pub struct Claimed {
    pub id: String,
    pub customer_id: CustomerId,
    pub time_zone: String,
    pub recipient: String,
    pub subject: String,
    pub body_text: String,
    pub body_html: String,
    pub document_id: Option<DocumentId>,
    pub hours: Hours,
    /// This attempt included.
    pub attempts: i64,
}

/// Takes the message that has been due longest, until `lease_until`. A message whose sender vanished is due again then.
pub async fn claim<'e>(
    executor: impl Executor<'e, Database = Any>,
    now: Millis,
    lease_until: Millis,
) -> StoreResult<Option<Claimed>> {
    let row = sqlx::query(
        "update outbox
         set state = 'sending', not_before = $2, attempts = attempts + 1
         where id = (
             select id from outbox where state in ('waiting', 'sending') and not_before <= $1 order by not_before, id limit 1
           )
           and state in ('waiting', 'sending')
           and not_before <= $1
         returning id, customer_id, recipient, subject, body_text, body_html, document_id, hours, attempts,
           (select customers.time_zone from customers where customers.id = outbox.customer_id) as time_zone",
    )
    .bind(now)
    .bind(lease_until)
    .fetch_optional(executor)
    .await?;
    row.map(|row| {
        Ok(Claimed {
            id: row.try_get("id")?,
            customer_id: CustomerId(row.try_get("customer_id")?),
            time_zone: row.try_get("time_zone")?,
            recipient: row.try_get("recipient")?,
            subject: row.try_get("subject")?,
            body_text: row.try_get("body_text")?,
            body_html: row.try_get("body_html")?,
            document_id: row.try_get::<Option<String>, _>("document_id")?.map(DocumentId),
            hours: if row.try_get::<String, _>("hours")? == "any" { Hours::Any } else { Hours::Contact },
            attempts: row.try_get("attempts")?,
        })
    })
    .transpose()
}

/// Gives a claimed message back before it was tried: the attempt does not count.
pub async fn put_back(tx: &mut Tx, id: &str, reason: Reason, not_before: Millis) -> StoreResult<()> {
    let done = sqlx::query(
        "update outbox set state = 'waiting', reason = $2, not_before = $3, attempts = attempts - 1
         where id = $1 and state = 'sending'",
    )
    .bind(id)
    .bind(reason.code())
    .bind(not_before)
    .execute(&mut **tx)
    .await?;
    expect_rows(&done, 1)
}

/// Records what became of a claimed message. `false` if another sender took over in between and has recorded it.
pub async fn record(tx: &mut Tx, id: &str, state: State, now: Millis) -> StoreResult<bool> {
    let (code, reason, not_before) = columns(state, now);
    let sent_at = match state {
        State::Sent { at } => Some(at),
        State::Waiting { .. } | State::NotSent { .. } => None,
    };
    let done = sqlx::query(
        "update outbox set state = $2, reason = $3, not_before = $4, sent_at = $5 where id = $1 and state = 'sending'",
    )
    .bind(id)
    .bind(code)
    .bind(reason.map(Reason::code))
    .bind(not_before)
    .bind(sent_at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets messages that found no mail server, or none that answered, be tried once more. Returns how many.
pub async fn wait_again(tx: &mut Tx, now: Millis) -> StoreResult<u64> {
    let done = sqlx::query(
        "update outbox set state = 'waiting', reason = null, not_before = $1, attempts = 0
         where state = 'not_sent' and reason in ('no_mail_server', 'server_unreachable')",
    )
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// One line of the list of messages. Whom it went to is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMessage {
    pub id: String,
    pub template: String,
    pub language: String,
    pub state: String,
    pub reason: Option<String>,
    pub not_before: Millis,
    pub created_at: Millis,
    pub sent_at: Option<Millis>,
    pub attempts: i64,
}

/// The newest messages, at most `limit`.
pub async fn list<'e>(executor: impl Executor<'e, Database = Any>, limit: i64) -> StoreResult<Vec<ListedMessage>> {
    let rows = sqlx::query(
        "select id, template, language, state, reason, not_before, created_at, sent_at, attempts
         from outbox
         order by created_at desc, id desc
         limit $1",
    )
    .bind(limit)
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ListedMessage {
                id: row.try_get("id")?,
                template: row.try_get("template")?,
                language: row.try_get("language")?,
                state: row.try_get("state")?,
                reason: row.try_get("reason")?,
                not_before: row.try_get("not_before")?,
                created_at: row.try_get("created_at")?,
                sent_at: row.try_get("sent_at")?,
                attempts: row.try_get("attempts")?,
            })
        })
        .collect()
}

/// Where a message stands, for who depends on its having been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Not sent yet; it may still be.
    Waiting,
    Sent {
        at: Millis,
    },
    /// It could not be sent, came back, or was withdrawn.
    NotSent,
}

/// Where the message with this key stands; `None` where nobody asked for it.
pub async fn by_once_key(tx: &mut Tx, once_key: &str) -> StoreResult<Option<Delivery>> {
    let row: Option<(String, Option<i64>)> =
        sqlx::query_as("select state, sent_at from outbox where once_key = $1").bind(once_key).fetch_optional(&mut **tx).await?;
    Ok(row.map(|(state, sent_at)| match (state.as_str(), sent_at) {
        ("sent", Some(at)) => Delivery::Sent { at },
        ("waiting" | "sending", _) => Delivery::Waiting,
        _ => Delivery::NotSent,
    }))
}

/// Keeps a message that still waits from being sent: what it says is no longer so. `false` where a sender has it in hand.
pub async fn withdraw(tx: &mut Tx, once_key: &str) -> StoreResult<bool> {
    sqlx::query("update outbox set state = 'not_sent', reason = $2 where once_key = $1 and state = 'waiting'")
        .bind(once_key)
        .bind(Reason::Withdrawn.code())
        .execute(&mut **tx)
        .await?;
    Ok(by_once_key(tx, once_key).await? != Some(Delivery::Waiting))
}
