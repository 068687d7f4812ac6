//! The interest that an agreement says it adds: booked on the day of each instalment, as much as was signed, once. So the balance is
//! what is owed on every day, and who pays everything sooner never owes what was still to come.
//!
//! Called by jobs before anything is collected that day. Catching up after a week of standstill books each once, on the day of catching up: no day
//! that is over gets another balance.

use super::Failure;
use crate::domain::calendar::{Date, days_after};
use crate::domain::hold::HoldKind;
use crate::domain::ledger::Entry;
use crate::domain::money::Money;
use crate::server::clock;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::ledger::EntryContext;
use crate::server::store::plan_interest::{self, DueInterest, once_key};
use crate::server::store::{self, StoreError, facts, holds};
use serde_json::json;

/// Read in one go.
const MOST_AT_ONCE: i64 = 500;

/// Books what has fallen due where the customer lives; returns how much of it there was.
pub async fn sweep(state: &AppState) -> Result<usize, Failure> {
    // A day more: somewhere it is tomorrow already.
    let until = days_after(state.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date(), 1);
    let mut last = (Date::MIN.to_string(), String::new(), 0);
    let mut booked = 0;
    loop {
        let found = plan_interest::due(state.db.pool(), until, (&last.0, &last.1, last.2), MOST_AT_ONCE).await?;
        let Some(end) = found.last() else { return Ok(booked) };
        last = (end.due_on.to_string(), end.agreement_id.to_string(), end.number);
        for due in &found {
            if due.due_on <= state.clock.today_in(&clock::zone(&due.time_zone)) && book(state, due).await? {
                booked += 1;
            }
        }
    }
}

async fn book(state: &AppState, due: &DueInterest) -> Result<bool, Failure> {
    let mut tx = state.db.begin_write().await?;
    store::lock_account(&mut tx, due.account_id.as_str()).await?;
    let Some(minor) = plan_interest::to_book(&mut tx, due).await? else { return Ok(false) };
    let account = facts::by_id(&mut *tx, due.account_id.as_str()).await?.ok_or(Failure::Missing("account"))?;
    // What the creditor took back or closed is the creditor's to reckon.
    if !account.is_open() {
        return Ok(false);
    }
    let at = state.clock.now_millis();
    // It is booked when the hold is over.
    if holds::in_force(&mut tx, due.account_id.as_str(), at).await?.into_iter().any(HoldKind::lets_interest_wait) {
        return Ok(false);
    }
    let amount = Money::new(minor, account.facts.currency);
    let context = EntryContext {
        account_id: due.account_id.as_str(),
        payment_id: None,
        posted_at: at,
        posted_on: clock::date_of(at, &clock::zone(&due.time_zone)),
        reason: "as agreed",
        actor: "system",
        once_key: &once_key(&due.agreement_id, due.version, due.number),
    };
    let transaction = store::ledger::append(&mut tx, &Entry::interest(amount), &context).await?;
    let event = Event {
        at,
        actor: Actor::System,
        action: "ledger.interest",
        customer_id: Some(account.customer_id.to_string()),
        account_id: Some(account.id.to_string()),
        subject_id: Some(transaction),
        details: json!({ "agreement": due.agreement_id, "version": due.version, "instalment": due.number, "amount_minor": minor }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(true)
}
