//! The door of signing a change.

use super::{SCREEN, text};
use crate::domain::ids::AgreementId;
use crate::domain::signing::{Seen, Signed};
use crate::paths;
use crate::server::context::{self, Failed, Flash};
use crate::server::services::changes::{self, ChangeSigned};
use crate::server::services::signing::Signature;
use leptos::prelude::*;

/// Signs the change whose terms and text were on the screen.
#[server(endpoint = "sign_change")]
pub async fn sign_change(
    agreement: String,
    #[server(flatten)] seen: Seen,
    #[server(flatten)] signed: Signed,
) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    let check = paths::change_check(&agreement);
    let (values, errors) = (signed.to_values(), signed.problems());
    if !errors.is_empty() {
        return context::refuse(&check, Flash { screen: SCREEN.to_owned(), values, errors }).await;
    }
    let Some(signature) = Signature::of(seen, signed, text::whole) else {
        context::redirect(&check);
        return Ok(());
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
