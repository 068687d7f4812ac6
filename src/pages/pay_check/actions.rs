//! The door of paying.

use crate::domain::account::Disclosure;
use crate::domain::beginning::TooMany;
use crate::domain::ids::AccountId;
use crate::domain::paying::PayRefusal;
use crate::domain::payment::Purpose;
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::payments::{self, Decision, StartRefusal, Started};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Begins the payment that was on the screen and leads to the payment company's page. Sent twice, it leads to the same
/// payment.
#[server(endpoint = "start_payment")]
pub async fn start_payment(
    account: String,
    purpose: String,
    amount_minor: i64,
    key: String,
    #[server(default)] disclosed: String,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let Some(purpose) = Purpose::from_choice(&purpose) else {
        context::redirect(&paths::pay(&account));
        return Ok(());
    };
    let decision = Decision {
        customer: visitor.customer_id,
        account: AccountId(account.clone()),
        purpose,
        amount_minor,
        key,
        language: context::language(),
        disclosed: Disclosure::from_code(&disclosed),
    };
    let code = match payments::start(&state, &decision).await.map_err(context::fail)? {
        Ok(Started::ToProcessor { hosted_page }) => {
            context::redirect(&hosted_page);
            return Ok(());
        }
        Ok(Started::ToPayment { reference }) => {
            context::redirect(&paths::payment(&reference));
            return Ok(());
        }
        Err(StartRefusal::NotFound) => {
            context::redirect(paths::ACCOUNT);
            return Ok(());
        }
        Err(StartRefusal::NotDisclosed) => "disclosure".to_owned(),
        Err(StartRefusal::KeyNotUsable) => "again".to_owned(),
        Err(StartRefusal::TooMany(TooMany { again_at })) => {
            format!("many:{}", clock::local_time(again_at, &clock::zone(&visitor.time_zone)))
        }
        Err(StartRefusal::Pay(PayRefusal::AmountChanged { .. } | PayRefusal::AboveBalance { .. })) => "changed".to_owned(),
        Err(StartRefusal::Pay(_)) => "gone".to_owned(),
    };
    let values = BTreeMap::from([("purpose".to_owned(), purpose.code().to_owned())]);
    let flash = Flash { screen: "pay".to_owned(), values, errors: vec![(String::new(), code)] };
    context::refuse(&paths::pay(&account), flash).await
}
