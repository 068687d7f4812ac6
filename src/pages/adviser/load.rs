//! Who speaks for the customer now, or what was typed.

use super::{AdviserView, CONTACT, NAME, SCREEN};
use crate::server::context::{self, Failed};
use crate::server::services::contact_wishes;

/// `None` only while routes are collected.
pub async fn load() -> Result<Option<AdviserView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let ways = contact_wishes::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let known = ways.and_then(|ways| ways.wishes.adviser);
    let flash = context::flash(SCREEN).unwrap_or_default();
    let typed = |field: &str| flash.values.get(field).cloned();
    Ok(Some(AdviserView {
        name: typed(NAME).or_else(|| known.as_ref().map(|adviser| adviser.name.clone())),
        contact: typed(CONTACT).or_else(|| known.map(|adviser| adviser.contact)),
        errors: flash.errors,
    }))
}
