//! The doors of agreeing to a text and of taking that back.

use super::{SCREEN, read_kind};
use crate::domain::language::Language;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::contact_wishes::{self, Agreed, By, Consent};
use leptos::prelude::*;

/// The consent of one of this screen's addresses.
pub(super) fn consent_of(what: &str) -> Option<Consent> {
    read_kind(what).map(|kind| match kind {
        super::Kind::Texts => Consent::Texts,
        super::Kind::Documents => Consent::Documents,
    })
}

#[server(endpoint = "give_consent")]
pub async fn give_consent(
    #[server(default)] what: String,
    #[server(default)] agreed: String,
    #[server(default)] shown_in: String,
    #[server(default)] shown_text: String,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let Some(consent) = consent_of(&what) else {
        context::redirect(paths::YOU_CONTACT);
        return Ok(());
    };
    if agreed != "yes" {
        return refuse(&what, ("agreed", "missing")).await;
    }
    let shown = (Language::from_tag(&shown_in).unwrap_or_default(), shown_text.as_str());
    match contact_wishes::agree(&state, &visitor.customer_id, consent, shown, By::Customer).await.map_err(context::fail)? {
        Agreed::Yes => context::redirect(&paths::contact_consent(&what)),
        Agreed::TextChanged => return refuse(&what, ("", "changed")).await,
        Agreed::NoAddress => return refuse(&what, ("", "no_address")).await,
    }
    Ok(())
}

#[server(endpoint = "withdraw_consent")]
pub async fn withdraw_consent(#[server(default)] what: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(());
    };
    let Some(consent) = consent_of(&what) else {
        context::redirect(paths::YOU_CONTACT);
        return Ok(());
    };
    contact_wishes::withdraw(&state, &visitor.customer_id, consent, By::Customer).await.map_err(context::fail)?;
    context::redirect(&paths::contact_consent(&what));
    Ok(())
}

async fn refuse(what: &str, (field, code): (&str, &str)) -> Result<(), Failed> {
    let errors = vec![(field.to_owned(), code.to_owned())];
    let flash = Flash { screen: SCREEN.to_owned(), errors, ..Flash::default() };
    context::refuse(&paths::contact_consent(what), flash).await
}
