//! Ending a session, and making it last.

use crate::paths;
use crate::server::context::{self, Failed};
use leptos::prelude::*;

#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), Failed> {
    context::end_session().await?;
    context::redirect(paths::SIGNED_OUT);
    Ok(())
}

/// "Leave and clear", for a phone that others use too: ends the session, has the browser forget what it keeps of us, and leads to where
/// anybody may be seen. What was saved here stays.
#[server(endpoint = "leave_and_clear")]
pub async fn leave_and_clear() -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    context::end_session().await?;
    context::clear_browser();
    context::redirect(state.config.leave_to.as_deref().unwrap_or(paths::SIGNED_OUT));
    Ok(())
}

/// "Stay signed in" of the time-out warning: answers with the seconds that are left now, 0 where the session has ended.
/// The session layer has noted the request already; that is what made the session last.
#[server(endpoint = "extend_session")]
pub async fn extend_session() -> Result<i64, Failed> {
    Ok(context::session_time_left().map_or(0, |left| left.seconds))
}
