//! The door of the plan builder: shows the plan again (without script), or keeps the choice and goes on to check it.

use super::load::{held, way_of};
use crate::domain::ids::AccountId;
use crate::domain::policy::Basis;
use crate::islands::plan_builder::{FieldProblem, Outcome, TypedPlan, refused_field};
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::agreements::{self, Chosen, DraftChoice};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// `intent` says which button it was: `show` draws the plan again, `use_amount` takes a proposed amount first, `check` keeps
/// the choice.
#[server(endpoint = "choose_plan")]
pub async fn choose_plan(
    account: String,
    basis: Basis,
    #[server(flatten)] typed: TypedPlan,
    #[server(default)] intent: String,
    #[server(default)] use_amount: String,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let account_id = AccountId(account.clone());
    let Some((held, plans)) = held(&account_id, basis).await? else {
        return Ok(());
    };
    let typed = if use_amount.is_empty() { typed } else { TypedPlan { amount: use_amount, ..typed } };
    let back = paths::way(&account, way_of(basis));
    if intent != "check" {
        let refused = refused_fields(&typed.outcome(&plans, held.today));
        let back = if refused.is_empty() { paths::at(&back, paths::PLAN_DRAWN) } else { back };
        return context::refuse(&back, flash(&typed, refused)).await;
    }
    let (offer, choice) = match typed.read(&plans) {
        Ok(read) => read,
        Err(problems) => return context::refuse(&back, flash(&typed, fields_of(problems))).await,
    };
    let choice = DraftChoice { typed: values(&typed), choice, joins: None };
    match agreements::choose(&state, &visitor.customer_id, &account_id, &offer.id, choice).await.map_err(context::fail)? {
        Chosen::Kept => context::redirect(&paths::review(&account)),
        Chosen::NotAllowed(refusal) => {
            let errors = vec![(refused_field(refusal.reason).to_owned(), String::new())];
            return context::refuse(&back, flash(&typed, errors)).await;
        }
        Chosen::NoSuchOffer => context::redirect(&paths::options(&account)),
        Chosen::UnderAgreement(agreement) => context::redirect(&paths::agreement(agreement.as_str())),
    }
    Ok(())
}

/// Which fields stand in the way of a plan; the page has the words for them.
fn refused_fields(outcome: &Outcome) -> Vec<(String, String)> {
    match outcome {
        Outcome::Fits { .. } => Vec::new(),
        Outcome::Untouched => vec![("frequency".to_owned(), String::new())],
        Outcome::Problems(problems) => fields_of(problems.clone()),
        Outcome::NotAllowed { refusal, .. } => vec![(refused_field(refusal.reason).to_owned(), String::new())],
    }
}

fn fields_of(problems: Vec<FieldProblem>) -> Vec<(String, String)> {
    problems.into_iter().map(|problem| (problem.field.to_owned(), String::new())).collect()
}

fn flash(typed: &TypedPlan, errors: Vec<(String, String)>) -> Flash {
    Flash { screen: super::SCREEN.to_owned(), values: values(typed), errors }
}

fn values(typed: &TypedPlan) -> BTreeMap<String, String> {
    let TypedPlan { frequency, amount, first_on, payday_next, payday_rhythm, day, second_day, down_payment } = typed.clone();
    [
        ("frequency", frequency),
        ("amount", amount),
        ("first_on", first_on),
        ("payday_next", payday_next),
        ("payday_rhythm", payday_rhythm),
        ("day", day),
        ("second_day", second_day),
        ("down_payment", down_payment),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
