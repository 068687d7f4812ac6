//! What was refused before.

use super::{PasswordView, SCREEN};
use crate::server::context::{Failed, staff};

pub async fn load() -> Result<PasswordView, Failed> {
    let (flash, minutes_to_wait) = staff::refusal(SCREEN);
    Ok(PasswordView { minutes_to_wait, errors: flash.errors })
}
