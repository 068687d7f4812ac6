//! What was typed, as it would be sent.

use super::{CheckView, SCREEN};
use crate::domain::dispute::said;
use crate::domain::ids::AccountId;
use crate::domain::journey::Screen;
use crate::server::context::{self, Failed};
use crate::server::services::disputes::{self, FormFacts};

/// `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String) -> Result<Option<CheckView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let found = disputes::form(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let is_the_place = context::is_the_place(Screen::DisputeCheck, &FormFacts::place(found.as_ref()), &account);
    let (true, Some(found)) = (is_the_place, found) else {
        return Ok(None);
    };
    let whole = found.draft.and_then(|draft| Some((said::read(&draft.typed, found.account.facts.balance).ok()?, draft)));
    let Some((said, draft)) = whole else {
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
