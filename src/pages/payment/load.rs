//! One payment, after asking the processor if its outcome is still to come.

use super::{PaymentView, ShareView};
use crate::domain::reversal::{Reversal, ReversalState};
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::payments::{self, ShareFacts};

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(reference: String) -> Result<Option<PaymentView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let read = || payments::payment(&state, &visitor.customer_id, &reference);
    let Some(mut found) = read().await.map_err(context::fail)? else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    if found.payment.state.is_open() {
        payments::refresh(&state, &found.payment).await.map_err(context::fail)?;
        found = match read().await.map_err(context::fail)? {
            Some(found) => found,
            None => return Ok(None),
        };
    }
    let zone = clock::zone(&found.account.time_zone);
    // Look-ups keep real time; what a person reads is business time.
    let shift = state.clock.now_millis() - state.clock.real_now_millis();
    let soon = state.clock.real_now_millis();
    let next_check = found.next_check_at.filter(|at| *at > soon).map(|at| clock::local_time(at + shift, &zone));
    let settled_at = found.payment.state.settled_at().map(|at| clock::local_time(at, &zone));
    let day_of = |reversal: &Reversal| match reversal.state {
        ReversalState::Created | ReversalState::Pending | ReversalState::Unknown => reversal.created_at,
        ReversalState::Succeeded { settled_at } | ReversalState::Failed { settled_at } => settled_at,
        ReversalState::Undone { undone_at, .. } | ReversalState::PartlyUndone { undone_at, .. } => undone_at,
    };
    let reversals = found.reversals.into_iter().map(|reversal| {
        let at = clock::local_time(day_of(&reversal), &zone);
        (reversal, at)
    });
    Ok(Some(PaymentView {
        begun: clock::local_time(found.payment.created_at, &zone),
        settled_at,
        next_check,
        account: format!("{}, {} {}", found.account.creditor, found.account.facts.product, found.account.reference),
        creditor: found.account.creditor,
        shares: found.shares.into_iter().map(share_view).collect(),
        paid_elsewhere_on: found.paid_elsewhere_on,
        account_id: found.account.id.to_string(),
        balance: found.account.facts.balance,
        past_due: found.account.facts.past_due,
        allocations: found.allocations,
        parts: found.parts,
        order: found.order,
        reversals: reversals.collect(),
        notes: found.notes.into_iter().map(|id| id.to_string()).collect(),
        agreement: found.agreement.map(|id| id.to_string()),
        discount: found.discount,
        receipt: found.receipt.map(|id| id.to_string()),
        payment: found.payment,
    }))
}

fn share_view(share: ShareFacts) -> ShareView {
    ShareView {
        account_id: share.account.id.to_string(),
        product: share.account.facts.product,
        reference: share.account.reference,
        amount: share.amount,
        allocations: share.allocations,
        discount: share.discount,
        balance: share.account.facts.balance,
    }
}
