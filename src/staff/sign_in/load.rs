//! What was refused before.

use super::{SCREEN, SignInView};
use crate::server::context::{Failed, staff};

pub async fn load() -> Result<SignInView, Failed> {
    let (flash, minutes_to_wait) = staff::refusal(SCREEN);
    let email = flash.values.get("email").cloned().unwrap_or_default();
    Ok(SignInView { email, minutes_to_wait, errors: flash.errors })
}
