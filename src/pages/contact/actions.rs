//! The door of the contact screen.

use super::SCREEN;
use super::form::ContactForm;
use crate::paths;
use crate::server::context::{self, Failed, Flash, Knock, fail};
use crate::server::services::contact::{self as service, ContactOutcome, Message};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "ask_person")]
pub async fn ask_person(
    #[server(default)] kind: String,
    #[server(default)] reply_to: String,
    #[server(default)] message: String,
) -> Result<(), Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    if context::knock(&state, &Knock::Message(context::client_address())).await?.is_none() {
        return Ok(());
    }
    let form = ContactForm::new(&kind, &reply_to, &message);
    let kind = match form.check() {
        Ok(kind) => kind,
        Err(errors) => return refuse(form, errors, None).await,
    };
    let message = Message { kind, reply_to: &form.reply_to, text: &form.message, language: context::language() };
    match service::receive(&state, &message, context::client_address()).await.map_err(fail)? {
        ContactOutcome::Received { reference } => {
            context::redirect(&paths::contact_received(&reference));
            Ok(())
        }
        ContactOutcome::Limited { until } => refuse(form, vec![(String::new(), "limited".to_owned())], Some(until)).await,
    }
}

async fn refuse(form: ContactForm, errors: Vec<(String, String)>, until: Option<i64>) -> Result<(), Failed> {
    let mut values = BTreeMap::from([
        ("kind".to_owned(), form.kind),
        ("reply_to".to_owned(), form.reply_to),
        ("message".to_owned(), form.message),
    ]);
    values.extend(until.map(|until| ("until".to_owned(), until.to_string())));
    context::refuse(paths::CONTACT, Flash { screen: SCREEN.to_owned(), values, errors }).await
}
