//! The door of whoever works here: the password first, then the code of an authenticator or a recovery code.
//!
//! Whatever is wrong gets the same answer after the same work and the same time; an unknown address is reckoned and counted just like a
//! known one. A stranger who types somebody's address wrong again and again keeps them out for one window at most, and not at all where
//! they came in before.

use super::{Past, normalised_email, note, note_sign_in};
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::security::{digest, totp};
use crate::server::services::attempts::{self, Attempt, Counted};
use crate::server::services::sign_in::{Visitor, subject_of_address};
use crate::server::services::{Failure, ways_in};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::sign_in::AttemptOutcome;
use crate::server::store::staff::StaffRow;
use crate::server::store::{self, StoreError, StoreResult, Tx, staff};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// No answer comes sooner, so that a clock tells nothing about what was wrong.
const SHORTEST_ANSWER_MILLISECONDS: u64 = 250;
const MILLIS_A_SECOND: i64 = 1_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordShown {
    /// It was right: the second factor is next. Nothing is open yet.
    Right { staff_id: String, generation: i64 },
    /// Something does not match; nobody says what.
    Refused,
    /// Too many wrong answers: not before this instant.
    Limited { until: Millis },
}

/// Judges an address and a password. One is reckoned whether or not there is anything to compare it with.
pub async fn show_password(state: &AppState, email: &str, password: String, visitor: &Visitor) -> Result<PasswordShown, Failure> {
    let answer_at = Instant::now() + Duration::from_millis(SHORTEST_ANSWER_MILLISECONDS);
    let shown = judge_password(state, &normalised_email(email), password, visitor).await;
    sleep_until(answer_at).await;
    shown
}

async fn judge_password(state: &AppState, email: &str, password: String, visitor: &Visitor) -> Result<PasswordShown, Failure> {
    let attempt = begin(state, email, visitor).await?;
    let mut tx = state.db.begin_read().await?;
    let until = attempt.limited_until(&mut tx).await?;
    let before = staff::find_by_email(&mut *tx, email).await?;
    store::end_read(tx);
    if let Some(until) = until {
        let mut tx = state.db.begin_write().await?;
        attempt.end(&mut tx, AttemptOutcome::Limited).await?;
        if let Some(person) = &before {
            note_sign_in(&mut tx, &person.id, attempt.at, Past::Waited).await?;
        }
        events::append(&mut tx, &visitor_event(state, "staff.sign_in_limited", &attempt)).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(PasswordShown::Limited { until });
    }
    // Reckoning takes a while: nothing is held meanwhile, and what was compared with must still be what is set afterwards.
    let hash = before.filter(|person| person.disabled_at.is_none()).map(|person| person.password_hash);
    let is_right = ways_in::is_the_password(state, password, hash.clone()).await?;
    let mut tx = state.db.begin_write().await?;
    let person = staff::find_by_email(&mut *tx, email).await?;
    let still = |person: &StaffRow| person.disabled_at.is_none() && Some(&person.password_hash) == hash.as_ref();
    let shown = match person {
        Some(person) if is_right && still(&person) => {
            attempt.end(&mut tx, AttemptOutcome::Accepted).await?;
            PasswordShown::Right { staff_id: person.id, generation: person.generation }
        }
        person => {
            attempt.end(&mut tx, AttemptOutcome::Refused).await?;
            if let Some(person) = person {
                note_sign_in(&mut tx, &person.id, attempt.at, Past::WrongPassword).await?;
            }
            events::append(&mut tx, &visitor_event(state, "staff.sign_in_refused", &attempt)).await?;
            PasswordShown::Refused
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(shown)
}

/// Writes down that an address is tried: from a browser that came in with it before, strangers' tries do not count.
async fn begin(state: &AppState, email: &str, visitor: &Visitor) -> StoreResult<Attempt> {
    let address = visitor.address.map(subject_of_address);
    let reference = browser_reference(email);
    let mut counted = Vec::new();
    match visitor.browser.as_deref() {
        Some(token) if attempts::browser_is_known(state, &reference, token).await? => {
            counted.push(Counted::Browser { reference: &reference, token });
        }
        Some(_) | None => counted.push(Counted::StaffEmail(email)),
    }
    counted.extend(address.as_deref().map(Counted::Address));
    Attempt::begin(state, &counted).await
}

/// Under what a browser is known for somebody who works here. No reference of an account has a sign like these in it.
fn browser_reference(email: &str) -> String {
    format!("@{email}")
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeShown {
    Right {
        /// For the browser to keep: by this it is known the next time.
        browser: String,
    },
    Refused,
    Limited {
        until: Millis,
    },
}

/// Judges the code of an authenticator, or a recovery code, of somebody whose password was right.
pub async fn show_code(state: &AppState, staff_id: &str, typed: &str, visitor: &Visitor) -> Result<CodeShown, Failure> {
    let attempt = Attempt::begin(state, &[Counted::StaffCode(staff_id)]).await?;
    let mut tx = state.db.begin_write().await?;
    let person = staff::lock(&mut tx, staff_id).await?.ok_or(Failure::Missing("member of staff"))?;
    let shown = match attempt.limited_until(&mut tx).await? {
        Some(until) => {
            attempt.end(&mut tx, AttemptOutcome::Limited).await?;
            note_sign_in(&mut tx, staff_id, attempt.at, Past::Waited).await?;
            CodeShown::Limited { until }
        }
        None => match is_a_code(&mut tx, &person, typed, attempt.at).await? {
            Some(way) => {
                attempt.end(&mut tx, AttemptOutcome::Accepted).await?;
                let browser = visitor.browser.clone().unwrap_or_else(ids::new_token);
                attempt.remember_browser(&mut tx, &browser_reference(&person.email), &browser).await?;
                note_sign_in(&mut tx, staff_id, attempt.at, Past::CameIn).await?;
                note(state, &mut tx, Actor::Staff(staff_id.to_owned()), "staff.signed_in", staff_id, json!({ "way": way }))
                    .await?;
                CodeShown::Right { browser }
            }
            None => {
                attempt.end(&mut tx, AttemptOutcome::Refused).await?;
                note_sign_in(&mut tx, staff_id, attempt.at, Past::WrongCode).await?;
                note(state, &mut tx, Actor::Visitor, "staff.code_refused", staff_id, json!({})).await?;
                CodeShown::Refused
            }
        },
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(shown)
}

/// Which kind of code it was, used up. `None`: it is none, or was used before.
async fn is_a_code(tx: &mut Tx, person: &StaffRow, typed: &str, now: Millis) -> StoreResult<Option<&'static str>> {
    let seconds = u64::try_from(now / MILLIS_A_SECOND).unwrap_or(0);
    if let Some(step) = person.totp_secret.as_deref().and_then(|secret| totp::step_of(secret, typed, seconds)) {
        let is_new = staff::take_step(tx, &person.id, i64::try_from(step).unwrap_or(i64::MAX)).await?;
        return Ok(is_new.then_some("authenticator"));
    }
    let is_left = staff::use_code(tx, &person.id, &recovery_digest(&person.id, typed), now).await?;
    Ok(is_left.then_some("recovery_code"))
}

/// What is kept of a recovery code. However it is typed: capitals, blanks and dashes do not matter.
pub(super) fn recovery_digest(staff_id: &str, typed: &str) -> String {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    digest::of_secret(&format!("{staff_id} {}", letters.to_ascii_lowercase()))
}

/// Who tried is not known, and on what only as a digest.
fn visitor_event(state: &AppState, action: &'static str, attempt: &Attempt) -> Event {
    Event {
        at: state.clock.now_millis(),
        actor: Actor::Visitor,
        action,
        customer_id: None,
        account_id: None,
        subject_id: None,
        details: json!({ "subject": attempt.subject_digest() }),
    }
}
