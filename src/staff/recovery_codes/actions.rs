//! The door of keeping recovery codes.

use crate::paths;
use crate::server::context::staff::{self, Shown};
use crate::server::context::{self, Failed, fail};
use crate::server::services::staff as service;
use leptos::prelude::*;

/// Keeps the codes that the page showed. The session gets a new id: they are never shown again.
#[server(endpoint = "staff_keep_codes")]
pub async fn staff_keep_codes() -> Result<(), Failed> {
    let Some((state, entering)) = staff::on_the_way_in() else { return Ok(()) };
    service::keep_codes(&state, &entering.staff_id, &staff::new_recovery_codes()).await.map_err(fail)?;
    staff::renew(Shown::PasswordAndSecondFactor).await?;
    context::redirect(paths::STAFF);
    Ok(())
}
