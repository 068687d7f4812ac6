//! The doors of a conversation: a reply is sent, or kept so that something can be attached first; and it is settled.

use super::{PAPERS, SCREEN};
use crate::domain::conversation::{TEXT, fault_of_text};
use crate::domain::ids::CustomerId;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::messages::{self, Kept, Place, Sent, Settled, Typed};
use crate::server::state::AppState;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// So much of it is kept: twice what is taken, so that what is too long can be shortened.
const LONGEST_KEPT_CHARACTERS: usize = 4_000;

#[server(endpoint = "send_reply")]
pub async fn send_reply(
    #[server(default)] reference: String,
    #[server(default)] text: String,
    #[server(default)] key: String,
    #[server(default)] intent: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let customer = &visitor.customer_id;
    if messages::standing(&state, customer, &reference).await.map_err(context::fail)?.is_none() {
        context::redirect(paths::MESSAGES);
        return Ok(());
    }
    let text: String = text.chars().take(LONGEST_KEPT_CHARACTERS).collect();
    if intent == PAPERS {
        match keep(&state, customer, &reference, &text).await? {
            Kept::Kept => context::redirect(&paths::conversation_draft(&reference)),
            Kept::NotTheirs => context::redirect(paths::MESSAGES),
        }
        return Ok(());
    }
    if let Some((_, code)) = fault_of_text(text.trim()) {
        return refuse(&state, customer, &reference, text, &code).await;
    }
    match messages::reply(&state, customer, &reference, text.trim(), &key).await.map_err(context::fail)? {
        Sent::Sent { reference } => context::redirect(&paths::conversation_sent(&reference)),
        Sent::Limited => return refuse(&state, customer, &reference, text, "limited").await,
        Sent::Full => return refuse(&state, customer, &reference, text, "full").await,
        Sent::NotTheirs | Sent::NotWhole(_) | Sent::Changed => context::redirect(paths::MESSAGES),
    }
    Ok(())
}

/// It is settled for its customer. Whatever came of it stands on its page.
#[server(endpoint = "settle_conversation")]
pub async fn settle_conversation(#[server(default)] reference: String, #[server(default)] shown: i64) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    match messages::settle(&state, &visitor.customer_id, &reference, shown).await.map_err(context::fail)? {
        Settled::Settled | Settled::MoreToRead | Settled::NeedsAnswer => context::redirect(&paths::conversation(&reference)),
        Settled::NotTheirs => context::redirect(paths::MESSAGES),
    }
    Ok(())
}

async fn keep(state: &AppState, customer: &CustomerId, reference: &str, text: &str) -> Result<Kept, Failed> {
    let typed: Typed = BTreeMap::from([(TEXT.to_owned(), text.to_owned())]);
    messages::keep(state, customer, Place::Reply(reference), &typed).await.map_err(context::fail)
}

/// What was typed is there on any device, and here at once.
async fn refuse(state: &AppState, customer: &CustomerId, reference: &str, text: String, code: &str) -> Result<(), Failed> {
    if !text.trim().is_empty() && keep(state, customer, reference, &text).await? == Kept::NotTheirs {
        context::redirect(paths::MESSAGES);
        return Ok(());
    }
    let values = BTreeMap::from([(TEXT.to_owned(), text), ("reference".to_owned(), reference.to_owned())]);
    let errors = vec![(TEXT.to_owned(), code.to_owned())];
    context::refuse(&paths::conversation(reference), Flash { screen: SCREEN.to_owned(), values, errors }).await
}
