//! Whom customers let help, what they typed and have not confirmed, and what helpers did.

use super::{StoreError, StoreResult, Tx, expect_rows};
use crate::domain::helper::{HelperKind, Right, rights_from_text, rights_to_text};
use crate::domain::ids::{AccountId, CustomerId};
use crate::server::clock::Millis;
use sqlx::{Any, AnyPool, AssertSqlSafe, Executor, FromRow};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelperState {
    Invited,
    Active,
    Ended,
}

impl HelperState {
    pub fn code(self) -> &'static str {
        match self {
            HelperState::Invited => "invited",
            HelperState::Active => "active",
            HelperState::Ended => "ended",
        }
    }

    fn from_code(code: &str) -> Option<HelperState> {
        [HelperState::Invited, HelperState::Active, HelperState::Ended].into_iter().find(|state| state.code() == code)
    }
}

/// Has no Debug: somebody's name is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Helper {
    pub id: String,
    pub reference: String,
    pub customer_id: CustomerId,
    pub account_id: Option<AccountId>,
    pub name: String,
    pub kind: HelperKind,
    pub organisation: String,
    pub rights: Vec<Right>,
    pub terms: String,
    pub terms_sha256: String,
    pub language: String,
    pub state: HelperState,
    pub created_at: Millis,
    pub token_digest: String,
    pub accepted_at: Option<Millis>,
    pub ends_at: Millis,
    pub ended_at: Option<Millis>,
    pub ended_because: Option<String>,
}

#[derive(FromRow)]
struct RawHelper {
    id: String,
    reference: String,
    customer_id: String,
    account_id: Option<String>,
    name: String,
    kind: String,
    organisation: String,
    rights: String,
    terms: String,
    terms_sha256: String,
    language: String,
    state: String,
    created_at: i64,
    token_digest: String,
    accepted_at: Option<i64>,
    ends_at: i64,
    ended_at: Option<i64>,
    ended_because: Option<String>,
}

impl RawHelper {
    fn read(self) -> StoreResult<Helper> {
        Ok(Helper {
            kind: HelperKind::from_code(&self.kind).ok_or(StoreError::Unreadable("kind of a helper"))?,
            state: HelperState::from_code(&self.state).ok_or(StoreError::Unreadable("state of a helper"))?,
            rights: rights_from_text(&self.rights),
            id: self.id,
            reference: self.reference,
            customer_id: CustomerId(self.customer_id),
            account_id: self.account_id.map(AccountId),
            name: self.name,
            organisation: self.organisation,
            terms: self.terms,
            terms_sha256: self.terms_sha256,
            language: self.language,
            created_at: self.created_at,
            token_digest: self.token_digest,
            accepted_at: self.accepted_at,
            ends_at: self.ends_at,
            ended_at: self.ended_at,
            ended_because: self.ended_because,
        })
    }
}

const COLUMNS: &str = "id, reference, customer_id, account_id, name, kind, organisation, rights, terms, terms_sha256, language, \
                       state, created_at, token_digest, accepted_at, ends_at, ended_at, ended_because";

async fn one<'e>(executor: impl Executor<'e, Database = Any>, condition: &str, value: &str) -> StoreResult<Option<Helper>> {
    let query = format!("select {COLUMNS} from helpers where {condition}");
    let raw: Option<RawHelper> = sqlx::query_as(AssertSqlSafe(query)).bind(value).fetch_optional(executor).await?;
    raw.map(RawHelper::read).transpose()
}

pub async fn by_id<'e>(executor: impl Executor<'e, Database = Any>, id: &str) -> StoreResult<Option<Helper>> {
    one(executor, "id = $1", id).await
}

pub async fn by_reference<'e>(executor: impl Executor<'e, Database = Any>, reference: &str) -> StoreResult<Option<Helper>> {
    one(executor, "reference = $1", reference).await
}

/// Whose invitation it is, whether or not it can still be used.
pub async fn by_token<'e>(executor: impl Executor<'e, Database = Any>, token_digest: &str) -> StoreResult<Option<Helper>> {
    one(executor, "token_digest = $1", token_digest).await
}

/// Newest first; at most 50.
pub async fn of_customer<'e>(executor: impl Executor<'e, Database = Any>, customer: &CustomerId) -> StoreResult<Vec<Helper>> {
    let query = format!("select {COLUMNS} from helpers where customer_id = $1 order by created_at desc, id desc limit 50");
    let rows: Vec<RawHelper> = sqlx::query_as(AssertSqlSafe(query)).bind(customer.as_str()).fetch_all(executor).await?;
    rows.into_iter().map(RawHelper::read).collect()
}

/// Those of everybody that are not over, the next to end first; at most so many.
pub async fn live(pool: &AnyPool, limit: i64) -> StoreResult<Vec<Helper>> {
    let query = format!("select {COLUMNS} from helpers where state <> 'ended' order by ends_at, id limit $1");
    let rows: Vec<RawHelper> = sqlx::query_as(AssertSqlSafe(query)).bind(limit).fetch_all(pool).await?;
    rows.into_iter().map(RawHelper::read).collect()
}

/// Those whose last day is over; at most 200.
pub async fn over(pool: &AnyPool, now: Millis) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar("select id from helpers where state <> 'ended' and ends_at <= $1 order by ends_at, id limit 200")
        .bind(now)
        .fetch_all(pool)
        .await?)
}

/// `false` if it was there before.
pub async fn insert(tx: &mut Tx, helper: &Helper) -> StoreResult<bool> {
    let done = sqlx::query(
        "insert into helpers (id, reference, customer_id, account_id, name, kind, organisation, rights, terms, terms_sha256, language,
           state, created_at, token_digest, accepted_at, ends_at, ended_at, ended_because)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'invited', $12, $13, null, $14, null, null)
         on conflict (id) do nothing",
    )
    .bind(&helper.id)
    .bind(&helper.reference)
    .bind(helper.customer_id.as_str())
    .bind(helper.account_id.as_ref().map(AccountId::as_str))
    .bind(&helper.name)
    .bind(helper.kind.code())
    .bind(&helper.organisation)
    .bind(rights_to_text(&helper.rights))
    .bind(&helper.terms)
    .bind(&helper.terms_sha256)
    .bind(&helper.language)
    .bind(helper.created_at)
    .bind(&helper.token_digest)
    .bind(helper.ends_at)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Uses the invitation up; `false` where somebody was faster or it is over.
pub async fn accept(tx: &mut Tx, id: &str, at: Millis) -> StoreResult<bool> {
    let done =
        sqlx::query("update helpers set state = 'active', accepted_at = $2 where id = $1 and state = 'invited' and ends_at > $2")
            .bind(id)
            .bind(at)
            .execute(&mut **tx)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends it and every session of it; `false` where it was over before.
pub async fn end(tx: &mut Tx, id: &str, because: &str, at: Millis) -> StoreResult<bool> {
    let done =
        sqlx::query("update helpers set state = 'ended', ended_at = $3, ended_because = $2 where id = $1 and state <> 'ended'")
            .bind(id)
            .bind(because)
            .bind(at)
            .execute(&mut **tx)
            .await?;
    sqlx::query("delete from sessions where helper_id = $1").bind(id).execute(&mut **tx).await?;
    Ok(done.rows_affected() == 1)
}

/// What a customer typed and has not confirmed.
#[derive(Clone, FromRow)]
pub struct HelperDraft {
    pub id: String,
    /// JSON.
    pub typed: String,
}

pub async fn draft<'e>(executor: impl Executor<'e, Database = Any>, customer: &CustomerId) -> StoreResult<Option<HelperDraft>> {
    Ok(sqlx::query_as("select id, typed from helper_drafts where customer_id = $1")
        .bind(customer.as_str())
        .fetch_optional(executor)
        .await?)
}

/// Whatever is changed is a new draft: what is confirmed is what was shown.
pub async fn keep_draft(tx: &mut Tx, customer: &CustomerId, draft: &HelperDraft, at: Millis) -> StoreResult<()> {
    sqlx::query(
        "insert into helper_drafts (customer_id, id, typed, updated_at) values ($1, $2, $3, $4)
         on conflict (customer_id) do update set id = excluded.id, typed = excluded.typed, updated_at = excluded.updated_at",
    )
    .bind(customer.as_str())
    .bind(&draft.id)
    .bind(&draft.typed)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn forget_draft(tx: &mut Tx, customer: &CustomerId) -> StoreResult<()> {
    let done = sqlx::query("delete from helper_drafts where customer_id = $1").bind(customer.as_str()).execute(&mut **tx).await?;
    expect_rows(&done, 1)
}

/// What a helper did: when, and what kind of thing. Newest first, at most so many.
pub async fn acts<'e>(executor: impl Executor<'e, Database = Any>, id: &str, limit: i64) -> StoreResult<Vec<(Millis, String)>> {
    Ok(sqlx::query_as(
        "select at, action from events where actor_kind = 'helper' and actor_id = $1 order by at desc, id desc limit $2",
    )
    .bind(id)
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

/// Who made the draft that an account has now, where a helper did.
pub async fn who_drafted<'e>(executor: impl Executor<'e, Database = Any>, account: &AccountId) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar(
        "select h.name
         from events e
         join helpers h on h.id = e.actor_id
         where e.actor_kind = 'helper' and e.account_id = $1 and e.action = 'draft.kept'
           and e.at = (select max(l.at) from events l where l.account_id = $1 and l.action = 'draft.kept')
         limit 1",
    )
    .bind(account.as_str())
    .fetch_optional(executor)
    .await?)
}

/// The account that something of a customer's is about, which its address names by its own id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Document,
    Agreement,
    EvidenceCase,
    /// By its reference.
    Conversation,
}

pub async fn account_of(pool: &AnyPool, thing: Thing, id: &str, customer: &CustomerId) -> StoreResult<Option<String>> {
    let query = match thing {
        Thing::Document => "select account_id from documents where id = $1 and customer_id = $2",
        Thing::Agreement => {
            "select min(g.account_id) from agreement_accounts g join accounts a on a.id = g.account_id
             where g.agreement_id = $1 and a.customer_id = $2 having count(*) = 1"
        }
        Thing::EvidenceCase => "select account_id from evidence_cases where case_id = $1 and customer_id = $2",
        Thing::Conversation => {
            "select account_id from conversations where reference = $1 and customer_id = $2 and account_id is not null"
        }
    };
    Ok(sqlx::query_scalar(query).bind(id).bind(customer.as_str()).fetch_optional(pool).await?)
}
