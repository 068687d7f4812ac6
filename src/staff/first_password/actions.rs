//! The door of choosing one's own password.

use super::SCREEN;
use crate::paths;
use crate::server::context::staff::{self, Shown};
use crate::server::context::{self, Failed, fail};
use crate::server::services::staff::{self as service, NewPassword};
use leptos::prelude::*;

#[server(endpoint = "staff_choose_password")]
pub async fn staff_choose_password(#[server(default)] new_password: String) -> Result<(), Failed> {
    let Some((state, entering)) = staff::on_the_way_in() else { return Ok(()) };
    match service::choose_password(&state, &entering.staff_id, &new_password).await.map_err(fail)? {
        NewPassword::Set { generation } => {
            let shown = if entering.second_factor_shown { Shown::PasswordAndSecondFactor } else { Shown::Password };
            staff::begin(&entering.staff_id, generation, shown).await?;
            context::redirect(paths::STAFF);
            Ok(())
        }
        NewPassword::Weak(weak) => staff::refused(paths::STAFF_PASSWORD, SCREEN, &[], "new_password", weak.code()).await,
        NewPassword::Wrong | NewPassword::Limited { .. } => {
            context::redirect(paths::STAFF_SIGN_IN);
            Ok(())
        }
    }
}
