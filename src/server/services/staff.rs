//! Giving people who work here a way in.

use super::Failure;
use crate::server::ids;
use crate::server::security::passwords::{self, WeakPassword};
use crate::server::state::AppState;
use crate::server::store::StoreError;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::staff::{self, NewStaff};
use serde_json::json;

/// What a person may do here. The words are in the glossary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    Agent,
    Reviewer,
    Manager,
    Administrator,
    Auditor,
    Partner,
}

impl Role {
    pub fn code(self) -> &'static str {
        match self {
            Role::Agent => "agent",
            Role::Reviewer => "reviewer",
            Role::Manager => "manager",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
            Role::Partner => "partner",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    Added,
    /// There is somebody with this address already.
    Duplicate,
    NotAnAddress,
    Weak(WeakPassword),
}

/// Adds a person with a password.
pub async fn add(state: &AppState, email: &str, name: &str, role: Role, password: String) -> Result<Added, Failure> {
    let email = email.trim().to_lowercase();
    let name = name.trim();
    if email.parse::<lettre::Address>().is_err() {
        return Ok(Added::NotAnAddress);
    }
    if let Err(weak) = passwords::check(&password, &[&email, name]) {
        return Ok(Added::Weak(weak));
    }
    let hash = tokio::task::spawn_blocking(move || passwords::hash(&password))
        .await
        .map_err(|_| Failure::Missing("password hash"))?
        .map_err(|_| Failure::Missing("password hash"))?;
    let now = state.clock.real_now_millis();
    let id = ids::new_id();
    let mut tx = state.db.begin_write().await?;
    let new = NewStaff { id: &id, email: &email, name, role: role.code(), password_hash: &hash, created_at: now };
    if !staff::insert(&mut tx, &new).await? {
        return Ok(Added::Duplicate);
    }
    let event = Event {
        at: now,
        actor: Actor::Operator,
        action: "staff.added",
        customer_id: None,
        account_id: None,
        subject_id: Some(id),
        details: json!({ "role": role.code() }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Added::Added)
}
