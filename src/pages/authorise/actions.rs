//! The door of the screen on which a permission to collect is given.

use super::form::{Seen, problems};
use super::{SCREEN, text};
use crate::domain::beginning::TooMany;
use crate::domain::ids::AgreementId;
use crate::domain::language::Language;
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::mandates::{self, Begun, Decision, Refusal};
use leptos::prelude::*;

/// Records what was authorised and leads to the payment company's page. Sent twice, it leads to the same permission.
#[server(endpoint = "authorise_collection")]
pub async fn authorise_collection(
    agreement: String,
    #[server(default)] key: String,
    #[server(default)] replaces: String,
    #[server(flatten)] seen: Seen,
    #[server(default)] name: String,
    #[server(default)] consent: String,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let path = paths::authorise(&agreement);
    let values = [("name", name.clone()), ("consent", consent.clone())];
    let values: std::collections::BTreeMap<_, _> = values.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
    let refuse = |errors| Flash { screen: SCREEN.to_owned(), values: values.clone(), errors };
    let wrong = problems(&name, consent == "yes");
    if !wrong.is_empty() {
        return context::refuse(&path, refuse(wrong)).await;
    }
    let Some(language) = Language::from_tag(&seen.shown_in) else {
        context::redirect(&path);
        return Ok(());
    };
    let decision = Decision {
        customer: visitor.customer_id,
        agreement: AgreementId(agreement),
        key,
        replaces: Some(replaces).filter(|reference| !reference.is_empty()),
        typed_name: name,
        language,
        shown_text_sha256: seen.shown_text,
        text_of: text::whole,
    };
    let code = match mandates::authorise(&state, &decision).await.map_err(context::fail)? {
        Ok(Begun::ToProcessor { hosted_page }) => {
            context::redirect(&hosted_page);
            return Ok(());
        }
        Ok(Begun::ToMandate { reference }) => {
            context::redirect(&paths::mandate(&reference));
            return Ok(());
        }
        Err(Refusal::NotFound) => {
            context::redirect(paths::ACCOUNT);
            return Ok(());
        }
        // The screen says why.
        Err(Refusal::NotNow(_)) => {
            context::redirect(&path);
            return Ok(());
        }
        Err(Refusal::Changed) => "changed".to_owned(),
        Err(Refusal::KeyNotUsable) => "again".to_owned(),
        Err(Refusal::TooMany(TooMany { again_at })) => {
            format!("many:{}", clock::local_time(again_at, &clock::zone(&visitor.time_zone)))
        }
    };
    context::refuse(&path, refuse(vec![(String::new(), code)])).await
}
