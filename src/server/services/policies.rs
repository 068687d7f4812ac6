//! The policy in force, and those that earlier promises still refer to.

use super::Failure;
use crate::domain::ids::PolicyVersion;
use crate::domain::policy::Policy;
use crate::server::policy_file;
use crate::server::state::AppState;
use crate::server::store;
use std::sync::Arc;

/// A policy with the text it was read from.
#[derive(Debug)]
pub struct LoadedPolicy {
    pub rules: Policy,
    pub text: String,
}

/// The policy in force since this process started.
pub fn current(state: &AppState) -> Arc<LoadedPolicy> {
    state.policy.clone()
}

/// The policy of a version that was in force once: held offers are honoured after a change.
pub async fn of_version(state: &AppState, version: &PolicyVersion) -> Result<Arc<LoadedPolicy>, Failure> {
    if state.policy.rules.version == *version {
        return Ok(state.policy.clone());
    }
    let text = store::policies::text(state.db.pool(), version).await?.ok_or(Failure::Missing("policy"))?;
    let rules = policy_file::read_kept(&text).map_err(|_| Failure::Missing("policy"))?;
    Ok(Arc::new(LoadedPolicy { rules, text }))
}
