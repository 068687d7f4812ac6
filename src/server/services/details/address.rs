//! Another postal address: typed, looked at beside the old one, and then so.

use super::{By, lock, write};
use crate::domain::details::{CHECK_LASTS_MINUTES, Detail, Value};
use crate::domain::ids::{CustomerId, normalise_postal_code};
use crate::server::ids;
use crate::server::import::fields::{self, MAX_CITY, MAX_POSTAL_CODE, MAX_STATE, MAX_STREET};
use crate::server::services::Failure;
use crate::server::services::sessions::Proven;
use crate::server::state::AppState;
use crate::server::store::{StoreError, customers, own_details, print_queue};

/// What is wrong with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFault {
    Missing,
    /// Too long, or with signs that no address has.
    Unreadable,
}

/// The parts that are wrong, by their place.
pub type NotAnAddress = Vec<(usize, AddressFault)>;

/// Street, city, state, postal code: may it be left out, and how long it may be.
const PARTS: [(bool, usize); 4] = [(false, MAX_STREET), (false, MAX_CITY), (true, MAX_STATE), (false, MAX_POSTAL_CODE)];

/// Reads what was typed: street, city, state, postal code.
pub fn read_address(typed: [&str; 4]) -> Result<Value, NotAnAddress> {
    let mut faults = Vec::new();
    let mut parts = Vec::new();
    for (place, (text, (may_be_empty, longest))) in typed.into_iter().zip(PARTS).enumerate() {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let has_letters = !normalise_postal_code(&text).is_empty();
        match fields::shown_text(&text, longest) {
            Ok(_) if text.is_empty() && !may_be_empty => faults.push((place, AddressFault::Missing)),
            Ok(_) if !text.is_empty() && !has_letters => faults.push((place, AddressFault::Unreadable)),
            Ok(text) => parts.push(text),
            Err(_) => faults.push((place, AddressFault::Unreadable)),
        }
    }
    if faults.is_empty() { Ok(Value(parts)) } else { Err(faults) }
}

const MINUTE: i64 = 60_000;

/// Keeps an address to be looked at.
pub async fn keep_address(state: &AppState, proven: &Proven, address: &Value) -> Result<(), Failure> {
    let now = state.clock.real_now_millis();
    let mut tx = state.db.begin_write().await?;
    lock(&mut tx, proven.customer()).await?;
    let lasts = (now, now + CHECK_LASTS_MINUTES * MINUTE);
    own_details::keep_pending(&mut tx, proven.customer(), Detail::Address, (&ids::new_id(), address), lasts).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// What is about to change. Has no Debug.
pub struct Check {
    /// Says what was shown.
    pub id: String,
    pub old: Value,
    pub new: Value,
    /// Letters that are made and not yet printed: they go to the old one.
    pub letters: i64,
}

/// What was kept and not yet confirmed; `None` where there is nothing.
pub async fn check(state: &AppState, customer: &CustomerId) -> Result<Option<Check>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let pending = own_details::pending(&mut *tx, customer, Detail::Address).await?;
    let Some(pending) = pending.filter(|pending| state.clock.real_now_millis() < pending.expires_at) else { return Ok(None) };
    let known = customers::known(&mut *tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let letters = print_queue::waiting_of(&mut tx, customer).await?;
    Ok(Some(Check { id: pending.id, old: known.value(Detail::Address), new: pending.value, letters }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    Changed,
    /// It is the one we have: pressed twice, or typed again.
    SameAsNow,
    /// What waits is not what was shown, or nothing waits.
    NotAsShown,
}

/// Makes the address that was shown theirs.
pub async fn confirm(state: &AppState, proven: &Proven, shown: &str) -> Result<Confirmed, Failure> {
    let customer = proven.customer();
    let mut tx = state.db.begin_write().await?;
    lock(&mut tx, customer).await?;
    let Some(pending) = own_details::pending(&mut *tx, customer, Detail::Address).await? else {
        return Ok(Confirmed::NotAsShown);
    };
    if pending.id != shown || state.clock.real_now_millis() >= pending.expires_at {
        return Ok(Confirmed::NotAsShown);
    }
    own_details::forget_pending(&mut tx, &pending.id).await?;
    let changed = write(state, &mut tx, customer, (Detail::Address, pending.value), By::Customer).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(if changed { Confirmed::Changed } else { Confirmed::SameAsNow })
}
