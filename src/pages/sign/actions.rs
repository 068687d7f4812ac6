//! The door of the signing screen.

use crate::domain::ids::{AccountId, DraftId};
use crate::domain::signing::{Seen, Signed};
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::agreements::{self, Signed as Outcome};
use crate::server::services::signing::Signature;
use leptos::prelude::*;

/// Signs the draft whose terms and text were on the screen.
#[server(endpoint = "sign_agreement")]
pub async fn sign_agreement(
    account: String,
    draft: String,
    #[server(flatten)] seen: Seen,
    #[server(flatten)] signed: Signed,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let errors = signed.problems();
    if !errors.is_empty() {
        return context::refuse(&paths::sign(&account), Flash { screen: "sign".to_owned(), values: signed.to_values(), errors })
            .await;
    }
    let Some(signature) = Signature::of(seen, signed, super::text::whole) else {
        context::redirect(&paths::sign(&account));
        return Ok(());
    };
    let (account_id, draft_id) = (AccountId(account.clone()), DraftId(draft));
    match agreements::sign(&state, &visitor.customer_id, &account_id, &draft_id, signature).await.map_err(context::fail)? {
        Outcome::Agreement(agreement) => context::redirect(&paths::agreement(agreement.as_str())),
        // Something differs from what was shown: the check page says so and shows it as it is now.
        Outcome::Changed => {
            let flash =
                Flash { screen: "review".to_owned(), errors: vec![(String::new(), "changed".to_owned())], ..Flash::default() };
            return context::refuse(&paths::review(&account), flash).await;
        }
        Outcome::NothingToSign => context::redirect(&paths::options(&account)),
    }
    Ok(())
}
