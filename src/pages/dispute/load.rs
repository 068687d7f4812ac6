//! What the form shows: what was typed before, on whatever device.

use super::{FormView, SCREEN};
use crate::domain::ids::AccountId;
use crate::domain::journey::Screen;
use crate::server::context::{self, Failed};
use crate::server::services::disputes::{self, FormFacts};

/// `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String) -> Result<Option<FormView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let found = disputes::form(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let is_the_place = context::is_the_place(Screen::Dispute, &FormFacts::place(found.as_ref()), &account);
    let (true, Some(found)) = (is_the_place, found) else {
        return Ok(None);
    };
    let flash = context::flash(SCREEN).unwrap_or_default();
    let draft = found.draft.map(|draft| draft.typed);
    Ok(Some(FormView {
        account_id,
        creditor: found.account.creditor,
        balance: found.account.facts.balance,
        answer_on: found.answer_on,
        has_earlier: found.has_earlier,
        is_kept: draft.is_some() && flash.errors.is_empty(),
        typed: draft.unwrap_or_default(),
        errors: flash.errors,
    }))
}
