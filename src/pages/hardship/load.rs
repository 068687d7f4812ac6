//! What the form of a hardship request shows: what was left, or what we remember.

use super::{HardshipView, SCREEN};
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::hardship;

/// `None` where the answer leads on: to a case that is being looked at already, or away from an account that is not theirs.
pub async fn load(account_id: String) -> Result<Option<HardshipView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let Some(form) = hardship::form(&state, &visitor.customer_id, &account).await.map_err(context::fail)? else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    if let Some(reference) = form.open_case {
        context::redirect(&paths::hardship_case(&reference));
        return Ok(None);
    }
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
