//! The layers around every screen and action, from the outside in:
//!
//! 1. a reference and one log line per request ([`super::request_log`]), and a calm page where something broke or panicked
//!    ([`super::trouble`]);
//! 2. security headers and the content security policy ([`super::security_headers`]);
//! 3. compression. Responses may hold secrets and be compressed (BREACH): that needs an attacker's text in the same
//!    response and a browser that sends the cookie with the attacker's requests. Pages show typed text only after a POST
//!    of our own origin, carry no CSRF token, and the cookie is SameSite=Lax;
//! 4. nothing ahead of anybody's wish ([`super::fetched_ahead`]), a limit on what may be sent, and where a change may come from
//!    ([`super::same_origin`]);
//! 5. the session and who is asking ([`super::visitor`]; where staff work, [`super::staff_visitor`], with sessions of their own).
//!
//! Within them every request has its time ([`in_time`]). Evidence is mounted without the limit of 4, because that reads a body
//! before anything acts on it. Webhooks and the sandbox processor's pages are mounted outside 4 and 5: other parties call them.

use super::{fetched_ahead, request_log, same_origin, security_headers, trouble, visitor};
use crate::paths;
use crate::server::security::sessions::{self, DatabaseSessions, Limits};
use crate::server::security::staff_sessions::{self, DatabaseStaffSessions};
use crate::server::state::AppState;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use http::StatusCode;
use std::time::Duration;
use tower::{Layer, Service, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::timeout::TimeoutLayer;
use tower_sessions::SessionManagerLayer;

/// The longest a request may take; evidence has its own.
pub const REQUEST_SECONDS: u64 = 30;

/// Of a page of 13 kB this leaves 250 bytes less than the usual 4, in the same time; 6 and more leave no less.
const COMPRESSION_QUALITY: i32 = 5;

/// Layers 4 and 5: for screens and their actions, which may send so many bytes at once.
pub fn around_screens(router: Router<AppState>, state: &AppState, longest_body_bytes: usize) -> Router<AppState> {
    let router = within_session(router, state).layer(from_fn_with_state(longest_body_bytes, same_origin::limit_body));
    router.layer(from_fn_with_state(state.clone(), same_origin::refuse_foreign_changes)).layer(from_fn(fetched_ahead::refuse))
}

/// The same for what reads its body itself, while it comes.
pub fn around_uploads(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    within_session(router, state).layer(from_fn_with_state(state.clone(), same_origin::refuse_foreign_changes))
}

/// Layer 5.
fn within_session(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let customers = DatabaseSessions { db: state.db.clone(), clock: state.clock, limits: Limits::of(&state.config) };
    let staff = DatabaseStaffSessions { db: state.db.clone(), clock: state.clock };
    let kinds =
        SessionKinds { customers: sessions::layer(customers, &state.config), staff: staff_sessions::layer(staff, &state.config) };
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(kinds, with_own_session))
            .layer(from_fn_with_state(state.clone(), visitor::recognise)),
    )
}

/// The two kinds of sessions there are. A request has one of them, by its address, and never sees the other.
#[derive(Clone)]
struct SessionKinds {
    customers: SessionManagerLayer<DatabaseSessions>,
    staff: SessionManagerLayer<DatabaseStaffSessions>,
}

async fn with_own_session(State(kinds): State<SessionKinds>, request: Request, next: Next) -> Response {
    let answer = match paths::is_staff(request.uri().path()) {
        true => kinds.staff.layer(next).call(request).await,
        false => kinds.customers.layer(next).call(request).await,
    };
    match answer {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Ends a request that takes longer.
pub fn in_time(router: Router<AppState>, seconds: u64) -> Router<AppState> {
    router.layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(seconds)))
}

/// Layers 1 to 3: for everything.
pub fn around_everything(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn(request_log::note))
            .layer(from_fn_with_state(state.clone(), security_headers::add))
            .layer(from_fn_with_state(state.clone(), trouble::answer_calmly))
            .layer(CatchPanicLayer::custom(trouble::panicked))
            .layer(CompressionLayer::new().quality(CompressionLevel::Precise(COMPRESSION_QUALITY))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::cli::open_state;
    use crate::server::config::Settings;
    use crate::server::http::trouble;
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use http::{Method, Request, Response, header};
    use tower::ServiceExt;

    async fn panics() -> &'static str {
        panic!("a secret")
    }

    /// A page that asks to sign in and an open one that breaks, within all layers.
    async fn portal() -> (Router, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut settings = Settings::default();
        settings.set("database.url", format!("sqlite:{}/test.db", folder.path().display()));
        let state = open_state(settings.check().expect("valid settings")).await.expect("opens");
        let screens = Router::new()
            .route("/account", get(|| async { "what is yours" }).post(|| async { "changed" }))
            .route("/api/sign_in", get(panics).post(panics))
            .fallback(trouble::not_found);
        (around_everything(around_screens(screens, &state, same_origin::LONGEST_BODY_BYTES), &state).with_state(state), folder)
    }

    async fn ask(portal: &Router, method: Method, path: &str) -> (Response<Body>, String) {
        let request = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
        let response = portal.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1_000_000).await.expect("a body");
        (Response::from_parts(parts, Body::empty()), String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_page_that_is_not_open_to_visitors_asks_to_sign_in_and_comes_back() {
        let (portal, _folder) = portal().await;
        let (answer, body) = ask(&portal, Method::GET, "/account?page=2").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[header::LOCATION], "/sign-in?next=/account%3Fpage%3D2");
        assert!(!body.contains("what is yours"));
        // An action cannot be repeated by a redirect: it leads to signing in alone.
        let (answer, body) = ask(&portal, Method::POST, "/account").await;
        assert_eq!(answer.headers()[header::LOCATION], "/sign-in");
        assert!(!body.contains("changed"));
    }

    #[tokio::test]
    async fn a_bug_shows_a_calm_page_with_a_reference_and_nothing_else() {
        let (portal, _folder) = portal().await;
        let (answer, body) = ask(&portal, Method::GET, "/api/sign_in").await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let reference = answer.headers()["x-request-id"].to_str().expect("text");
        assert!(body.contains(reference) && body.contains("Something on our side is not working"), "{body}");
        assert!(!body.contains("a secret"));
        assert!(answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").contains("default-src 'none'"));
    }
}
