//! What somebody told us about whoever is signed in.

use super::Shown;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::life_events;

/// `None` where it is not about them, and the answer leads on.
pub async fn load(reference: String) -> Result<Option<Shown>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let found = life_events::for_customer(&state, &visitor.customer_id, &reference).await.map_err(context::fail)?;
    if found.is_none() {
        context::redirect(paths::ACCOUNT);
    }
    Ok(found.map(|view| Shown {
        reference: view.reference,
        happened: view.happened,
        state: view.state,
        told_on: view.told_on,
        answer_on: view.answer_on,
        ends_on: view.ends_on,
        quiet_until: view.quiet_until,
    }))
}
