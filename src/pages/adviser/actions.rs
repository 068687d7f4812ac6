//! The door of saying who speaks for a customer.

use super::{CONTACT, NAME, SCREEN};
use crate::domain::contact::wishes::{LONGEST_ADVISER_CONTACT_CHARACTERS, LONGEST_ADVISER_NAME_CHARACTERS};
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::contact_wishes::{self, By, NamedAdviser};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[server(endpoint = "name_adviser")]
pub async fn name_adviser(#[server(default)] name: String, #[server(default)] contact: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let (name, contact) = (name.trim(), contact.trim());
    let mut errors = Vec::new();
    let limits = [(NAME, name, LONGEST_ADVISER_NAME_CHARACTERS), (CONTACT, contact, LONGEST_ADVISER_CONTACT_CHARACTERS)];
    for (field, text, longest) in limits {
        match text.chars().count() {
            0 => errors.push((field.to_owned(), "missing".to_owned())),
            length if length > longest as usize => errors.push((field.to_owned(), "too_long".to_owned())),
            _ => {}
        }
    }
    if !errors.is_empty() {
        let values = BTreeMap::from([(NAME.to_owned(), name.to_owned()), (CONTACT.to_owned(), contact.to_owned())]);
        return context::refuse(paths::ADVISER, Flash { screen: SCREEN.to_owned(), values, errors }).await;
    }
    let adviser = Some(NamedAdviser { name, contact });
    contact_wishes::speak_to(&state, &visitor.customer_id, adviser, By::Customer).await.map_err(context::fail)?;
    context::redirect(paths::YOU_CONTACT);
    Ok(())
}
