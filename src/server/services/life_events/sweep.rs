//! What time brings: promised days that pass, breathing spaces that are over, accounts that came since.

use super::letter;
use super::{LifeEvent, hold_one, note, release, scene};
use crate::domain::contact::answer_by;
use crate::domain::hold::HoldKind;
use crate::domain::life_event::{Happened, LifeEventState, Step};
use crate::server::clock::{Millis, end_of_day};
use crate::server::services::Failure;
use crate::server::services::outbox::{self, State};
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::holds::{self, NewHold};
use crate::server::store::{StoreError, Tx, life_events as store_of_events};
use jiff::tz::TimeZone;
use serde_json::json;

/// When a breathing space is over its customer is told before anything else is sent. For that letter is waited at most so long.
const LETTER_LEAVES_WITHIN_MILLIS: Millis = 7 * 86_400_000;

/// Sees to reports whose promised day is over, to breathing spaces that ended, and to accounts that came since something was
/// confirmed. Returns how many there were. Safe to repeat.
pub async fn sweep(state: &AppState) -> Result<usize, Failure> {
    let now = state.clock.now_millis();
    let late = store_of_events::past_their_day(state.db.pool(), now).await?;
    for reference in &late {
        promise_again(state, reference).await?;
    }
    let over = store_of_events::over(state.db.pool(), now).await?;
    for reference in &over {
        is_over(state, reference).await?;
    }
    let waiting = store_of_events::letter_on_its_way(state.db.pool()).await?;
    let mut released = 0;
    for reference in &waiting {
        released += usize::from(release_told(state, reference).await?);
    }
    let new = store_of_events::accounts_not_held(state.db.pool()).await?;
    for (reference, account) in &new {
        let mut tx = state.db.begin_write().await?;
        let Some(event) = store_of_events::by_reference(&mut *tx, reference).await? else { continue };
        let Some(customer) = event.customer_id.clone() else { continue };
        let scene = scene(state, &mut tx, &customer).await?;
        if event.state == LifeEventState::Confirmed {
            let kind = event.happened.hold_when_confirmed();
            hold_one(&mut tx, account, (&scene, &event), kind, event.ends_at, &Actor::System).await?;
            tx.commit().await.map_err(StoreError::from)?;
        }
    }
    Ok(late.len() + over.len() + released + new.len())
}

/// The day passed and nobody decided: another is promised, whoever told it reads it, and the log warns.
async fn promise_again(state: &AppState, reference: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(event) = store_of_events::by_reference(&mut *tx, reference).await? else { return Ok(()) };
    let now = state.clock.now();
    let today = TimeZone::UTC.to_datetime(now).date();
    let day = answer_by(today, state.config.contact.answer_working_days);
    let by = end_of_day(day, &TimeZone::UTC).as_millisecond();
    if event.answer_by >= now.as_millisecond() || !store_of_events::promise_again(&mut tx, &event, by).await? {
        return Ok(());
    }
    let times = event.times_late + 1;
    tracing::warn!(life_event.reference = event.reference, times, "nobody has looked at what was told by the promised day");
    let details = json!({ "times": times, "until": by });
    let whose = (event.customer_id.as_ref(), None);
    note(&mut tx, whose, &event, Actor::System, "life_event.late", details, now.as_millisecond()).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn is_over(state: &AppState, reference: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(event) = store_of_events::by_reference(&mut *tx, reference).await? else { return Ok(()) };
    let is_over = event.ends_at.is_some_and(|at| at <= state.clock.now_millis());
    // Somebody ended it meanwhile.
    if !is_over || event.state.after(Step::End).is_none() {
        return Ok(());
    }
    end_now(state, &mut tx, event, Actor::System).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Ends what was confirmed. After a breathing space the customer is told, and the hold goes on until that has left.
pub(super) async fn end_now(state: &AppState, tx: &mut Tx, mut event: LifeEvent, actor: Actor) -> Result<(), Failure> {
    let customer = event.customer_id.clone().ok_or(Failure::Missing("customer of a life event"))?;
    let scene = scene(state, tx, &customer).await?;
    let before = event.state;
    event.state = before.after(Step::End).ok_or(Failure::Missing("next state of a life event"))?;
    event.ended_at = Some(scene.now);
    match event.happened {
        Happened::BreathingSpace => {
            event.end_document_id = Some(letter::over(state, tx, &scene, &event).await?);
            for account in scene.accounts.iter().filter(|account| account.is_open()) {
                let id = crate::server::ids::new_id();
                let hold = NewHold {
                    id: &id,
                    account_id: account.id.as_str(),
                    kind: HoldKind::BreathingSpace,
                    reason: &event.reference,
                    starts_at: scene.now,
                    created_by: customer.as_str(),
                };
                holds::hold_until(tx, &hold, scene.now + LETTER_LEAVES_WITHIN_MILLIS).await?;
            }
        }
        Happened::Died | Happened::Insolvent => release(tx, &scene, &event, &actor).await?,
    }
    store_of_events::advance(tx, before, &event).await?;
    let details = json!({ "happened": event.happened.code() });
    let whose = (Some(&customer), Some(&scene.first()?.id));
    note(tx, whose, &event, actor, "life_event.ended", details, scene.now).await
}

/// The letter has left, or was waited for long enough: reminders may go again.
async fn release_told(state: &AppState, reference: &str) -> Result<bool, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(event) = store_of_events::by_reference(&mut *tx, reference).await? else { return Ok(false) };
    let Some(customer) = event.customer_id.clone() else { return Ok(false) };
    let scene = scene(state, &mut tx, &customer).await?;
    let Some(letter) = &event.end_document_id else { return Ok(false) };
    let stands = outbox::by_once_key(&mut tx, &letter::once_of(letter)).await?;
    let was_waited = event.ended_at.is_some_and(|at| at + LETTER_LEAVES_WITHIN_MILLIS <= scene.now);
    if !was_waited && !matches!(stands, Some((State::Sent { .. }, _))) {
        return Ok(false);
    }
    release(&mut tx, &scene, &event, &Actor::System).await?;
    // What has ended by itself is marked too, so that nobody looks for it again.
    holds_end(&mut tx, &event, scene.now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(true)
}

async fn holds_end(tx: &mut Tx, event: &LifeEvent, now: Millis) -> Result<(), Failure> {
    Ok(holds::mark_ended(tx, HoldKind::BreathingSpace, &event.reference, now).await?)
}
