//! Tries to collect instalments, what is read to decide about one, and what a sweep finds to be done.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::agreement_state::AgreementState;
use crate::domain::calendar::Date;
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DraftId, MandateId, PaymentId};
use crate::domain::money::{Currency, Money};
use crate::server::clock::Millis;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe, Row};

/// One instalment of one version of an agreement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InstalmentKey {
    pub agreement_id: AgreementId,
    pub version: i64,
    pub number: i64,
}

/// The state of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryState {
    Announced,
    Planned,
    Asked,
    Collected,
    Declined,
    Abandoned,
    NotNeeded,
    NotCollected,
}

impl TryState {
    const ALL: [TryState; 8] = [
        TryState::Announced,
        TryState::Planned,
        TryState::Asked,
        TryState::Collected,
        TryState::Declined,
        TryState::Abandoned,
        TryState::NotNeeded,
        TryState::NotCollected,
    ];

    pub fn code(self) -> &'static str {
        match self {
            TryState::Announced => "announced",
            TryState::Planned => "planned",
            TryState::Asked => "asked",
            TryState::Collected => "collected",
            TryState::Declined => "declined",
            TryState::Abandoned => "abandoned",
            TryState::NotNeeded => "not_needed",
            TryState::NotCollected => "not_collected",
        }
    }

    fn from_code(code: &str) -> Option<TryState> {
        TryState::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// One try, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    pub key: InstalmentKey,
    pub attempt: u32,
    pub account_id: AccountId,
    pub state: TryState,
    pub day: Date,
    pub look_on: Date,
    pub amount: Money,
    pub notices: u32,
    pub notice_key: Option<String>,
    pub payment_id: Option<PaymentId>,
    pub reason: Option<String>,
}

const COLUMNS: &str = "k.agreement_id, k.version, k.instalment_number, k.attempt, k.account_id, k.state, k.day, k.look_on, \
                       k.amount_minor, k.notices, k.notice_key, k.payment_id, k.reason, a.currency";
const FROM: &str = "from collections k join accounts a on a.id = k.account_id";

pub async fn insert(tx: &mut Tx, new: &Try, at: Millis) -> StoreResult<()> {
    sqlx::query(
        "insert into collections (agreement_id, version, instalment_number, attempt, account_id, state, day, look_on, amount_minor,
           notices, notice_key, payment_id, reason, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
    )
    .bind(new.key.agreement_id.as_str())
    .bind(new.key.version)
    .bind(new.key.number)
    .bind(i64::from(new.attempt))
    .bind(new.account_id.as_str())
    .bind(new.state.code())
    .bind(new.day.to_string())
    .bind(new.look_on.to_string())
    .bind(new.amount.minor())
    .bind(i64::from(new.notices))
    .bind(new.notice_key.as_deref())
    .bind(new.payment_id.as_ref().map(PaymentId::as_str))
    .bind(new.reason.as_deref())
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes a try anew. `from` is the state it was read in: another one there now is an error.
pub async fn update(tx: &mut Tx, changed: &Try, from: TryState, at: Millis) -> StoreResult<()> {
    let result = sqlx::query(
        "update collections set state = $5, day = $6, look_on = $7, amount_minor = $8, notices = $9, notice_key = $10,
           payment_id = $11, reason = $12, updated_at = $13
         where agreement_id = $1 and version = $2 and instalment_number = $3 and attempt = $4 and state = $14",
    )
    .bind(changed.key.agreement_id.as_str())
    .bind(changed.key.version)
    .bind(changed.key.number)
    .bind(i64::from(changed.attempt))
    .bind(changed.state.code())
    .bind(changed.day.to_string())
    .bind(changed.look_on.to_string())
    .bind(changed.amount.minor())
    .bind(i64::from(changed.notices))
    .bind(changed.notice_key.as_deref())
    .bind(changed.payment_id.as_ref().map(PaymentId::as_str))
    .bind(changed.reason.as_deref())
    .bind(at)
    .bind(from.code())
    .execute(&mut **tx)
    .await?;
    expect_rows(&result, 1)
}

/// The tries of one instalment, the first first.
pub async fn of_instalment(tx: &mut Tx, key: &InstalmentKey) -> StoreResult<Vec<Try>> {
    let query = format!(
        "select {COLUMNS} {FROM} where k.agreement_id = $1 and k.version = $2 and k.instalment_number = $3 order by k.attempt"
    );
    let rows = sqlx::query(AssertSqlSafe(query))
        .bind(key.agreement_id.as_str())
        .bind(key.version)
        .bind(key.number)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(read).collect()
}

/// The tries of an agreement's current version, by instalment and attempt.
pub async fn of_agreement(tx: &mut Tx, agreement_id: &AgreementId) -> StoreResult<Vec<Try>> {
    let query = format!(
        "select {COLUMNS} {FROM} join agreements g on g.id = k.agreement_id and g.current_version = k.version
         where k.agreement_id = $1 order by k.instalment_number, k.attempt"
    );
    let rows = sqlx::query(AssertSqlSafe(query)).bind(agreement_id.as_str()).fetch_all(&mut **tx).await?;
    rows.iter().map(read).collect()
}

/// The try that a payment belongs to; `None` for a payment the customer made.
pub async fn of_payment(tx: &mut Tx, payment_id: &PaymentId) -> StoreResult<Option<Try>> {
    let query = format!("select {COLUMNS} {FROM} where k.payment_id = $1");
    let row = sqlx::query(AssertSqlSafe(query)).bind(payment_id.as_str()).fetch_optional(&mut **tx).await?;
    row.as_ref().map(read).transpose()
}

/// The permission a payment was collected under, by the processor's own name of it.
pub async fn mandate_of_payment(pool: &AnyPool, payment_id: &PaymentId) -> StoreResult<Option<String>> {
    let name: Option<Option<String>> = sqlx::query_scalar(
        "select mandates.mandate from payments join mandates on mandates.id = payments.mandate_id where payments.id = $1",
    )
    .bind(payment_id.as_str())
    .fetch_optional(pool)
    .await?;
    Ok(name.flatten())
}

/// Notes under which permission a payment is collected.
pub async fn set_mandate(tx: &mut Tx, payment_id: &PaymentId, mandate_id: &MandateId) -> StoreResult<()> {
    let result = sqlx::query("update payments set mandate_id = $2 where id = $1")
        .bind(payment_id.as_str())
        .bind(mandate_id.as_str())
        .execute(&mut **tx)
        .await?;
    expect_rows(&result, 1)
}

/// The permission under which an agreement's instalments may be collected now, and when it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    pub mandate_id: MandateId,
    pub processor: String,
    /// The processor's own name of it.
    pub mandate: String,
    pub given_at: Millis,
}

/// None where the agreement is over, and none that was given in an earlier life of it.
pub async fn permission(tx: &mut Tx, agreement_id: &AgreementId) -> StoreResult<Option<Permission>> {
    let row: Option<(String, String, String, i64)> = sqlx::query_as(
        "select m.id, m.processor, m.mandate, coalesce(m.given_at, m.created_at) from mandates m
         join agreements g on g.id = m.agreement_id and g.state = 'active' and g.life = m.agreement_life
         where m.agreement_id = $1 and m.state = 'given' and m.mandate is not null",
    )
    .bind(agreement_id.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|(id, processor, mandate, given_at)| Permission { mandate_id: MandateId(id), processor, mandate, given_at }))
}

/// An agreement, as far as collecting and keeping it are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementHead {
    pub id: AgreementId,
    pub reference: String,
    pub customer_id: CustomerId,
    pub account_id: AccountId,
    pub state: AgreementState,
    pub version: i64,
    pub draft_id: DraftId,
}

impl AgreementHead {
    pub fn is_active(&self) -> bool {
        self.state == AgreementState::Active
    }
}

pub async fn agreement(tx: &mut Tx, id: &AgreementId) -> StoreResult<Option<AgreementHead>> {
    let row: Option<(String, String, String, String, i64, String)> = sqlx::query_as(
        "select g.reference, g.customer_id, ga.account_id, g.state, g.current_version, g.draft_id
         from agreements g
         join agreement_accounts ga on ga.agreement_id = g.id
         where g.id = $1
         order by ga.account_id
         limit 1",
    )
    .bind(id.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|(reference, customer_id, account_id, state, version, draft_id)| {
        Ok(AgreementHead {
            id: id.clone(),
            reference,
            customer_id: CustomerId(customer_id),
            account_id: AccountId(account_id),
            state: AgreementState::from_code(&state).ok_or(StoreError::Unreadable("state of an agreement"))?,
            version,
            draft_id: DraftId(draft_id),
        })
    })
    .transpose()
}

/// Something a sweep found: an instalment, in whose zone its days are, and what its first look depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub key: InstalmentKey,
    /// IANA name.
    pub time_zone: String,
    /// Where the sweep goes on: the day it was ordered by.
    pub day: Date,
    /// When the permission was given; zero where that does not matter.
    pub given_at: Millis,
}

type FoundRow = (String, i64, i64, String, String, i64);

fn found(row: FoundRow) -> StoreResult<Found> {
    let (agreement_id, version, number, time_zone, on, given_at) = row;
    let key = InstalmentKey { agreement_id: AgreementId(agreement_id), version, number };
    Ok(Found { key, time_zone, day: day(&on)?, given_at })
}

/// Where a sweep begins: before everything.
pub fn before_all(from: Date) -> Found {
    let key = InstalmentKey { agreement_id: AgreementId(String::new()), version: 0, number: 0 };
    Found { key, time_zone: String::new(), day: from, given_at: 0 }
}

/// Instalments under a permission about which nothing was decided yet, due between two days, after the last one found.
pub async fn untouched(pool: &AnyPool, last: &Found, until: Date, limit: i64) -> StoreResult<Vec<Found>> {
    let rows: Vec<FoundRow> = sqlx::query_as(
        "select i.agreement_id, i.version, i.number, c.time_zone, i.due_on, coalesce(m.given_at, m.created_at)
         from instalments i
         join agreements g on g.id = i.agreement_id and g.current_version = i.version and g.state = 'active'
         join mandates m
           on m.agreement_id = g.id and m.agreement_life = g.life and m.state = 'given' and m.mandate is not null
         join customers c on c.id = g.customer_id
         where i.due_on <= $4 and i.due_on >= $1 and (i.due_on, i.agreement_id, i.number) > ($1, $2, $3)
           and not exists (
             select 1 from collections k
             where k.agreement_id = i.agreement_id and k.version = i.version and k.instalment_number = i.number
           )
         order by i.due_on, i.agreement_id, i.number
         limit $5",
    )
    .bind(last.day.to_string())
    .bind(last.key.agreement_id.as_str())
    .bind(last.key.number)
    .bind(until.to_string())
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(found).collect()
}

/// Tries about which something is to be decided by a day, after the last one found.
pub async fn to_look_at(pool: &AnyPool, last: &Found, until: Date, limit: i64) -> StoreResult<Vec<Found>> {
    let rows: Vec<FoundRow> = sqlx::query_as(
        "select k.agreement_id, k.version, k.instalment_number, c.time_zone, k.look_on, cast(0 as bigint)
         from collections k
         join accounts a on a.id = k.account_id
         join customers c on c.id = a.customer_id
         where k.state in ('announced', 'planned') and k.look_on <= $5 and k.look_on >= $1
           and (k.look_on, k.agreement_id, k.version, k.instalment_number) > ($1, $2, $3, $4)
         order by k.look_on, k.agreement_id, k.version, k.instalment_number
         limit $6",
    )
    .bind(last.day.to_string())
    .bind(last.key.agreement_id.as_str())
    .bind(last.key.version)
    .bind(last.key.number)
    .bind(until.to_string())
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(found).collect()
}

/// Open instalments of live agreements that are due between two days and are not going to be collected by themselves: without a
/// permission, or given up; one under a permission that nobody has looked at yet is not among them. Without those whose message, its key beginning with `written_as`, is written. After the last one found.
pub async fn to_remind(pool: &AnyPool, last: &Found, until: Date, written_as: &str, limit: i64) -> StoreResult<Vec<Found>> {
    let rows: Vec<FoundRow> = sqlx::query_as(
        "select i.agreement_id, i.version, i.number, c.time_zone, i.due_on, cast(0 as bigint)
         from instalments i
         join agreements g on g.id = i.agreement_id and g.current_version = i.version and g.state = 'active'
         join customers c on c.id = g.customer_id
         where i.due_on <= $4 and i.due_on >= $1 and (i.due_on, i.agreement_id, i.number) > ($1, $2, $3)
           and i.amount_minor > (
             select coalesce(sum(l.amount_minor), 0) from payment_allocations l
             where l.agreement_id = i.agreement_id and l.instalment_number = i.number and l.applied_to = 'instalment'
           )
           and not exists (
             select 1 from collections k
             where k.agreement_id = i.agreement_id and k.version = i.version and k.instalment_number = i.number
               and k.state in ('announced', 'planned', 'asked')
           )
           and not exists (
             select 1 from mandates m
             where m.agreement_id = g.id and m.agreement_life = g.life and m.state = 'given' and m.mandate is not null
               and not exists (
                 select 1 from collections k
                 where k.agreement_id = i.agreement_id and k.version = i.version and k.instalment_number = i.number
               )
           )
           and not exists (
             select 1 from outbox o
             where o.once_key = $6 || i.agreement_id || ':' || cast(i.version as text) || ':' || cast(i.number as text)
           )
         order by i.due_on, i.agreement_id, i.number
         limit $5",
    )
    .bind(last.day.to_string())
    .bind(last.key.agreement_id.as_str())
    .bind(last.key.number)
    .bind(until.to_string())
    .bind(limit)
    .bind(written_as)
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(found).collect()
}

/// Live agreements of which an instalment due by a day is open, one line each, after the last one found.
pub async fn to_review(pool: &AnyPool, last: &AgreementId, until: Date, limit: i64) -> StoreResult<Vec<AgreementId>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select g.id from agreements g
         where g.state = 'active' and g.id > $1
           and exists (
             select 1 from instalments i
             where i.agreement_id = g.id and i.version = g.current_version and i.due_on <= $2
               and i.amount_minor > (
                 select coalesce(sum(l.amount_minor), 0) from payment_allocations l
                 where l.agreement_id = i.agreement_id and l.instalment_number = i.number and l.applied_to = 'instalment'
               )
           )
         order by g.id
         limit $3",
    )
    .bind(last.as_str())
    .bind(until.to_string())
    .bind(limit)
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(AgreementId).collect())
}

fn day(text: &str) -> StoreResult<Date> {
    text.parse().map_err(|_| StoreError::Unreadable("day of a collection"))
}

fn read(row: &AnyRow) -> StoreResult<Try> {
    let count = |column: &'static str| {
        u32::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Unreadable("count of a collection"))
    };
    let currency: String = row.try_get("currency")?;
    let currency = Currency::from_code(&currency).ok_or(StoreError::Unreadable("currency"))?;
    let state: String = row.try_get("state")?;
    Ok(Try {
        key: InstalmentKey {
            agreement_id: AgreementId(row.try_get("agreement_id")?),
            version: row.try_get("version")?,
            number: row.try_get("instalment_number")?,
        },
        attempt: count("attempt")?,
        account_id: AccountId(row.try_get("account_id")?),
        state: TryState::from_code(&state).ok_or(StoreError::Unreadable("state of a collection"))?,
        day: day(&row.try_get::<String, _>("day")?)?,
        look_on: day(&row.try_get::<String, _>("look_on")?)?,
        amount: Money::new(row.try_get("amount_minor")?, currency),
        notices: count("notices")?,
        notice_key: row.try_get("notice_key")?,
        payment_id: row.try_get::<Option<String>, _>("payment_id")?.map(PaymentId),
        reason: row.try_get("reason")?,
    })
}
