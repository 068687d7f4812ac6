//! The door of the form: keeps what was typed and leads to checking it.

use super::SCREEN;
use crate::domain::helper;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::helpers::{self, Kept};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "keep_helper")]
pub async fn keep_helper(#[server(flatten)] typed: BTreeMap<String, String>) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let typed: BTreeMap<String, String> = typed.into_iter().filter(|(name, _)| helper::has_field(name)).collect();
    match helpers::keep(&state, &visitor.customer_id, &typed).await.map_err(context::fail)? {
        Kept::Kept => {
            context::redirect(paths::HELPER_CHECK);
            Ok(())
        }
        Kept::NotWhole(errors) => {
            context::refuse(paths::HELPER_ADD, Flash { screen: SCREEN.to_owned(), values: typed, errors }).await
        }
    }
}
