//! The number we have, and what was typed where it was refused.

use super::{PHONE, PhoneView, SCREEN};
use crate::server::context::{self, Failed};
use crate::server::services::details;

/// `None` only while routes are collected.
pub async fn load() -> Result<Option<PhoneView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let shown = details::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let flash = context::flash(SCREEN).unwrap_or_default();
    Ok(shown.map(|shown| PhoneView { now: shown.known.phone, typed: flash.values.get(PHONE).cloned(), errors: flash.errors }))
}
