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

/// "Stay signed in" of the time-out warning: answers with the seconds that are left now, 0 where the session has ended.
/// The session layer has noted the request already; that is what made the session last.
#[server(endpoint = "extend_session")]
pub async fn extend_session() -> Result<i64, Failed> {
    Ok(context::session_time_left().map_or(0, |left| left.seconds))
}
