//! Who is at work, and for whom.

use super::HomeView;
use crate::domain::rights::Role;
use crate::server::context::{Failed, fail, staff};
use crate::server::services::staff as service;

/// `None` where nobody is signed in, and the answer leads on.
pub async fn load() -> Result<Option<HomeView>, Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(None) };
    let creditors = match member.role {
        Role::Partner => service::creditors(&state).await.map_err(fail)?,
        Role::Agent | Role::Reviewer | Role::Manager | Role::Administrator | Role::Auditor => Vec::new(),
    };
    let given = creditors.into_iter().filter(|(id, _)| member.creditors.contains(id)).map(|(_, name)| name);
    Ok(Some(HomeView { name: member.name, role: member.role, creditors: given.collect() }))
}
