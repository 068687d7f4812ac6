//! The doors of asking for a code and of typing it.

use super::{CODE, EMAIL, SCREEN};
use crate::paths;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::details::{self, Asked, Entered};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Sends a code to an address, for who has just shown who they are.
#[server(endpoint = "ask_email_code")]
pub async fn ask_email_code(#[server(default)] email: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let Some(proven) = visitor.proven(state.clock.real_now_millis()) else {
        context::redirect(&paths::details_proof("email"));
        return Ok(());
    };
    let code = match details::ask(&state, &proven, &email, context::language()).await.map_err(fail)? {
        Asked::Sent => {
            context::redirect(paths::DETAILS_EMAIL);
            return Ok(());
        }
        Asked::NotAnAddress => "not_an_address",
        Asked::SameAsNow => "same",
        Asked::TooMany => "too_many",
        Asked::CameBack => "came_back",
        Asked::CannotSend => "cannot_send",
    };
    refuse(BTreeMap::from([(EMAIL.to_owned(), email)]), EMAIL, code).await
}

#[server(endpoint = "enter_email_code")]
pub async fn enter_email_code(#[server(default)] code: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let (field, wrong) = match details::enter(&state, &visitor.customer_id, &code).await.map_err(fail)? {
        Entered::Changed => {
            context::redirect(&paths::done(paths::DETAILS, "email"));
            return Ok(());
        }
        Entered::Wrong => (CODE, "wrong"),
        // Nothing waits for a code any more: another one is asked for.
        Entered::TriedTooOften => (EMAIL, "tried_too_often"),
        Entered::Expired => (EMAIL, "expired"),
        Entered::NoneAsked => (EMAIL, "none_asked"),
    };
    refuse(BTreeMap::new(), field, wrong).await
}

async fn refuse(values: BTreeMap<String, String>, field: &str, code: &str) -> Result<(), Failed> {
    let errors = vec![(field.to_owned(), code.to_owned())];
    context::refuse(paths::DETAILS_EMAIL, Flash { screen: SCREEN.to_owned(), values, errors }).await
}
