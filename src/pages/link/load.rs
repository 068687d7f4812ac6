//! What the page of a link shows, if the link can still be used.

use super::SCREEN;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::{attempts, sign_in};

pub struct Shown {
    pub token: String,
    pub flash: Flash,
    pub minutes_to_wait: i64,
}

/// `None`: the link is unknown, used or expired.
pub async fn load(token: String) -> Result<Option<Shown>, Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let live = sign_in::link_is_live(&state, &token).await.map_err(fail)?;
    let flash = context::flash(SCREEN).unwrap_or_default();
    let minutes_to_wait = attempts::minutes_to_wait(&state, flash.values.get("until"));
    Ok(live.then_some(Shown { token, flash, minutes_to_wait }))
}
