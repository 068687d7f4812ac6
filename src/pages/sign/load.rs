//! The draft that is about to be signed.

use super::SignView;
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::agreements::{self, DraftState};

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String) -> Result<Option<SignView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id);
    match agreements::draft(&state, &visitor.customer_id, &account).await.map_err(context::fail)? {
        DraftState::Ready(ready) => {
            let flash = context::flash("sign").unwrap_or_default();
            return Ok(Some(SignView {
                account_id: account.to_string(),
                draft_id: ready.draft.id.to_string(),
                has_email: ready.held.account.has_email,
                terms: ready.terms,
                terms_sha256: ready.terms_sha256,
                typed: flash.values,
                errors: flash.errors,
            }));
        }
        DraftState::NothingChosen => context::redirect(&paths::options(account.as_str())),
        DraftState::UnderAgreement(agreement) => context::redirect(&paths::agreement(agreement.as_str())),
        DraftState::NotFound => context::redirect(paths::ACCOUNT),
    }
    Ok(None)
}
