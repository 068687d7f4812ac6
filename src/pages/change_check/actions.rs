//! The door of signing a change.

use super::{SCREEN, text};
use crate::domain::ids::AgreementId;
use crate::domain::language::Language;
use crate::domain::typed;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::changes::{self, ChangeSignature, ChangeSigned};
use leptos::prelude::*;

/// Signs the change whose terms and text were on the screen.
#[server(endpoint = "sign_change")]
pub async fn sign_change(
    agreement: String,
    #[server(default)] shown: String,
    #[server(default)] shown_in: String,
    #[server(default)] shown_text: String,
    #[server(default)] name: String,
    #[server(default)] consent: String,
    #[server(default)] copy_now: String,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let check = paths::change_check(&agreement);
    let mut errors = Vec::new();
    if consent != "yes" {
        errors.push(("consent".to_owned(), "consent".to_owned()));
    }
    if !typed::is_name(&name) {
        errors.push(("name".to_owned(), "name".to_owned()));
    }
    let values = [("name", name.clone()), ("consent", consent), ("copy_now", copy_now.clone())];
    let values = values.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
    if !errors.is_empty() {
        return context::refuse(&check, Flash { screen: SCREEN.to_owned(), values, errors }).await;
    }
    let Some(language) = Language::from_tag(&shown_in) else {
        context::redirect(&check);
        return Ok(());
    };
    let signature = ChangeSignature {
        shown_sha256: shown,
        language,
        shown_text_sha256: shown_text,
        text_of: text::whole,
        typed_name: name,
        copy_now: copy_now == "yes",
    };
    let id = AgreementId(agreement.clone());
    match changes::sign(&state, &visitor.customer_id, &id, signature).await.map_err(context::fail)? {
        ChangeSigned::Version(_) => context::redirect(&paths::agreement(&agreement)),
        ChangeSigned::Changed => {
            let errors = vec![(String::new(), "differs".to_owned())];
            return context::refuse(&check, Flash { screen: SCREEN.to_owned(), values, errors }).await;
        }
        ChangeSigned::NothingToSign => context::redirect(&paths::change(&agreement)),
    }
    Ok(())
}
