//! The text of a consent and whether it is given.

use super::actions::consent_of;
use super::{ConsentView, Given, SCREEN, read_kind};
use crate::domain::contact::wishes::Papers;
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::contact_wishes::{self, Consent};

/// `None` where there is no such consent, and the answer leads on.
pub async fn load(what: String) -> Result<Option<ConsentView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let (Some(kind), Some(consent)) = (read_kind(&what), consent_of(&what)) else {
        context::redirect(paths::YOU_CONTACT);
        return Ok(None);
    };
    let Some(ways) = contact_wishes::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)? else {
        return Ok(None);
    };
    let zone = clock::zone(&ways.time_zone);
    let (live, address) = match consent {
        Consent::Texts => (ways.texts, ways.phone),
        Consent::Documents => (ways.documents, ways.email),
    };
    let language = context::language();
    let text = contact_wishes::text_of(consent, language).to_owned();
    Ok(Some(ConsentView {
        kind,
        what,
        given: live.map(|live| Given {
            on: clock::date_of(live.given_at, &zone),
            text: live.agreed_text.unwrap_or_else(|| text.clone()),
            language: live.language,
        }),
        is_on_paper: ways.wishes.papers == Some(Papers::OnPaper),
        has_street: ways.street.is_some_and(|street| !street.trim().is_empty()),
        address,
        text_version: contact_wishes::version_of(consent, language),
        text,
        errors: context::flash(SCREEN).unwrap_or_default().errors,
    }))
}
