//! People who work here: adding them, what they come in with, and their sessions. What each may do is in `domain/rights`.
//!
//! Everything that is done to somebody is an event, by whoever did it. Whatever changes what a person comes in with, or what they may
//! do, ends all their sessions in the same transaction.

mod enter;
mod own;
mod people;
mod visit;

pub use crate::domain::rights::Role;
pub use crate::server::security::passwords::WeakPassword;
pub use enter::{CodeShown, PasswordShown, show_code, show_password};
pub use own::{
    Keeping, NewPassword, OpenStaffSession, OwnPast, Past, SetUp, change_password, choose_password, delete_old,
    end_sessions_of_own, keep_codes, open_sessions, past, replace_code, replace_codes, set_up_code, sign_out,
};
pub use people::{
    Changed, MOST_CREDITORS, MOST_PEOPLE, Person, change_role, creditors, disable, enable, end_sessions, give_creditors,
    make_password, people, person, person_by_email, reset_second_factor,
};
pub use visit::{Entering, StaffMember, StaffVisit, Stage, delete_ended, visit};

use super::{Failure, ways_in};
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::security::passwords;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::staff::{self, NewStaff};
use crate::server::store::{StoreError, StoreResult, Tx};
use serde_json::{Value, json};

/// Who changes something about somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A command on the server.
    Operator,
    /// A colleague, by id.
    Colleague(String),
}

impl By {
    fn actor(&self) -> Actor {
        match self {
            By::Operator => Actor::Operator,
            By::Colleague(id) => Actor::Staff(id.clone()),
        }
    }

    fn is(&self, staff_id: &str) -> bool {
        matches!(self, By::Colleague(id) if id == staff_id)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// Their id.
    Added(String),
    /// There is somebody with this address already.
    Duplicate,
    NotAnAddress,
    NoName,
    Weak(WeakPassword),
}

pub const LONGEST_NAME_CHARACTERS: usize = 100;
/// RFC 5321, 4.5.3.1.3.
pub const LONGEST_EMAIL_CHARACTERS: usize = 254;

/// Who is to be added.
pub struct NewPerson<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub role: Role,
}

/// An address as people are found by.
pub fn normalised_email(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// Adds a person with a password that they have to replace with one of their own.
pub async fn add(state: &AppState, by: &By, new: &NewPerson<'_>, password: &str) -> Result<Added, Failure> {
    let (email, name) = (normalised_email(new.email), new.name.trim());
    if email.chars().count() > LONGEST_EMAIL_CHARACTERS || email.parse::<lettre::Address>().is_err() {
        return Ok(Added::NotAnAddress);
    }
    if name.is_empty() || name.chars().count() > LONGEST_NAME_CHARACTERS {
        return Ok(Added::NoName);
    }
    if let Err(weak) = passwords::check(password, &[&email, name]) {
        return Ok(Added::Weak(weak));
    }
    let hash = ways_in::kept_form(state, password).await?;
    let now = state.clock.real_now_millis();
    let id = ids::new_id();
    let mut tx = state.db.begin_write().await?;
    let row = NewStaff { id: &id, email: &email, name, role: new.role.code(), password_hash: &hash, created_at: now };
    if !staff::insert(&mut tx, &row).await? {
        return Ok(Added::Duplicate);
    }
    note(state, &mut tx, by.actor(), "staff.added", &id, json!({ "role": new.role.code() })).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Added::Added(id))
}

/// Writes the event of something that was done to somebody, or by them.
async fn note(
    state: &AppState,
    tx: &mut Tx,
    actor: Actor,
    action: &'static str,
    staff_id: &str,
    details: Value,
) -> StoreResult<()> {
    let event = Event {
        at: state.clock.now_millis(),
        actor,
        action,
        customer_id: None,
        account_id: None,
        subject_id: Some(staff_id.to_owned()),
        details,
    };
    events::append(tx, &event).await
}

/// A line of somebody's own history of coming in.
async fn note_sign_in(tx: &mut Tx, staff_id: &str, at: Millis, past: Past) -> StoreResult<()> {
    staff::note_sign_in(tx, &ids::new_id(), staff_id, at, past.code()).await
}
