//! The operator's own stylesheet and logo. Their addresses change with their content, so browsers keep them.

use crate::server::state::AppState;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

const KEEP_FOR_EVER: &str = "public, max-age=31536000, immutable";

pub async fn stylesheet(State(state): State<AppState>) -> Response {
    match &state.look.stylesheet {
        Some(sheet) => {
            let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, KEEP_FOR_EVER)];
            (headers, sheet.text.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// An SVG may hold scripts: the policy of this answer keeps them from running even when it is opened by itself.
pub async fn logo(State(state): State<AppState>) -> Response {
    match &state.look.logo {
        Some(logo) => {
            let headers = [(header::CONTENT_TYPE, logo.content_type), (header::CACHE_CONTROL, KEEP_FOR_EVER)];
            (headers, logo.bytes.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
