//! One conversation of the customer who is signed in.

use super::sent::SentView;
use super::{ConversationView, ReplyView, SCREEN, WrittenView};
use crate::domain::conversation::{ConversationState, TEXT};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::feedback;
use crate::server::services::messages::{self, Place};

/// `None` where it is not theirs and the answer leads to their messages.
pub async fn load(reference: String) -> Result<Option<ConversationView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let customer = &visitor.customer_id;
    let Some(opened) = messages::open(&state, customer, &reference).await.map_err(context::fail)? else {
        context::redirect(paths::MESSAGES);
        return Ok(None);
    };
    let form = messages::form_key(&state, customer, Place::Reply(&reference)).await.map_err(context::fail)?;
    let may_ask = match opened.state {
        ConversationState::Closed => feedback::offer(&state, customer, &reference).await.map_err(context::fail)?,
        ConversationState::Waiting | ConversationState::Answered => false,
    };
    let flash = context::flash(SCREEN).filter(|flash| flash.values.get("reference") == Some(&reference)).unwrap_or_default();
    let kept = form.draft.and_then(|draft| draft.typed.get(TEXT).cloned());
    let is_kept = kept.is_some() && flash.errors.is_empty();
    let typed = if flash.errors.is_empty() { kept } else { flash.values.get(TEXT).cloned() };
    let written = opened.written.into_iter().map(|shown| WrittenView {
        writer: shown.writer,
        at: shown.at,
        words: shown.words,
        attachments: shown.attachments,
    });
    Ok(Some(ConversationView {
        reference: opened.reference,
        topic: opened.topic,
        subject: opened.subject,
        account: opened.account.map(|(id, reference)| (id.to_string(), reference)),
        state: opened.state,
        answer_on: opened.answer_on,
        late_since: opened.late_since,
        closed_on: opened.closed_on,
        is_settled: opened.is_settled,
        collections_wait: opened.collections_wait,
        written: written.collect(),
        reply: ReplyView {
            answer_on: opened.reply_answer_on,
            key: form.key,
            is_kept,
            typed: typed.unwrap_or_default(),
            errors: flash.errors,
        },
        may_ask,
    }))
}

/// What was promised; once it is answered the conversation itself says more.
pub async fn sent(reference: String) -> Result<Option<SentView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let Some(opened) = messages::standing(&state, &visitor.customer_id, &reference).await.map_err(context::fail)? else {
        context::redirect(paths::MESSAGES);
        return Ok(None);
    };
    let (ConversationState::Waiting, Some(answer_on)) = (opened.state, opened.answer_on) else {
        context::redirect(&paths::conversation(&reference));
        return Ok(None);
    };
    Ok(Some(SentView { reference, topic: opened.topic, answer_on, collections_wait: opened.collections_wait }))
}
