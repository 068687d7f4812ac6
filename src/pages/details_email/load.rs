//! The address we have, and the one that waits for its code.

use super::{EMAIL, EmailView, SCREEN};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::details;

/// `None` where they first show who they are, and the answer leads there. Whoever waits for a code has done so.
pub async fn load() -> Result<Option<EmailView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let waiting = details::waiting(&state, &visitor.customer_id).await.map_err(context::fail)?;
    if waiting.is_none() && visitor.proven(state.clock.real_now_millis()).is_none() {
        context::redirect(&paths::details_proof("email"));
        return Ok(None);
    }
    let shown = details::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let flash = context::flash(SCREEN).unwrap_or_default();
    Ok(shown.map(|shown| EmailView {
        now: shown.known.email,
        waiting,
        typed: flash.values.get(EMAIL).cloned(),
        errors: flash.errors,
    }))
}
