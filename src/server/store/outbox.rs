//! Messages written and not yet sent, sent, or kept because they could not be: the contact log.

pub use crate::domain::contact::channel::Channel;
pub use crate::domain::contact::gate::Reason;

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::contact::cap::Logged;
use crate::domain::contact::gate::Weight;
use crate::domain::ids::{AccountId, CustomerId, DocumentId};
use crate::server::clock::Millis;
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Executor, Row};

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Waiting {
        reason: Option<Reason>,
        not_before: Millis,
    },
    /// In the print queue.
    Printing,
    /// It will not be sent, or it came back, which counts as not sent.
    NotSent {
        reason: Reason,
    },
    /// Handed over (a letter: printed) and not come back since.
    Sent {
        at: Millis,
    },
}

pub struct NewMessage<'a> {
    pub id: &'a str,
    pub customer_id: &'a CustomerId,
    pub account_id: Option<&'a AccountId>,
    pub channel: Channel,
    pub template: &'a str,
    pub language: &'a str,
    pub recipient: &'a str,
    pub subject: &'a str,
    pub body_text: &'a str,
    pub body_html: &'a str,
    pub body_short: Option<&'a str>,
    pub document_id: Option<&'a DocumentId>,
    pub weight: Weight,
    pub expires_at: Option<Millis>,
    pub state: State,
    /// The same message asked for twice is one.
    pub once_key: &'a str,
    /// It goes to this address, whatever the customer's is.
    pub only_to: Option<&'a str>,
    pub created_at: Millis,
}

/// What the row said before there were weights, kept for whoever reads the column.
fn hours(weight: Weight) -> &'static str {
    match weight {
        Weight::AskedFor => "any",
        Weight::Answer | Weight::Notice | Weight::Reminder => "contact",
    }
}

/// Whether it was new.
pub async fn insert(tx: &mut Tx, new: &NewMessage<'_>) -> StoreResult<bool> {
    let Columns { state, reason, not_before, sent_at } = columns(new.state, new.created_at);
    let done = sqlx::query(
        "insert into outbox (id, customer_id, account_id, channel, template, language, recipient, subject, body_text, body_html,
           body_short, document_id, hours, weight, expires_at, state, reason, once_key, not_before, created_at, sent_at, only_to, attempts)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, 0)
         on conflict (once_key) do nothing",
    )
    .bind(new.id)
    .bind(new.customer_id.as_str())
    .bind(new.account_id.map(AccountId::as_str))
    .bind(new.channel.code())
    .bind(new.template)
    .bind(new.language)
    .bind(new.recipient)
    .bind(new.subject)
    .bind(new.body_text)
    .bind(new.body_html)
    .bind(new.body_short)
    .bind(new.document_id.map(DocumentId::as_str))
    .bind(hours(new.weight))
    .bind(new.weight.code())
    .bind(new.expires_at)
    .bind(state)
    .bind(reason.map(Reason::code))
    .bind(new.once_key)
    .bind(not_before)
    .bind(new.created_at)
    .bind(sent_at)
    .bind(new.only_to)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

struct Columns {
    state: &'static str,
    reason: Option<Reason>,
    not_before: Millis,
    sent_at: Option<Millis>,
}

fn columns(state: State, now: Millis) -> Columns {
    let (state, reason, not_before, sent_at) = match state {
        State::Waiting { reason, not_before } => ("waiting", reason, not_before, None),
        State::Printing => ("printing", Some(Reason::ToPrint), now, None),
        State::NotSent { reason } => ("not_sent", Some(reason), now, None),
        State::Sent { at } => ("sent", None, now, Some(at)),
    };
    Columns { state, reason, not_before, sent_at }
}

fn read_state(row: &AnyRow) -> StoreResult<State> {
    let reason: Option<String> = row.try_get("reason")?;
    let reason = match reason {
        Some(code) => Some(Reason::from_code(&code).ok_or(StoreError::Unreadable("reason"))?),
        None => None,
    };
    let state: String = row.try_get("state")?;
    match (state.as_str(), reason, row.try_get::<Option<i64>, _>("sent_at")?) {
        ("waiting" | "sending", reason, _) => Ok(State::Waiting { reason, not_before: row.try_get("not_before")? }),
        ("printing", _, _) => Ok(State::Printing),
        ("not_sent", Some(reason), _) => Ok(State::NotSent { reason }),
        ("sent", _, Some(at)) => Ok(State::Sent { at }),
        _ => Err(StoreError::Unreadable("message state")),
    }
}

fn read_channel(row: &AnyRow) -> StoreResult<Channel> {
    Channel::from_code(&row.try_get::<String, _>("channel")?).ok_or(StoreError::Unreadable("channel"))
}

fn read_weight(row: &AnyRow) -> StoreResult<Weight> {
    Weight::from_code(&row.try_get::<String, _>("weight")?).ok_or(StoreError::Unreadable("weight"))
}

/// A message taken by one sender.
#[derive(Clone)]
pub struct Claimed {
    pub id: String,
    pub customer_id: CustomerId,
    pub account_id: Option<AccountId>,
    pub language: String,
    pub subject: String,
    pub body_text: String,
    pub body_html: String,
    pub body_short: Option<String>,
    pub document_id: Option<DocumentId>,
    pub weight: Weight,
    pub expires_at: Option<Millis>,
    pub created_at: Millis,
    /// The message that came back, whose place this one takes.
    pub instead_of: Option<String>,
    pub once_key: String,
    /// The one address it goes to, whatever the customer's is.
    pub only_to: Option<String>,
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
        "update outbox set state = 'sending', not_before = $2, attempts = attempts + 1
         where id = (
             select id from outbox where state in ('waiting', 'sending') and not_before <= $1 order by not_before, id limit 1
           )
           and state in ('waiting', 'sending')
           and not_before <= $1
         returning id, customer_id, account_id, language, subject, body_text, body_html, body_short, document_id, weight,
           expires_at, created_at, instead_of, once_key, only_to, attempts",
    )
    .bind(now)
    .bind(lease_until)
    .fetch_optional(executor)
    .await?;
    row.map(|row| {
        Ok(Claimed {
            id: row.try_get("id")?,
            customer_id: CustomerId(row.try_get("customer_id")?),
            account_id: row.try_get::<Option<String>, _>("account_id")?.map(AccountId),
            language: row.try_get("language")?,
            subject: row.try_get("subject")?,
            body_text: row.try_get("body_text")?,
            body_html: row.try_get("body_html")?,
            body_short: row.try_get("body_short")?,
            document_id: row.try_get::<Option<String>, _>("document_id")?.map(DocumentId),
            weight: read_weight(&row)?,
            expires_at: row.try_get("expires_at")?,
            created_at: row.try_get("created_at")?,
            instead_of: row.try_get("instead_of")?,
            once_key: row.try_get("once_key")?,
            only_to: row.try_get("only_to")?,
            attempts: row.try_get("attempts")?,
        })
    })
    .transpose()
}

/// Gives a claimed message back before it was tried: the attempt does not count, and nothing has left. `false` if another sender
/// took over in between.
pub async fn put_back(tx: &mut Tx, id: &str, channel: Option<Channel>, state: State, now: Millis) -> StoreResult<bool> {
    let Columns { state, reason, not_before, sent_at: _ } = columns(state, now);
    let done = sqlx::query(
        "update outbox set state = $2, reason = $3, not_before = $4, attempts = attempts - 1, decided_at = null,
           channel = coalesce($5, channel)
         where id = $1 and state = 'sending'",
    )
    .bind(id)
    .bind(state)
    .bind(reason.map(Reason::code))
    .bind(not_before)
    .bind(channel.map(Channel::code))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Records that the gate let a claimed message go, and where it goes: it counts from now on. `false` if another sender took
/// over in between.
pub async fn let_go(tx: &mut Tx, id: &str, channel: Channel, recipient: &str, attempt: i64, now: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "update outbox set channel = $2, recipient = $3, decided_at = $4 where id = $1 and state = 'sending' and attempts = $5",
    )
    .bind(id)
    .bind(channel.code())
    .bind(recipient)
    .bind(now)
    .bind(attempt)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Records what became of a claimed message. `false` if another sender took over in between and has recorded it.
pub async fn record(tx: &mut Tx, id: &str, state: State, carrier: Option<&str>, now: Millis) -> StoreResult<bool> {
    let Columns { state, reason, not_before, sent_at } = columns(state, now);
    // What did not leave is not counted among the messages of a week.
    let done = sqlx::query(
        "update outbox set state = $2, reason = $3, not_before = $4, sent_at = $5, carrier = $6,
           decided_at = case when $2 in ('sent', 'printing') then decided_at else null end
         where id = $1 and state = 'sending'",
    )
    .bind(id)
    .bind(state)
    .bind(reason.map(Reason::code))
    .bind(not_before)
    .bind(sent_at)
    .bind(carrier)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A letter was printed: it is sent, also where that was done before it could be withdrawn. Returns whether it was in the queue.
pub async fn printed(tx: &mut Tx, id: &str, at: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "update outbox set state = 'sent', reason = null, sent_at = $2, decided_at = $2, carrier = 'print'
         where id = $1 and (state = 'printing' or (state = 'not_sent' and reason = $3))",
    )
    .bind(id)
    .bind(at)
    .bind(Reason::Withdrawn.code())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A message that was sent came back. It still says when it was sent; `false` if it was not sent or has come back before.
pub async fn bounced(tx: &mut Tx, id: &str, at: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "update outbox set state = 'not_sent', reason = 'bounced', bounced_at = $2
         where id = $1 and state = 'sent' and channel in ('email', 'text')",
    )
    .bind(id)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A message was called unwanted.
pub async fn complained(tx: &mut Tx, id: &str, at: Millis) -> StoreResult<()> {
    let done = sqlx::query("update outbox set complained_at = coalesce(complained_at, $2) where id = $1")
        .bind(id)
        .bind(at)
        .execute(&mut **tx)
        .await?;
    expect_rows(&done, 1)
}

/// The once key of what takes the place of a message that came back.
fn once_key_of_successor(once_key: &str) -> String {
    format!("{once_key}:by_post")
}

/// Writes what came back once more, to go by post. `false` if that was done before.
pub async fn write_successor(tx: &mut Tx, id: &str, new_id: &str, now: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "insert into outbox (id, customer_id, account_id, channel, template, language, recipient, subject, body_text, body_html,
           body_short, document_id, hours, weight, expires_at, state, reason, once_key, not_before, created_at, sent_at, attempts,
           instead_of)
         select $2, customer_id, account_id, 'letter', template, language, '', subject, body_text, body_html, body_short, document_id,
           hours, weight, expires_at, 'waiting', 'bounced', once_key || ':by_post', $3, $3, null, 0, id
         from outbox
         where id = $1
         on conflict (once_key) do nothing",
    )
    .bind(id)
    .bind(new_id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How the message with this once key stands, and over which channel it goes: what took the place of one that came back counts
/// instead of it. `Sent` means handed over and not come back since. `None`: there is no such message.
pub async fn by_once_key(tx: &mut Tx, once_key: &str) -> StoreResult<Option<(State, Channel)>> {
    let row = sqlx::query(
        "select state, reason, not_before, sent_at, channel
         from outbox
         where once_key = $1 or once_key = $2
         order by case once_key when $1 then 1 else 0 end
         limit 1",
    )
    .bind(once_key)
    .bind(once_key_of_successor(once_key))
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok((read_state(&row)?, read_channel(&row)?))).transpose()
}

/// The messages that can still be kept from being sent: those that wait, stand in the print queue, or are with a sender whom the gate
/// has not let go.
const NOT_GONE: &str = "(state in ('waiting', 'printing') or (state = 'sending' and decided_at is null))";

/// Keeps a message from being sent that still waits, stands in the print queue, or is with a sender whom the gate has not let go:
/// what it says is no longer so. `false` where a sender has it in hand.
pub async fn withdraw(tx: &mut Tx, once_key: &str) -> StoreResult<bool> {
    let update = format!("update outbox set state = 'not_sent', reason = $3 where once_key in ($1, $2) and {NOT_GONE}");
    sqlx::query(AssertSqlSafe(update))
        .bind(once_key)
        .bind(once_key_of_successor(once_key))
        .bind(Reason::Withdrawn.code())
        .execute(&mut **tx)
        .await?;
    let stands = by_once_key(tx, once_key).await?;
    Ok(!matches!(stands, Some((State::Waiting { .. }, _))))
}

/// The same for all of a customer's messages whose once key begins like this: our own words, without `%` and `_` where it matters.
pub async fn withdraw_all(tx: &mut Tx, customer: &CustomerId, beginning: &str) -> StoreResult<()> {
    let update = format!(
        "update outbox set state = 'not_sent', reason = $3 where customer_id = $1 and once_key like $2 || '%' and {NOT_GONE}"
    );
    sqlx::query(AssertSqlSafe(update))
        .bind(customer.as_str())
        .bind(beginning)
        .bind(Reason::Withdrawn.code())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What a customer was sent, or is being sent, since an instant, of the weights that count towards the cap; without the
/// message `but`.
pub async fn log_since(tx: &mut Tx, customer: &CustomerId, but: &str, since: Millis) -> StoreResult<Vec<Logged>> {
    let counted = Weight::ALL.map(|weight| if weight.is_counted() { format!("'{}'", weight.code()) } else { "null".into() });
    let rows = sqlx::query(AssertSqlSafe(format!(
        "select channel, decided_at
         from outbox
         where customer_id = $1 and decided_at > $2 and decided_at is not null and weight in ({}) and id <> $3
         order by decided_at desc
         limit 200",
        counted.join(", ")
    )))
    .bind(customer.as_str())
    .bind(since)
    .bind(but)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let at = Timestamp::from_millisecond(row.try_get("decided_at")?).map_err(|_| StoreError::Unreadable("instant"))?;
            Ok(Logged { channel: read_channel(row)?, at })
        })
        .collect()
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

/// Lets a customer's messages that wait be decided anew, because what is known of them has changed.
pub async fn decide_again(tx: &mut Tx, customer: &CustomerId, now: Millis) -> StoreResult<()> {
    sqlx::query("update outbox set not_before = $2 where customer_id = $1 and state = 'waiting' and not_before > $2")
        .bind(customer.as_str())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whose message it is, for what comes back about it.
#[derive(Clone, PartialEq, Eq)]
pub struct Owner {
    pub id: String,
    pub customer_id: CustomerId,
    pub channel: Channel,
    pub weight: Weight,
    pub recipient: String,
    pub template: String,
    /// The account it is about, where it is about one.
    pub account_id: Option<AccountId>,
}

pub async fn owner(tx: &mut Tx, id: &str) -> StoreResult<Option<Owner>> {
    let row = sqlx::query("select id, customer_id, channel, weight, recipient, template, account_id from outbox where id = $1")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| {
        Ok(Owner {
            id: row.try_get("id")?,
            customer_id: CustomerId(row.try_get("customer_id")?),
            channel: read_channel(&row)?,
            weight: read_weight(&row)?,
            recipient: row.try_get("recipient")?,
            template: row.try_get("template")?,
            account_id: row.try_get::<Option<String>, _>("account_id")?.map(AccountId),
        })
    })
    .transpose()
}

/// One line of the list of messages. Whom it went to is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMessage {
    pub id: String,
    pub channel: String,
    pub weight: String,
    pub template: String,
    pub language: String,
    pub state: String,
    pub reason: Option<String>,
    pub carrier: Option<String>,
    pub not_before: Millis,
    pub created_at: Millis,
    pub sent_at: Option<Millis>,
    pub expires_at: Option<Millis>,
    pub bounced_at: Option<Millis>,
    pub complained_at: Option<Millis>,
    pub attempts: i64,
}

const LISTED: &str =
    "id, channel, weight, template, language, state, reason, carrier, not_before, created_at, sent_at, expires_at,
   bounced_at, complained_at, attempts";

fn listed(row: &AnyRow) -> StoreResult<ListedMessage> {
    Ok(ListedMessage {
        id: row.try_get("id")?,
        channel: row.try_get("channel")?,
        weight: row.try_get("weight")?,
        template: row.try_get("template")?,
        language: row.try_get("language")?,
        state: row.try_get("state")?,
        reason: row.try_get("reason")?,
        carrier: row.try_get("carrier")?,
        not_before: row.try_get("not_before")?,
        created_at: row.try_get("created_at")?,
        sent_at: row.try_get("sent_at")?,
        expires_at: row.try_get("expires_at")?,
        bounced_at: row.try_get("bounced_at")?,
        complained_at: row.try_get("complained_at")?,
        attempts: row.try_get("attempts")?,
    })
}

/// The newest messages, at most `limit`; those of one customer where one is named.
pub async fn list<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: Option<&CustomerId>,
    limit: i64,
) -> StoreResult<Vec<ListedMessage>> {
    let sql = format!("select {LISTED} from outbox where $1 = '' or customer_id = $1 order by created_at desc, id desc limit $2");
    let rows =
        sqlx::query(AssertSqlSafe(sql)).bind(customer.map_or("", CustomerId::as_str)).bind(limit).fetch_all(executor).await?;
    rows.iter().map(listed).collect()
}

/// A message as it was or will be sent. Has no Debug: never printed into a log.
pub struct Whole {
    pub listed: ListedMessage,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub short: Option<String>,
}

pub async fn whole<'e>(executor: impl Executor<'e, Database = Any>, id: &str) -> StoreResult<Option<Whole>> {
    let sql = format!("select {LISTED}, subject, body_text, body_html, body_short from outbox where id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(executor).await?;
    row.map(|row| {
        Ok(Whole {
            listed: listed(&row)?,
            subject: row.try_get("subject")?,
            text: row.try_get("body_text")?,
            html: row.try_get("body_html")?,
            short: row.try_get("body_short")?,
        })
    })
    .transpose()
}

/// The newest messages that the sandbox took, for its page: when, and the text for a telephone or the subject of an e-mail.
/// The third is its once key.
pub async fn sandbox_messages(tx: &mut Tx) -> StoreResult<Vec<(Millis, String, String)>> {
    Ok(sqlx::query_as(
        "select sent_at, case channel when 'text' then coalesce(body_short, '') else subject end, once_key
         from outbox
         where carrier = 'sandbox' and sent_at is not null
         order by sent_at desc, id desc
         limit 50",
    )
    .fetch_all(&mut **tx)
    .await?)
}
