//! Two optional questions once something is over. Whether they may be asked is decided in `domain::feedback`; that they were, and that
//! somebody would rather not, is remembered; what was answered is kept apart, with nobody's name beside it.

use super::Failure;
use crate::domain::calendar::Date;
use crate::domain::feedback::{About, Answered, AskState, Circumstances, NotNow, last_missed_on, may_ask};
use crate::domain::hold::HoldKind;
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::server::clock::{self, Millis};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
pub use crate::server::store::feedback::Kept;
use crate::server::store::feedback::{self, Resolved};
use crate::server::store::{StoreError, Tx, collections, contact, end_read, facts, keeping};
use jiff::tz::TimeZone;
use serde_json::json;

/// Whether the page of something that is over offers the questions. The first time it does, that is written down: nobody is asked about
/// anything else for a while.
pub async fn offer(state: &AppState, customer: &CustomerId, reference: &str) -> Result<bool, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(resolved) = feedback::resolved(&mut *tx, customer, reference).await? else { return Ok(false) };
    let (this, may) = asked(state, &mut tx, customer, &resolved).await?;
    end_read(tx);
    if may.is_err() {
        return Ok(false);
    }
    if this.is_none() {
        let now = state.clock.now_millis();
        let mut tx = state.db.begin_write().await?;
        if feedback::ask(&mut tx, customer, reference, now).await? {
            note(&mut tx, customer, "feedback.offered", resolved.about, now).await?;
            tx.commit().await.map_err(StoreError::from)?;
        }
    }
    Ok(true)
}

/// What the page of the questions shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// They may be answered now.
    Open(About),
    /// Answered, or declined.
    Over(AskState),
    /// Nothing is asked now, or ever was.
    NotAsked,
}

/// How the questions about something stand.
pub async fn stands(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Stands, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(resolved) = feedback::resolved(&mut *tx, customer, reference).await? else { return Ok(Stands::NotAsked) };
    let (this, may) = asked(state, &mut tx, customer, &resolved).await?;
    end_read(tx);
    Ok(match (this, may) {
        (Some(over @ (AskState::Answered | AskState::Declined)), _) => Stands::Over(over),
        (Some(AskState::Asked), Ok(())) => Stands::Open(resolved.about),
        // Only what was offered on its own page can be answered: the link there comes first.
        (Some(AskState::Asked) | None, _) => Stands::NotAsked,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Now or by an earlier press.
    Taken,
    NotAsked,
}

/// Keeps what was answered, apart from who answered it.
pub async fn answer(
    state: &AppState,
    customer: &CustomerId,
    reference: &str,
    answered: &Answered,
    language: Language,
) -> Result<Taken, Failure> {
    end(state, customer, reference, AskState::Answered, Some((answered, language))).await
}

/// "No thank you": nothing is asked about it again.
pub async fn decline(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Taken, Failure> {
    end(state, customer, reference, AskState::Declined, None).await
}

async fn end(
    state: &AppState,
    customer: &CustomerId,
    reference: &str,
    becomes: AskState,
    answered: Option<(&Answered, Language)>,
) -> Result<Taken, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(resolved) = feedback::resolved(&mut *tx, customer, reference).await? else { return Ok(Taken::NotAsked) };
    if feedback::asked(&mut *tx, reference).await?.is_none() {
        return Ok(Taken::NotAsked);
    }
    if !feedback::end(&mut tx, customer, reference, becomes).await? {
        return Ok(Taken::Taken);
    }
    let now = state.clock.now_millis();
    if let Some((answered, language)) = answered {
        // A day in UTC: it says nothing of where somebody lives.
        let day = clock::date_of(now, &TimeZone::UTC).to_string();
        feedback::keep(&mut tx, &ids::new_token(), &day, resolved.about, answered, language.tag()).await?;
    }
    let action = if becomes == AskState::Declined { "feedback.declined" } else { "feedback.answered" };
    note(&mut tx, customer, action, resolved.about, now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Taken::Taken)
}

/// Answers from a day on, for the operator; at most so many.
pub async fn since(state: &AppState, day: Date, limit: i64) -> Result<Vec<Kept>, Failure> {
    Ok(feedback::since(state.db.pool(), &day.to_string(), limit).await?)
}

async fn asked(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    resolved: &Resolved,
) -> Result<(Option<AskState>, Result<(), NotNow>), Failure> {
    let this = feedback::asked(&mut **tx, &resolved.reference).await?;
    if matches!(this, Some(AskState::Answered | AskState::Declined)) {
        return Ok((this, Err(NotNow::Over)));
    }
    let addresses = contact::addresses(tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let zone = clock::zone(&addresses.time_zone);
    let (now, today) = (state.clock.now_millis(), state.clock.today_in(&zone));
    let day = |at: Millis| clock::date_of(at, &zone);
    let holds: Vec<HoldKind> = contact::holds(tx, customer, None, now).await?.into_iter().map(|(kind, _)| kind).collect();
    let circumstances = Circumstances {
        today,
        resolved_on: day(resolved.at),
        this,
        asked_on: feedback::last_asked(tx, customer, &resolved.reference).await?.map(day),
        holds: &holds,
        missed_on: missed_on(tx, customer, today, &zone).await?,
    };
    Ok((this, may_ask(&circumstances)))
}

/// The last day on which a payment of any of their agreements was missed.
async fn missed_on(tx: &mut Tx, customer: &CustomerId, today: Date, zone: &TimeZone) -> Result<Option<Date>, Failure> {
    let mut last = None;
    for id in feedback::agreements(tx, customer).await? {
        let Some(head) = collections::agreement(tx, &id).await? else { continue };
        let account = facts::by_id(&mut **tx, head.account_id.as_str()).await?.ok_or(Failure::Missing("account"))?;
        let instalments = keeping::instalments(tx, &id, account.facts.currency, |at| clock::date_of(at, zone)).await?;
        last = last.max(last_missed_on(&instalments, head.state, today));
    }
    Ok(last)
}

/// That something was asked, answered or declined. What was answered is no part of it.
async fn note(tx: &mut Tx, customer: &CustomerId, action: &'static str, about: About, at: Millis) -> Result<(), Failure> {
    let event = Event {
        at,
        actor: Actor::Customer(customer.to_string()),
        action,
        customer_id: Some(customer.to_string()),
        account_id: None,
        subject_id: None,
        details: json!({ "about": about.code() }),
    };
    Ok(events::append(tx, &event).await?)
}
