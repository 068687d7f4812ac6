//! What the page of a link shows, if the link can still be used.

use super::SCREEN;
use crate::server::context::{self, Flash, fail};
use crate::server::services::{attempts, sign_in};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
pub struct Shown {
    pub token: String,
    pub flash: Flash,
    pub minutes_to_wait: i64,
}

/// `None`: the link is unknown, used or expired.
pub async fn load(token: String) -> Option<Shown> {
    let state = context::state()?;
    let live = sign_in::link_is_live(&state, &token).await.map_err(fail).ok()?;
    let flash = context::flash(SCREEN).unwrap_or_default();
    let minutes_to_wait = attempts::minutes_to_wait(&state, flash.values.get("until"));
    live.then_some(Shown { token, flash, minutes_to_wait })
}
