//! What is a person's own: their password, their authenticator, their recovery codes, where they are signed in, and who tried to come in
//! as them.

use super::enter::recovery_digest;
use super::{StaffMember, WeakPassword, note, note_sign_in};
use crate::domain::coming_back::Device;
use crate::server::clock::Millis;
use crate::server::security::staff_sessions::{HeldStaff, STAFF};
use crate::server::security::{passwords, totp};
use crate::server::services::attempts::{Attempt, Counted};
use crate::server::services::{Failure, ways_in};
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::sign_in::AttemptOutcome;
use crate::server::store::staff::StaffRow;
use crate::server::store::{StoreError, StoreResult, staff, staff_sessions};
use serde_json::json;

/// How it went when somebody tried to come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    CameIn,
    WrongPassword,
    WrongCode,
    /// Too many wrong answers before it.
    Waited,
}

impl Past {
    const ALL: [Past; 4] = [Past::CameIn, Past::WrongPassword, Past::WrongCode, Past::Waited];

    pub fn code(self) -> &'static str {
        match self {
            Past::CameIn => "came_in",
            Past::WrongPassword => "wrong_password",
            Past::WrongCode => "wrong_code",
            Past::Waited => "waited",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewPassword {
    /// Every session of before has ended; the one that asked goes on with this generation.
    Set {
        generation: i64,
    },
    Weak(WeakPassword),
    /// The password of before was not right.
    Wrong,
    Limited {
        until: Millis,
    },
}

/// Puts a password of their own in the place of the one somebody made for them.
pub async fn choose_password(state: &AppState, staff_id: &str, typed: &str) -> Result<NewPassword, Failure> {
    let person = staff::find(state.db.pool(), staff_id).await?.ok_or(Failure::Missing("member of staff"))?;
    // The made one is known to somebody else.
    if ways_in::is_the_password(state, typed.to_owned(), Some(person.password_hash.clone())).await? {
        return Ok(NewPassword::Weak(WeakPassword::Personal));
    }
    set_password(state, &person, typed, "staff.password_chosen").await
}

/// Changes it; the one of before is asked for.
pub async fn change_password(
    state: &AppState,
    member: &StaffMember,
    before: String,
    typed: &str,
) -> Result<NewPassword, Failure> {
    match is_their_password(state, &member.id, before).await? {
        Proof::Right(person) => set_password(state, &person, typed, "staff.password_changed").await,
        Proof::Wrong => Ok(NewPassword::Wrong),
        Proof::Limited { until } => Ok(NewPassword::Limited { until }),
    }
}

async fn set_password(state: &AppState, person: &StaffRow, typed: &str, action: &'static str) -> Result<NewPassword, Failure> {
    if let Err(weak) = passwords::check(typed, &[&person.email, &person.name, &state.config.portal_name]) {
        return Ok(NewPassword::Weak(weak));
    }
    let hash = ways_in::kept_form(state, typed).await?;
    let mut tx = state.db.begin_write().await?;
    let now = staff::lock(&mut tx, &person.id).await?.ok_or(Failure::Missing("member of staff"))?;
    if now.generation != person.generation || now.disabled_at.is_some() {
        // Something else was changed meanwhile: their session is over anyway.
        return Ok(NewPassword::Wrong);
    }
    staff::set_password(&mut tx, &person.id, &hash, 0).await?;
    let generation = staff_sessions::end_all(&mut tx, &person.id).await?;
    note(state, &mut tx, Actor::Staff(person.id.clone()), action, &person.id, json!({})).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(NewPassword::Set { generation })
}

enum Proof {
    Right(Box<StaffRow>),
    Wrong,
    Limited { until: Millis },
}

/// Whether somebody who is signed in knows their password, within the limits of signing in.
async fn is_their_password(state: &AppState, staff_id: &str, typed: String) -> Result<Proof, Failure> {
    let attempt = Attempt::begin(state, &[Counted::Proof(staff_id)]).await?;
    let person = staff::find(state.db.pool(), staff_id).await?.ok_or(Failure::Missing("member of staff"))?;
    let mut tx = state.db.begin_read().await?;
    let until = attempt.limited_until(&mut tx).await?;
    crate::server::store::end_read(tx);
    let (proof, outcome) = match until {
        Some(until) => (Proof::Limited { until }, AttemptOutcome::Limited),
        None if ways_in::is_the_password(state, typed, Some(person.password_hash.clone())).await? => {
            (Proof::Right(Box::new(person)), AttemptOutcome::Accepted)
        }
        None => (Proof::Wrong, AttemptOutcome::Refused),
    };
    let mut tx = state.db.begin_write().await?;
    attempt.end(&mut tx, outcome).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(proof)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUp {
    Done {
        generation: i64,
    },
    /// This is not what the authenticator shows now.
    WrongCode,
    WrongPassword,
    Limited {
        until: Millis,
    },
    /// There is one already: whoever only has the password cannot replace it.
    Already,
}

/// Keeps the first authenticator of somebody on the way in, once it shows a code that is right.
pub async fn set_up_code(
    state: &AppState,
    staff_id: &str,
    secret: [u8; totp::SECRET_BYTES],
    typed: &str,
) -> Result<SetUp, Failure> {
    keep_authenticator(state, staff_id, secret, typed, Before::Nothing).await
}

/// Puts another authenticator in the place of the one there is; the password is asked for.
pub async fn replace_code(
    state: &AppState,
    member: &StaffMember,
    password: String,
    secret: [u8; totp::SECRET_BYTES],
    typed: &str,
) -> Result<SetUp, Failure> {
    match is_their_password(state, &member.id, password).await? {
        Proof::Right(_) => keep_authenticator(state, &member.id, secret, typed, Before::Another).await,
        Proof::Wrong => Ok(SetUp::WrongPassword),
        Proof::Limited { until } => Ok(SetUp::Limited { until }),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Nothing,
    Another,
}

async fn keep_authenticator(
    state: &AppState,
    staff_id: &str,
    secret: [u8; totp::SECRET_BYTES],
    typed: &str,
    before: Before,
) -> Result<SetUp, Failure> {
    let secret = totp::to_text(secret);
    let now = state.clock.real_now_millis();
    let Some(step) = totp::step_of(&secret, typed, u64::try_from(now / 1_000).unwrap_or(0)) else { return Ok(SetUp::WrongCode) };
    let mut tx = state.db.begin_write().await?;
    let person = staff::lock(&mut tx, staff_id).await?.ok_or(Failure::Missing("member of staff"))?;
    if (before == Before::Nothing) != person.totp_secret.is_none() {
        return Ok(SetUp::Already);
    }
    staff::set_totp(&mut tx, staff_id, Some(&secret), i64::try_from(step).ok()).await?;
    let generation = staff_sessions::end_all(&mut tx, staff_id).await?;
    let action = match before {
        Before::Nothing => "staff.authenticator_set_up",
        Before::Another => "staff.authenticator_replaced",
    };
    note(state, &mut tx, Actor::Staff(staff_id.to_owned()), action, staff_id, json!({})).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(SetUp::Done { generation })
}

/// Keeps the first recovery codes of somebody on the way in. With them they are in.
pub async fn keep_codes(state: &AppState, staff_id: &str, codes: &[String]) -> Result<(), Failure> {
    let now = state.clock.real_now_millis();
    let digests: Vec<String> = codes.iter().map(|code| recovery_digest(staff_id, code)).collect();
    let mut tx = state.db.begin_write().await?;
    staff::lock(&mut tx, staff_id).await?;
    let (kept, _) = staff::count_codes(&mut *tx, staff_id).await?;
    if kept > 0 {
        return Ok(());
    }
    staff::replace_codes(&mut tx, staff_id, &digests, now).await?;
    let by = Actor::Staff(staff_id.to_owned());
    note(state, &mut tx, by.clone(), "staff.recovery_codes_kept", staff_id, json!({ "count": codes.len() })).await?;
    note(state, &mut tx, by, "staff.signed_in", staff_id, json!({ "way": "first_time" })).await?;
    note_sign_in(&mut tx, staff_id, now, Past::CameIn).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    Kept,
    WrongPassword,
    Limited { until: Millis },
}

/// Puts new recovery codes in the place of those there were; the password is asked for.
pub async fn replace_codes(
    state: &AppState,
    member: &StaffMember,
    password: String,
    codes: &[String],
) -> Result<Keeping, Failure> {
    match is_their_password(state, &member.id, password).await? {
        Proof::Right(_) => {}
        Proof::Wrong => return Ok(Keeping::WrongPassword),
        Proof::Limited { until } => return Ok(Keeping::Limited { until }),
    }
    let digests: Vec<String> = codes.iter().map(|code| recovery_digest(&member.id, code)).collect();
    let mut tx = state.db.begin_write().await?;
    staff::lock(&mut tx, &member.id).await?;
    staff::replace_codes(&mut tx, &member.id, &digests, state.clock.real_now_millis()).await?;
    let by = Actor::Staff(member.id.clone());
    note(state, &mut tx, by, "staff.recovery_codes_replaced", &member.id, json!({ "count": codes.len() })).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Keeping::Kept)
}

/// More than anybody has; of more, those used last are shown.
const MOST_SHOWN: i64 = 30;
/// So much of a digest tells a person's sessions apart.
const NAME_LETTERS: usize = 16;
/// As long as customers' history is kept.
const KEEP_MILLIS: i64 = 180 * 24 * 3_600_000;

/// A session of somebody's, for them to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenStaffSession {
    /// What it is called in a form. Opens nothing.
    pub name: String,
    pub is_this_one: bool,
    pub device: Device,
    pub begun_at: Millis,
    pub last_used_at: Millis,
}

/// Where somebody is signed in; the session used last first.
pub async fn open_sessions(state: &AppState, member: &StaffMember) -> StoreResult<Vec<OpenStaffSession>> {
    let now = state.clock.real_now_millis();
    let sessions = staff_sessions::of_staff(&state.db, &member.id, now, MOST_SHOWN).await?;
    let open = sessions.into_iter().map(|session| {
        let data: serde_json::Value = serde_json::from_str(&session.data).unwrap_or_default();
        let held: Option<HeldStaff> = data.get(STAFF).cloned().and_then(|held| serde_json::from_value(held).ok());
        OpenStaffSession {
            name: session.id_digest.chars().take(NAME_LETTERS).collect(),
            is_this_one: session.id_digest == member.session,
            device: held.map(|held| held.device).unwrap_or_default(),
            begun_at: session.created_at,
            last_used_at: session.last_seen_at,
        }
    });
    Ok(open.collect())
}

/// Ends a session of their own elsewhere by its name, or with an empty name all but the one that asks.
pub async fn end_sessions_of_own(state: &AppState, member: &StaffMember, name: &str) -> Result<u64, Failure> {
    if !name.is_empty() && name.chars().count() != NAME_LETTERS {
        return Ok(0);
    }
    let mut tx = state.db.begin_write().await?;
    let ended = staff_sessions::end(&mut tx, &member.id, name, &member.session).await?;
    if ended > 0 {
        let by = Actor::Staff(member.id.clone());
        note(state, &mut tx, by, "staff.sessions_ended", &member.id, json!({ "count": ended })).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(ended)
}

/// Writes down that somebody signed out. Their session ends with its cookie.
pub async fn sign_out(state: &AppState, member: &StaffMember) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    note(state, &mut tx, Actor::Staff(member.id.clone()), "staff.signed_out", &member.id, json!({})).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// One line of somebody's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnPast {
    pub at: Millis,
    pub past: Past,
}

/// Who tried to come in as them, the newest first; and how many recovery codes are left.
pub async fn past(state: &AppState, member: &StaffMember) -> StoreResult<(Vec<OwnPast>, i64)> {
    let lines = staff::past_sign_ins(state.db.pool(), &member.id, MOST_SHOWN).await?;
    let (_, left) = staff::count_codes(state.db.pool(), &member.id).await?;
    let lines: StoreResult<Vec<OwnPast>> = lines
        .into_iter()
        .map(|(at, code)| {
            let past = Past::ALL.into_iter().find(|past| past.code() == code).ok_or(StoreError::Unreadable("history"))?;
            Ok(OwnPast { at, past })
        })
        .collect();
    Ok((lines?, left))
}

/// Deletes history that was kept long enough; the hourly tidying calls it. Returns how much there was.
pub async fn delete_old(state: &AppState) -> StoreResult<u64> {
    let mut tx = state.db.begin_write().await?;
    let lines = staff::delete_sign_ins_before(&mut tx, state.clock.real_now_millis() - KEEP_MILLIS).await?;
    tx.commit().await?;
    Ok(lines)
}
