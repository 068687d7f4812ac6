//! What a person here decides about a report: it is so, it is not, or what was so is over.

use super::letter::{self, To};
use super::{LifeEvent, Scene, hold, note, release, scene, told};
use crate::domain::calendar::{Date, days_after};
use crate::domain::ids::{CustomerId, normalise_reference};
use crate::domain::life_event::{Happened, LONGEST_MORATORIUM_DAYS, LifeEventState, Step, Told, ToldBy, last_day_told};
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::{StoreError, Tx, facts, life_events as store_of_events};
use serde_json::json;

/// How it was found to be, and where the letter goes.
#[derive(Clone, Default)]
pub struct Confirmation {
    pub reference: String,
    pub by: String,
    /// Of an account: whom it is about, where the report did not find it.
    pub account: Option<String>,
    /// Who the letter goes to, where they are not who they said they were.
    pub to: Option<ToldBy>,
    /// Name and lines of the address, where they are not as told.
    pub name: Option<String>,
    pub address: Vec<String>,
    /// The last day of a breathing space or moratorium, as its papers say.
    pub until: Option<Date>,
}

/// Why nothing was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDecided {
    NoSuchReport,
    NotNow(LifeEventState),
    /// A decision without a person is none.
    NoPerson,
    /// The report found no account, and none was named.
    NobodyKnown,
    NoSuchAccount,
    /// The report is about somebody else's account.
    OtherCustomer,
    /// Nothing says where the letter goes.
    NoAddress,
    /// It ends before today, or later than such a thing may last.
    NoSuchEnd {
        latest: Date,
    },
}

/// It is so: the hold it calls for takes the place of the provisional one, and the letter goes to whoever it concerns.
pub async fn confirm(state: &AppState, confirmation: &Confirmation) -> Result<Result<String, NotDecided>, Failure> {
    let by = confirmation.by.trim();
    if by.is_empty() {
        return Ok(Err(NotDecided::NoPerson));
    }
    let mut tx = state.db.begin_write().await?;
    let (mut event, scene) = match begin(state, &mut tx, confirmation).await? {
        Ok(found) => found,
        Err(refused) => return Ok(Err(refused)),
    };
    let before = event.state;
    let Some(next) = before.after(Step::Confirm) else { return Ok(Err(NotDecided::NotNow(before))) };
    let told = told(&event)?;
    event.told_by = confirmation.to.unwrap_or(event.told_by);
    let to = match to(confirmation, &told, event.told_by) {
        Ok(to) => to,
        Err(refused) => return Ok(Err(refused)),
    };
    let latest = days_after(scene.today, LONGEST_MORATORIUM_DAYS);
    if confirmation.until.is_some_and(|day| day < scene.today || day > latest) {
        return Ok(Err(NotDecided::NoSuchEnd { latest }));
    }
    event.ends_at = match event.happened {
        Happened::BreathingSpace => {
            let day = confirmation.until.unwrap_or_else(|| last_day_told(told.ends_on, scene.today));
            Some(scene.end_of(day))
        }
        Happened::Died | Happened::Insolvent => None,
    };
    event.state = next;
    event.customer_id = Some(scene.customer.clone());
    event.decided_by = Some(by.to_owned());
    event.decided_at = Some(scene.now);
    event.ended_at = None;
    release(&mut tx, &scene, &event, &Actor::Operator).await?;
    hold(&mut tx, &scene, &event, event.happened.hold_when_confirmed(), event.ends_at, &Actor::Operator).await?;
    let issued = letter::confirmed(state, &mut tx, &scene, &event, &told, to).await?;
    event.document_id = Some(issued.id);
    store_of_events::advance(&mut tx, before, &event).await?;
    let details = json!({ "happened": event.happened.code(), "letter_to": event.told_by.code(), "until": event.ends_at });
    let whose = (Some(&scene.customer), Some(&scene.first()?.id));
    note(&mut tx, whose, &event, Actor::Operator, "life_event.confirmed", details, scene.now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(issued.reference))
}

/// Where the letter goes: to the customer where they told it themselves, else to a name and an address.
fn to(confirmation: &Confirmation, told: &Told, stands: ToldBy) -> Result<To, NotDecided> {
    let address = if confirmation.address.is_empty() { told.address.clone() } else { confirmation.address.clone() };
    match (stands, address.is_empty()) {
        (ToldBy::Myself, _) if told.happened != Happened::Died => Ok(To::Customer),
        (_, true) => Err(NotDecided::NoAddress),
        (_, false) => {
            let name = confirmation.name.clone().unwrap_or_else(|| told.teller_name.clone());
            Ok(To::Other { name, address, stands })
        }
    }
}

/// It is not so, or concerns nobody here: what was on hold because of it goes on.
pub async fn dismiss(state: &AppState, reference: &str, by: &str) -> Result<Result<(), NotDecided>, Failure> {
    let by = by.trim();
    if by.is_empty() {
        return Ok(Err(NotDecided::NoPerson));
    }
    let mut tx = state.db.begin_write().await?;
    let Some(mut event) = locked(state, &mut tx, reference).await? else { return Ok(Err(NotDecided::NoSuchReport)) };
    let before = event.state;
    let Some(next) = before.after(Step::Dismiss) else { return Ok(Err(NotDecided::NotNow(before))) };
    let now = state.clock.now_millis();
    event.state = next;
    event.decided_by = Some(by.to_owned());
    event.decided_at = Some(now);
    event.ended_at = event.ended_at.or(Some(now));
    if let Some(customer) = event.customer_id.clone() {
        let scene = scene(state, &mut tx, &customer).await?;
        release(&mut tx, &scene, &event, &Actor::Operator).await?;
    }
    store_of_events::advance(&mut tx, before, &event).await?;
    let details = json!({ "happened": event.happened.code() });
    let whose = (event.customer_id.as_ref(), None);
    note(&mut tx, whose, &event, Actor::Operator, "life_event.dismissed", details, now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

/// What a person confirmed is over: everything goes on. The customer of a breathing space is told first.
pub async fn end(state: &AppState, reference: &str, by: &str) -> Result<Result<(), NotDecided>, Failure> {
    let by = by.trim();
    if by.is_empty() {
        return Ok(Err(NotDecided::NoPerson));
    }
    let mut tx = state.db.begin_write().await?;
    let Some(event) = locked(state, &mut tx, reference).await? else { return Ok(Err(NotDecided::NoSuchReport)) };
    if event.state.after(Step::End).is_none() {
        return Ok(Err(NotDecided::NotNow(event.state)));
    }
    super::sweep::end_now(state, &mut tx, event, Step::End, Actor::Operator).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

/// A report with its customer's accounts locked, read again under the lock.
pub(super) async fn locked(state: &AppState, tx: &mut Tx, reference: &str) -> Result<Option<LifeEvent>, Failure> {
    let Some(event) = store_of_events::by_reference(&mut **tx, reference.trim()).await? else { return Ok(None) };
    if let Some(customer) = &event.customer_id {
        scene(state, tx, customer).await?;
    }
    Ok(store_of_events::by_reference(&mut **tx, reference.trim()).await?)
}

/// The report, and whom it is about.
async fn begin(
    state: &AppState,
    tx: &mut Tx,
    confirmation: &Confirmation,
) -> Result<Result<(LifeEvent, Scene), NotDecided>, Failure> {
    let Some(event) = locked(state, tx, &confirmation.reference).await? else { return Ok(Err(NotDecided::NoSuchReport)) };
    let named = match &confirmation.account {
        Some(reference) => match facts::by_reference(&mut **tx, &normalise_reference(reference)).await? {
            Some(account) => Some(account.customer_id),
            None => return Ok(Err(NotDecided::NoSuchAccount)),
        },
        None => None,
    };
    let customer: CustomerId = match (event.customer_id.clone(), named) {
        (Some(known), Some(named)) if known != named => return Ok(Err(NotDecided::OtherCustomer)),
        (Some(customer), _) | (None, Some(customer)) => customer,
        (None, None) => return Ok(Err(NotDecided::NobodyKnown)),
    };
    let scene = scene(state, tx, &customer).await?;
    Ok(Ok((event, scene)))
}
