//! The door of the form: what was typed is kept, and leads to the check page if it is whole.

use super::SCREEN;
use crate::domain::dispute::said::{AMOUNT, EXTENT, REASON, WORDS};
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::disputes::{self, Kept};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// So much of one field is kept: twice what is taken, so that what is too long can be shortened.
const LONGEST_KEPT_CHARACTERS: usize = 4_000;

#[server(endpoint = "keep_dispute")]
pub async fn keep_dispute(
    #[server(default)] account: String,
    #[server(default)] reason: String,
    #[server(default)] extent: String,
    #[server(default)] amount: String,
    #[server(default)] words: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let fields = [(REASON, reason), (EXTENT, extent), (AMOUNT, amount), (WORDS, words)];
    let short = |text: String| text.chars().take(LONGEST_KEPT_CHARACTERS).collect::<String>();
    let typed: BTreeMap<String, String> = fields.into_iter().map(|(name, text)| (name.to_owned(), short(text))).collect();
    let id = AccountId(account.clone());
    match disputes::keep(&state, &visitor.customer_id, &id, typed).await.map_err(context::fail)? {
        Kept::Whole => context::redirect(&paths::dispute_check(&account)),
        Kept::Wrong(errors) => {
            let flash = Flash { screen: SCREEN.to_owned(), values: BTreeMap::new(), errors };
            return context::refuse(&paths::dispute(&account), flash).await;
        }
        Kept::InForce => context::redirect(&paths::dispute_status(&account)),
        Kept::NoSuchAccount => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}
