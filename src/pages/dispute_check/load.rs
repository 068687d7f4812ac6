//! What was typed, as it would be sent.

use super::{CheckView, SCREEN};
use crate::domain::dispute::said;
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::disputes;

/// `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String) -> Result<Option<CheckView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let found = disputes::form(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let Some(found) = found else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    if found.in_force.is_some() {
        context::redirect(&paths::dispute_status(&account_id));
        return Ok(None);
    }
    let whole = found.draft.and_then(|draft| Some((said::read(&draft.typed, found.account.facts.balance).ok()?, draft)));
    let Some((said, draft)) = whole else {
        context::redirect(&paths::dispute(&account_id));
        return Ok(None);
    };
    Ok(Some(CheckView {
        account_id,
        draft_id: draft.id.to_string(),
        revision: draft.revision,
        said,
        balance: found.account.facts.balance,
        answer_on: found.answer_on,
        has_changed: context::flash(SCREEN).is_some(),
    }))
}
