//! What was typed and refused before.

use super::SCREEN;
use crate::server::context::{self, Flash};
use crate::server::services::attempts;

pub struct Shown {
    pub flash: Flash,
    pub minutes_to_wait: i64,
}

pub fn load() -> Shown {
    let flash = context::flash(SCREEN).unwrap_or_default();
    let minutes_to_wait = context::state().map_or(1, |state| attempts::minutes_to_wait(&state, flash.values.get("until")));
    Shown { flash, minutes_to_wait }
}
