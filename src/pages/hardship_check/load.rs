//! What is about to be sent.

use super::{CheckView, SCREEN};
use crate::domain::hardship::Told;
use crate::domain::hardship::budget::Budget;
use crate::domain::ids::AccountId;
use crate::domain::journey::Screen;
use crate::server::context::{self, Failed};
use crate::server::services::evidence;
use crate::server::services::hardship::{self, Form};

/// `None` where the answer leads on.
pub async fn load(account_id: String) -> Result<Option<CheckView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let form = hardship::form(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let is_the_place = context::is_the_place(Screen::HardshipCheck, &Form::place(form.as_ref()), &account);
    let (true, Some(form)) = (is_the_place, form) else {
        return Ok(None);
    };
    let Some(case_id) = form.case_id else {
        return Ok(None);
    };
    let budget = Budget::read(&form.budget, form.currency).ok().filter(|budget| !budget.is_empty());
    let evidence = evidence::of_case(&state, &visitor.customer_id, &case_id).await.map_err(context::fail)?;
    Ok(Some(CheckView {
        evidence,
        account_id,
        case_id,
        told: Told::read(&form.told),
        totals: budget.and_then(|budget| budget.totals().ok()),
        decided_by: form.decided_by,
        errors: context::flash(SCREEN).unwrap_or_default().errors,
    }))
}
