//! The door of choosing what to pay.

use super::SCREEN;
use crate::domain::ids::AccountId;
use crate::domain::paying::PayRefusal;
use crate::domain::payment::Purpose;
use crate::domain::typed;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::payments;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Checks the choice and leads to the check page. Nothing is decided yet.
#[server(endpoint = "choose_payment")]
pub async fn choose_payment(
    account: String,
    #[server(default)] purpose: String,
    #[server(default)] amount: String,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let account_id = AccountId(account.clone());
    let Some(paying) = payments::paying(&state, &visitor.customer_id, &account_id).await.map_err(context::fail)? else {
        context::redirect(paths::ACCOUNT);
        return Ok(());
    };
    let values = BTreeMap::from([("purpose".to_owned(), purpose.clone()), ("amount".to_owned(), amount.clone())]);
    let refuse = |field: &str, code: &str| Flash {
        screen: SCREEN.to_owned(),
        values: values.clone(),
        errors: vec![(field.to_owned(), code.to_owned())],
    };
    let path = paths::pay(&account);
    let is_typed = !amount.trim().is_empty();
    let purpose = match Purpose::from_choice(&purpose) {
        // Who typed 25 and pays 963 was not asked.
        Some(
            Purpose::Balance
            | Purpose::PastDue
            | Purpose::Instalment
            | Purpose::Instalments
            | Purpose::Agreement
            | Purpose::Collection,
        ) if is_typed => {
            return context::refuse(&path, refuse("purpose", "both")).await;
        }
        Some(purpose) => purpose,
        None if is_typed => Purpose::Part,
        None => return context::refuse(&path, refuse("purpose", "choose")).await,
    };
    let shown = match purpose {
        Purpose::Part => match typed::amount(&amount, paying.account.facts.currency) {
            Ok(Some(amount)) => amount,
            Ok(None) | Err(_) => return context::refuse(&path, refuse("amount", "amount")).await,
        },
        Purpose::Balance
        | Purpose::PastDue
        | Purpose::Instalment
        | Purpose::Instalments
        | Purpose::Agreement
        | Purpose::Collection => {
            let ways = paying.payable.ways().unwrap_or_default();
            match ways.into_iter().find(|way| way.purpose == purpose) {
                Some(way) => way.amount,
                None => return context::refuse(&path, refuse("", "gone")).await,
            }
        }
    };
    match paying.payable.choose(purpose, shown) {
        Ok(way) => {
            let values = BTreeMap::from([
                ("purpose".to_owned(), purpose.code().to_owned()),
                ("amount_minor".to_owned(), way.amount.minor().to_string()),
            ]);
            // The choice is kept in the session: an amount has no place in an address.
            let kept = Flash { screen: "pay_check".to_owned(), values, errors: Vec::new() };
            context::refuse(&paths::pay_check(&account), kept).await
        }
        Err(PayRefusal::BelowMinimum { .. }) => context::refuse(&path, refuse("amount", "minimum")).await,
        Err(PayRefusal::AboveBalance { .. }) => context::refuse(&path, refuse("amount", "above")).await,
        Err(_) => context::refuse(&path, refuse("", "gone")).await,
    }
}
