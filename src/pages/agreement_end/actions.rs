//! The door of ending an agreement.

use crate::domain::ids::AgreementId;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::changes::{self, Ended};
use leptos::prelude::*;

/// Ends an agreement because its customer wants it. Ended twice, it is ended once.
#[server(endpoint = "end_agreement")]
pub async fn end_agreement(agreement: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let id = AgreementId(agreement.clone());
    match changes::end(&state, &visitor.customer_id, &id).await.map_err(context::fail)? {
        Ended::Ended => context::redirect(&paths::agreement(&agreement)),
        Ended::OnItsWay => context::redirect(&paths::agreement_end(&agreement)),
        Ended::NotFound => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}
