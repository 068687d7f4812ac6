//! The doors of telling it: keep it and go on, keep it for later, have it forgotten.

use super::SCREEN;
use crate::domain::hardship::{Said, Told, fields};
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::hardship::{self, Part, Saved};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Keeps what was typed. `later` says that it is kept for another time: then nothing need be answered yet.
#[server(endpoint = "save_hardship")]
pub async fn save_hardship(
    account: String,
    #[server(default)] later: String,
    #[server(flatten)] typed: BTreeMap<String, String>,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let account_id = AccountId(account.clone());
    let typed: BTreeMap<String, String> = typed.into_iter().filter(|(name, _)| Told::has_field(name)).collect();
    let told = Told::read(&typed);
    let mut errors: Vec<(String, String)> =
        told.too_long().into_iter().map(|field| (field.to_owned(), "too_long".to_owned())).collect();
    if !errors.is_empty() {
        return context::refuse(&paths::hardship(&account), Flash { screen: SCREEN.to_owned(), values: typed, errors }).await;
    }
    let kept = hardship::save(&state, &visitor.customer_id, &account_id, Part::Told, &typed, context::language()).await;
    match kept.map_err(context::fail)? {
        Saved::NoSuchAccount => context::redirect(paths::ACCOUNT),
        Saved::IsOpen(reference) => context::redirect(&paths::hardship_case(&reference)),
        Saved::Saved if !later.is_empty() => context::redirect(&paths::account(&account)),
        Saved::Saved if told.reason == Said::NotYet => {
            errors.push((fields::REASON.to_owned(), "missing".to_owned()));
            return context::refuse(&paths::hardship(&account), Flash { screen: SCREEN.to_owned(), values: typed, errors }).await;
        }
        Saved::Saved => context::redirect(&paths::hardship_money(&account)),
    }
    Ok(())
}

/// Forgets what we remembered of a customer's circumstances.
#[server(endpoint = "forget_circumstances")]
pub async fn forget_circumstances(account: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let account_id = AccountId(account.clone());
    hardship::forget(&state, &visitor.customer_id, &account_id).await.map_err(context::fail)?;
    context::redirect(&paths::hardship(&account));
    Ok(())
}
