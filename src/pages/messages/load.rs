//! A customer's conversations.

use super::{ListView, Row};
use crate::server::context::{self, Failed};
use crate::server::services::messages::{self, Place};

pub async fn load() -> Result<Option<ListView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let found = messages::list(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let draft = messages::draft(&state, &visitor.customer_id, Place::New).await.map_err(context::fail)?;
    let conversations = found.into_iter().map(|listed| Row {
        reference: listed.reference,
        topic: listed.topic,
        subject: listed.subject,
        account: listed.account,
        state: listed.state,
        is_unread: listed.is_unread,
        answer_on: listed.answer_on,
        written_on: listed.written_on,
    });
    Ok(Some(ListView { conversations: conversations.collect(), has_draft: draft.is_some() }))
}
