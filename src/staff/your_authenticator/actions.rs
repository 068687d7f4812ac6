//! The door of using another authenticator.

use super::SCREEN;
use crate::paths;
use crate::server::context::staff::{self, Shown};
use crate::server::context::{self, Failed, fail};
use crate::server::services::staff::{self as service, SetUp};
use leptos::prelude::*;

/// Every other session ends; this one goes on under a new id.
#[server(endpoint = "staff_replace_code")]
pub async fn staff_replace_code(#[server(default)] password: String, #[server(default)] code: String) -> Result<(), Failed> {
    let Some((state, member)) = staff::at_work() else { return Ok(()) };
    let secret = staff::new_totp_secret().ok_or(Failed::Machine)?;
    let here = paths::STAFF_YOU_AUTHENTICATOR;
    match service::replace_code(&state, &member, password, secret, &code).await.map_err(fail)? {
        SetUp::Done { generation } => {
            staff::begin(&member.id, generation, Shown::PasswordAndSecondFactor).await?;
            context::redirect(&paths::done(paths::STAFF_YOU, "authenticator"));
            Ok(())
        }
        SetUp::WrongPassword => staff::refused(here, SCREEN, &[], "password", "wrong").await,
        SetUp::WrongCode => staff::refused(here, SCREEN, &[], "code", "wrong").await,
        SetUp::Limited { until } => staff::limited(here, SCREEN, until).await,
        SetUp::Already => {
            context::redirect(paths::STAFF);
            Ok(())
        }
    }
}
