//! What time brings: promised days that pass, breathing spaces that are over, accounts that came since.

use super::decide::locked;
use super::letter;
use super::{LifeEvent, Scene, hold, hold_one, note, release, scene};
use crate::domain::calendar::days_after;
use crate::domain::contact::answer_by;
use crate::domain::hold::HoldKind;
use crate::domain::life_event::{Happened, LifeEventState, QUIET_DAYS, Step};
use crate::server::clock::end_of_day;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::{StoreError, Tx, holds, life_events as store_of_events, outbox};
use jiff::tz::TimeZone;
use serde_json::json;

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
    let quiet = store_of_events::quiet_is_over(state.db.pool(), now).await?;
    for reference in &quiet {
        go_on(state, reference).await?;
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
    Ok(late.len() + over.len() + quiet.len() + new.len())
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
    let Some(event) = locked(state, &mut tx, reference).await? else { return Ok(()) };
    let is_over = event.ends_at.is_some_and(|at| at <= state.clock.now_millis());
    let step = match event.state {
        LifeEventState::Told => Step::Lapse,
        LifeEventState::Confirmed => Step::End,
        // Somebody ended it meanwhile.
        LifeEventState::Contradicted | LifeEventState::Dismissed | LifeEventState::Ended => return Ok(()),
    };
    if !is_over {
        return Ok(());
    }
    if step == Step::Lapse {
        tracing::warn!(life_event.reference = event.reference, "a breathing space was over before anybody had checked it");
    }
    end_now(state, &mut tx, event, step, Actor::System).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Ends what is in force. After a breathing space the customer is told, and nothing happens for some days more.
pub(super) async fn end_now(
    state: &AppState,
    tx: &mut Tx,
    mut event: LifeEvent,
    step: Step,
    actor: Actor,
) -> Result<(), Failure> {
    let customer = event.customer_id.clone().ok_or(Failure::Missing("customer of a life event"))?;
    let scene = scene(state, tx, &customer).await?;
    let before = event.state;
    event.state = before.after(step).ok_or(Failure::Missing("next state of a life event"))?;
    event.ended_at = Some(scene.now);
    match event.happened {
        Happened::BreathingSpace if is_the_last(tx, &scene, &event).await? => {
            let last = days_after(scene.today, QUIET_DAYS);
            event.end_document_id = Some(letter::over(state, tx, &scene, &event, last).await?);
            hold(tx, &scene, &event, HoldKind::BreathingSpace, Some(scene.end_of(last)), &actor).await?;
        }
        Happened::BreathingSpace => {
            release(tx, &scene, &event, &actor).await?;
            holds::mark_ended(tx, HoldKind::BreathingSpace, &event.reference, scene.now).await?;
        }
        Happened::Died | Happened::Insolvent => release(tx, &scene, &event, &actor).await?,
    }
    store_of_events::advance(tx, before, &event).await?;
    let details = json!({ "happened": event.happened.code(), "was": before.code() });
    let whose = (Some(&customer), Some(&scene.first()?.id));
    note(tx, whose, &event, actor, "life_event.ended", details, scene.now).await
}

/// Whether it held something, and nothing goes on being held because somebody else told the same: of several that end the customer is
/// told once.
async fn is_the_last(tx: &mut Tx, scene: &Scene, event: &LifeEvent) -> Result<bool, Failure> {
    let (kind, reference) = (HoldKind::BreathingSpace, event.reference.as_str());
    for account in &scene.accounts {
        if holds::is_held_for_another(tx, account.id.as_str(), kind, reference, scene.now).await? {
            return Ok(false);
        }
    }
    Ok(holds::was_begun_for(tx, kind, reference).await?)
}

/// The quiet days after a breathing space are over: reminders may go again. What has ended by itself is marked, so that nobody looks for it
/// again.
async fn go_on(state: &AppState, reference: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(event) = store_of_events::by_reference(&mut *tx, reference).await? else { return Ok(()) };
    let Some(customer) = event.customer_id.clone() else { return Ok(()) };
    let scene = scene(state, &mut tx, &customer).await?;
    holds::mark_ended(&mut tx, HoldKind::BreathingSpace, &event.reference, scene.now).await?;
    outbox::decide_again(&mut tx, &customer, scene.now).await?;
    let details = json!({ "kind": HoldKind::BreathingSpace.code() });
    note(&mut tx, (Some(&customer), None), &event, Actor::System, "hold.ended", details, scene.now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
