//! The door of the second step.

use super::SCREEN;
use crate::paths;
use crate::server::context::staff::{self, Shown};
use crate::server::context::{self, Failed, fail};
use crate::server::services::staff::{self as service, CodeShown};
use leptos::prelude::*;

/// Longer than any code; what is cut off could not have matched.
const LONGEST_CODE_CHARACTERS: usize = 60;

#[server(endpoint = "staff_show_code")]
pub async fn staff_show_code(#[server(default)] code: String) -> Result<(), Failed> {
    let Some((state, entering)) = staff::on_the_way_in() else { return Ok(()) };
    let code: String = code.trim().chars().take(LONGEST_CODE_CHARACTERS).collect();
    match service::show_code(&state, &entering.staff_id, &code, &context::visitor()).await.map_err(fail)? {
        CodeShown::Right { browser } => {
            context::keep_browser(&browser);
            staff::renew(Shown::PasswordAndSecondFactor).await?;
            context::redirect(paths::STAFF);
            Ok(())
        }
        CodeShown::Refused => staff::refused(paths::STAFF_CODE, SCREEN, &[], "code", "wrong").await,
        CodeShown::Limited { until } => staff::limited(paths::STAFF_CODE, SCREEN, until).await,
    }
}
