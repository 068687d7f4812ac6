//! What the form shows: the accounts there are, and what was typed before.

use super::{SCREEN, Shown};
use crate::server::context::{self, Failed};
use crate::server::services::helpers;

pub async fn load() -> Result<Option<Shown>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let given = helpers::typed_so_far(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let flash = context::flash(SCREEN).unwrap_or_default();
    Ok(Some(Shown {
        accounts: given.accounts,
        values: if flash.values.is_empty() { given.typed } else { flash.values },
        today: given.today,
        is_full: given.is_full,
        errors: flash.errors,
    }))
}
