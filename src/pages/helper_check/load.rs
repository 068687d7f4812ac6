//! What is about to be confirmed.

use super::{SCREEN, Shown};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::helpers;

/// `None` where there is nothing to check, and the answer leads to the form.
pub async fn load() -> Result<Option<Shown>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let found = helpers::to_check(&state, &visitor.customer_id, context::language()).await.map_err(context::fail)?;
    if found.is_none() {
        context::redirect(paths::HELPER_ADD);
    }
    Ok(found.map(|check| Shown {
        draft: check.draft,
        text: check.text,
        text_sha256: check.text_sha256,
        has_changed: context::flash(SCREEN).is_some(),
    }))
}
