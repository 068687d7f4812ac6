//! The public halves of every key that signs or has signed documents, for whoever wants to check one without this portal.

use super::trouble;
use crate::server::clock::Millis;
use crate::server::security::signing::ALGORITHM;
use crate::server::services::documents;
use crate::server::state::AppState;
use crate::server::store::signing_keys::KnownKey;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};

/// `GET /.well-known/evenkeel-keys.json`
pub async fn keys(State(state): State<AppState>) -> Response {
    match documents::keys(&state).await {
        Ok(keys) => ([(header::CACHE_CONTROL, "public, max-age=300")], Json(to_json(&keys))).into_response(),
        Err(error) => {
            tracing::error!(%error, "the keys could not be read");
            trouble::mark(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// The documented form: `{"keys": [{"id", "algorithm", "public", "created_at", "retired_at"}]}`; `public` is 32 bytes in
/// base64url, instants are RFC 3339 in UTC.
pub fn to_json(keys: &[KnownKey]) -> Value {
    let instant = |millis: Millis| Timestamp::from_millisecond(millis).map(|at| at.to_string()).unwrap_or_default();
    let keys: Vec<Value> = keys
        .iter()
        .map(|known| {
            json!({
                "id": known.key.id,
                "algorithm": ALGORITHM,
                "public": known.key.text(),
                "created_at": instant(known.created_at),
                "retired_at": known.retired_at.map(instant),
            })
        })
        .collect();
    json!({ "keys": keys })
}
