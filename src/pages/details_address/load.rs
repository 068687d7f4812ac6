//! What was typed, was kept to be checked, or is so now.

use super::{AddressView, FIELDS, SCREEN};
use crate::domain::details::{Detail, Value};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::details;

/// `None` where they first show who they are, and the answer leads there.
pub async fn load() -> Result<Option<AddressView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    if visitor.proven(state.clock.real_now_millis()).is_none() {
        context::redirect(&paths::details_proof("address"));
        return Ok(None);
    }
    let flash = context::flash(SCREEN).unwrap_or_default();
    if !flash.errors.is_empty() {
        let typed = FIELDS.map(|field| flash.values.get(field).cloned().unwrap_or_default());
        return Ok(Some(AddressView { typed, errors: flash.errors }));
    }
    let kept = details::check(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let value: Option<Value> = match kept {
        Some(check) => Some(check.new),
        None => {
            let shown = details::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)?;
            shown.map(|shown| shown.known.value(Detail::Address))
        }
    };
    Ok(value.map(|value| AddressView { typed: [0, 1, 2, 3].map(|place| value.part(place).to_owned()), errors: Vec::new() }))
}
