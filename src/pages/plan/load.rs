//! The held plan offers of one basis, and what was typed before.

use super::PlanView;
use crate::domain::contact::Topic;
use crate::domain::ids::AccountId;
use crate::domain::journey::{Place, Screen, Way};
use crate::domain::offers::Offer;
use crate::domain::policy::Basis;
use crate::islands::plan_builder::{Terms, TypedPlan};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::agreements;
use crate::server::services::offers::{self, HeldOffers, WaysForward};
use std::collections::BTreeMap;

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String, basis: Basis) -> Result<Option<PlanView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id);
    let Some((held, plans)) = held(&account, basis).await? else {
        return Ok(None);
    };
    let flash = context::flash(super::SCREEN);
    let typed = match &flash {
        Some(flash) => typed_plan(&flash.values),
        None => {
            let kept = agreements::kept_choice(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
            kept.filter(|kept| plans.iter().any(|plan| plan.id == kept.offer_id))
                .map(|kept| typed_plan(&kept.typed))
                .unwrap_or_default()
        }
    };
    let ask_href = paths::message(account.as_str(), Topic::Other);
    Ok(Some(PlanView {
        account_id: account.to_string(),
        basis,
        terms: Terms { offers: plans, today: held.today, language: context::language(), ask_href },
        typed,
        refused: flash.map(|flash| flash.errors).unwrap_or_default(),
    }))
}

/// The offers held for an account of the visitor and the plans of this basis among them; `None` where another page is the
/// right one and the answer leads there.
pub async fn held(account: &AccountId, basis: Basis) -> Result<Option<(Box<HeldOffers>, Vec<Offer>)>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let ways = offers::hold(&state, &visitor.customer_id, account).await.map_err(context::fail)?;
    let plans: Vec<Offer> = match &ways {
        Some(WaysForward::Held(held)) => held.set.plans(basis).cloned().collect(),
        Some(WaysForward::UnderAgreement(_) | WaysForward::NotOpen(_) | WaysForward::Forbidden(_)) | None => Vec::new(),
    };
    let place = match WaysForward::place(ways.as_ref()) {
        Place::Choosing if plans.is_empty() => Place::NotOffered,
        place => place,
    };
    let is_the_place = context::is_the_place(Screen::Way(way_of(basis)), &place, account);
    Ok(match ways {
        Some(WaysForward::Held(held)) if is_the_place => Some((held, plans)),
        Some(_) | None => None,
    })
}

/// The way a basis is chosen on.
pub fn way_of(basis: Basis) -> Way {
    match basis {
        Basis::PastDue => Way::PlanPastDue,
        Basis::Balance => Way::PlanBalance,
    }
}

/// The fields of the form from a map of what was typed.
fn typed_plan(values: &BTreeMap<String, String>) -> TypedPlan {
    let value = |name: &str| values.get(name).cloned().unwrap_or_default();
    TypedPlan {
        frequency: value("frequency"),
        amount: value("amount"),
        first_on: value("first_on"),
        payday_next: value("payday_next"),
        payday_rhythm: value("payday_rhythm"),
        day: value("day"),
        second_day: value("second_day"),
        down_payment: value("down_payment"),
    }
}
