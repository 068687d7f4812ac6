//! What an administrator does about colleagues, and an operator from the command line. The last administrator stays one.

use super::{By, Role, note};
use crate::server::clock::Millis;
use crate::server::security::passwords;
use crate::server::services::{Failure, ways_in};
use crate::server::state::AppState;
use crate::server::store::staff::StaffRow;
use crate::server::store::{StoreError, StoreResult, Tx, staff, staff_sessions};
use serde_json::json;
use std::fmt;

/// More than work in one portal; a list of more would need pages.
pub const MOST_PEOPLE: i64 = 500;
/// As many creditors are offered to be given.
pub const MOST_CREDITORS: i64 = 200;

/// Somebody who works here, for a colleague to look at.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    pub id: String,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub password_is_made: bool,
    pub has_second_factor: bool,
    pub generation: i64,
    pub added_at: Millis,
    pub disabled_at: Option<Millis>,
    /// Those a partner was given, by id.
    pub creditors: Vec<String>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({}, {})", self.id, self.role.code())
    }
}

impl Person {
    fn of(row: StaffRow, creditors: Vec<String>) -> StoreResult<Person> {
        Ok(Person {
            role: Role::from_code(&row.role).ok_or(StoreError::Unreadable("role"))?,
            id: row.id,
            email: row.email,
            name: row.name,
            password_is_made: row.password_is_made != 0,
            has_second_factor: row.totp_secret.is_some(),
            generation: row.generation,
            added_at: row.created_at,
            disabled_at: row.disabled_at,
            creditors,
        })
    }
}

/// Everybody by name; without the creditors they were given.
pub async fn people(state: &AppState) -> StoreResult<Vec<Person>> {
    let rows = staff::list(state.db.pool(), MOST_PEOPLE).await?;
    rows.into_iter().map(|row| Person::of(row, Vec::new())).collect()
}

pub async fn person(state: &AppState, id: &str) -> StoreResult<Option<Person>> {
    let Some(row) = staff::find(state.db.pool(), id).await? else { return Ok(None) };
    let creditors = staff::creditors_of(state.db.pool(), id).await?;
    Person::of(row, creditors).map(Some)
}

/// By the address they sign in with.
pub async fn person_by_email(state: &AppState, email: &str) -> StoreResult<Option<Person>> {
    let row = staff::find_by_email(state.db.pool(), &super::normalised_email(email)).await?;
    row.map(|row| Person::of(row, Vec::new())).transpose()
}

/// Every creditor of the portal, id and name.
pub async fn creditors(state: &AppState) -> StoreResult<Vec<(String, String)>> {
    staff::all_creditors(state.db.pool(), MOST_CREDITORS).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// It was so before.
    Already,
    /// There would be no administrator left.
    LastAdministrator,
    /// Nobody does this to themselves: whoever sits at an open screen of theirs could.
    Yourself,
    /// There is nobody of this id.
    Unknown,
}

/// Gives somebody another role. Their sessions end.
pub async fn change_role(state: &AppState, by: &By, id: &str, role: Role) -> Result<Changed, Failure> {
    let mut tx = state.db.begin_write().await?;
    staff::lock_administrators(&mut tx, state.db.dialect()).await?;
    let Some(person) = staff::lock(&mut tx, id).await? else { return Ok(Changed::Unknown) };
    if person.role == role.code() {
        return Ok(Changed::Already);
    }
    if is_last_administrator(&mut tx, &person).await? {
        return Ok(Changed::LastAdministrator);
    }
    staff::set_role(&mut tx, id, role.code()).await?;
    if role != Role::Partner {
        staff::replace_creditors(&mut tx, id, &[]).await?;
    }
    let details = json!({ "from": person.role, "to": role.code() });
    finish(state, tx, by, id, "staff.role_changed", details).await
}

/// Gives a partner these creditors and no others. Unknown ones are left out. Their sessions end.
pub async fn give_creditors(state: &AppState, by: &By, id: &str, wanted: &[String]) -> Result<Changed, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(person) = staff::lock(&mut tx, id).await? else { return Ok(Changed::Unknown) };
    if person.role != Role::Partner.code() {
        return Ok(Changed::Unknown);
    }
    let all = staff::all_creditors(&mut *tx, MOST_CREDITORS).await?;
    let given: Vec<String> = all.into_iter().map(|(id, _)| id).filter(|id| wanted.contains(id)).collect();
    let mut before = staff::creditors_of(&mut *tx, id).await?;
    let mut sorted = given.clone();
    before.sort_unstable();
    sorted.sort_unstable();
    if before == sorted {
        return Ok(Changed::Already);
    }
    staff::replace_creditors(&mut tx, id, &given).await?;
    finish(state, tx, by, id, "staff.creditors_given", json!({ "creditors": given })).await
}

/// Keeps somebody out from now on. Their sessions end.
pub async fn disable(state: &AppState, by: &By, id: &str) -> Result<Changed, Failure> {
    let mut tx = state.db.begin_write().await?;
    staff::lock_administrators(&mut tx, state.db.dialect()).await?;
    let Some(person) = staff::lock(&mut tx, id).await? else { return Ok(Changed::Unknown) };
    if person.disabled_at.is_some() {
        return Ok(Changed::Already);
    }
    if is_last_administrator(&mut tx, &person).await? {
        return Ok(Changed::LastAdministrator);
    }
    staff::set_disabled(&mut tx, id, Some(state.clock.real_now_millis())).await?;
    finish(state, tx, by, id, "staff.disabled", json!({})).await
}

/// Lets somebody in again.
pub async fn enable(state: &AppState, by: &By, id: &str) -> Result<Changed, Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(person) = staff::lock(&mut tx, id).await? else { return Ok(Changed::Unknown) };
    if person.disabled_at.is_none() {
        return Ok(Changed::Already);
    }
    staff::set_disabled(&mut tx, id, None).await?;
    finish(state, tx, by, id, "staff.enabled", json!({})).await
}

/// Signs somebody out everywhere.
pub async fn end_sessions(state: &AppState, by: &By, id: &str) -> Result<Changed, Failure> {
    let mut tx = state.db.begin_write().await?;
    if staff::lock(&mut tx, id).await?.is_none() {
        return Ok(Changed::Unknown);
    }
    finish(state, tx, by, id, "staff.sessions_ended", json!({})).await
}

/// Forgets somebody's authenticator and recovery codes, for who has lost both: the next time they set them up anew. Their sessions end.
pub async fn reset_second_factor(state: &AppState, by: &By, id: &str) -> Result<Changed, Failure> {
    if by.is(id) {
        return Ok(Changed::Yourself);
    }
    let mut tx = state.db.begin_write().await?;
    let Some(person) = staff::lock(&mut tx, id).await? else { return Ok(Changed::Unknown) };
    let (kept, _) = staff::count_codes(&mut *tx, id).await?;
    if person.totp_secret.is_none() && kept == 0 {
        return Ok(Changed::Already);
    }
    staff::set_totp(&mut tx, id, None, None).await?;
    staff::replace_codes(&mut tx, id, &[], state.clock.real_now_millis()).await?;
    finish(state, tx, by, id, "staff.second_factor_reset", json!({})).await
}

/// Gives somebody a password to begin with, for who has forgotten theirs. Their second factor stays. Their sessions end.
pub async fn make_password(state: &AppState, by: &By, id: &str, password: &str) -> Result<Changed, Failure> {
    if by.is(id) {
        return Ok(Changed::Yourself);
    }
    if passwords::check(password, &[]).is_err() {
        return Err(Failure::Missing("password that is good enough"));
    }
    let hash = ways_in::kept_form(state, password).await?;
    let mut tx = state.db.begin_write().await?;
    if staff::lock(&mut tx, id).await?.is_none() {
        return Ok(Changed::Unknown);
    }
    staff::set_password(&mut tx, id, &hash, 1).await?;
    finish(state, tx, by, id, "staff.password_made", json!({})).await
}

async fn is_last_administrator(tx: &mut Tx, person: &StaffRow) -> StoreResult<bool> {
    let is_one = person.role == Role::Administrator.code() && person.disabled_at.is_none();
    Ok(is_one && staff::count_administrators(tx).await? <= 1)
}

/// Ends the person's sessions, writes the event, and commits.
async fn finish(
    state: &AppState,
    mut tx: Tx,
    by: &By,
    id: &str,
    action: &'static str,
    details: serde_json::Value,
) -> Result<Changed, Failure> {
    staff_sessions::end_all(&mut tx, id).await?;
    note(state, &mut tx, by.actor(), action, id, details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Changed::Done)
}
