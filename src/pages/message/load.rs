//! What the message screens show.

use super::SCREEN;
use crate::domain::calendar::Date;
use crate::domain::contact::Topic;
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::messages;

pub struct Shown {
    pub account_id: String,
    pub topic: Topic,
    /// Whether an answer can go to an e-mail address we know.
    pub knows_email: bool,
    pub flash: Flash,
}

/// The form; an address that is no topic or no account of theirs leads to the customer's own page.
pub async fn load(account_id: String, topic: String) -> Result<Option<Shown>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let knows_email = messages::can_answer_by_email(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let (Some(topic), Some(knows_email)) = (Topic::from_code(&topic), knows_email) else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    // It was a message once; what is not right is a dispute now, with a page of its own.
    if topic == Topic::NotRight {
        context::redirect(&paths::dispute(&account_id));
        return Ok(None);
    }
    Ok(Some(Shown { account_id, topic, knows_email, flash: context::flash(SCREEN).unwrap_or_default() }))
}

pub struct Received {
    pub account_id: String,
    pub topic: Topic,
    pub reference: String,
    pub answer_by: Date,
    pub collections_wait: bool,
}

pub async fn received(account_id: String, reference: String) -> Result<Option<Received>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(None);
    };
    let promise = messages::promise(&state, &visitor.customer_id, &reference, &visitor.time_zone).await.map_err(context::fail)?;
    let Some(promise) = promise else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    Ok(Some(Received {
        account_id,
        topic: promise.topic,
        reference: promise.reference,
        answer_by: promise.answer_by,
        collections_wait: promise.collections_wait,
    }))
}
