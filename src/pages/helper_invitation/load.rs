//! Whether an invitation can still be used.

use super::SCREEN;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::{attempts, helpers};

pub struct Shown {
    pub token: String,
    pub flash: Flash,
    pub minutes_to_wait: i64,
}

/// `None`: the link is unknown, used or over.
pub async fn load(token: String) -> Result<Option<Shown>, Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let live = helpers::invitation_is_live(&state, &token).await.map_err(fail)?;
    let flash = context::flash(SCREEN).unwrap_or_default();
    let minutes_to_wait = attempts::minutes_to_wait(&state, flash.values.get("until"));
    Ok(live.then_some(Shown { token, flash, minutes_to_wait }))
}
