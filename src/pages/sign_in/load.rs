//! What the sign-in screen shows: what was typed and refused before, and where to go afterwards.

use super::SCREEN;
use crate::paths;
use crate::server::context::{self, Flash};
use crate::server::services::attempts;

pub struct Shown {
    pub flash: Flash,
    pub next: Option<String>,
    pub session_ended: bool,
    /// How long a limit still lasts, in whole minutes.
    pub minutes_to_wait: i64,
}

/// `next` is what the address asks for; another site's page is forgotten.
pub fn load(next: Option<String>) -> Shown {
    let flash = context::flash(SCREEN).unwrap_or_default();
    let asked = flash.values.get(paths::NEXT).cloned().or(next);
    Shown {
        next: asked.filter(|next| paths::is_own_page(next)),
        session_ended: context::session_ended(),
        minutes_to_wait: context::state().map_or(1, |state| attempts::minutes_to_wait(&state, flash.values.get("until"))),
        flash,
    }
}
