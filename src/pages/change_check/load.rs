//! The change that is about to be signed.

use super::{CheckView, PlanSide, SCREEN, text};
use crate::domain::calendar::Date;
use crate::domain::changing::Line;
use crate::domain::ids::AgreementId;
use crate::domain::money::Money;
use crate::domain::schedule::Schedule;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::{agreements, changes};

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
        before: side(&ready.found.agreement.terms.schedule, lines),
        after: side(&ready.terms.schedule, lines),
        text_sha256: agreements::fingerprint(&text::whole(&ready.terms, context::language())),
        terms: ready.terms,
        terms_sha256: ready.terms_sha256,
        has_email: ready.found.has_email,
        is_collected: ready.found.is_collected,
        is_changed: flash.errors.iter().any(|(_, code)| code == "differs"),
        typed: flash.values,
        errors: flash.errors.into_iter().filter(|(_, code)| code != "differs").collect(),
        agreement_id,
    }))
}

/// What is still to be paid of a schedule: nothing of what is paid already.
fn side(schedule: &Schedule, lines: &[Line]) -> PlanSide {
    let left: Vec<(Date, Money)> = schedule
        .instalments
        .iter()
        .filter_map(|one| {
            let paid = lines.iter().find(|line| line.number == one.number && line.is_used);
            let is_done = paid.is_some_and(|line| line.is_met);
            let open = one.amount.minor() - paid.map_or(0, |line| line.paid.minor());
            (!is_done && open > 0).then(|| (one.due_on, Money::new(open, one.amount.currency())))
        })
        .collect();
    PlanSide { payments: left.len(), next: left.first().copied(), last: schedule.last_on(), total: schedule.total }
}
