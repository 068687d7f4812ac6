//! The door of one payment by one day.

use super::{OneWay, SCREEN};
use crate::domain::ids::AccountId;
use crate::domain::offers::{ChoiceRefusal, PlanChoice};
use crate::domain::typed;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::agreements::{self, Chosen, DraftChoice};
use crate::server::services::offers::{self, WaysForward};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Keeps the amount and the day, if the offer allows them.
#[server(endpoint = "choose_promise")]
pub async fn choose_promise(
    account: String,
    way: OneWay,
    offer: String,
    #[server(default)] amount: String,
    #[server(default)] on_day: String,
    #[server(default)] on_month: String,
    #[server(default)] on_year: String,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let account_id = AccountId(account.clone());
    let back = paths::way(&account, way.path());
    let held = match offers::hold(&state, &visitor.customer_id, &account_id).await.map_err(context::fail)? {
        Some(WaysForward::Held(held)) => held,
        // The screen itself knows which page is right.
        Some(WaysForward::UnderAgreement(_) | WaysForward::NotOpen(_) | WaysForward::Forbidden(_)) | None => {
            context::redirect(&back);
            return Ok(());
        }
    };
    let values: BTreeMap<String, String> =
        [("amount", &amount), ("on_day", &on_day), ("on_month", &on_month), ("on_year", &on_year)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
    let refused = |errors: Vec<(&str, &str)>| Flash {
        screen: SCREEN.to_owned(),
        values: values.clone(),
        errors: errors.into_iter().map(|(field, code)| (field.to_owned(), code.to_owned())).collect(),
    };
    // In the order of the fields.
    let mut errors = Vec::new();
    let amount = typed::amount(&amount, held.account.facts.currency).ok().flatten();
    if amount.is_none() {
        errors.push(("amount", "not_an_amount"));
    }
    let day = typed::date(&on_day, &on_month, &on_year);
    if day.is_none() {
        errors.push(("on", "not_a_date"));
    }
    let (Some(day), Some(amount)) = (day, amount) else {
        return context::refuse(&back, refused(errors)).await;
    };
    let choice = DraftChoice { typed: values.clone(), choice: PlanChoice::of_payment(amount, Some(day)), joins: None };
    match agreements::choose(&state, &visitor.customer_id, &account_id, &offer, choice).await.map_err(context::fail)? {
        Chosen::Kept => context::redirect(&paths::review(&account)),
        Chosen::NotAllowed(refusal) => {
            let error = match refusal.reason {
                ChoiceRefusal::FirstDateInThePast => ("on", "past"),
                ChoiceRefusal::FirstDateTooLate => ("on", "late"),
                ChoiceRefusal::BelowMinimum => ("amount", "below"),
                ChoiceRefusal::AboveTotal => ("amount", "above"),
                _ => ("amount", "not_an_amount"),
            };
            return context::refuse(&back, refused(vec![error])).await;
        }
        Chosen::NoSuchOffer => context::redirect(&paths::options(&account)),
        Chosen::UnderAgreement(agreement) => context::redirect(&paths::agreement(agreement.as_str())),
    }
    Ok(())
}
