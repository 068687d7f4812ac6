//! What was refused before.

use super::{FirstPasswordView, SCREEN};
use crate::server::context::{Failed, staff};

pub async fn load() -> Result<FirstPasswordView, Failed> {
    let (flash, _) = staff::refusal(SCREEN);
    Ok(FirstPasswordView { errors: flash.errors })
}
