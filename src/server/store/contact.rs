//! What is known of the ways to a customer: addresses, what was learned of them, consents, and the tokens of stop links.

use super::{StoreError, StoreResult, Tx};
use crate::domain::contact::channel::Channel;
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::clock::Millis;
use sqlx::{Any, Executor, FromRow};

/// Something that was learned of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Asked us not to use it.
    Stopped,
    /// Called a message unwanted.
    Complained,
    /// A message came back for good.
    Unusable,
    /// A message came back for now: a full mailbox, a server that could not be reached for days.
    Undelivered,
    /// "Stop contacting me", over every channel.
    StoppedContact,
    /// This address is at a place where they do not want to be reached, such as work (12 CFR 1006.6(b)(1)).
    InconvenientPlace,
}

impl Mark {
    const ALL: [Mark; 6] =
        [Mark::Stopped, Mark::Complained, Mark::Unusable, Mark::Undelivered, Mark::StoppedContact, Mark::InconvenientPlace];

    pub fn code(self) -> &'static str {
        match self {
            Mark::Stopped => "stopped",
            Mark::Complained => "complained",
            Mark::Unusable => "unusable",
            Mark::Undelivered => "undelivered",
            Mark::StoppedContact => "stopped_contact",
            Mark::InconvenientPlace => "inconvenient_place",
        }
    }

    fn from_code(code: &str) -> StoreResult<Mark> {
        Mark::ALL.into_iter().find(|mark| mark.code() == code).ok_or(StoreError::Unreadable("channel mark"))
    }
}

/// How it was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LearnedFrom {
    /// The page behind the stop link.
    Page,
    /// The one-step button of a mail program.
    OneClick,
    Reply,
    DeliveryReport,
    FeedbackReport,
    /// The mail server refused the address when it was asked.
    MailServer,
    TextCarrier,
    Operator,
    /// Signed in, on the page of their preferences.
    Customer,
}

impl LearnedFrom {
    pub fn code(self) -> &'static str {
        match self {
            LearnedFrom::Page => "page",
            LearnedFrom::OneClick => "one_click",
            LearnedFrom::Reply => "reply",
            LearnedFrom::DeliveryReport => "delivery_report",
            LearnedFrom::FeedbackReport => "feedback_report",
            LearnedFrom::MailServer => "mail_server",
            LearnedFrom::TextCarrier => "text_carrier",
            LearnedFrom::Operator => "operator",
            LearnedFrom::Customer => "customer",
        }
    }
}

/// Where a customer can be reached, as the creditor reported it. Has no Debug: never printed into a log.
#[derive(Clone, FromRow)]
pub struct Addresses {
    pub email: Option<String>,
    pub phone: Option<String>,
    pub street: Option<String>,
    pub state: Option<String>,
    pub postal_code: String,
    pub time_zone: String,
}

pub async fn addresses(tx: &mut Tx, customer: &CustomerId) -> StoreResult<Option<Addresses>> {
    Ok(sqlx::query_as("select email, phone, street, state, postal_code, time_zone from customers where id = $1")
        .bind(customer.as_str())
        .fetch_optional(&mut **tx)
        .await?)
}

/// Reads them and locks the customer until the transaction ends, so that two messages to one person are decided one after the
/// other.
pub async fn lock_addresses(tx: &mut Tx, customer: &CustomerId) -> StoreResult<Option<Addresses>> {
    Ok(sqlx::query_as(
        "update customers set time_zone = time_zone
         where id = $1
         returning email, phone, street, state, postal_code, time_zone",
    )
    .bind(customer.as_str())
    .fetch_optional(&mut **tx)
    .await?)
}

/// A mark that is in force. `channel` is none for all of them.
#[derive(Clone, PartialEq, Eq)]
pub struct LiveMark {
    pub channel: Option<Channel>,
    pub mark: Mark,
    /// Only this address; none for the channel whatever the address.
    pub address: Option<String>,
    pub learned_at: Millis,
}

pub async fn live_marks<'e>(executor: impl Executor<'e, Database = Any>, customer: &CustomerId) -> StoreResult<Vec<LiveMark>> {
    let rows: Vec<(String, String, Option<String>, i64)> = sqlx::query_as(
        "select channel, mark, address, learned_at
         from channel_marks
         where customer_id = $1 and ended_at is null
         order by learned_at desc, id desc
         limit 200",
    )
    .bind(customer.as_str())
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(channel, mark, address, learned_at)| {
            let channel = match channel.as_str() {
                ALL_CHANNELS => None,
                code => Some(Channel::from_code(code).ok_or(StoreError::Unreadable("channel"))?),
            };
            Ok(LiveMark { channel, mark: Mark::from_code(&mark)?, address, learned_at })
        })
        .collect()
}

const ALL_CHANNELS: &str = "all";

pub struct NewMark<'a> {
    pub id: &'a str,
    pub customer_id: &'a CustomerId,
    /// None for all of them.
    pub channel: Option<Channel>,
    pub mark: Mark,
    pub address: Option<&'a str>,
    pub learned_from: LearnedFrom,
    pub message_id: Option<&'a str>,
    pub learned_at: Millis,
}

pub async fn insert_mark(tx: &mut Tx, new: &NewMark<'_>) -> StoreResult<()> {
    sqlx::query(
        "insert into channel_marks (id, customer_id, channel, mark, address, learned_from, message_id, learned_at, ended_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, null)",
    )
    .bind(new.id)
    .bind(new.customer_id.as_str())
    .bind(new.channel.map_or(ALL_CHANNELS, Channel::code))
    .bind(new.mark.code())
    .bind(new.address)
    .bind(new.learned_from.code())
    .bind(new.message_id)
    .bind(new.learned_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends every mark of a channel (`None`: "stop contacting me"): the customer wants it again. Returns how many there were.
pub async fn end_marks(tx: &mut Tx, customer: &CustomerId, channel: Option<Channel>, now: Millis) -> StoreResult<u64> {
    let done = sqlx::query("update channel_marks set ended_at = $3 where customer_id = $1 and channel = $2 and ended_at is null")
        .bind(customer.as_str())
        .bind(channel.map_or(ALL_CHANNELS, Channel::code))
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

/// Ends what a customer said against a channel, and nothing that was learned of it otherwise. Returns how many marks there were.
pub async fn end_wishes(tx: &mut Tx, customer: &CustomerId, channel: Channel, now: Millis) -> StoreResult<u64> {
    let done = sqlx::query(
        "update channel_marks set ended_at = $3
         where customer_id = $1 and channel = $2 and mark in ('stopped', 'complained') and ended_at is null",
    )
    .bind(customer.as_str())
    .bind(channel.code())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Ends that an address is at an inconvenient place. Returns whether it was.
pub async fn end_inconvenient_place(tx: &mut Tx, customer: &CustomerId, channel: Channel, now: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "update channel_marks set ended_at = $3
         where customer_id = $1 and channel = $2 and mark = 'inconvenient_place' and ended_at is null",
    )
    .bind(customer.as_str())
    .bind(channel.code())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What a customer agrees to by its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Text messages to a number.
    Texts,
    /// Electronic documents in place of paper.
    Documents,
}

impl Consent {
    pub fn code(self) -> &'static str {
        match self {
            Consent::Texts => "text",
            Consent::Documents => "documents",
        }
    }

    pub fn from_code(code: &str) -> Option<Consent> {
        [Consent::Texts, Consent::Documents].into_iter().find(|consent| consent.code() == code)
    }
}

/// A consent that was not withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveConsent {
    pub given_at: Millis,
    pub language: String,
    /// The very words; `None` of one given before they were kept.
    pub agreed_text: Option<String>,
}

pub async fn live_consent<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    consent: Consent,
) -> StoreResult<Option<LiveConsent>> {
    let row: Option<(i64, String, Option<String>)> = sqlx::query_as(
        "select given_at, language, agreed_text
         from channel_consents
         where customer_id = $1 and channel = $2 and withdrawn_at is null",
    )
    .bind(customer.as_str())
    .bind(consent.code())
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|(given_at, language, agreed_text)| LiveConsent { given_at, language, agreed_text }))
}

/// The number a customer has consented to get texts at, if they have.
pub async fn consented_number<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar(
        "select address from channel_consents where customer_id = $1 and channel = 'text' and withdrawn_at is null",
    )
    .bind(customer.as_str())
    .fetch_optional(executor)
    .await?)
}

pub struct NewConsent<'a> {
    pub id: &'a str,
    pub customer_id: &'a CustomerId,
    pub consent: Consent,
    /// The number or address it is given for.
    pub address: &'a str,
    /// The very words, and their SHA-256.
    pub agreed_text: &'a str,
    pub text_version: &'a str,
    pub language: &'a str,
    pub given_by: &'a str,
    pub given_at: Millis,
}

/// Takes the place of an earlier consent.
pub async fn insert_consent(tx: &mut Tx, new: &NewConsent<'_>) -> StoreResult<()> {
    withdraw_consent(tx, new.customer_id, new.consent, new.given_at).await?;
    sqlx::query(
        "insert into channel_consents (id, customer_id, channel, address, text_version, language, given_by, given_at, withdrawn_at,
           agreed_text)
         values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9)",
    )
    .bind(new.id)
    .bind(new.customer_id.as_str())
    .bind(new.consent.code())
    .bind(new.address)
    .bind(new.text_version)
    .bind(new.language)
    .bind(new.given_by)
    .bind(new.given_at)
    .bind(new.agreed_text)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Returns whether there was one.
pub async fn withdraw_consent(tx: &mut Tx, customer: &CustomerId, consent: Consent, at: Millis) -> StoreResult<bool> {
    let done = sqlx::query(
        "update channel_consents set withdrawn_at = $3 where customer_id = $1 and channel = $2 and withdrawn_at is null",
    )
    .bind(customer.as_str())
    .bind(consent.code())
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps the digest of a stop link's token; the same token is kept once.
pub async fn keep_stop_token(tx: &mut Tx, digest: &str, customer: &CustomerId, channel: Channel, now: Millis) -> StoreResult<()> {
    sqlx::query(
        "insert into stop_tokens (token_digest, customer_id, channel, created_at) values ($1, $2, $3, $4)
         on conflict (token_digest) do nothing",
    )
    .bind(digest)
    .bind(customer.as_str())
    .bind(channel.code())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whose channel a stop link's token stops.
pub async fn of_stop_token<'e>(
    executor: impl Executor<'e, Database = Any>,
    digest: &str,
) -> StoreResult<Option<(CustomerId, Channel)>> {
    let row: Option<(String, String)> = sqlx::query_as("select customer_id, channel from stop_tokens where token_digest = $1")
        .bind(digest)
        .fetch_optional(executor)
        .await?;
    row.map(|(customer, channel)| {
        Ok((CustomerId(customer), Channel::from_code(&channel).ok_or(StoreError::Unreadable("channel"))?))
    })
    .transpose()
}

/// The customers with this e-mail address, at most 20.
pub async fn with_email(tx: &mut Tx, email: &str) -> StoreResult<Vec<CustomerId>> {
    let ids: Vec<String> = sqlx::query_scalar("select id from customers where lower(email) = $1 order by id limit 20")
        .bind(email.to_lowercase())
        .fetch_all(&mut **tx)
        .await?;
    Ok(ids.into_iter().map(CustomerId).collect())
}

/// The customers who have consented to texts at a number, given as its digits, at most 20.
pub async fn with_text_number(tx: &mut Tx, digits: &str) -> StoreResult<Vec<CustomerId>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select distinct customer_id from channel_consents where channel = 'text' and address = $1 order by customer_id limit 20",
    )
    .bind(digits)
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(CustomerId).collect())
}

/// The holds in force on an account, or on any of a customer's where none is named, with their ends.
pub async fn holds(
    tx: &mut Tx,
    customer: &CustomerId,
    account: Option<&AccountId>,
    now: Millis,
) -> StoreResult<Vec<(HoldKind, Option<Millis>)>> {
    let rows: Vec<(String, Option<i64>)> = sqlx::query_as(
        "select h.kind, h.ends_at
         from holds h
         join accounts a on a.id = h.account_id
         where a.customer_id = $1 and ($2 = '' or a.id = $2) and h.starts_at <= $3 and h.released_at is null
           and (h.ends_at is null or h.ends_at > $3)
         order by h.starts_at, h.id
         limit 100",
    )
    .bind(customer.as_str())
    .bind(account.map_or("", AccountId::as_str))
    .bind(now)
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(|(kind, until)| Ok((HoldKind::from_code(&kind).ok_or(StoreError::Unreadable("hold"))?, until))).collect()
}
