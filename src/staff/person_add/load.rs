//! What was typed and refused before.

use super::{AddView, SCREEN};
use crate::server::context::{Failed, staff};

pub async fn load() -> Result<AddView, Failed> {
    let (flash, _) = staff::refusal(SCREEN);
    let kept = |field: &str| flash.values.get(field).cloned().unwrap_or_default();
    Ok(AddView { email: kept("email"), name: kept("name"), role: kept("role"), errors: flash.errors })
}
