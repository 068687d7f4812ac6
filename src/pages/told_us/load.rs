//! What the screens of telling it show.

use super::SCREEN;
use crate::domain::format;
use crate::domain::life_event::Whose;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::{attempts, life_events};

pub struct Shown {
    pub flash: Flash,
    pub whose: Whose,
    /// How long a limit still lasts, in whole minutes.
    pub minutes_to_wait: i64,
}

pub fn load() -> Shown {
    let flash = context::flash(SCREEN).unwrap_or_default();
    let minutes_to_wait = context::state().map_or(1, |state| attempts::minutes_to_wait(&state, flash.values.get("until")));
    let whose = if context::signed_in().is_some() { Whose::SignedIn } else { Whose::ToBeSaid };
    Shown { flash, whose, minutes_to_wait }
}

/// What was promised.
pub struct Promised {
    /// Written out.
    pub day: String,
    /// An earlier promise was not kept.
    pub is_late: bool,
}

/// `None` where nothing was told under this reference.
pub async fn load_promise(reference: String) -> Result<Option<Promised>, Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let promise = life_events::promise(&state, &reference).await.map_err(fail)?;
    Ok(promise.map(|(day, times_late)| Promised { day: format::long_date(day, context::language()), is_late: times_late > 0 }))
}
