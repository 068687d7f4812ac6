//! The door of choosing how much goes to each of several accounts.

use super::SCREEN;
use crate::domain::joint_payment::{self, ShareRefusal, SumRefusal};
use crate::domain::money::{Currency, Money};
use crate::domain::paying::PayRefusal;
use crate::domain::typed;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::Failure;
use crate::server::services::payments::{self, Paying};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Checks the amounts and leads to the check page. Nothing is decided yet.
#[server(endpoint = "choose_several")]
pub async fn choose_several(currency: String, #[server(default)] amounts: BTreeMap<String, String>) -> Result<(), Failed> {
    let (Some(state), Some(visitor), Some(currency)) = (context::state(), context::signed_in(), Currency::from_code(&currency))
    else {
        context::redirect(paths::ACCOUNT);
        return Ok(());
    };
    let accounts = payments::paying_several(&state, &visitor.customer_id, currency).await.map_err(context::fail)?;
    let mut chosen = BTreeMap::new();
    let mut shares = Vec::new();
    let mut errors = Vec::new();
    for paying in &accounts {
        let id = paying.account.id.to_string();
        let text = amounts.get(&joint_payment::key(&id)).map(String::as_str).unwrap_or_default();
        match typed::amount(text, currency) {
            Ok(None) => {}
            Ok(Some(amount)) => match choose(paying, amount) {
                Ok(amount) => {
                    shares.push(amount);
                    chosen.insert(id, amount.minor().to_string());
                }
                Err(code) => errors.push((field(&id, &code), code)),
            },
            Err(_) => errors.push((format!("amount-{id}"), "amount".to_owned())),
        }
    }
    if errors.is_empty() {
        // Without a processor the screen says so itself.
        let minimum = accounts.first().map_or(Money::zero(currency), |paying| paying.payable.processor_minimum);
        match joint_payment::sum(shares, minimum).map_err(|error| context::fail(Failure::Money(error)))? {
            Ok(_) => {
                // The amounts are kept in the session: they have no place in an address.
                let kept = Flash { screen: "pay_several_check".to_owned(), values: chosen, errors };
                return context::refuse(&paths::pay_several_check(currency.code()), kept).await;
            }
            Err(SumRefusal::Nothing) => errors.push((String::new(), "none".to_owned())),
            Err(SumRefusal::BelowProcessorMinimum { minimum }) => {
                errors.push((String::new(), format!("small:{}", minimum.minor())));
            }
        }
    }
    let flash = Flash { screen: SCREEN.to_owned(), values: amounts, errors };
    context::refuse(&paths::pay_several(currency.code()), flash).await
}

/// The amount as it can be paid, or the code of what is wrong with it.
fn choose(paying: &Paying, typed: Money) -> Result<Money, String> {
    let out = || Err(format!("out:{}", typed.minor()));
    if paying.waiting.is_some() {
        return out();
    }
    match joint_payment::choose(&paying.payable, typed) {
        Ok(share) => Ok(share.amount),
        Err(ShareRefusal::Pay(PayRefusal::BelowMinimum { minimum })) => Err(format!("minimum:{}", minimum.minor())),
        Err(ShareRefusal::Pay(PayRefusal::AboveBalance { balance })) => Err(format!("above:{}", balance.minor())),
        Err(ShareRefusal::Disputed | ShareRefusal::Pay(_)) => out(),
    }
}

/// What a fault is shown at: the field, or the account where it has none.
fn field(account_id: &str, code: &str) -> String {
    if code.starts_with("out") { format!("account-{account_id}") } else { format!("amount-{account_id}") }
}
