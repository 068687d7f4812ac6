//! The door of keeping new recovery codes.

use super::SCREEN;
use crate::paths;
use crate::server::context::staff::{self, Shown};
use crate::server::context::{self, Failed, fail};
use crate::server::services::staff::{self as service, Keeping};
use leptos::prelude::*;

/// Keeps the codes that the page showed. The session gets a new id: they are never shown again.
#[server(endpoint = "staff_replace_codes")]
pub async fn staff_replace_codes(#[server(default)] password: String) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    let here = paths::STAFF_YOU_RECOVERY_CODES;
    match service::replace_codes(&state, &member, password, &staff::new_recovery_codes()).await.map_err(fail)? {
        Keeping::Kept => {
            staff::renew(Shown::PasswordAndSecondFactor).await?;
            context::redirect(&paths::done(paths::STAFF_YOU, "codes"));
            Ok(())
        }
        Keeping::WrongPassword => staff::refused(here, SCREEN, &[], "password", "wrong").await,
        Keeping::Limited { until } => staff::limited(here, SCREEN, until).await,
    }
}
