//! An agreement of the customer who is signed in.

use super::ConfirmationView;
use crate::domain::ids::AgreementId;
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::{agreements, recalls};

/// What the screen shows; `None` where there is no such agreement of theirs and the answer leads to the account page.
pub async fn load(agreement_id: String) -> Result<Option<ConfirmationView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let id = AgreementId(agreement_id);
    let Some((agreement, account)) = agreements::of_customer(&state, &visitor.customer_id, &id).await.map_err(context::fail)?
    else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    let taken_back = recalls::of_agreement(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let zone = clock::zone(&agreement.signed_in_zone);
    Ok(Some(ConfirmationView {
        account_id: account.id.to_string(),
        reference: agreement.reference,
        state: agreement.state,
        version: agreement.version,
        signed_name: agreement.signed_name,
        signed_at: clock::local_time(agreement.signed_at, &zone),
        zone: agreement.signed_in_zone,
        document_id: agreement.document_id.to_string(),
        terms_sha256: agreement.terms_sha256,
        terms: agreement.terms,
        taken_back_on: taken_back.map(|ended| clock::date_of(ended.at, &clock::zone(&account.time_zone))),
    }))
}
