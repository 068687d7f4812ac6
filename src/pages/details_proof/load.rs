//! What can be asked for, and what was typed where it was refused.

use super::{ProofView, SCREEN, goes_to};
use crate::domain::birth_date::TypedBirthDate;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::{attempts, ways_in};

/// `None` where nobody is signed in, or nothing has to be shown, and the answer leads on.
pub async fn load(what: String) -> Result<Option<ProofView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let Some(goes_to) = goes_to(&what) else {
        context::redirect(paths::DETAILS);
        return Ok(None);
    };
    if visitor.proven(state.clock.real_now_millis()).is_some() {
        context::redirect(goes_to);
        return Ok(None);
    }
    let set = ways_in::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let flash = context::flash(SCREEN).unwrap_or_default();
    let kept = |field: &str| flash.values.get(field).cloned().unwrap_or_default();
    Ok(Some(ProofView {
        what,
        always: set.always,
        has_password: set.has_password,
        has_passkeys: !set.passkeys.is_empty(),
        birth_date: TypedBirthDate::new(&kept("birth_date_day"), &kept("birth_date_month"), &kept("birth_date_year")),
        postal_code: kept("postal_code"),
        minutes_to_wait: attempts::minutes_to_wait(&state, flash.values.get("until")),
        errors: flash.errors,
    }))
}
