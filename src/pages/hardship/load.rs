//! What the form of a hardship request shows: what was left, or what we remember.

use super::{HardshipView, SCREEN};
use crate::domain::ids::AccountId;
use crate::domain::journey::Screen;
use crate::server::context::{self, Failed};
use crate::server::services::hardship::{self, Form};

/// `None` where the answer leads on: to a case that is being looked at already, or away from an account that is not theirs.
pub async fn load(account_id: String) -> Result<Option<HardshipView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let form = hardship::form(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let is_the_place = context::is_the_place(Screen::Hardship, &Form::place(form.as_ref()), &account);
    let (true, Some(form)) = (is_the_place, form) else {
        return Ok(None);
    };
    let earlier = hardship::latest(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let flash = context::flash(SCREEN).unwrap_or_default();
    Ok(Some(HardshipView {
        account_id,
        creditor: form.creditor,
        has_several: form.accounts > 1,
        values: if flash.values.is_empty() { form.told } else { flash.values },
        saved_on: form.saved_on,
        remembered_since: form.remembered_since,
        decided_by: form.decided_by,
        earlier: earlier.map(|(reference, _)| reference),
        errors: flash.errors,
    }))
}
