//! The doors of the dispute's page: adding to it, and taking it back.

use super::SCREEN;
use crate::domain::dispute::said::LONGEST_WORDS_CHARACTERS;
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::disputes::{self, Added, Withdrawn};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "add_to_dispute")]
pub async fn add_to_dispute(#[server(default)] account: String, #[server(default)] text: String) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let id = AccountId(account.clone());
    let code = match text.trim().chars().count() {
        0 => "missing",
        length if length > LONGEST_WORDS_CHARACTERS as usize => "too_long",
        _ => match disputes::add(&state, &visitor.customer_id, &id, text.trim()).await.map_err(context::fail)? {
            Added::Added => {
                context::redirect(&paths::dispute_status(&account));
                return Ok(());
            }
            Added::Limited => "limited",
            Added::NothingOpen => "over",
        },
    };
    refuse(&account, text, ("text", code)).await
}

#[server(endpoint = "withdraw_dispute")]
pub async fn withdraw_dispute(#[server(default)] account: String, #[server(default)] reference: String) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let id = AccountId(account.clone());
    match disputes::withdraw(&state, &visitor.customer_id, &id, &reference).await.map_err(context::fail)? {
        Withdrawn::Withdrawn => context::redirect(&paths::dispute_status(&account)),
        Withdrawn::Answered => return refuse(&account, String::new(), ("", "over")).await,
        Withdrawn::NotTheirs => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}

async fn refuse(account: &str, text: String, (field, code): (&str, &str)) -> Result<(), Failed> {
    let flash = Flash {
        screen: SCREEN.to_owned(),
        values: BTreeMap::from([("text".to_owned(), text)]),
        errors: vec![(field.to_owned(), code.to_owned())],
    };
    context::refuse(&paths::dispute_status(account), flash).await
}
