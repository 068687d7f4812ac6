//! The door of keeping what was said of how they are reached, and that of being written to again.

use super::{KEPT, SCREEN, form};
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::contact_wishes::{self, By};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "keep_wishes")]
pub async fn keep_wishes(#[server(flatten)] typed: BTreeMap<String, String>) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let typed: BTreeMap<String, String> = typed.into_iter().filter(|(name, _)| form::is_field(name)).collect();
    let said = match form::read(&typed, &visitor.time_zone) {
        Ok(said) => said,
        Err(errors) => {
            let flash = Flash { screen: SCREEN.to_owned(), values: typed, errors };
            return context::refuse(paths::YOU_CONTACT, flash).await;
        }
    };
    contact_wishes::keep(&state, &visitor.customer_id, said, By::Customer).await.map_err(context::fail)?;
    let values = BTreeMap::from([(KEPT.to_owned(), form::YES.to_owned())]);
    context::refuse(paths::YOU_CONTACT, Flash { screen: SCREEN.to_owned(), values, errors: Vec::new() }).await
}

/// They may be written to again, and speak for themselves again, whichever it was.
#[server(endpoint = "take_up_contact")]
pub async fn take_up_contact(#[server(default)] what: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    match what.as_str() {
        "everything" => {
            contact_wishes::take_up_again(&state, &visitor.customer_id, By::Customer).await.map_err(context::fail)?;
        }
        "adviser" => {
            contact_wishes::speak_to(&state, &visitor.customer_id, None, By::Customer).await.map_err(context::fail)?;
        }
        _ => {}
    }
    context::redirect(paths::YOU_CONTACT);
    Ok(())
}
