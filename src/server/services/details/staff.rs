//! What a person here corrects who has seen a proof: a name, a date of birth.

use super::{By, Shown, lock, of_customer, write};
use crate::domain::calendar::Date;
use crate::domain::details::{Detail, Value};
use crate::domain::ids::CustomerId;
use crate::server::import::fields;
use crate::server::services::Failure;
use crate::server::services::stopping::customer_of_reference;
use crate::server::state::AppState;
use crate::server::store::StoreError;
use jiff::tz::TimeZone;

/// Has no Debug: it is a person's.
#[derive(Clone)]
pub enum Correction<'a> {
    Name { given: &'a str, family: &'a str },
    BirthDate(Date),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCorrected {
    NoAccount,
    /// Who and why are part of it, of at most so many characters each.
    NoPerson,
    NoReason,
    NotAName,
    NotABirthDate,
    /// It is that already.
    SameAsNow,
}

/// The longest name of a person here, and the longest reason.
const LONGEST_PERSON_CHARACTERS: usize = 120;
const LONGEST_REASON_CHARACTERS: usize = 500;

/// Corrects it, of the customer of an account, and tells them that something was changed.
pub async fn correct(
    state: &AppState,
    reference: &str,
    correction: &Correction<'_>,
    (person, reason): (&str, &str),
) -> Result<Result<(), NotCorrected>, Failure> {
    let (person, reason) = (person.trim(), reason.trim());
    // `customer` is how a correction of their own is written.
    if !(1..=LONGEST_PERSON_CHARACTERS).contains(&person.chars().count()) || person == "customer" {
        return Ok(Err(NotCorrected::NoPerson));
    }
    if !(1..=LONGEST_REASON_CHARACTERS).contains(&reason.chars().count()) {
        return Ok(Err(NotCorrected::NoReason));
    }
    let (detail, value) = match correction {
        Correction::Name { given, family } => match (fields::person_name(given.trim()), fields::person_name(family.trim())) {
            (Ok(given), Ok(family)) => (Detail::Name, Value(vec![given, family])),
            (_, _) => return Ok(Err(NotCorrected::NotAName)),
        },
        Correction::BirthDate(born) => match *born < state.clock.today_in(&TimeZone::UTC) && born.year() >= fields::EARLIEST_YEAR
        {
            true => (Detail::BirthDate, Value::one(&born.to_string())),
            false => return Ok(Err(NotCorrected::NotABirthDate)),
        },
    };
    let Some(customer) = customer_of_reference(state, reference).await? else { return Ok(Err(NotCorrected::NoAccount)) };
    let mut tx = state.db.begin_write().await?;
    lock(&mut tx, &customer).await?;
    if !write(state, &mut tx, &customer, (detail, value), By::Team { person, reason }).await? {
        return Ok(Err(NotCorrected::SameAsNow));
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

/// What was corrected of the customer of an account; `None` where there is no such account.
pub async fn of_reference(state: &AppState, reference: &str) -> Result<Option<Shown>, Failure> {
    let customer: Option<CustomerId> = customer_of_reference(state, reference).await?;
    match customer {
        Some(customer) => of_customer(state, &customer).await,
        None => Ok(None),
    }
}
