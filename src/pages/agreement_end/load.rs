//! What ending an agreement would mean now.

use super::EndView;
use crate::domain::ids::AgreementId;
use crate::domain::money::Money;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::changes;
use crate::server::services::joining::{self, Member};

/// What the screen shows; `None` where there is nothing to end and the answer leads on.
pub async fn load(agreement_id: String) -> Result<Option<EndView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let id = AgreementId(agreement_id.clone());
    let found = changes::changeable(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let Some(Ok(found)) = found else {
        // What cannot be changed says why on the agreement's own page.
        context::redirect(&paths::agreement(&agreement_id));
        return Ok(None);
    };
    let others = joining::others(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let facts = &found.account.facts;
    let paid = found.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.paid.minor()));
    Ok(Some(EndView {
        agreement_id,
        creditor: found.account.creditor.clone(),
        paid: Money::new(paid, facts.currency),
        balance: facts.balance,
        past_due: facts.past_due,
        is_on_its_way: found.is_any_on_its_way(),
        joined: others.into_iter().filter(Member::is_active).map(|other| other.account).collect(),
    }))
}
