//! `POST /webhooks/{processor}`: messages of payment companies. Outside the session and the same-origin check, because a
//! company calls it; the signature over the raw body is what proves where it comes from.

use crate::paths;
use crate::server::services::payments::{self, WebhookRefusal};
use crate::server::state::AppState;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::routing::post;
use http::{HeaderMap, StatusCode};

/// Far more than any message of a processor.
const LONGEST_MESSAGE_BYTES: usize = 64 * 1024;

pub fn routes() -> Router<AppState> {
    Router::new().route(&paths::webhook("{processor}"), post(receive)).layer(DefaultBodyLimit::max(LONGEST_MESSAGE_BYTES))
}

/// 200 once it is recorded; 400 for what is not believed; 500 where a machine of ours broke, so that it is delivered again.
async fn receive(
    State(state): State<AppState>,
    Path(processor): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    match payments::receive_webhook(&state, &processor, &headers, &body).await {
        Ok(()) => (StatusCode::OK, "taken\n"),
        Err(WebhookRefusal::NoSuchProcessor) => (StatusCode::NOT_FOUND, "no such processor\n"),
        Err(WebhookRefusal::NotBelieved(error)) => {
            tracing::warn!(%error, "a webhook was not believed");
            (StatusCode::BAD_REQUEST, "not believed\n")
        }
        Err(WebhookRefusal::Failed(error)) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "a webhook could not be recorded");
            (StatusCode::INTERNAL_SERVER_ERROR, "not recorded\n")
        }
    }
}
