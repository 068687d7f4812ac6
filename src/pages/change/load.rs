//! What can be changed of an agreement now.

use super::{ChangeView, WhyNothing};
use crate::domain::changing::ChangeRefusal;
use crate::domain::ids::AgreementId;
use crate::domain::what_if::paid_ahead;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::changes::{self, NotNow};
use crate::server::services::joining::{self, Member};
use crate::server::services::mandates;

/// What the screen shows; `None` where the answer leads to another page.
pub async fn load(agreement_id: String) -> Result<Option<ChangeView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let id = AgreementId(agreement_id.clone());
    let found = match changes::changeable(&state, &visitor.customer_id, &id).await.map_err(context::fail)? {
        Some(Ok(found)) => found,
        Some(Err(NotNow::Forbidden)) => {
            let found = mandates::automatic(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
            return Ok(found.map(|found| ChangeView {
                agreement_id,
                account_id: found.account.id.to_string(),
                next: None,
                ways: Vec::new(),
                ahead: Vec::new(),
                kinds: Vec::new(),
                may_be_joined: false,
                joined: Vec::new(),
                is_on_its_way: false,
                why_not: Some(WhyNothing::Forbidden),
            }));
        }
        Some(Err(NotNow::Over)) => {
            context::redirect(&paths::agreement(&agreement_id));
            return Ok(None);
        }
        None => {
            context::redirect(paths::ACCOUNT);
            return Ok(None);
        }
    };
    let running = found.running();
    let kinds = running.kinds();
    let next = running.open_lines().min_by_key(|line| line.due_on);
    let others = joining::others(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let is_any_free = joining::is_any_free(&state, &visitor.customer_id, &found.account).await.map_err(context::fail)?;
    Ok(Some(ChangeView {
        account_id: found.account.id.to_string(),
        next: next.map(|line| (line.due_on, line.open(), line.due_on < found.today)),
        ways: running.ways_back(found.today),
        ahead: paid_ahead(&running, &found.owing, found.today),
        is_on_its_way: found.is_any_on_its_way(),
        why_not: match running.refusal_of_all() {
            Some(ChangeRefusal::ChangedOften { most }) => Some(WhyNothing::ChangedOften { most }),
            Some(_) => Some(WhyNothing::NotOffered),
            None => None,
        },
        may_be_joined: is_any_free && running.pattern.is_some() && next.is_some(),
        joined: others.into_iter().filter(Member::is_active).map(|other| (other.account, other.id.to_string())).collect(),
        kinds,
        agreement_id,
    }))
}
