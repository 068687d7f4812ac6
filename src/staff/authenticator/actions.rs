//! The door of setting an authenticator up.

use super::SCREEN;
use crate::paths;
use crate::server::context::staff::{self, Shown};
use crate::server::context::{self, Failed, fail};
use crate::server::services::staff::{self as service, SetUp};
use leptos::prelude::*;

#[server(endpoint = "staff_set_up_code")]
pub async fn staff_set_up_code(#[server(default)] code: String) -> Result<(), Failed> {
    let Some((state, entering)) = staff::on_the_way_in() else { return Ok(()) };
    let secret = staff::new_totp_secret().ok_or(Failed::Machine)?;
    match service::set_up_code(&state, &entering.staff_id, secret, &code).await.map_err(fail)? {
        SetUp::Done { generation } => {
            staff::begin(&entering.staff_id, generation, Shown::PasswordAndSecondFactor).await?;
            context::redirect(paths::STAFF);
            Ok(())
        }
        SetUp::WrongCode => staff::refused(paths::STAFF_AUTHENTICATOR, SCREEN, &[], "code", "wrong").await,
        SetUp::Already | SetUp::WrongPassword | SetUp::Limited { .. } => {
            context::redirect(paths::STAFF);
            Ok(())
        }
    }
}
