//! The door of income and spending: keeps it as typed, adds it up, goes on.

use super::SCREEN;
use crate::domain::hardship::budget::Budget;
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::hardship::{self, Part, Saved};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// `stay` adds it up and shows this screen again.
#[server(endpoint = "save_budget")]
pub async fn save_budget(
    account: String,
    #[server(default)] stay: String,
    #[server(flatten)] typed: BTreeMap<String, String>,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let account_id = AccountId(account.clone());
    // No amount is longer: what is cut off was none.
    let typed: BTreeMap<String, String> = typed
        .into_iter()
        .filter(|(name, _)| Budget::has_field(name))
        .map(|(name, value)| (name, value.chars().take(LONGEST_AMOUNT_CHARACTERS).collect()))
        .collect();
    let kept = hardship::save(&state, &visitor.customer_id, &account_id, Part::Budget, &typed, context::language()).await;
    match kept.map_err(context::fail)? {
        Saved::NoSuchAccount => {
            context::redirect(paths::ACCOUNT);
            return Ok(());
        }
        Saved::IsOpen(reference) => {
            context::redirect(&paths::hardship_case(&reference));
            return Ok(());
        }
        Saved::Saved => {}
    }
    let form = hardship::form(&state, &visitor.customer_id, &account_id).await.map_err(context::fail)?;
    let wrong = form.and_then(|form| Budget::read(&typed, form.currency).err()).unwrap_or_default();
    if !wrong.is_empty() {
        let errors = wrong.into_iter().map(|field| (field, "amount".to_owned())).collect();
        let flash = Flash { screen: SCREEN.to_owned(), values: typed, errors };
        return context::refuse(&paths::hardship_money(&account), flash).await;
    }
    if stay.is_empty() {
        context::redirect(&paths::hardship_check(&account));
    } else {
        context::redirect(&paths::at(&paths::hardship_money(&account), paths::LEFT_OVER));
    }
    Ok(())
}

const LONGEST_AMOUNT_CHARACTERS: usize = 20;
