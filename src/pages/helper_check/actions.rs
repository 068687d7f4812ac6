//! The door of confirming it.

use super::SCREEN;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::helpers::{self, Confirmed};
use leptos::prelude::*;

/// The customer's own act. What was shown is what is given; pressed twice, it is given once.
#[server(endpoint = "confirm_helper")]
pub async fn confirm_helper(#[server(default)] draft: String, #[server(default)] shown_text: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let confirmed = helpers::confirm(&state, &visitor.customer_id, &draft, &shown_text, context::language()).await;
    match confirmed.map_err(context::fail)? {
        Confirmed::Confirmed => context::redirect(paths::HELPERS),
        Confirmed::Full => context::redirect(paths::HELPER_ADD),
        Confirmed::Changed => {
            let errors = vec![(String::new(), "changed".to_owned())];
            let flash = Flash { screen: SCREEN.to_owned(), errors, ..Flash::default() };
            return context::refuse(paths::HELPER_CHECK, flash).await;
        }
    }
    Ok(())
}
