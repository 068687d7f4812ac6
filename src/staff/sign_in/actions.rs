//! The doors of coming in and of leaving.

use super::SCREEN;
use crate::paths;
use crate::server::context::staff::{self, Shown};
use crate::server::context::{self, Failed, Knock, fail};
use crate::server::services::door;
use crate::server::services::staff::{self as service, LONGEST_EMAIL_CHARACTERS, PasswordShown};
use leptos::prelude::*;

/// The first step. The right password opens nothing but the second.
#[server(endpoint = "staff_sign_in")]
pub async fn staff_sign_in(#[server(default)] email: String, #[server(default)] password: String) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let knock = Knock::Staff(context::client_address());
    let Some(ticket) = context::knock(&state, &knock).await? else { return Ok(()) };
    let email: String = email.trim().chars().take(LONGEST_EMAIL_CHARACTERS).collect();
    match service::show_password(&state, &email, password, &context::visitor()).await.map_err(fail)? {
        PasswordShown::Right { staff_id, generation } => {
            door::give_back(&state, &ticket).await.map_err(fail)?;
            staff::begin(&staff_id, generation, Shown::Password).await?;
            context::redirect(paths::STAFF);
            Ok(())
        }
        PasswordShown::Refused => staff::refused(paths::STAFF_SIGN_IN, SCREEN, &[("email", &email)], "email", "no_match").await,
        PasswordShown::Limited { until } => staff::limited(paths::STAFF_SIGN_IN, SCREEN, until).await,
    }
}

/// "Stay signed in" of the time-out warning: answers with the seconds that are left now, 0 where the session has ended.
#[server(endpoint = "staff_extend_session")]
pub async fn staff_extend_session() -> Result<i64, Failed> {
    Ok(context::session_time_left().map_or(0, |left| left.seconds))
}

#[server(endpoint = "staff_sign_out")]
pub async fn staff_sign_out() -> Result<(), Failed> {
    if let (Some(state), Some(member)) = (context::state(), staff::member()) {
        service::sign_out(&state, &member).await.map_err(fail)?;
    }
    context::end_session().await?;
    context::redirect(&paths::done(paths::STAFF_SIGN_IN, "out"));
    Ok(())
}
