//! The door of ending sessions elsewhere.

use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::sessions::{self, Ending};
use leptos::prelude::*;

/// Ends one session by its name, or without one all but this. Whoever is signed in may: it takes nothing but access away.
#[server(endpoint = "end_sessions")]
pub async fn end_sessions(#[server(default)] session: String) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let ending = if session.is_empty() { Ending::Others } else { Ending::One(session) };
    sessions::end(&state, &visitor, &ending).await.map_err(context::fail)?;
    context::redirect(&paths::done(paths::DEVICES, "ended"));
    Ok(())
}
