//! A reference and one log line for every request. The line names the route's template, never the address itself: a path
//! may hold a token, a query may hold what someone typed.

use crate::server::context::RequestReference;
use crate::server::ids;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use std::time::Instant;

/// The header that carries the reference, for those who help from the browser's developer tools.
const REFERENCE_HEADER: HeaderName = HeaderName::from_static("x-request-id");

pub async fn note(mut request: Request, next: Next) -> Response {
    let reference = ids::new_reference("R");
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    request.extensions_mut().insert(RequestReference(reference.clone()));
    let started = Instant::now();
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&reference) {
        response.headers_mut().insert(REFERENCE_HEADER, value);
    }
    tracing::info!(
        request.reference = reference,
        http.method = %method,
        http.route = route.as_deref().unwrap_or("(no route)"),
        http.status = response.status().as_u16(),
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}
