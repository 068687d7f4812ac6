//! The door of a payment's page.

use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::payments;
use leptos::prelude::*;

/// Closes the payment company's page, if nothing was paid on it yet, and shows how the payment stands.
#[server(endpoint = "cancel_payment")]
pub async fn cancel_payment(reference: String) -> Result<(), Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(());
    };
    match payments::cancel(&state, &visitor.customer_id, &reference).await.map_err(context::fail)? {
        Some(payment) => context::redirect(&paths::payment(&payment.reference)),
        None => context::redirect(paths::ACCOUNT),
    }
    Ok(())
}
