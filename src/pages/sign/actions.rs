//! The door of the signing screen.

use super::form::{Seen, SigningForm};
use crate::domain::ids::{AccountId, DraftId};
use crate::domain::language::Language;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::agreements::{self, Signature, Signed};
use leptos::prelude::*;

/// Signs the draft whose terms and text were on the screen.
#[server(endpoint = "sign_agreement")]
pub async fn sign_agreement(
    account: String,
    draft: String,
    #[server(flatten)] seen: Seen,
    #[server(default)] name: String,
    #[server(default)] consent: String,
    #[server(default)] copy_now: String,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let form = SigningForm { typed_name: name.clone(), consents: consent == "yes" };
    let errors = form.problems();
    if !errors.is_empty() {
        let values = [("name", name), ("consent", consent), ("copy_now", copy_now)];
        let values = values.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
        return context::refuse(&paths::sign(&account), Flash { screen: "sign".to_owned(), values, errors }).await;
    }
    let Some(language) = Language::from_tag(&seen.shown_in) else {
        context::redirect(&paths::sign(&account));
        return Ok(());
    };
    let signature = Signature {
        draft_id: DraftId(draft),
        shown_sha256: seen.shown,
        typed_name: form.typed_name,
        account_id: AccountId(account.clone()),
        language,
        shown_text_sha256: seen.shown_text,
        text_of: super::text::whole,
        copy_now: copy_now == "yes",
    };
    match agreements::sign(&state, &visitor.customer_id, signature).await.map_err(context::fail)? {
        Signed::Agreement(agreement) => context::redirect(&paths::agreement(agreement.as_str())),
        // Something differs from what was shown: the check page says so and shows it as it is now.
        Signed::Changed => {
            let flash =
                Flash { screen: "review".to_owned(), errors: vec![(String::new(), "changed".to_owned())], ..Flash::default() };
            return context::refuse(&paths::review(&account), flash).await;
        }
        Signed::NothingToSign => context::redirect(&paths::options(&account)),
    }
    Ok(())
}
