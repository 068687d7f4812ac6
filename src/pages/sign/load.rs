//! The draft that is about to be signed.

use super::{SignView, text};
use crate::domain::ids::AccountId;
use crate::domain::journey::Screen;
use crate::domain::signing::Signed;
use crate::server::context::{self, Failed};
use crate::server::services::agreements::{self, DraftState};
use crate::server::services::signing::fingerprint;

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String) -> Result<Option<SignView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id);
    let draft = agreements::draft(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let is_the_place = context::is_the_place(Screen::Sign, &draft.place(), &account);
    Ok(match draft {
        DraftState::Ready(ready) if is_the_place => {
            let flash = context::flash("sign").unwrap_or_default();
            Some(SignView {
                account_id: account.to_string(),
                draft_id: ready.draft.id.to_string(),
                has_email: ready.held.account.has_email,
                text_sha256: fingerprint(&text::whole(&ready.terms, context::language())),
                terms: ready.terms,
                terms_sha256: ready.terms_sha256,
                signed: Signed::from_values(&flash.values),
                errors: flash.errors,
            })
        }
        _ => None,
    })
}
