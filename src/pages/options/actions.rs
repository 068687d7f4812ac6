//! The doors of "I need time": a short hold, and its end.

use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::time_to_think;
use leptos::prelude::*;

/// Puts the account on hold for a while. Pressed twice, it is one hold.
#[server(endpoint = "take_time")]
pub async fn take_time(account: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let id = AccountId(account.clone());
    match time_to_think::begin(&state, &visitor.customer_id, &id).await.map_err(context::fail)? {
        Some(_) => context::redirect(&paths::account(&account)),
        None => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}

/// Ends it before its day.
#[server(endpoint = "end_time")]
pub async fn end_time(account: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let id = AccountId(account.clone());
    time_to_think::end(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    context::redirect(&paths::options(&account));
    Ok(())
}
