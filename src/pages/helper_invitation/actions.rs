//! The door of an invitation.

use super::SCREEN;
use crate::paths;
use crate::server::context::{self, Failed, Flash, Knock, fail};
use crate::server::services::helpers::{self, CameIn};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "accept_help")]
pub async fn accept_help(#[server(default)] token: String, #[server(default)] code: String) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    if !paths::is_token(&token) {
        context::redirect(paths::HELPER_DOOR);
        return Ok(());
    }
    if context::knock(&state, &Knock::DeadLink(context::client_address())).await?.is_none() {
        return Ok(());
    }
    match helpers::accept(&state, &token, &code).await.map_err(fail)? {
        CameIn::In { customer, helper_id } => {
            context::begin_helping(&customer, &helper_id).await?;
            context::redirect(paths::HELPING);
            Ok(())
        }
        CameIn::Refused => refuse(&token, "no_match", None).await,
        CameIn::Limited { until } => refuse(&token, "limited", Some(until)).await,
        CameIn::Gone => {
            context::redirect(&paths::helper_invitation(&token));
            Ok(())
        }
    }
}

async fn refuse(token: &str, code: &str, until: Option<i64>) -> Result<(), Failed> {
    let values: BTreeMap<String, String> = until.map(|until| ("until".to_owned(), until.to_string())).into_iter().collect();
    let errors = vec![(String::new(), code.to_owned())];
    context::refuse(&paths::helper_invitation(token), Flash { screen: SCREEN.to_owned(), values, errors }).await
}
