//! What others tell us about account holders: telling it and saying that it is not so ([`tell`]), what a person here decides
//! ([`decide`]), the letters ([`letter`]), and what time brings ([`sweep`]).
//!
//! Nobody who tells something learns whether it found an account. What begins at once is provisional; a person looks by the promised
//! day, and that day is never let pass in silence.

mod decide;
mod letter;
mod sweep;
mod tell;

pub use crate::server::store::life_events::{LifeEvent, ListedEvent};
pub use decide::{Confirmation, NotDecided, confirm, dismiss, end};
pub use sweep::sweep;
pub use tell::{Contradicted, Outcome, Teller, Typed, contradict, tell};

use super::Failure;
use crate::domain::calendar::Date;
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::life_event::{self, Happened, LifeEventState, Told, Whose};
use crate::server::clock::{self, Millis};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::holds::{self, NewHold};
use crate::server::store::life_events as store_of_events;
use crate::server::store::{self, StoreError, Tx, documents, hardship, jobs, outbox};
use jiff::tz::TimeZone;
use serde_json::json;

/// The accounts of a customer something was told about, locked.
struct Scene {
    customer: CustomerId,
    /// Every open account, or any of the customer's where none is open: its letters are filed there.
    accounts: Vec<AccountRecord>,
    zone: TimeZone,
    today: Date,
    now: Millis,
}

impl Scene {
    fn first(&self) -> Result<&AccountRecord, Failure> {
        self.accounts.first().ok_or(Failure::Missing("account"))
    }

    fn end_of(&self, day: Date) -> Millis {
        clock::end_of_day(day, &self.zone).as_millisecond()
    }
}

/// Locks every open account of a customer, in the order in which everybody does.
async fn scene(state: &AppState, tx: &mut Tx, customer: &CustomerId) -> Result<Scene, Failure> {
    let open = hardship::open_accounts(tx, customer).await?;
    for account in &open {
        store::lock_account(tx, account.as_str()).await?;
    }
    let all = facts::of_customer(&mut **tx, customer.as_str()).await?;
    let zone = clock::zone(all.first().map_or("UTC", |account| account.time_zone.as_str()));
    let (held, closed): (Vec<_>, Vec<_>) = all.into_iter().partition(|account| open.contains(&account.id));
    let accounts = if held.is_empty() { closed.into_iter().take(1).collect() } else { held };
    Ok(Scene { customer: customer.clone(), accounts, today: state.clock.today_in(&zone), now: state.clock.now_millis(), zone })
}

/// Begins the hold of a report on every open account, until an instant where it ends by itself.
async fn hold(
    tx: &mut Tx,
    scene: &Scene,
    event: &LifeEvent,
    kind: HoldKind,
    until: Option<Millis>,
    actor: &Actor,
) -> Result<(), Failure> {
    for account in scene.accounts.iter().filter(|account| account.is_open()) {
        hold_one(tx, &account.id, (scene, event), kind, until, actor).await?;
    }
    Ok(outbox::decide_again(tx, &scene.customer, scene.now).await?)
}

async fn hold_one(
    tx: &mut Tx,
    account: &AccountId,
    (scene, event): (&Scene, &LifeEvent),
    kind: HoldKind,
    until: Option<Millis>,
    actor: &Actor,
) -> Result<(), Failure> {
    let id = ids::new_id();
    let new = NewHold {
        id: &id,
        account_id: account.as_str(),
        kind,
        reason: &event.reference,
        starts_at: scene.now,
        created_by: scene.customer.as_str(),
    };
    let is_begun = match until {
        Some(until) => holds::hold_until(tx, &new, until).await?,
        None => {
            holds::insert(tx, &new).await?;
            true
        }
    };
    if !kind.allows_voluntary_payment() {
        // Pages at the payment company that are open still would take what must not be given.
        let once = format!("{}:{id}", jobs::CLOSE_PAGES);
        jobs::ask(tx, jobs::CLOSE_PAGES, account.as_str(), &once, 0, scene.now).await?;
    }
    let action = if is_begun { "hold.begun" } else { "hold.moved" };
    let details = json!({ "kind": kind.code(), "until": until });
    note(tx, (Some(&scene.customer), Some(account)), event, actor.clone(), action, details, scene.now).await
}

/// Ends the holds of a report, of whatever kind, on every account of its customer.
async fn release(tx: &mut Tx, scene: &Scene, event: &LifeEvent, actor: &Actor) -> Result<(), Failure> {
    let mut kinds = vec![event.happened.hold_when_told()];
    if event.happened.hold_when_confirmed() != event.happened.hold_when_told() {
        kinds.push(event.happened.hold_when_confirmed());
    }
    for account in facts::of_customer(&mut **tx, scene.customer.as_str()).await? {
        for kind in &kinds {
            if holds::release(tx, account.id.as_str(), *kind, &event.reference, scene.now).await? > 0 {
                let details = json!({ "kind": kind.code() });
                let whose = (Some(&scene.customer), Some(&account.id));
                note(tx, whose, event, actor.clone(), "hold.ended", details, scene.now).await?;
            }
        }
    }
    Ok(outbox::decide_again(tx, &scene.customer, scene.now).await?)
}

/// What happened, without a word of what was told.
async fn note(
    tx: &mut Tx,
    whose: (Option<&CustomerId>, Option<&AccountId>),
    event: &LifeEvent,
    actor: Actor,
    action: &'static str,
    details: serde_json::Value,
    at: Millis,
) -> Result<(), Failure> {
    let event = Event::about(whose, &event.id, actor, action, details, at);
    Ok(events::append(tx, &event).await?)
}

/// What was told, read again.
fn told(event: &LifeEvent) -> Result<Told, Failure> {
    let typed: Typed = serde_json::from_str(&event.told).map_err(|_| StoreError::Unreadable("life event"))?;
    let whose = if typed.contains_key(life_event::fields::FAMILY_NAME) { Whose::ToBeSaid } else { Whose::SignedIn };
    life_event::read(&typed, whose, Date::MAX).map_err(|_| StoreError::Unreadable("life event").into())
}

/// The day by which something told is answered, and whether that promise was broken before.
pub async fn promise(state: &AppState, reference: &str) -> Result<Option<(Date, i64)>, Failure> {
    let found = store_of_events::by_reference(state.db.pool(), reference).await?;
    Ok(found.map(|event| (clock::date_of(event.answer_by, &TimeZone::UTC), event.times_late)))
}

/// What a customer sees of something that was told about them. Who told it is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerView {
    pub reference: String,
    pub happened: Happened,
    pub state: LifeEventState,
    pub told_on: Date,
    pub answer_on: Date,
    /// The last day of a breathing space.
    pub ends_on: Option<Date>,
    /// The last of the quiet days after it.
    pub quiet_until: Option<Date>,
}

/// `None` where it is not about this customer.
pub async fn for_customer(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Option<CustomerView>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let found = store_of_events::by_reference(&mut *tx, reference).await?;
    let Some(event) = found.filter(|event| event.customer_id.as_ref() == Some(customer)) else { return Ok(None) };
    let accounts = facts::of_customer(&mut *tx, customer.as_str()).await?;
    let quiet_until = holds::ends_of(&mut tx, HoldKind::BreathingSpace, reference, state.clock.now_millis()).await?;
    store::end_read(tx);
    let zone = clock::zone(accounts.first().map_or("UTC", |account| account.time_zone.as_str()));
    let day = |at| clock::date_of(at, &zone);
    Ok(Some(CustomerView {
        reference: event.reference,
        happened: event.happened,
        state: event.state,
        told_on: day(event.told_at),
        answer_on: clock::date_of(event.answer_by, &TimeZone::UTC),
        ends_on: event.ends_at.map(day),
        quiet_until: quiet_until.filter(|_| event.state == LifeEventState::Ended).map(day),
    }))
}

/// A report as staff see it. Has no Debug: what somebody told is in it.
pub struct StaffView {
    pub event: LifeEvent,
    pub told: Told,
    /// The customer's accounts, by their references, where it is known whom it is about.
    pub accounts: Vec<String>,
    /// The references of the letters.
    pub letters: Vec<String>,
}

pub async fn for_staff(state: &AppState, reference: &str) -> Result<Option<StaffView>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(event) = store_of_events::by_reference(&mut *tx, reference).await? else { return Ok(None) };
    let accounts = match &event.customer_id {
        Some(customer) => facts::of_customer(&mut *tx, customer.as_str()).await?,
        None => Vec::new(),
    };
    let mut letters = Vec::new();
    for id in [&event.document_id, &event.end_document_id].into_iter().flatten() {
        letters.extend(documents::headline(&mut tx, id).await?.map(|document| document.reference));
    }
    store::end_read(tx);
    let accounts = accounts.into_iter().map(|account| account.reference).collect();
    Ok(Some(StaffView { told: told(&event)?, event, accounts, letters }))
}

/// What waits for a person, late ones first.
pub async fn waiting(state: &AppState, limit: i64) -> Result<Vec<ListedEvent>, Failure> {
    Ok(store_of_events::waiting(state.db.pool(), limit).await?)
}

/// What a person confirmed and nobody has ended.
pub async fn in_force(state: &AppState, limit: i64) -> Result<Vec<ListedEvent>, Failure> {
    Ok(store_of_events::in_force(state.db.pool(), limit).await?)
}
