//! An agreement as it stands, to try out on. Nothing is written.

use super::WhatIfView;
use crate::domain::ids::AgreementId;
use crate::islands::plan_change::{Links, Plan, TypedWhatIf};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::changes;

/// What the screen shows; `None` where nothing can be tried and the answer leads to what says why.
pub async fn load(agreement_id: String, typed: TypedWhatIf) -> Result<Option<WhatIfView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let id = AgreementId(agreement_id.clone());
    let found = changes::changeable(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let Some(Ok(found)) = found else {
        context::redirect(&paths::change(&agreement_id));
        return Ok(None);
    };
    let running = found.running();
    let mut open: Vec<_> = running.open_lines().map(|line| (line.number, line.due_on, line.open())).collect();
    open.sort_by_key(|(number, due_on, _)| (*due_on, *number));
    let account_id = found.account.id.as_str();
    let links = Links {
        choose: paths::CHOOSE_CHANGE_ACTION.to_owned(),
        change: paths::change(&agreement_id),
        pay: paths::pay(account_id),
        person: paths::hardship(account_id),
    };
    let (today, language) = (found.today, context::language());
    Ok(Some(WhatIfView {
        creditor: found.agreement.terms.creditor.clone(),
        late_payment: found.agreement.terms.late_payment.clone(),
        plan: Plan { running, owing: found.owing, today, language, agreement_id, links },
        open,
        typed,
    }))
}
