//! The door of sending it.

use super::SCREEN;
use crate::domain::ids::{AccountId, DisputeId};
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::disputes::{self, Sent};
use leptos::prelude::*;

/// Sends what the check page showed. Pressed twice, it is sent once.
#[server(endpoint = "send_dispute")]
pub async fn send_dispute(
    #[server(default)] account: String,
    #[server(default)] draft: String,
    #[server(default)] revision: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let (id, draft) = (AccountId(account.clone()), DisputeId(draft));
    let Ok(revision) = revision.parse() else {
        context::redirect(&paths::dispute_check(&account));
        return Ok(());
    };
    match disputes::send(&state, &visitor.customer_id, &id, &draft, revision).await.map_err(context::fail)? {
        Sent::Received => context::redirect(&paths::dispute_status(&account)),
        Sent::Changed => {
            let errors = vec![(String::new(), "changed".to_owned())];
            let flash = Flash { screen: SCREEN.to_owned(), errors, ..Flash::default() };
            return context::refuse(&paths::dispute_check(&account), flash).await;
        }
        Sent::NoSuchAccount => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}
