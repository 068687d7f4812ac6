//! Telling it, by anybody; and the customer's one step against what is not so.

use super::{LifeEvent, hold, note, release, scene};
use crate::domain::contact::answer_by;
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::domain::life_event::{Happened, LifeEventState, Step, Told, last_day_told};
use crate::server::clock::{Millis, end_of_day};
use crate::server::ids;
use crate::server::services::Failure;
use crate::server::services::attempts::{Attempt, Counted};
use crate::server::services::sign_in::subject_of_address;
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::sign_in::AttemptOutcome;
use crate::server::store::{StoreError, Tx, life_events as store_of_events};
use jiff::tz::TimeZone;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Fields as typed, by their names.
pub type Typed = BTreeMap<String, String>;

/// No answer comes sooner, so that a clock tells nothing about whether an account was found and put on hold.
const SHORTEST_ANSWER_MILLISECONDS: u64 = 500;
/// Two people with the same name, birth date and postal code are one person with several creditors; more than so many are none.
const MOST_HOLDERS: i64 = 5;
/// So many reports of strangers about one customer hold anything at a time; others wait for a person.
const MOST_PROVISIONAL: usize = 3;
/// After customers said that it is not so, the same from a stranger holds nothing for so long; a person looks at it all the same.
const CONTRADICTION_COUNTS_MILLIS: Millis = 180 * 86_400_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Received {
        reference: String,
    },
    /// Too many from one address: not before this instant.
    Limited {
        until: Millis,
    },
}

/// Who tells it: a customer who is signed in tells it about themselves.
pub struct Teller<'a> {
    pub customer: Option<&'a CustomerId>,
    pub address: Option<IpAddr>,
    pub language: Language,
}

/// Keeps what was told for a person, promises a day, and holds at once what it is about, where exact facts say whose it is. The answer
/// is the same, after the same time, whether they do.
pub async fn tell(state: &AppState, teller: &Teller<'_>, told: &Told, typed: &Typed) -> Result<Outcome, Failure> {
    let answer_at = Instant::now() + Duration::from_millis(SHORTEST_ANSWER_MILLISECONDS);
    let outcome = keep(state, teller, told, typed).await;
    sleep_until(answer_at).await;
    outcome
}

async fn keep(state: &AppState, teller: &Teller<'_>, told: &Told, typed: &Typed) -> Result<Outcome, Failure> {
    let address = teller.address.map(subject_of_address);
    let counted: Vec<Counted<'_>> = address.as_deref().map(Counted::Message).into_iter().collect();
    let attempt = Attempt::begin(state, &counted).await?;
    let mut tx = state.db.begin_write().await?;
    if let Some(until) = attempt.limited_until(&mut tx).await? {
        attempt.end(&mut tx, AttemptOutcome::Limited).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(Outcome::Limited { until });
    }
    let holders = match (teller.customer, &told.holder) {
        (Some(customer), _) => vec![customer.clone()],
        (None, Some(holder)) => store_of_events::holders(&mut tx, holder, MOST_HOLDERS).await?,
        (None, None) => Vec::new(),
    };
    let first = new_event(state, teller, told, typed, holders.first());
    write(&mut tx, (state, teller), told, first.clone()).await?;
    // The same person may owe several creditors: each has its own report, and whoever told it is told one number.
    for holder in holders.iter().skip(1) {
        let other = new_event(state, teller, told, typed, Some(holder));
        write(&mut tx, (state, teller), told, other).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Outcome::Received { reference: first.reference })
}

fn new_event(state: &AppState, teller: &Teller<'_>, told: &Told, typed: &Typed, customer: Option<&CustomerId>) -> LifeEvent {
    let now = state.clock.now();
    // Whoever writes has not told us where they are: days are counted in UTC here.
    let today = TimeZone::UTC.to_datetime(now).date();
    let answer_day = answer_by(today, state.config.contact.answer_working_days);
    let ends_at = match told.happened {
        Happened::BreathingSpace => Some(end_of_day(last_day_told(told.ends_on, today), &TimeZone::UTC).as_millisecond()),
        Happened::Died | Happened::Insolvent => None,
    };
    LifeEvent {
        id: ids::new_id(),
        reference: ids::new_reference("LE"),
        happened: told.happened,
        state: LifeEventState::Told,
        customer_id: customer.cloned(),
        told_by: told.told_by,
        // A map of texts to texts always has a JSON form.
        told: serde_json::to_string(typed).unwrap_or_default(),
        language: teller.language.tag().to_owned(),
        told_at: now.as_millisecond(),
        answer_by: end_of_day(answer_day, &TimeZone::UTC).as_millisecond(),
        times_late: 0,
        decided_by: None,
        decided_at: None,
        ends_at,
        ended_at: None,
        document_id: None,
        end_document_id: None,
    }
}

async fn write(tx: &mut Tx, (state, teller): (&AppState, &Teller<'_>), told: &Told, mut event: LifeEvent) -> Result<(), Failure> {
    let actor = teller.customer.map_or(Actor::Visitor, |customer| Actor::Customer(customer.to_string()));
    let details = json!({ "happened": event.happened.code(), "told_by": event.told_by.code() });
    let Some(customer) = &event.customer_id else {
        store_of_events::insert(tx, &event).await?;
        return note(tx, (None, None), &event, actor, "life_event.told", details, event.told_at).await;
    };
    let scene = scene(state, tx, customer).await?;
    // Its last day is over when it is over where the customer lives.
    event.ends_at = event.ends_at.map(|_| scene.end_of(last_day_told(told.ends_on, scene.today)));
    let event = &event;
    let may_hold = teller.customer.is_some() || may_hold(tx, &scene.customer, event).await?;
    store_of_events::insert(tx, event).await?;
    note(tx, (Some(&scene.customer), None), event, actor.clone(), "life_event.told", details, event.told_at).await?;
    if may_hold {
        hold(tx, &scene, event, event.happened.hold_when_told(), event.ends_at, &actor).await?;
    }
    Ok(())
}

/// What a stranger tells holds something unless the customer has said that it is not so, or others have told it already.
async fn may_hold(tx: &mut Tx, customer: &CustomerId, event: &LifeEvent) -> Result<bool, Failure> {
    let since = event.told_at - CONTRADICTION_COUNTS_MILLIS;
    let contradicted = store_of_events::contradicted_since(tx, customer, event.happened, since).await?;
    Ok(contradicted == 0 && store_of_events::told_of(tx, customer).await?.len() < MOST_PROVISIONAL)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradicted {
    /// Nothing is on hold because of it, also where that was so before.
    Done,
    /// A person has confirmed it: a person has to look again.
    Confirmed,
    NotTheirs,
}

/// The customer says that it is not so: everything that nobody has checked ends at once, and a person is told.
pub async fn contradict(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Contradicted, Failure> {
    let mut tx = state.db.begin_write().await?;
    let scene = scene(state, &mut tx, customer).await?;
    let found = store_of_events::by_reference(&mut *tx, reference).await?;
    let Some(named) = found.filter(|event| event.customer_id.as_ref() == Some(customer)) else {
        return Ok(Contradicted::NotTheirs);
    };
    if named.state == LifeEventState::Confirmed {
        return Ok(Contradicted::Confirmed);
    }
    let actor = Actor::Customer(customer.to_string());
    for mut event in store_of_events::told_of(&mut tx, customer).await? {
        let before = event.state;
        let Some(next) = before.after(Step::Contradict) else { continue };
        release(&mut tx, &scene, &event, &actor).await?;
        event.state = next;
        event.ended_at = Some(scene.now);
        store_of_events::advance(&mut tx, before, &event).await?;
        let details = json!({ "happened": event.happened.code() });
        note(&mut tx, (Some(customer), None), &event, actor.clone(), "life_event.contradicted", details, scene.now).await?;
        tracing::warn!(life_event.reference = event.reference, "a customer says that what was told about them is not so");
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Contradicted::Done)
}
