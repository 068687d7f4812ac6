//! The door of changing one's own password.

use super::SCREEN;
use crate::paths;
use crate::server::context::staff::{self, Shown};
use crate::server::context::{self, Failed, fail};
use crate::server::services::staff::{self as service, NewPassword};
use leptos::prelude::*;

/// Every other session ends; this one goes on under a new id.
#[server(endpoint = "staff_change_password")]
pub async fn staff_change_password(
    #[server(default)] password: String,
    #[server(default)] new_password: String,
) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    let here = paths::STAFF_YOU_PASSWORD;
    match service::change_password(&state, &member, password, &new_password).await.map_err(fail)? {
        NewPassword::Set { generation } => {
            staff::begin(&member.id, generation, Shown::PasswordAndSecondFactor).await?;
            context::redirect(&paths::done(paths::STAFF_YOU, "password"));
            Ok(())
        }
        NewPassword::Wrong => staff::refused(here, SCREEN, &[], "password", "wrong").await,
        NewPassword::Weak(weak) => staff::refused(here, SCREEN, &[], "new_password", weak.code()).await,
        NewPassword::Limited { until } => staff::limited(here, SCREEN, until).await,
    }
}
