//! The doors of a case that was sent: answer, appeal, take it back, end the pause.

use super::SCREEN;
use crate::domain::hardship::LONGEST_WORDS_CHARACTERS;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::hardship::{self, Acted};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Answers what the reviewer asked.
#[server(endpoint = "answer_hardship")]
pub async fn answer_hardship(reference: String, #[server(default)] text: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let acted = hardship::answer(&state, &visitor.customer_id, &reference, &text).await.map_err(context::fail)?;
    go_on(&reference, text, acted).await
}

/// Asks that somebody else looks at a refusal.
#[server(endpoint = "appeal_hardship")]
pub async fn appeal_hardship(reference: String, #[server(default)] text: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let acted = hardship::appeal(&state, &visitor.customer_id, &reference, &text).await.map_err(context::fail)?;
    go_on(&reference, text, acted).await
}

/// Takes a case back.
#[server(endpoint = "withdraw_hardship")]
pub async fn withdraw_hardship(reference: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let acted = hardship::withdraw(&state, &visitor.customer_id, &reference).await.map_err(context::fail)?;
    go_on(&reference, String::new(), acted).await
}

/// Ends the hold of a decided case before its day.
#[server(endpoint = "end_hardship_pause")]
pub async fn end_hardship_pause(reference: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let acted = hardship::end_pause(&state, &visitor.customer_id, &reference).await.map_err(context::fail)?;
    go_on(&reference, String::new(), acted).await
}

/// Whatever came of it, the page of the case says how things stand.
async fn go_on(reference: &str, text: String, acted: Acted) -> Result<(), Failed> {
    let page = paths::hardship_case(reference);
    match acted {
        Acted::Done | Acted::NotNow => context::redirect(&page),
        Acted::NotTheirs => context::redirect(paths::ACCOUNT),
        Acted::NotWritten => {
            let is_long = text.chars().count() > LONGEST_WORDS_CHARACTERS as usize;
            let code = if is_long { "too_long" } else { "missing" };
            let values = BTreeMap::from([("text".to_owned(), text)]);
            let flash = Flash { screen: SCREEN.to_owned(), values, errors: vec![("text".to_owned(), code.to_owned())] };
            return context::refuse(&page, flash).await;
        }
    }
    Ok(())
}
