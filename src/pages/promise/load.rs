//! The held offer of one payment by one day, and what was typed before.

use super::{OneWay, PromiseView, SCREEN};
use crate::domain::ids::AccountId;
use crate::domain::journey::{Place, Screen};
use crate::domain::offers::{Limits, OfferKind};
use crate::server::context::{self, Failed};
use crate::server::services::agreements;
use crate::server::services::offers::{self, WaysForward};

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String, way: OneWay) -> Result<Option<PromiseView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id);
    let ways = offers::hold(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let kind = match way {
        OneWay::Extension => OfferKind::Extension,
        OneWay::Promise => OfferKind::Promise,
    };
    let offered = match &ways {
        Some(WaysForward::Held(held)) => held.set.offers.iter().find(|offer| offer.kind == kind).map(|offer| (held, offer)),
        Some(WaysForward::UnderAgreement(_) | WaysForward::NotOpen(_) | WaysForward::Forbidden(_)) | None => None,
    };
    let place = match WaysForward::place(ways.as_ref()) {
        Place::Choosing if offered.is_none() => Place::NotOffered,
        place => place,
    };
    let is_the_place = context::is_the_place(Screen::Way(way.path()), &place, &account);
    let (true, Some((held, offer))) = (is_the_place, offered) else {
        return Ok(None);
    };
    let Limits::OnePayment(limits) = &offer.limits else {
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
