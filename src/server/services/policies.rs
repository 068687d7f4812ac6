//! The policy in force, and those that earlier promises still refer to.

use super::Failure;
use crate::domain::ids::PolicyVersion;
use crate::server::policy_file::{self, PolicyFile};
use crate::server::state::AppState;
use crate::server::store::{self, Tx};
use std::sync::Arc;

/// The policy in force since this process started.
pub fn current(state: &AppState) -> Arc<PolicyFile> {
    state.policy.clone()
}

/// The policy an account is under now: the one whose terms are held for it, else the one in force.
pub async fn of_account(state: &AppState, tx: &mut Tx, held: Option<PolicyVersion>) -> Result<Arc<PolicyFile>, Failure> {
    match held {
        Some(version) => of_version_within(state, tx, &version).await,
        None => Ok(current(state)),
    }
}

/// The policy of a version that was in force once: held offers are honoured after a change.
pub async fn of_version(state: &AppState, version: &PolicyVersion) -> Result<Arc<PolicyFile>, Failure> {
    if state.policy.policy.version == *version {
        return Ok(state.policy.clone());
    }
    let text = store::policies::text(state.db.pool(), version).await?.ok_or(Failure::Missing("policy"))?;
    let policy = policy_file::parse_kept(&text).map_err(|_| Failure::Missing("policy"))?;
    Ok(Arc::new(policy))
}

/// The same within an open transaction, without asking for another connection.
pub async fn of_version_within(state: &AppState, tx: &mut Tx, version: &PolicyVersion) -> Result<Arc<PolicyFile>, Failure> {
    if state.policy.policy.version == *version {
        return Ok(state.policy.clone());
    }
    let text = store::policies::text(&mut **tx, version).await?.ok_or(Failure::Missing("policy"))?;
    let policy = policy_file::parse_kept(&text).map_err(|_| Failure::Missing("policy"))?;
    Ok(Arc::new(policy))
}
