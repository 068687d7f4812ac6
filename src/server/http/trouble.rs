//! Where something broke, was refused or is not there: one calm page that says so, with a reference to quote. What broke is
//! in the log under the same reference; the page never repeats it.

use super::visitor;
use crate::components::trouble_page::{Trouble, trouble_page};
use crate::server::context::RequestReference;
use crate::server::state::AppState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use std::any::Any;

/// A response whose page is still to be written by [`answer_calmly`].
#[derive(Clone, Copy)]
struct Unwritten;

/// An answer with the calm page for `status`.
pub fn mark(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Unwritten);
    response
}

/// What a panic becomes. What it said stays here: it may hold anything.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    mark(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The answer to an address that is not there.
pub async fn not_found() -> Response {
    mark(StatusCode::NOT_FOUND)
}

/// Writes the calm page over whatever broke inside.
pub async fn answer_calmly(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let language = visitor::language_of(request.headers(), &state.config, None);
    let reference = request.extensions().get::<RequestReference>().map(|reference| reference.0.clone()).unwrap_or_default();
    let response = next.run(request).await;
    let Some(status) = status_to_tell(&response) else {
        return response;
    };
    if status.is_server_error() {
        tracing::error!(request.reference = reference, http.status = status.as_u16(), "a request broke");
    }
    let trouble = match status {
        StatusCode::NOT_FOUND => Trouble::NotFound,
        StatusCode::FORBIDDEN => Trouble::NotFromHere,
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => Trouble::Unreadable,
        StatusCode::TOO_MANY_REQUESTS => Trouble::TooMany { minutes: minutes_to_wait(&response) },
        _ => Trouble::Broken,
    };
    let page = trouble_page(trouble, language, &reference, &state.config.contact.phone, &state.stylesheet);
    let mut answer = Response::new(Body::from(page));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Some(seconds) = response.headers().get(header::RETRY_AFTER) {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.clone());
    }
    // A session that was to be ended or begun still is.
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    answer
}

/// The status whose page must be written, if any. A server function that failed or could not read its form names itself in
/// a header and answers with a redirect or with the error as data: that becomes a page too. Health checks and downloads
/// speak plain text themselves.
fn status_to_tell(response: &Response) -> Option<StatusCode> {
    let status = response.status();
    let speaks_plainly =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let is_told = response.extensions().get::<Unwritten>().is_some()
        || response.headers().contains_key(SERVER_FN_ERROR_HEADER)
        || status == StatusCode::TOO_MANY_REQUESTS
        || status.is_server_error() && !speaks_plainly;
    if is_told && status.is_redirection() {
        // An error that came as a redirect: nothing but a form that makes no sense ends like that.
        return Some(StatusCode::BAD_REQUEST);
    }
    is_told.then_some(status)
}

/// What the response says in seconds, in whole minutes, at least one.
fn minutes_to_wait(response: &Response) -> i64 {
    let seconds = response.headers().get(header::RETRY_AFTER).and_then(|seconds| seconds.to_str().ok()?.parse().ok());
    seconds.map_or(1, |seconds: i64| (seconds + 59).div_euclid(60).max(1))
}
