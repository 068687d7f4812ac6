//! `/healthz`: the process is alive. `/readyz`: it can serve (the database answers and is migrated).

use crate::server::state::AppState;
use axum::extract::State;
use http::StatusCode;

pub async fn alive() -> &'static str {
    "alive\n"
}

pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match state.db.is_migrated().await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the database has not been migrated\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
