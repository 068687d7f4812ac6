//! "I need time": a short hold that customers put on an account by themselves, where the policy has one. Nothing is asked for while they
//! think, the terms they were shown stay held, and it ends by itself.

use super::outbox::{self, About, Hurry, Message};
use super::{Failure, policies};
use crate::domain::calendar::{Date, days_after};
use crate::domain::format;
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::language::Language;
use crate::domain::policy::Taking;
use crate::paths;
use crate::server::clock::{self, Millis, end_of_day};
use crate::server::ids;
use crate::server::notify::letters::Template;
use crate::server::state::AppState;
use crate::server::store::events::{self, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::holds::{self, NewHold};
use crate::server::store::{self, StoreError, Tx, customers, end_read, facts, outbox as store_of_messages};
use serde_json::json;

/// How long a year is for counting.
const YEAR_MILLIS: Millis = 365 * 24 * 3_600_000;

/// Whether an account's customer may take time now.
pub async fn offered(state: &AppState, account: &AccountRecord) -> Result<Taking, Failure> {
    let mut tx = state.db.begin_read().await?;
    let taking = taking(state, &mut tx, account).await?;
    end_read(tx);
    Ok(taking)
}

async fn taking(state: &AppState, tx: &mut Tx, account: &AccountRecord) -> Result<Taking, Failure> {
    let now = state.clock.now_millis();
    let held = holds::in_force(tx, account.id.as_str(), now).await?;
    let taken = holds::begun_since(tx, account.id.as_str(), HoldKind::TimeToThink, now - YEAR_MILLIS).await?;
    let policy = policies::current(state);
    let today = state.clock.today_in(&clock::zone(&account.time_zone));
    Ok(match policy.policy.time_to_think {
        // Whatever holds it already, time is there.
        Some(_) if !held.is_empty() => Taking::NotNow,
        Some(terms) if taken < i64::from(terms.times_in_a_year) && account.is_open() => {
            Taking::Until(days_after(today, i32::from(terms.days)))
        }
        Some(_) => Taking::UsedUp,
        None => Taking::NotOffered,
    })
}

/// Begins it, where it may begin; pressed twice, it begins once. `None` where the account is not theirs.
pub async fn begin(state: &AppState, customer: &CustomerId, account: &AccountId) -> Result<Option<Taking>, Failure> {
    let mut tx = state.db.begin_write().await?;
    if facts::one_of_customer(&mut *tx, customer, account).await?.is_none() {
        return Ok(None);
    }
    store::lock_account(&mut tx, account.as_str()).await?;
    let account = facts::one_of_customer(&mut *tx, customer, account).await?.ok_or(Failure::Missing("account"))?;
    let taking = taking(state, &mut tx, &account).await?;
    let Taking::Until(last_day) = taking else { return Ok(Some(taking)) };
    let now = state.clock.now_millis();
    let until = end_of_day(last_day, &clock::zone(&account.time_zone)).as_millisecond();
    let id = ids::new_id();
    let hold = NewHold {
        id: &id,
        account_id: account.id.as_str(),
        kind: HoldKind::TimeToThink,
        reason: &id,
        starts_at: now,
        created_by: customer.as_str(),
    };
    holds::hold_until(&mut tx, &hold, until).await?;
    note(&mut tx, &account, "hold.begun", &id, json!({ "kind": HoldKind::TimeToThink.code(), "until": until }), now).await?;
    store_of_messages::decide_again(&mut tx, customer, now).await?;
    tell(state, &mut tx, &account, last_day, &id).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Some(taking))
}

/// Ends it before its day, because its customer is done thinking.
pub async fn end(state: &AppState, customer: &CustomerId, account: &AccountId) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    if facts::one_of_customer(&mut *tx, customer, account).await?.is_none() {
        return Ok(());
    }
    store::lock_account(&mut tx, account.as_str()).await?;
    let now = state.clock.now_millis();
    if holds::release_all(&mut tx, account.as_str(), HoldKind::TimeToThink, now).await? > 0 {
        let account = facts::by_id(&mut *tx, account.as_str()).await?.ok_or(Failure::Missing("account"))?;
        note(&mut tx, &account, "hold.ended", account.id.as_str(), json!({ "kind": HoldKind::TimeToThink.code() }), now).await?;
        store_of_messages::decide_again(&mut tx, customer, now).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// The written word of it.
async fn tell(state: &AppState, tx: &mut Tx, account: &AccountRecord, last_day: Date, hold: &str) -> Result<(), Failure> {
    let addressee = customers::addressee(tx, &account.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let (day, link) =
        (format::long_date(last_day, language), format!("{}{}", state.config.public_url, paths::options(account.id.as_str())));
    let values = [("day", day.as_str()), ("link", link.as_str())];
    let once = format!("{}:{hold}", Template::TimeToThink.code());
    let message = Message {
        customer_id: &account.customer_id,
        template: Template::TimeToThink,
        language,
        values: &values,
        document_id: None,
        hurry: Hurry::InWindow,
        once: &once,
    };
    outbox::enqueue_about(state, tx, &message, About { account_id: Some(&account.id), expires_at: None }).await
}

async fn note(
    tx: &mut Tx,
    account: &AccountRecord,
    action: &'static str,
    subject: &str,
    details: serde_json::Value,
    at: Millis,
) -> Result<(), Failure> {
    let event = Event::by_customer(&account.customer_id, &account.id, action, subject, details, at);
    Ok(events::append(tx, &event).await?)
}
