//! The door of asking for a letter.

use super::SCREEN;
use crate::domain::ids::AccountId;
use crate::domain::validation::Information;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::information;
use leptos::prelude::*;

/// Makes the letter. Asked for again on the same day, it is the same letter.
#[server(endpoint = "ask_information")]
pub async fn ask_information(#[server(default)] account: String, #[server(default)] about: String) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let page = paths::ask_document(&account);
    let Some(about) = Information::from_code(&about) else {
        let errors = vec![("about".to_owned(), "choose".to_owned())];
        return context::refuse(&page, Flash { screen: SCREEN.to_owned(), errors, ..Flash::default() }).await;
    };
    let id = AccountId(account);
    let issued = information::ask(&state, &visitor.customer_id, &id, about, context::language()).await;
    match issued.map_err(context::fail)? {
        Some(_) => context::redirect(&page),
        None => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}
