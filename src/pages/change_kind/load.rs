//! One kind of change, with what was typed before and what was wrong with it.

use super::{KindView, SCREEN};
use crate::domain::changing::{ChangeKind, Line};
use crate::domain::contact::Topic;
use crate::domain::ids::AgreementId;
use crate::domain::money::Money;
use crate::islands::plan_change::{Links, Plan, TypedChange};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::changes;

/// What the screen shows; `None` where the answer leads to another page.
pub async fn load(agreement_id: String, kind: String) -> Result<Option<KindView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let id = AgreementId(agreement_id.clone());
    let found = changes::changeable(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let kind = ChangeKind::from_code(&kind);
    let (Some(Ok(found)), Some(kind)) = (found, kind) else {
        // That page says why, or leads on.
        context::redirect(&paths::change(&agreement_id));
        return Ok(None);
    };
    let running = found.running();
    let flash = context::flash(SCREEN).unwrap_or_default();
    let typed = TypedChange::from_values(&flash.values);
    let was_typed = typed.kind() == Some(kind);
    if !was_typed && !running.kinds().contains(&kind) {
        context::redirect(&paths::change(&agreement_id));
        return Ok(None);
    }
    let unreadable = flash.errors.first().cloned().filter(|_| was_typed);
    let mut open: Vec<&Line> = running.open_lines().collect();
    open.sort_by_key(|line| line.due_on);
    let currency = found.account.facts.currency;
    Ok(Some(KindView {
        kind,
        account_id: found.account.id.to_string(),
        plan: Plan {
            running: running.clone(),
            owing: found.owing.clone(),
            today: found.today,
            language: context::language(),
            agreement_id: agreement_id.clone(),
            links: Links {
                choose: paths::CHOOSE_CHANGE_ACTION.to_owned(),
                change: paths::change(&agreement_id),
                pay: paths::pay(found.account.id.as_str()),
                person: paths::message(found.account.id.as_str(), Topic::Changed),
            },
        },
        open: open.iter().map(|line| (line.number, line.due_on, line.open())).collect(),
        latest: running.latest_pause(found.today),
        move_days: found.terms.map_or(0, |terms| terms.move_days),
        frequency: running.frequency,
        each: open.first().map_or(Money::zero(currency), |line| line.amount),
        minimum: running.minimum,
        typed: if was_typed { typed } else { TypedChange::default() },
        refused_before: was_typed && unreadable.is_none(),
        unreadable,
        agreement_id,
    }))
}
