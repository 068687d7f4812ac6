//! The door of putting a change aside that was looked at and not signed.

use crate::domain::ids::AgreementId;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::changes;
use leptos::prelude::*;

/// Forgets what was wanted of an agreement; it stays as it is.
#[server(endpoint = "put_change_aside")]
pub async fn put_change_aside(agreement: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    changes::put_aside(&state, &visitor.customer_id, &AgreementId(agreement.clone())).await.map_err(context::fail)?;
    context::redirect(&paths::agreement(&agreement));
    Ok(())
}
