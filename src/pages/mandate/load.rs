//! One permission, after asking the processor if it is not settled.

use super::MandateView;
use crate::domain::mandate::{MandateState, NotNow};
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::mandates;

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(reference: String) -> Result<Option<MandateView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let read = || mandates::mandate(&state, &visitor.customer_id, &reference);
    let Some(mut found) = read().await.map_err(context::fail)? else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    if found.mandate.state.is_to_be_asked() {
        mandates::refresh(&state, &found.mandate).await.map_err(context::fail)?;
        found = match read().await.map_err(context::fail)? {
            Some(found) => found,
            None => return Ok(None),
        };
    }
    let automatic = found.automatic;
    let zone = clock::zone(&automatic.account.time_zone);
    // Look-ups keep real time; what a person reads is business time.
    let shift = state.clock.now_millis() - state.clock.real_now_millis();
    let soon = state.clock.real_now_millis();
    let day = |at| clock::date_of(at, &zone);
    let (since, over_on) = match &found.mandate.state {
        MandateState::Given { given_at, .. } => (Some(day(*given_at)), None),
        MandateState::Ended { given_at, settled_at, .. } => (Some(day(*given_at)), Some(day(*settled_at))),
        MandateState::Refused { settled_at }
        | MandateState::Closed { settled_at }
        | MandateState::Withdrawn { settled_at, .. } => (None, Some(day(*settled_at))),
        MandateState::Created | MandateState::Submitted { .. } | MandateState::Processing | MandateState::Unknown => (None, None),
    };
    let account = &automatic.account;
    Ok(Some(MandateView {
        agreement_id: automatic.agreement.id.to_string(),
        agreement_reference: automatic.agreement.reference.clone(),
        account_id: account.id.to_string(),
        account: format!("{}, {} {}", account.creditor, account.facts.product, account.reference),
        begun: clock::local_time(found.mandate.created_at, &zone),
        since,
        over_on,
        next: automatic.next,
        next_check: found.next_check_at.filter(|at| *at > soon).map(|at| clock::local_time(at + shift, &zone)),
        sent: automatic.sent.as_ref().map(|payment| payment.reference.clone()),
        another_in_force: automatic
            .given
            .as_ref()
            .filter(|given| given.id != found.mandate.id)
            .map(|given| given.reference.clone()),
        can_begin: automatic.terms.is_ok() && automatic.waiting.is_none(),
        is_nothing_owed: !account.facts.balance.is_positive(),
        is_held: matches!(automatic.terms, Err(NotNow::Held)),
        is_agreement_over: matches!(automatic.terms, Err(NotNow::AgreementEnded | NotNow::NotOpen)),
        mandate: found.mandate,
    }))
}
