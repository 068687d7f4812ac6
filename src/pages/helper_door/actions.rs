//! The helper's own door.

use super::SCREEN;
use crate::paths;
use crate::server::context::{self, Failed, Flash, Knock, fail};
use crate::server::services::door;
use crate::server::services::helpers::{self, CameIn};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Longer than any reference.
const LONGEST_ANSWER_CHARACTERS: usize = 40;

#[server(endpoint = "sign_in_helper")]
pub async fn sign_in_helper(#[server(default)] reference: String, #[server(default)] code: String) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(ticket) = context::knock(&state, &Knock::SignIn(context::client_address())).await? else { return Ok(()) };
    let cut = |text: String| text.trim().chars().take(LONGEST_ANSWER_CHARACTERS).collect::<String>();
    let (reference, code) = (cut(reference), cut(code));
    match helpers::sign_in(&state, &reference, &code, context::client_address()).await.map_err(fail)? {
        CameIn::In { customer, helper_id } => {
            door::give_back(&state, &ticket).await.map_err(fail)?;
            context::begin_helping(&customer, &helper_id).await?;
            context::redirect(paths::HELPING);
            Ok(())
        }
        CameIn::Refused | CameIn::Gone => refuse(reference, "no_match", None).await,
        CameIn::Limited { until } => refuse(reference, "limited", Some(until)).await,
    }
}

/// The code word is a secret and is not kept.
async fn refuse(reference: String, code: &str, until: Option<i64>) -> Result<(), Failed> {
    let mut values = BTreeMap::from([("reference".to_owned(), reference)]);
    values.extend(until.map(|until| ("until".to_owned(), until.to_string())));
    let errors = vec![(String::new(), code.to_owned())];
    context::refuse(paths::HELPER_DOOR, Flash { screen: SCREEN.to_owned(), values, errors }).await
}
