//! The change that is about to be signed.

use super::{CheckView, SCREEN, text};
use crate::domain::changing::PlanSide;
use crate::domain::ids::AgreementId;
use crate::domain::signing::Signed;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::changes;
use crate::server::services::signing::fingerprint;

/// What the screen shows; `None` where nothing is wanted, or it cannot be any more, and the answer leads to what can.
pub async fn load(agreement_id: String) -> Result<Option<CheckView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let id = AgreementId(agreement_id.clone());
    let Some(ready) = changes::ready(&state, &visitor.customer_id, &id).await.map_err(context::fail)? else {
        context::redirect(&paths::change(&agreement_id));
        return Ok(None);
    };
    let flash = context::flash(SCREEN).unwrap_or_default();
    let lines = &ready.found.lines;
    Ok(Some(CheckView {
        kind: ready.change.kind(),
        before: PlanSide::of(&ready.found.agreement.terms.schedule, lines),
        after: PlanSide::of(&ready.terms.schedule, lines),
        text_sha256: fingerprint(&text::whole(&ready.terms, context::language())),
        terms: ready.terms,
        terms_sha256: ready.terms_sha256,
        has_email: ready.found.has_email,
        is_collected: ready.found.is_collected,
        is_changed: flash.errors.iter().any(|(_, code)| code == "differs"),
        signed: Signed::from_values(&flash.values),
        errors: flash.errors.into_iter().filter(|(_, code)| code != "differs").collect(),
        agreement_id,
    }))
}
