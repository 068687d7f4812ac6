//! The door of choosing which account joins an agreement.

use super::SCREEN;
use crate::domain::ids::{AccountId, AgreementId};
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::agreements::Chosen;
use crate::server::services::joining;
use leptos::prelude::*;

/// Keeps the plan of so many payments, to be checked and signed.
#[server(endpoint = "join_account")]
pub async fn join_account(agreement: String, account: String, #[server(default)] payments: usize) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let (id, account_id) = (AgreementId(agreement.clone()), AccountId(account.clone()));
    let chosen = joining::choose(&state, &visitor.customer_id, &id, &account_id, payments).await.map_err(context::fail)?;
    match chosen {
        Some(Chosen::Kept) => context::redirect(&paths::review(&account)),
        Some(Chosen::UnderAgreement(other)) => context::redirect(&paths::agreement(other.as_str())),
        // It was offered when the page was drawn: the page says what is now.
        Some(Chosen::NotAllowed(_) | Chosen::NoSuchOffer) => {
            let flash =
                Flash { screen: SCREEN.to_owned(), errors: vec![(String::new(), "changed".to_owned())], ..Flash::default() };
            return context::refuse(&paths::join(&agreement), flash).await;
        }
        None => context::redirect(&paths::agreement(&agreement)),
    }
    Ok(())
}
