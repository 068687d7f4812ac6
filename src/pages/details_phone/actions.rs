//! The doors of keeping a number and of removing it.

use super::{PHONE, SCREEN};
use crate::paths;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::details::{self, PhoneKept};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "keep_phone")]
pub async fn keep_phone(#[server(default)] phone: String) -> Result<(), Failed> {
    // Removing it has a button of its own: an empty field may be a slip.
    if phone.trim().is_empty() {
        return refuse(phone, "missing").await;
    }
    keep(phone).await
}

#[server(endpoint = "remove_phone")]
pub async fn remove_phone() -> Result<(), Failed> {
    keep(String::new()).await
}

async fn keep(phone: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    match details::keep_phone(&state, &visitor.customer_id, &phone).await.map_err(fail)? {
        PhoneKept::Kept => context::redirect(&paths::done(paths::DETAILS, "phone")),
        PhoneKept::SameAsNow => context::redirect(&paths::done(paths::DETAILS, "same")),
        PhoneKept::NotANumber => return refuse(phone, "not_a_number").await,
    }
    Ok(())
}

async fn refuse(phone: String, code: &str) -> Result<(), Failed> {
    let values = BTreeMap::from([(PHONE.to_owned(), phone)]);
    let errors = vec![(PHONE.to_owned(), code.to_owned())];
    context::refuse(paths::DETAILS_PHONE, Flash { screen: SCREEN.to_owned(), values, errors }).await
}
