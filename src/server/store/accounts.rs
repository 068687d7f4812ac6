//! Reads of accounts for the people whose accounts they are. What an import writes is in `store::import`.

use super::{StoreError, StoreResult, Tx};
use crate::domain::calendar::Date;
use crate::domain::contact::channel::Channel;
use crate::domain::contact::gate::Reason;
use crate::domain::contact::template::Template;
use crate::domain::ids::{AccountId, AgreementId, CustomerId, PolicyVersion};
use crate::domain::money::{Currency, Money};
use crate::domain::standing::{EntryKind, OwnEntry};
use crate::server::clock::Millis;
use sqlx::{Any, Executor, FromRow};

/// A customer's account with the lowest id.
pub async fn first_of_customer(tx: &mut Tx, customer: &CustomerId) -> StoreResult<Option<AccountId>> {
    let id: Option<String> = sqlx::query_scalar("select id from accounts where customer_id = $1 order by id limit 1")
        .bind(customer.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(id.map(AccountId))
}

/// One line of the creditor's own history. Charged is positive, paid is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditorLine {
    pub posted_on: Date,
    pub kind: String,
    pub description: String,
    pub amount: Money,
}

/// The newest lines of the creditor's history, newest first: at most 400. Limits stand in the text of a statement, because
/// SQLite plans anew each time a limit is bound, which takes longer than the statement itself.
pub async fn creditor_history<'e>(
    executor: impl Executor<'e, Database = Any>,
    account: &AccountId,
    currency: Currency,
) -> StoreResult<Vec<CreditorLine>> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "select posted_on, kind, description, amount_minor
         from creditor_transactions
         where account_id = $1
         order by posted_on desc, case kind when 'opening_balance' then 1 else 0 end, fingerprint
         limit 400",
    )
    .bind(account.as_str())
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(posted_on, kind, description, minor)| {
            Ok(CreditorLine { posted_on: day(&posted_on)?, kind, description, amount: Money::new(minor, currency) })
        })
        .collect()
}

/// What has happened on an account since the creditor reported, what is under way and what is agreed: read in one statement
/// because most accounts have little or none of it, and asking costs more than answering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// An entry of our own books, with what it changed for the customer. The opening repeats what was reported and an
    /// adjustment follows the creditor's later figures: neither is among them.
    Entry(OwnEntry),
    Hold {
        kind: String,
        until: Option<Millis>,
    },
    /// The account is under it.
    Agreement {
        id: AgreementId,
        reference: String,
    },
    Payment {
        reference: String,
        amount: Money,
        state: String,
        begun_at: Millis,
    },
    Message {
        template: Template,
        channel: Channel,
        is_printing: bool,
        reason: Option<Reason>,
        not_before: Millis,
    },
    /// Something that keeps e-mail from being used: the code of a mark.
    EmailMark(String),
    /// Terms are held for the customer, under this policy.
    HeldTerms(PolicyVersion),
}

#[derive(FromRow)]
struct RawHappening {
    what: String,
    name: String,
    detail: String,
    minor: i64,
    /// An instant.
    at: Option<i64>,
    id: String,
}

/// Entries, holds, the agreement, payments, messages and held terms, each in its order; at most 1,000, far more than happens between two
/// reports.
pub async fn happenings<'e>(
    executor: impl Executor<'e, Database = Any>,
    account: &AccountId,
    customer: &CustomerId,
    currency: Currency,
    now: Millis,
) -> StoreResult<Vec<Happening>> {
    let rows: Vec<RawHappening> = sqlx::query_as(
        "select 'entry' as what, t.posted_on as name, t.kind || ' ' || coalesce(pa.reference, '') as detail,
           cast(sum(p.amount_minor) as bigint) as minor, t.posted_at as at, t.id as id
         from ledger_transactions t
         cross join postings p
         left join payments pa on pa.id = t.payment_id
         where t.account_id = $1 and t.posted_at >= (select reported_at from accounts where id = $1)
           and t.kind not in ('opening', 'adjustment') and p.transaction_id = t.id and p.book = 'customer'
         group by t.id, t.kind, t.posted_on, t.posted_at, pa.reference
         union all
         select 'hold', id, kind, cast(0 as bigint), ends_at, id
         from holds
         where account_id = $1 and released_at is null and starts_at <= $3 and (ends_at is null or ends_at > $3)
         union all
         select 'agreement', g.id, g.reference, cast(0 as bigint), g.created_at, g.id
         from agreement_accounts ga
         join agreements g on g.id = ga.agreement_id
         where ga.account_id = $1 and ga.ended_at is null
         union all
         select 'payment', pa.reference, pa.state, s.amount_minor, pa.created_at, pa.id
         from payment_shares s
         join payments pa on pa.id = s.payment_id
         where s.account_id = $1 and pa.state in ('created', 'submitted', 'needs_customer', 'processing', 'unknown')
         union all
         select 'message', channel || ' ' || state || ' ' || coalesce(reason, ''), template, cast(0 as bigint),
           not_before, id
         from outbox
         where customer_id = $2 and sent_at is null and state in ('waiting', 'sending', 'printing')
         union all
         select 'email', id, mark, cast(0 as bigint), learned_at, id
         from channel_marks
         where customer_id = $2 and ended_at is null and channel = 'email' and mark in ('stopped', 'complained', 'unusable', 'inconvenient_place')
           and (address is null or lower(address) = (select lower(email) from customers where id = $2))
         union all
         select 'terms', id, policy_version, cast(0 as bigint), held_until, id
         from offer_sets
         where account_id = $1 and ended_at is null and held_until > $3
         order by what, at, id
         limit 1000",
    )
    .bind(account.as_str())
    .bind(customer.as_str())
    .bind(now)
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(|row| happening(row, currency)).collect()
}

fn happening(row: RawHappening, currency: Currency) -> StoreResult<Happening> {
    let amount = Money::new(row.minor, currency);
    let at = row.at.unwrap_or_default();
    Ok(match row.what.as_str() {
        "entry" => Happening::Entry(entry(&row.detail, day(&row.name)?, amount)?),
        "hold" => Happening::Hold { kind: row.detail, until: row.at },
        "agreement" => Happening::Agreement { id: AgreementId(row.id), reference: row.detail },
        "payment" => Happening::Payment { reference: row.name, amount, state: row.detail, begun_at: at },
        "terms" => Happening::HeldTerms(PolicyVersion(row.detail)),
        "email" => Happening::EmailMark(row.detail),
        _ => message(&row.name, &row.detail, at)?,
    })
}

/// An entry of our own books, of `kind payment`.
fn entry(what: &str, posted_on: Date, amount: Money) -> StoreResult<OwnEntry> {
    let (kind, payment) = what.split_once(' ').ok_or(StoreError::Unreadable("ledger entry"))?;
    Ok(OwnEntry {
        kind: EntryKind::from_code(kind).ok_or(StoreError::Unreadable("ledger entry"))?,
        posted_on,
        amount,
        payment: (!payment.is_empty()).then(|| payment.to_owned()),
    })
}

/// A waiting message, of `channel state reason`.
fn message(stands: &str, template: &str, not_before: Millis) -> StoreResult<Happening> {
    let template = Template::from_code(template).ok_or(StoreError::Unreadable("template"))?;
    let mut words = stands.splitn(3, ' ');
    let channel = words.next().and_then(Channel::from_code).ok_or(StoreError::Unreadable("channel"))?;
    let is_printing = words.next() == Some("printing");
    let reason = words.next().and_then(Reason::from_code);
    Ok(Happening::Message { template, channel, is_printing, reason, not_before })
}

fn day(text: &str) -> StoreResult<Date> {
    text.parse().map_err(|_| StoreError::Unreadable("date"))
}
