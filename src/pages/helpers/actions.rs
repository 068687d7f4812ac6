//! The door of ending somebody's help.

use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::helpers;
use leptos::prelude::*;

/// One tap, at once, for open sessions too.
#[server(endpoint = "end_help")]
pub async fn end_help(#[server(default)] helper: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    helpers::end_by_customer(&state, &visitor.customer_id, &helper).await.map_err(context::fail)?;
    context::redirect(paths::HELPERS);
    Ok(())
}
