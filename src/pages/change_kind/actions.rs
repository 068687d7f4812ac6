//! The door of every change: what is wanted is kept to be checked, or refused with why.

use super::SCREEN;
use crate::domain::ids::AgreementId;
use crate::islands::plan_change::TypedChange;
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::changes::{self, Wanted};
use leptos::prelude::*;

/// Keeps what is wanted of an agreement, if the policy allows it.
#[server(endpoint = "choose_change")]
pub async fn choose_change(agreement: String, #[server(flatten)] fields: TypedChange) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let id = AgreementId(agreement.clone());
    let Some(kind) = fields.kind() else {
        context::redirect(&paths::change(&agreement));
        return Ok(());
    };
    let back = paths::change_kind(&agreement, kind);
    let refused = |errors: Vec<(String, String)>| Flash { screen: SCREEN.to_owned(), values: fields.to_values(), errors };
    let currency = match changes::changeable(&state, &visitor.customer_id, &id).await.map_err(context::fail)? {
        Some(Ok(found)) => found.account.facts.currency,
        Some(Err(_)) | None => {
            context::redirect(&paths::change(&agreement));
            return Ok(());
        }
    };
    let change = match fields.read(currency) {
        Ok(change) => change,
        Err((field, code)) => return context::refuse(&back, refused(vec![(field.to_owned(), code.to_owned())])).await,
    };
    match changes::want(&state, &visitor.customer_id, &id, change).await.map_err(context::fail)? {
        Wanted::Kept => context::redirect(&paths::change_check(&agreement)),
        Wanted::NotAllowed(_) => return context::refuse(&back, refused(Vec::new())).await,
        Wanted::NotNow(_) | Wanted::NotFound => context::redirect(&paths::change(&agreement)),
    }
    Ok(())
}
