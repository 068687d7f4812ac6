//! The held offer of one payment by one day, and what was typed before.

use super::{OneWay, PromiseView, SCREEN};
use crate::domain::ids::AccountId;
use crate::domain::offers::{Limits, OfferKind};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::agreements;
use crate::server::services::offers::{self, WaysForward};

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String, way: OneWay) -> Result<Option<PromiseView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id);
    let held = match offers::hold(&state, &visitor.customer_id, &account).await.map_err(context::fail)? {
        Some(WaysForward::Held(held)) => held,
        Some(WaysForward::UnderAgreement(agreement)) => {
            context::redirect(&paths::agreement(agreement.as_str()));
            return Ok(None);
        }
        Some(WaysForward::NotOpen(_)) | None => {
            context::redirect(paths::ACCOUNT);
            return Ok(None);
        }
    };
    let kind = match way {
        OneWay::Extension => OfferKind::Extension,
        OneWay::Promise => OfferKind::Promise,
    };
    let offer = held.set.offers.iter().find(|offer| offer.kind == kind);
    let Some((offer, Limits::OnePayment(limits))) = offer.map(|offer| (offer, &offer.limits)) else {
        context::redirect(&paths::options(account.as_str()));
        return Ok(None);
    };
    let flash = context::flash(SCREEN);
    let (typed, errors) = match flash {
        Some(flash) => (flash.values, flash.errors),
        None => {
            let kept = agreements::kept_choice(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
            (kept.filter(|kept| kept.offer_id == offer.id).map(|kept| kept.typed).unwrap_or_default(), Vec::new())
        }
    };
    Ok(Some(PromiseView {
        account_id: account.to_string(),
        way,
        offer_id: offer.id.clone(),
        minimum: limits.minimum,
        maximum: limits.maximum,
        due_by: limits.due_by,
        today: held.today,
        typed,
        errors,
    }))
}
