//! The door of stopping, from wherever a permission is shown.

use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::mandates;
use leptos::prelude::*;

/// Stops a permission, or takes it back before it is given, and shows how it stands. Pressed twice, it is stopped once.
#[server(endpoint = "stop_mandate")]
pub async fn stop_mandate(reference: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    match mandates::stop(&state, &visitor.customer_id, &reference).await.map_err(context::fail)? {
        Some(mandate) => context::redirect(&paths::mandate(&mandate.reference)),
        None => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}
