//! `POST /webhooks/text`: what the carrier of text messages hands over when somebody answers one. `{"from": "+13035550100", "text": "STOP"}`,
//! with `Authorization: Bearer` and the secret of the settings.

use crate::paths;
use crate::server::security::digest;
use crate::server::services::stopping;
use crate::server::state::AppState;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

const LONGEST_BODY_BYTES: usize = 16 * 1024;

pub fn routes() -> Router<AppState> {
    Router::new().route(paths::TEXT_WEBHOOK, post(receive)).layer(DefaultBodyLimit::max(LONGEST_BODY_BYTES))
}

/// Has no Debug: it holds a number and what somebody wrote.
#[derive(Deserialize)]
struct Inbound {
    from: String,
    text: String,
}

/// 200 once it is taken; 401 without the secret; 400 for what cannot be read; 500 where a machine of ours broke.
async fn receive(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> (StatusCode, &'static str) {
    let Some(secret) = &state.config.text_inbound_secret else { return (StatusCode::NOT_FOUND, "no texts are taken\n") };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if !given.is_some_and(|given| digest::same(given, secret.expose()).into()) {
        tracing::warn!("a text message was not believed");
        return (StatusCode::UNAUTHORIZED, "not believed\n");
    }
    let Ok(inbound) = serde_json::from_slice::<Inbound>(&body) else { return (StatusCode::BAD_REQUEST, "not readable\n") };
    match stopping::receive_text(&state, &inbound.from, &inbound.text).await {
        Ok(taken) => {
            tracing::info!(taken.stopped, taken.for_a_person, "a text message came in");
            (StatusCode::OK, "taken\n")
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "a text message could not be taken in");
            (StatusCode::INTERNAL_SERVER_ERROR, "not recorded\n")
        }
    }
}
