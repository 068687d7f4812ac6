//! What was refused before.

use super::{CodeView, SCREEN};
use crate::server::context::{Failed, staff};

pub async fn load() -> Result<CodeView, Failed> {
    let (flash, minutes_to_wait) = staff::refusal(SCREEN);
    Ok(CodeView { minutes_to_wait, errors: flash.errors })
}
