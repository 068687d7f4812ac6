//! What we have of the customer who is signed in.

use super::{CorrectedView, DetailsView, Then};
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::details;

/// `None` only while routes are collected.
pub async fn load() -> Result<Option<DetailsView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let Some(shown) = details::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)? else {
        return Ok(None);
    };
    let zone = clock::zone(&visitor.time_zone);
    let corrected = shown.corrected.into_iter().map(|own| CorrectedView {
        detail: own.detail,
        on: clock::date_of(own.changed_at, &zone),
        then: match (own.ended_at, own.confirmed_at) {
            (Some(at), _) => Then::Newer(clock::date_of(at, &zone)),
            (None, Some(_)) => Then::CreditorHasIt,
            (None, None) => Then::Waits,
        },
    });
    let known = shown.known;
    let place = [known.state.unwrap_or_default(), known.postal_code].join(" ");
    let parts = [known.street.unwrap_or_default(), known.city.unwrap_or_default(), place.trim().to_owned()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Ok(Some(DetailsView {
        name: format!("{} {}", known.given_name, known.family_name),
        email: known.email,
        phone: known.phone,
        address: parts.join(", "),
        corrected: corrected.collect(),
    }))
}
