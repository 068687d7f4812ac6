//! What the contact screens show.

use super::SCREEN;
use crate::domain::format;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::{attempts, contact};

pub struct Shown {
    pub flash: Flash,
    /// How long a limit still lasts, in whole minutes.
    pub minutes_to_wait: i64,
}

pub fn load() -> Shown {
    let flash = context::flash(SCREEN).unwrap_or_default();
    let minutes_to_wait = context::state().map_or(1, |state| attempts::minutes_to_wait(&state, flash.values.get("until")));
    Shown { flash, minutes_to_wait }
}

/// The day, written out, by which a message is answered; `None` where no message has this reference.
pub async fn load_answer_day(reference: String) -> Result<Option<String>, Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let day = contact::answer_day(&state, &reference).await.map_err(fail)?;
    Ok(day.map(|day| format::long_date(day, context::language())))
}
