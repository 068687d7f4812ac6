//! The door of "stop contacting me".

use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::contact_wishes::{self, By};
use leptos::prelude::*;

#[server(endpoint = "stop_contact")]
pub async fn stop_contact() -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    contact_wishes::stop_everything(&state, &visitor.customer_id, By::Customer).await.map_err(context::fail)?;
    context::redirect(paths::YOU_CONTACT);
    Ok(())
}
