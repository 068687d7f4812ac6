//! The door of making it so.

use super::SCREEN;
use crate::paths;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::details::{self, Confirmed};
use leptos::prelude::*;

/// What was shown is what becomes theirs; pressed twice, it does so once.
#[server(endpoint = "confirm_address")]
pub async fn confirm_address(#[server(default)] shown: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let Some(proven) = visitor.proven(state.clock.real_now_millis()) else {
        context::redirect(&paths::details_proof("address"));
        return Ok(());
    };
    match details::confirm(&state, &proven, &shown).await.map_err(fail)? {
        Confirmed::Changed => context::redirect(&paths::done(paths::DETAILS, "address")),
        Confirmed::SameAsNow => context::redirect(&paths::done(paths::DETAILS, "same")),
        Confirmed::NotAsShown => {
            let errors = vec![(String::new(), "changed".to_owned())];
            let flash = Flash { screen: SCREEN.to_owned(), errors, ..Flash::default() };
            return context::refuse(paths::DETAILS_ADDRESS_CHECK, flash).await;
        }
    }
    Ok(())
}
