//! Where a message about it is written, and by when it is answered.

use super::NameView;
use crate::domain::contact::Topic;
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::messages;

/// `None` only while routes are collected.
pub async fn load() -> Result<Option<NameView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let start = messages::start(&state, &visitor.customer_id, &visitor.time_zone, None).await.map_err(context::fail)?;
    let account = start.accounts.first();
    let write_to = account.map_or(paths::MESSAGE_NEW.to_owned(), |account| paths::message(account.id.as_str(), Topic::Details));
    Ok(Some(NameView { write_to, answer_on: start.answer_on }))
}
