//! Whose request it is, as far as people who work here are concerned: read once a request, by the layer in http/staff_visitor.rs.

use crate::domain::rights::{self, Action, Role, Whose};
use crate::domain::staff_entry::{Entry, Step, next_step};
use crate::server::clock::Millis;
use crate::server::security::digest;
use crate::server::security::sessions::{FLASH, KeptFlash};
use crate::server::security::staff_sessions::{ENTRY_MILLIS, HeldStaff, STAFF, expiry};
use crate::server::state::AppState;
use crate::server::store::staff_sessions::LiveStaffSession;
use crate::server::store::{StoreError, StoreResult, staff, staff_sessions};
use std::fmt;

/// A session is touched at most this often, so that reading pages hardly ever writes.
const TOUCH_EVERY_MILLIS: i64 = 60_000;

/// Somebody who works here and is signed in. Only the session layer makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffMember {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// Those a partner was given, by id.
    pub creditors: Vec<String>,
    pub generation: i64,
    /// The digest of this session's id.
    pub session: String,
}

impl fmt::Debug for StaffMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StaffMember({}, {})", self.id, self.role.code())
    }
}

impl StaffMember {
    /// Whether they may do what is about nobody in particular; of lists, their part.
    pub fn may(&self, action: Action) -> bool {
        rights::may(self.role, action, Whose::Nobodys)
    }

    /// Whether they may do this to a customer of this creditor's.
    pub fn may_for(&self, action: Action, creditor_id: &str) -> bool {
        let whose = if self.creditors.iter().any(|given| given == creditor_id) { Whose::Theirs } else { Whose::Others };
        rights::may(self.role, action, whose)
    }
}

/// Somebody whose password was right, on the way in. Nothing of the staff's is theirs to see yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Entering {
    pub staff_id: String,
    pub email: String,
    pub step: Step,
    pub second_factor_shown: bool,
}

impl fmt::Debug for Entering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entering({}, {:?})", self.staff_id, self.step)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody, or somebody who took too long on the way in.
    Stranger,
    Entering(Entering),
    In(StaffMember),
}

/// A live session, as one request sees it.
pub struct StaffVisit {
    pub stage: Stage,
    pub kept_flash: Option<KeptFlash>,
    pub expires_at: Millis,
}

/// Reads the session with this id and notes that it is in use. `None`: there is none, or it has ended.
pub async fn visit(state: &AppState, session_id: &str) -> StoreResult<Option<StaffVisit>> {
    let now = state.clock.real_now_millis();
    let id_digest = digest::of_secret(session_id);
    let Some(live) = staff_sessions::find_live(&state.db, &id_digest, now).await? else { return Ok(None) };
    let mut expires_at = live.expires_at;
    if now - live.last_seen_at >= TOUCH_EVERY_MILLIS {
        expires_at = expiry(live.created_at, now);
        staff_sessions::touch(&state.db, &id_digest, now, expires_at).await?;
    }
    let mut data: serde_json::Value = serde_json::from_str(&live.data).map_err(|_| StoreError::Unreadable("session"))?;
    let kept_flash = data.get_mut(FLASH).map(serde_json::Value::take).map(serde_json::from_value).transpose();
    let held: Option<HeldStaff> =
        data.get_mut(STAFF).map(serde_json::Value::take).and_then(|held| serde_json::from_value(held).ok());
    let stage = match held {
        Some(held) => stage(state, live, held, &id_digest, now).await?,
        None => Stage::Stranger,
    };
    Ok(Some(StaffVisit { stage, kept_flash: kept_flash.map_err(|_| StoreError::Unreadable("flash"))?, expires_at }))
}

async fn stage(state: &AppState, live: LiveStaffSession, held: HeldStaff, session: &str, now: Millis) -> StoreResult<Stage> {
    let (Some(id), Some(name), Some(email), Some(role)) = (live.staff_id, live.name, live.email, live.role) else {
        return Ok(Stage::Stranger);
    };
    if held.staff_id != id || held.generation != live.generation {
        return Ok(Stage::Stranger);
    }
    let role = Role::from_code(&role).ok_or(StoreError::Unreadable("role"))?;
    let entry = Entry {
        has_second_factor: live.has_second_factor == 1,
        second_factor_shown: held.second_factor_shown,
        password_is_made: live.password_is_made != Some(0),
        has_recovery_codes: live.recovery_codes > 0,
    };
    match next_step(entry) {
        Step::In => {
            let creditors = match role {
                Role::Partner => staff::creditors_of(state.db.pool(), &id).await?,
                Role::Agent | Role::Reviewer | Role::Manager | Role::Administrator | Role::Auditor => Vec::new(),
            };
            let (generation, session) = (live.generation, session.to_owned());
            Ok(Stage::In(StaffMember { id, name, email, role, creditors, generation, session }))
        }
        _ if now - held.at > ENTRY_MILLIS => Ok(Stage::Stranger),
        step => Ok(Stage::Entering(Entering { staff_id: id, email, step, second_factor_shown: held.second_factor_shown })),
    }
}

/// Deletes the sessions that have ended; the hourly tidying calls it. Returns how many there were.
pub async fn delete_ended(state: &AppState) -> StoreResult<u64> {
    staff_sessions::delete_ended(&state.db, state.clock.real_now_millis()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(role: Role) -> StaffMember {
        StaffMember {
            id: "a".into(),
            name: "Pia Lindqvist".into(),
            email: "pia@staff.example".into(),
            role,
            creditors: vec!["northgate".into()],
            generation: 0,
            session: "d".into(),
        }
    }

    #[test]
    fn a_partner_may_look_at_customers_of_the_creditors_they_were_given() {
        let partner = member(Role::Partner);
        assert!(partner.may_for(Action::ViewCustomer, "northgate") && !partner.may_for(Action::ViewCustomer, "harbor"));
        assert!(!partner.may_for(Action::DecideDispute, "northgate"));
        assert!(member(Role::Agent).may_for(Action::ViewCustomer, "harbor"));
    }

    #[test]
    fn nobodys_name_or_address_gets_into_a_log() {
        let told = format!("{:?}", member(Role::Partner));
        assert!(!told.contains("Pia") && !told.contains('@'), "{told}");
    }
}
