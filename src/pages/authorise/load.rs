//! What an agreement's customer would allow now.

use super::{AskView, AuthoriseView, NotNowView, SCREEN, text};
use crate::domain::ids::AgreementId;
use crate::domain::journey::Screen;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::ids;
use crate::server::services::mandates;
use crate::server::services::signing::fingerprint;

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(agreement_id: String) -> Result<Option<AuthoriseView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let agreement = AgreementId(agreement_id);
    let Some(found) = mandates::automatic(&state, &visitor.customer_id, &agreement).await.map_err(context::fail)? else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    if !context::is_the_place(Screen::Authorise(agreement), &found.place(), &found.account.id) {
        return Ok(None);
    }
    let terms = match found.terms {
        Ok(terms) => terms,
        Err(why) => {
            return Ok(Some(AuthoriseView::NotNow(NotNowView {
                agreement_id: found.agreement.id.to_string(),
                account_id: found.account.id.to_string(),
                creditor: found.account.creditor,
                why,
            })));
        }
    };
    let flash = context::flash(SCREEN).unwrap_or_default();
    Ok(Some(AuthoriseView::Ask(Box::new(AskView {
        agreement_id: found.agreement.id.to_string(),
        account_id: found.account.id.to_string(),
        text_sha256: fingerprint(&text::whole(&terms, context::language())),
        terms,
        replaces: found.given.map(|given| given.reference),
        is_sandbox: state.sandbox.is_some(),
        // The same on every copy of this page: pressing the button twice is one decision.
        key: ids::new_token(),
        typed: flash.values,
        errors: flash.errors,
    }))))
}
