//! The doors of what is kept: send it, or throw it away.

use super::SCREEN;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::messages::{self, Place, Sent};
use leptos::prelude::*;

fn place(reference: &str) -> Place<'_> {
    if reference.is_empty() { Place::New } else { Place::Reply(reference) }
}

/// Sends what the page showed. Pressed twice, it is sent once.
#[server(endpoint = "send_kept")]
pub async fn send_kept(
    #[server(default)] reference: String,
    #[server(default)] draft: String,
    #[server(default)] revision: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    // What no page of ours has shown was not shown.
    let revision = revision.parse().unwrap_or(0);
    let place = place(&reference);
    let sent = messages::send_draft(&state, &visitor.customer_id, place, (&draft, revision), context::language()).await;
    let errors = match sent.map_err(context::fail)? {
        Sent::Sent { reference } => {
            context::redirect(&paths::conversation_sent(&reference));
            return Ok(());
        }
        Sent::NotTheirs => {
            context::redirect(paths::MESSAGES);
            return Ok(());
        }
        Sent::Limited => vec![(String::new(), "limited".to_owned())],
        Sent::Full => vec![(String::new(), "full".to_owned())],
        Sent::Changed => vec![(String::new(), "changed".to_owned())],
        // The fields themselves are on the page before: a link to one here would lead nowhere.
        Sent::NotWhole(faults) => faults.into_iter().map(|(field, code)| (String::new(), format!("{field}_{code}"))).collect(),
    };
    let here = match place {
        Place::New => paths::MESSAGE_DRAFT.to_owned(),
        Place::Reply(reference) => paths::conversation_draft(reference),
    };
    context::refuse(&here, Flash { screen: SCREEN.to_owned(), errors, ..Flash::default() }).await
}

/// Throws it away.
#[server(endpoint = "discard_message")]
pub async fn discard_message(#[server(default)] draft: String) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    messages::discard(&state, &visitor.customer_id, &draft).await.map_err(context::fail)?;
    context::redirect(paths::MESSAGES);
    Ok(())
}
