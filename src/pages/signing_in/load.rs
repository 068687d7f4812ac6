//! What a customer has set, and whether they may change it now.

use super::{SCREEN, ShownPasskey, SigningInView};
use crate::domain::birth_date::TypedBirthDate;
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::{attempts, ways_in};

/// `None` where nobody is signed in, and the answer leads on.
pub async fn load() -> Result<Option<SigningInView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let set = ways_in::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let zone = clock::zone(&visitor.time_zone);
    let may_add_passkey = set.passkeys.len() < ways_in::MOST_PASSKEYS && ways_in::passkeys_are_possible(&state);
    let passkeys = set.passkeys.into_iter().map(|passkey| ShownPasskey {
        id: passkey.id,
        device: passkey.device,
        added_on: clock::date_of(passkey.added_at, &zone),
        last_used_on: passkey.last_used_at.map(|at| clock::date_of(at, &zone)),
    });
    let flash = context::flash(SCREEN).unwrap_or_default();
    let kept = |field: &str| flash.values.get(field).cloned().unwrap_or_default();
    Ok(Some(SigningInView {
        proven: visitor.proven(state.clock.real_now_millis()).is_some(),
        has_password: set.has_password,
        passkeys: passkeys.collect(),
        may_add_passkey,
        always: set.always,
        birth_date: TypedBirthDate::new(&kept("birth_date_day"), &kept("birth_date_month"), &kept("birth_date_year")),
        postal_code: kept("postal_code"),
        minutes_to_wait: attempts::minutes_to_wait(&state, flash.values.get("until")),
        errors: flash.errors,
    }))
}
