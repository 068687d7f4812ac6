//! The door of a new message: it is sent, or kept so that something can be attached first.

use super::{PAPERS, SCREEN};
use crate::domain::contact::Topic;
use crate::domain::conversation::{ACCOUNT, Faults, NewMessage, SUBJECT, TEXT, TOPIC, fault_of_text};
use crate::domain::dispute::said::Said;
use crate::domain::dispute::{DisputeReason, Disputed};
use crate::domain::ids::{AccountId, CustomerId};
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::disputes;
use crate::server::services::messages::{self, Kept, Message, Place, Sent, Typed};
use crate::server::state::AppState;
use leptos::prelude::*;

/// So much of one field is kept: twice what is taken, so that what is too long can be shortened.
const LONGEST_KEPT_CHARACTERS: usize = 4_000;

#[server(endpoint = "send_message")]
pub async fn send_message(
    #[server(default)] account: String,
    #[server(default)] topic: String,
    #[server(default)] subject: String,
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
    // Somebody who helps sends it as it is: nothing of theirs is kept among what the customer typed, and they dispute nothing.
    let helped = visitor.helping.is_some().then(|| AccountId(account.clone()));
    if helped.is_some() && Topic::from_code(&topic) == Some(Topic::NotRight) {
        context::redirect(paths::HELPING_NOT_OPEN);
        return Ok(());
    }
    // A tab from before it had a page of its own: all of it is disputed at once, in these words.
    if Topic::from_code(&topic) == Some(Topic::NotRight) {
        return dispute(&state, customer, &AccountId(account), text.trim()).await;
    }
    let fields = [(ACCOUNT, account), (TOPIC, topic), (SUBJECT, subject), (TEXT, text)];
    let short = |text: String| text.chars().take(LONGEST_KEPT_CHARACTERS).collect::<String>();
    let typed: Typed = fields.into_iter().map(|(name, text)| (name.to_owned(), short(text))).collect();
    if intent == PAPERS && helped.is_none() {
        return keep(&state, customer, &typed, paths::MESSAGE_DRAFT).await;
    }
    let new = match NewMessage::read(&typed) {
        Ok(new) => new,
        Err(faults) => return refuse(&state, customer, typed, faults, helped).await,
    };
    let message = Message { new: &new, key: &key, language: context::language() };
    match messages::send(&state, customer, &message).await.map_err(context::fail)? {
        Sent::Sent { reference } => context::redirect(&paths::conversation_sent(&reference)),
        Sent::Limited => return refuse(&state, customer, typed, vec![(String::new(), "limited".to_owned())], helped).await,
        Sent::NotWhole(faults) => return refuse(&state, customer, typed, faults, helped).await,
        Sent::NotTheirs | Sent::Full | Sent::Changed => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}

async fn keep(state: &AppState, customer: &CustomerId, typed: &Typed, then: &str) -> Result<(), Failed> {
    match messages::keep(state, customer, Place::New, typed).await.map_err(context::fail)? {
        Kept::Kept => context::redirect(then),
        Kept::NotTheirs => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}

/// What was typed is there on any device, and here at once.
async fn refuse(
    state: &AppState,
    customer: &CustomerId,
    typed: Typed,
    errors: Faults,
    helped: Option<AccountId>,
) -> Result<(), Failed> {
    let flash = Flash { screen: SCREEN.to_owned(), values: typed.clone(), errors };
    if let Some(account) = helped {
        return context::refuse(&paths::message(account.as_str(), Topic::Other), flash).await;
    }
    let has_words = typed.get(TEXT).is_some_and(|text| !text.trim().is_empty());
    if has_words && messages::keep(state, customer, Place::New, &typed).await.map_err(context::fail)? == Kept::NotTheirs {
        context::redirect(paths::ACCOUNT);
        return Ok(());
    }
    context::refuse(paths::MESSAGE_NEW, flash).await
}

async fn dispute(state: &AppState, customer: &CustomerId, account: &AccountId, words: &str) -> Result<(), Failed> {
    if fault_of_text(words).is_some() {
        context::redirect(&paths::dispute(account.as_str()));
        return Ok(());
    }
    let said = Said { reason: DisputeReason::Other, disputed: Disputed::All, words: words.to_owned() };
    match disputes::say(state, customer, account, &said).await.map_err(context::fail)? {
        disputes::Sent::Received | disputes::Sent::Changed => context::redirect(&paths::dispute_status(account.as_str())),
        disputes::Sent::NoSuchAccount => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}
