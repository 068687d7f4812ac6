//! What the screen of income and spending shows.

use super::{MoneyView, SCREEN};
use crate::domain::hardship::budget::Budget;
use crate::domain::ids::AccountId;
use crate::domain::journey::Screen;
use crate::server::context::{self, Failed};
use crate::server::services::hardship::{self, Form};

/// `None` where the answer leads on.
pub async fn load(account_id: String) -> Result<Option<MoneyView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let form = hardship::form(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let is_the_place = context::is_the_place(Screen::HardshipMoney, &Form::place(form.as_ref()), &account);
    let (true, Some(form)) = (is_the_place, form) else {
        return Ok(None);
    };
    let flash = context::flash(SCREEN).unwrap_or_default();
    let values = if flash.values.is_empty() { form.budget } else { flash.values };
    let totals = Budget::read(&values, form.currency).ok().filter(|budget| !budget.is_empty());
    Ok(Some(MoneyView {
        account_id,
        currency: form.currency,
        totals: totals.and_then(|budget| budget.totals().ok()),
        values,
        errors: flash.errors,
    }))
}
