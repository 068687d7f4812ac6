//! The layers around every screen and action, from the outside in:
//!
//! 1. a reference and one log line per request ([`super::request_log`]), a time limit, and a calm page where something
//!    broke or panicked ([`super::trouble`]);
//! 2. security headers and the content security policy ([`super::security_headers`]);
//! 3. compression. Responses may hold secrets and be compressed (BREACH): that needs an attacker's text in the same
//!    response and a browser that sends the cookie with the attacker's requests. Pages show typed text only after a POST
//!    of our own origin, carry no CSRF token, and the cookie is SameSite=Lax;
//! 4. a limit on what may be sent, and where a change may come from ([`super::same_origin`]);
//! 5. the session and who is asking ([`super::visitor`]).
//!
//! Webhooks and the sandbox processor's pages are mounted outside 4 and 5: other parties call them.

use super::{request_log, same_origin, security_headers, trouble, visitor};
use crate::server::security::sessions::{self, DatabaseSessions, Limits};
use crate::server::state::AppState;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use http::StatusCode;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// The longest a request may take.
const REQUEST_TIMEOUT_SECONDS: u64 = 30;

/// Layers 4 and 5: for screens and their actions, which may send so many bytes at once.
pub fn around_screens(router: Router<AppState>, state: &AppState, longest_body_bytes: usize) -> Router<AppState> {
    let store = DatabaseSessions { db: state.db.clone(), clock: state.clock, limits: Limits::of(&state.config) };
    router
        .layer(from_fn_with_state(state.clone(), visitor::recognise))
        .layer(sessions::layer(store, &state.config))
        .layer(from_fn_with_state(longest_body_bytes, same_origin::limit_body))
        .layer(from_fn_with_state(state.clone(), same_origin::refuse_foreign_changes))
}

/// Layers 1 to 3: for everything.
pub fn around_everything(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    router
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(trouble::panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(REQUEST_TIMEOUT_SECONDS)))
        .layer(from_fn_with_state(state.clone(), trouble::answer_calmly))
        .layer(from_fn_with_state(state.clone(), security_headers::add))
        .layer(from_fn(request_log::note))
}
