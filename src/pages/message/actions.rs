//! The door of the message screen.

use super::SCREEN;
use super::form::MessageForm;
use crate::domain::contact::Topic;
use crate::domain::dispute::said::Said;
use crate::domain::dispute::{DisputeReason, Disputed};
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::context::{self, Failed, Flash, fail};
use crate::server::services::disputes::{self, Sent};
use crate::server::services::messages::{self, Message};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "send_message")]
pub async fn send_message(
    #[server(default)] account: String,
    #[server(default)] topic: String,
    #[server(default)] text: String,
    #[server(default)] reply_to: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    let Some(visitor) = context::signed_in() else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let account_id = AccountId(account);
    let knows_email = messages::can_answer_by_email(&state, &visitor.customer_id, &account_id).await.map_err(fail)?;
    let (Some(topic), Some(knows_email)) = (Topic::from_code(&topic), knows_email) else {
        context::redirect(paths::ACCOUNT);
        return Ok(());
    };
    let form = MessageForm::new(&text, &reply_to);
    let errors = form.check(knows_email);
    if !errors.is_empty() {
        return refuse(&account_id, topic, form, errors).await;
    }
    // A tab from before it had a page of its own: all of it is disputed at once, in these words.
    if topic == Topic::NotRight {
        let said = Said { reason: DisputeReason::Other, disputed: Disputed::All, words: form.text };
        return match disputes::say(&state, &visitor.customer_id, &account_id, &said).await.map_err(fail)? {
            Sent::Received | Sent::Changed => {
                context::redirect(&paths::dispute_status(account_id.as_str()));
                Ok(())
            }
            Sent::NoSuchAccount => {
                context::redirect(paths::ACCOUNT);
                Ok(())
            }
        };
    }
    let message = Message { topic, reply_to: &form.reply_to, text: &form.text, language: context::language() };
    match messages::send(&state, &visitor.customer_id, &account_id, &message).await.map_err(fail)? {
        messages::Sent::Received { reference } => context::redirect(&paths::message_received(account_id.as_str(), &reference)),
        messages::Sent::Limited => return refuse(&account_id, topic, form, vec![(String::new(), "limited".to_owned())]).await,
        messages::Sent::NoSuchAccount => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}

async fn refuse(account_id: &AccountId, topic: Topic, form: MessageForm, errors: Vec<(String, String)>) -> Result<(), Failed> {
    let values = BTreeMap::from([("text".to_owned(), form.text), ("reply_to".to_owned(), form.reply_to)]);
    let flash = Flash { screen: SCREEN.to_owned(), values, errors };
    context::refuse(&paths::message(account_id.as_str(), topic), flash).await
}
