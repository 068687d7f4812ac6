//! The accounts that can join an agreement of the customer who is signed in.

use super::{JoinView, JoiningAccount, SCREEN};
use crate::domain::ids::AgreementId;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::joining::{self, Joinable};

/// What the screen shows; `None` where nothing can join and the answer leads to what can be changed.
pub async fn load(agreement_id: String) -> Result<Option<JoinView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let id = AgreementId(agreement_id.clone());
    let found = joining::joinable(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let Some(Ok(Joinable { reference, candidates, others })) = found else {
        // Its own pages say why.
        context::redirect(&paths::change(&agreement_id));
        return Ok(None);
    };
    Ok(Some(JoinView {
        agreement_id,
        reference,
        accounts: candidates
            .into_iter()
            .map(|candidate| JoiningAccount {
                id: candidate.account.id.to_string(),
                product: candidate.account.facts.product.clone(),
                reference: candidate.account.reference.clone(),
                plans: candidate.plans,
            })
            .collect(),
        others: others.into_iter().map(|account| (account.id.to_string(), account.reference)).collect(),
        is_changed: context::flash(SCREEN).is_some(),
    }))
}
