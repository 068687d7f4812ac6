//! The door of typing an address.

use super::{FIELDS, SCREEN};
use crate::paths;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::details::{self, AddressFault};
use leptos::prelude::*;

/// Keeps it to be checked, for who has just shown who they are: a postal code lets people in.
#[server(endpoint = "keep_address")]
pub async fn keep_address(
    #[server(default)] street: String,
    #[server(default)] city: String,
    #[server(default)] state: String,
    #[server(default)] postal_code: String,
) -> Result<(), Failed> {
    let (Some(app), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let Some(proven) = visitor.proven(app.clock.real_now_millis()) else {
        context::redirect(&paths::details_proof("address"));
        return Ok(());
    };
    let typed = [street, city, state, postal_code];
    match details::read_address(typed.each_ref().map(String::as_str)) {
        Ok(address) => {
            details::keep_address(&app, &proven, &address).await.map_err(fail)?;
            context::redirect(paths::DETAILS_ADDRESS_CHECK);
            Ok(())
        }
        Err(faults) => {
            let errors = faults.into_iter().map(|(place, fault)| {
                let code = match fault {
                    AddressFault::Missing => "missing",
                    AddressFault::Unreadable => "unreadable",
                };
                (FIELDS[place].to_owned(), code.to_owned())
            });
            let values = FIELDS.map(str::to_owned).into_iter().zip(typed).collect();
            let flash = Flash { screen: SCREEN.to_owned(), values, errors: errors.collect() };
            context::refuse(paths::DETAILS_ADDRESS, flash).await
        }
    }
}
