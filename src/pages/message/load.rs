//! What the form of a new message shows.

use super::{FormView, SCREEN};
use crate::domain::contact::Topic;
use crate::domain::conversation::{ACCOUNT, TOPIC};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::messages;
use std::collections::BTreeMap;

/// The form; an address that is no topic or no account of theirs leads to the customer's own page. Neither is named in the address of a
/// message about nothing in particular.
pub async fn load(account_id: String, topic: String) -> Result<Option<FormView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let start = messages::start(&state, &visitor.customer_id, &visitor.time_zone, visitor.helping.as_ref())
        .await
        .map_err(context::fail)?;
    let is_theirs = start.accounts.iter().any(|account| account.id.as_str() == account_id);
    let known = Topic::from_code(&topic);
    let names_nothing = account_id.is_empty() && topic.is_empty();
    let is_known = is_theirs && known.is_some();
    if !names_nothing && !is_known {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    }
    // It was a message once; what is not right is a dispute now, with a page of its own.
    if known == Some(Topic::NotRight) {
        context::redirect(&paths::dispute(&account_id));
        return Ok(None);
    }
    let flash = context::flash(SCREEN).unwrap_or_default();
    let draft = start.draft.map(|draft| draft.typed);
    let is_kept = draft.is_some() && flash.errors.is_empty();
    let preset = || {
        let fields = [(ACCOUNT, &account_id), (TOPIC, &topic)].into_iter().filter(|(_, value)| !value.is_empty());
        fields.map(|(name, value)| (name.to_owned(), value.clone())).collect::<BTreeMap<String, String>>()
    };
    let typed = if flash.errors.is_empty() { draft.unwrap_or_else(preset) } else { flash.values };
    let accounts = start.accounts.into_iter();
    Ok(Some(FormView {
        is_helper: visitor.helping.is_some(),
        of_account: is_theirs.then_some(account_id),
        accounts: accounts.map(|account| (account.id.to_string(), account.reference, account.creditor)).collect(),
        answer_on: start.answer_on,
        is_kept,
        key: start.key,
        typed,
        errors: flash.errors,
    }))
}

/// Where the promise of a message stands now that it is part of a conversation.
pub async fn received(reference: String) -> Result<(), Failed> {
    context::redirect(&paths::conversation_sent(&reference));
    Ok(())
}
