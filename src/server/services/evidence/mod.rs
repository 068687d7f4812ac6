//! Evidence: what customers upload to support a hardship request, a dispute or a message. A case's key is made when its draft
//! begins ([`begin`]); files come in cleaned and encrypted ([`add`]); whoever reviews it opens them, and each opening is written
//! down first ([`open`]); some time after it is decided ([`finish`]) its key is destroyed and then its files ([`delete_due`]).
//! What is true of every case is in decision 17.

mod add;
mod delete;
mod keys;
mod open;

pub use add::{Added, add, may_add};
pub use delete::delete_due;
pub use keys::{Rewrapped, rewrap};
pub use open::{Listed, NotOpened, Opened, Opener, list, open, open_for};

use super::Failure;
use crate::domain::calendar::Date;
use crate::domain::evidence::EvidenceItem;
use crate::domain::ids::CustomerId;
use crate::server::clock::{Millis, date_of, zone};
use crate::server::evidence::intake::IntakeError;
use crate::server::evidence::vault::{Key, VaultError};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::evidence::{self, Case, CaseKey};
pub use crate::server::store::evidence::{NewCase, Opening};
use crate::server::store::{StoreError, Tx};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde_json::json;

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Failure::Evidence(IntakeError::Vault(error))
    }
}

/// A case can take evidence from now on, with a key of its own. Asking twice changes nothing; a draft that was left for so long
/// that everything in it was deleted gets another key.
pub async fn begin(state: &AppState, tx: &mut Tx, case: &NewCase<'_>, now: Millis) -> Result<(), Failure> {
    if let Some(known) = evidence::case(&mut **tx, case.case_id).await?
        && (known.wrapped_key.is_some() || known.finished_at.is_some())
    {
        return Ok(());
    }
    let delete_on = last_day(state, now)?;
    let portal = keys::to_wrap_with(state, tx).await?;
    let key = Key::generate();
    let key = CaseKey { recipient: &key.lock().text(), wrapped: &key.wrap(&portal)? };
    let is_new = evidence::insert_case(tx, case, &key, &delete_on, now).await?;
    if !is_new && evidence::renew_key(tx, case.case_id, &key).await? {
        evidence::set_end(tx, case.case_id, None, &delete_on).await?;
    }
    Ok(())
}

/// The files of a customer's case, in the order in which they came; none of anybody else's.
pub async fn of_case(state: &AppState, customer: &CustomerId, case_id: &str) -> Result<Vec<EvidenceItem>, Failure> {
    let Some(case) = evidence::case(state.db.pool(), case_id).await?.filter(|case| case.customer_id == customer.as_str()) else {
        return Ok(Vec::new());
    };
    let zone = zone(&case.time_zone);
    let items = evidence::items(state.db.pool(), &case.case_id).await?.into_iter().filter(|_| case.wrapped_key.is_some());
    Ok(items
        .map(|item| EvidenceItem {
            id: item.id,
            kind: item.kind,
            bytes: u64::try_from(item.bytes).unwrap_or(0),
            added_on: date_of(item.added_at, &zone),
        })
        .collect())
}

/// Removes a file while its case still takes some; false if there is no such file, or the case takes none any more.
pub async fn remove(state: &AppState, customer: &CustomerId, case_id: &str, item_id: &str) -> Result<bool, Failure> {
    let mut tx = state.db.begin_write().await?;
    if !evidence::lock_taking(&mut tx, customer, case_id).await? || !evidence::delete_item(&mut tx, case_id, item_id).await? {
        return Ok(false);
    }
    let case = evidence::case(&mut *tx, case_id).await?.ok_or(Failure::Missing("case"))?;
    let actor = Actor::Customer(customer.to_string());
    note(&mut tx, &case, actor, "evidence.removed", item_id, state.clock.now_millis(), json!({})).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(true)
}

/// A case is decided, answered or withdrawn: it takes no more, and what is in it will be deleted on a day. A case that never began
/// to take evidence has none.
pub async fn finish(state: &AppState, tx: &mut Tx, case_id: &str, now: Millis) -> Result<(), Failure> {
    Ok(evidence::set_end(tx, case_id, Some(now), &last_day(state, now)?).await?)
}

/// A case goes on, as after an appeal: it takes evidence again, and what is still there stays until it is finished anew.
pub async fn take_again(state: &AppState, tx: &mut Tx, case: &NewCase<'_>, now: Millis) -> Result<(), Failure> {
    evidence::set_end(tx, case.case_id, None, &last_day(state, now)?).await?;
    begin(state, tx, case, now).await
}

/// The day of deletion of what is finished, or was last added, now.
fn last_day(state: &AppState, now: Millis) -> Result<String, Failure> {
    let day = today(now).checked_add(i64::from(state.config.evidence.keep_days).days());
    day.map(|day| day.to_string()).map_err(|_| Failure::Missing("day"))
}

/// Days of deletion are counted in UTC: nobody is told more than the day.
fn today(now: Millis) -> Date {
    date_of(now, &TimeZone::UTC)
}

async fn note(
    tx: &mut Tx,
    case: &Case,
    actor: Actor,
    action: &'static str,
    subject: &str,
    at: Millis,
    details: serde_json::Value,
) -> Result<(), Failure> {
    let event = Event {
        at,
        actor,
        action,
        customer_id: Some(case.customer_id.clone()),
        account_id: Some(case.account_id.clone()),
        subject_id: Some(subject.to_owned()),
        details: merged(details, case),
    };
    Ok(events::append(tx, &event).await?)
}

/// Every event says which case it is about.
fn merged(mut details: serde_json::Value, case: &Case) -> serde_json::Value {
    details["case"] = json!(case.case_id);
    details["case_kind"] = json!(case.kind);
    details
}
