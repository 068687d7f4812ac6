//! The door of ending sessions of one's own elsewhere.

use crate::paths;
use crate::server::context::{self, Failed, fail, staff};
use crate::server::services::staff as service;
use leptos::prelude::*;

/// Ends one session by its name, or without one all but this.
#[server(endpoint = "staff_end_own_sessions")]
pub async fn staff_end_own_sessions(#[server(default)] session: String) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    service::end_sessions_of_own(&state, &member, &session).await.map_err(fail)?;
    context::redirect(&paths::done(paths::STAFF_YOU, "ended"));
    Ok(())
}
