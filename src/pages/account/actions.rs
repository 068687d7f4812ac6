//! The door of an account's page.

use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::payments::{self, HaveBackRefusal};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Gives back what was paid beyond what was owed, and shows how that stands. Sent twice, it is one decision.
#[server(endpoint = "have_back")]
pub async fn have_back(account: String, amount_minor: i64, key: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let decision = payments::HaveBack { customer: visitor.customer_id, account: AccountId(account.clone()), amount_minor, key };
    match payments::have_back(&state, &decision).await.map_err(context::fail)? {
        Ok(reference) => {
            context::redirect(&paths::payment(&reference));
            Ok(())
        }
        Err(HaveBackRefusal::NotFound) => {
            context::redirect(paths::ACCOUNT);
            Ok(())
        }
        Err(HaveBackRefusal::Changed | HaveBackRefusal::KeyNotUsable) => {
            let flash = Flash {
                screen: "account".to_owned(),
                values: BTreeMap::new(),
                errors: vec![(String::new(), "changed".to_owned())],
            };
            context::refuse(&paths::account(&account), flash).await
        }
    }
}
