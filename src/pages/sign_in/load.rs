//! What the sign-in screen shows: what was typed and refused before, and where to go afterwards.

use super::SCREEN;
use crate::paths;
use crate::server::context::{self, Flash};
use crate::server::services::{attempts, ways_in};

pub struct Shown {
    pub flash: Flash,
    pub next: Option<String>,
    pub session_ended: bool,
    /// How long a limit still lasts, in whole minutes.
    pub minutes_to_wait: i64,
    /// Whether passkeys can be used here at all.
    pub passkeys: bool,
}

/// `next` is what the address asks for; another site's page is forgotten. Whoever is signed in
/// already is sent on.
pub fn load(next: Option<String>) -> Shown {
    let flash = context::flash(SCREEN).unwrap_or_default();
    let next = flash.values.get(paths::NEXT).cloned().or(next).filter(|next| paths::is_own_page(next));
    if context::signed_in().is_some() {
        context::redirect(next.as_deref().unwrap_or(paths::ACCOUNT));
    }
    Shown {
        next,
        session_ended: context::session_ended(),
        minutes_to_wait: context::state().map_or(1, |state| attempts::minutes_to_wait(&state, flash.values.get("until"))),
        passkeys: context::state().is_some_and(|state| ways_in::passkeys_are_possible(&state)),
        flash,
    }
}
