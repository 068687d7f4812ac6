//! Showing once more who one is, in a session that has been open for a while: a telephone that was lent must not be enough to change
//! how its owner comes in.

use crate::domain::birth_date::{BirthDateError, TypedBirthDate};
use crate::domain::calendar::Date;
use crate::domain::ids::{CustomerId, normalise_postal_code};
use crate::server::clock::Millis;
use crate::server::security::digest;
use crate::server::services::Failure;
use crate::server::services::attempts::{Attempt, Counted};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::sign_in::AttemptOutcome;
use crate::server::store::{self, StoreError, ways_in};
use serde_json::json;

/// What was typed.
pub enum Given {
    Answers { date_of_birth: Date, postal_code: String },
    Password(String),
}

/// The longest answer that is read; what is cut off could not have matched.
const LONGEST_ANSWER_CHARACTERS: usize = 100;

/// A field of the form, and what is wrong with it.
pub type Fault = (&'static str, &'static str);

/// Reads the fields of the form: the password where one was typed, else the answers.
pub fn read(birth_date: &TypedBirthDate, postal_code: &str, password: String, today: Date) -> Result<Given, Fault> {
    let postal_code: String = postal_code.trim().chars().take(LONGEST_ANSWER_CHARACTERS).collect();
    match (password.is_empty(), birth_date.read(today)) {
        (false, _) => Ok(Given::Password(password)),
        (true, Err(BirthDateError::Missing)) => Err(("birth_date", "missing")),
        (true, Err(BirthDateError::NotADate)) => Err(("birth_date", "not_a_date")),
        (true, Ok(_)) if postal_code.is_empty() => Err(("postal_code", "missing")),
        (true, Ok(date_of_birth)) => Ok(Given::Answers { date_of_birth, postal_code }),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Proven,
    Refused,
    /// Too many wrong answers: not before this instant.
    Limited {
        until: Millis,
    },
}

/// Judges it, within the limits of signing in. Who wants a password or a passkey asked for every time has asked for it here too.
pub async fn prove(state: &AppState, customer: &CustomerId, given: Given) -> Result<Outcome, Failure> {
    let attempt = Attempt::begin(state, &[Counted::Proof(customer.as_str())]).await?;
    let mut tx = state.db.begin_read().await?;
    let until = attempt.limited_until(&mut tx).await?;
    let set = ways_in::find(&mut *tx, customer).await?;
    let known = ways_in::known_answers(&mut *tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    store::end_read(tx);
    let outcome = match (until, given) {
        (Some(until), _) => Outcome::Limited { until },
        (None, Given::Answers { date_of_birth, postal_code }) => {
            let same_birth = digest::same(&known.date_of_birth, &date_of_birth.to_string());
            let same_code = digest::same(&known.postal_code_normalised, &normalise_postal_code(&postal_code));
            outcome(bool::from(same_birth & same_code) && set.always_since.is_none())
        }
        (None, Given::Password(typed)) => outcome(super::is_the_password(state, typed, set.password_hash).await?),
    };
    let (ending, action) = match outcome {
        Outcome::Proven => (AttemptOutcome::Accepted, "identity.proven"),
        Outcome::Refused => (AttemptOutcome::Refused, "identity.not_proven"),
        Outcome::Limited { .. } => (AttemptOutcome::Limited, "identity.limited"),
    };
    let mut tx = state.db.begin_write().await?;
    attempt.end(&mut tx, ending).await?;
    let event = Event {
        at: state.clock.now_millis(),
        actor: Actor::Customer(customer.to_string()),
        action,
        customer_id: Some(customer.to_string()),
        account_id: None,
        subject_id: None,
        details: json!({}),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(outcome)
}

fn outcome(is_right: bool) -> Outcome {
    if is_right { Outcome::Proven } else { Outcome::Refused }
}
