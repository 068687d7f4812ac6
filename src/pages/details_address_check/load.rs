//! What is about to change.

use super::{CheckView, SCREEN};
use crate::domain::details::Value;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::details;

/// `None` where there is nothing to check, and the answer leads to the form.
pub async fn load() -> Result<Option<CheckView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let found = details::check(&state, &visitor.customer_id).await.map_err(context::fail)?;
    if found.is_none() {
        context::redirect(paths::DETAILS_ADDRESS);
    }
    Ok(found.map(|check| CheckView {
        id: check.id,
        old: in_a_line(&check.old),
        new: in_a_line(&check.new),
        has_letters: check.letters > 0,
        has_changed: context::flash(SCREEN).is_some(),
    }))
}

fn in_a_line(address: &Value) -> String {
    address.0.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
}
