//! One payment, after asking the processor if its outcome is still to come.

use super::{PartView, PaymentView};
use crate::domain::payment::PaymentState;
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
    let settled_at = match found.payment.state {
        PaymentState::Succeeded { settled_at } => Some(clock::local_time(settled_at, &zone)),
        _ => None,
    };
    Ok(Some(PaymentView {
        begun: clock::local_time(found.payment.created_at, &zone),
        settled_at,
        next_check,
        account: format!("{}, {} {}", found.account.creditor, found.account.facts.product, found.account.reference),
        creditor: found.account.creditor,
        parts: found.shares.into_iter().map(part).collect(),
        paid_elsewhere_on: found.paid_elsewhere_on,
        account_id: found.account.id.to_string(),
        balance: found.account.facts.balance,
        past_due: found.account.facts.past_due,
        allocations: found.allocations,
        discount: found.discount,
        receipt: found.receipt.map(|id| id.to_string()),
        payment: found.payment,
    }))
}

fn part(share: ShareFacts) -> PartView {
    PartView {
        account_id: share.account.id.to_string(),
        product: share.account.facts.product,
        reference: share.account.reference,
        amount: share.amount,
        allocations: share.allocations,
        discount: share.discount,
        balance: share.account.facts.balance,
    }
}
