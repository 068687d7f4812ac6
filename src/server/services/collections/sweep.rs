//! What is due, found by its day: one job is asked for each instalment that needs something. Cheap, and right however many
//! processes do it: asking twice makes one job, and the job decides again under the lock.

use super::reminders::{MISSED, MISSED_WITHIN_DAYS, REMINDER, days_before};
use super::{COLLECT_JOB, REMIND_JOB, subject};
use crate::domain::calendar::{Date, days_after};
use crate::domain::collecting::{EARLIEST_NOTICE_BUSINESS_DAYS, business_days_after, first_look};
use crate::server::clock::{self, Millis};
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::collections::{self, Found, before_all};
use crate::server::store::{StoreError, jobs};
use jiff::ToSpan;

/// What one sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Instalments for which there is something to do.
    pub found: usize,
}

/// Read and asked for in one go.
const MOST_AT_ONCE: i64 = 500;
/// What fell due longer ago than this without anything having been said about it is left to people.
const LOOK_BACK_DAYS: i32 = 90;

/// Finds what is due as of business time and asks for the work. Due days are where the customer lives.
pub async fn sweep(state: &AppState) -> Result<Swept, Failure> {
    let (earliest, latest) = days_on_earth(state);
    let holidays = &state.policy.policy.holidays;
    let mut swept = Swept::default();

    let until = business_days_after(latest, EARLIEST_NOTICE_BUSINESS_DAYS + 1, holidays);
    let mut last = before_all(days_after(earliest, -LOOK_BACK_DAYS));
    loop {
        let found = collections::untouched(state.db.pool(), &last, until, MOST_AT_ONCE).await?;
        let Some(next) = found.last().cloned() else { break };
        let due = found.iter().filter(|one| {
            let given_on = clock::date_of(one.given_at, &clock::zone(&one.time_zone));
            first_look(one.day, given_on, holidays) <= today_of(state, one)
        });
        swept.found += ask(state, COLLECT_JOB, "", due).await?;
        last = next;
    }

    let mut last = before_all(Date::MIN);
    loop {
        let found = collections::to_look_at(state.db.pool(), &last, latest, MOST_AT_ONCE).await?;
        let Some(next) = found.last().cloned() else { break };
        let due = found.iter().filter(|one| one.day <= today_of(state, one));
        swept.found += ask(state, COLLECT_JOB, "", due).await?;
        last = next;
    }

    for (written_as, from, until) in [
        (REMINDER, earliest, days_after(latest, days_before(state))),
        (MISSED, days_after(earliest, -MISSED_WITHIN_DAYS), latest),
    ] {
        let mut last = before_all(from);
        loop {
            let found = collections::to_remind(state.db.pool(), &last, until, written_as, MOST_AT_ONCE).await?;
            let Some(next) = found.last().cloned() else { break };
            let due = found.iter().filter(|one| {
                let today = today_of(state, one);
                if written_as == REMINDER { today >= days_after(one.day, -days_before(state)) } else { today > one.day }
            });
            swept.found += ask(state, REMIND_JOB, written_as, due).await?;
            last = next;
        }
    }
    Ok(swept)
}

/// The earliest and the latest day it is anywhere now.
fn days_on_earth(state: &AppState) -> (Date, Date) {
    let day = |hours: i64| {
        let there = state.clock.now().saturating_add(hours.hours()).unwrap_or(state.clock.now());
        there.to_zoned(jiff::tz::TimeZone::UTC).date()
    };
    (day(-12), day(14))
}

fn today_of(state: &AppState, found: &Found) -> Date {
    state.clock.today_in(&clock::zone(&found.time_zone))
}

/// One job an instalment and day there.
async fn ask<'a>(
    state: &AppState,
    kind: &str,
    written_as: &str,
    found: impl Iterator<Item = &'a Found>,
) -> Result<usize, Failure> {
    let found: Vec<&Found> = found.collect();
    if found.is_empty() {
        return Ok(0);
    }
    let now: Millis = state.clock.real_now_millis();
    let mut tx = state.db.begin_write().await?;
    for one in &found {
        let about = subject(&one.key);
        let once_key = format!("{kind}:{written_as}{about}:{}", today_of(state, one));
        jobs::ask(&mut tx, kind, &about, &once_key, now, now).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(found.len())
}
