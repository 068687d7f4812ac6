//! Changes come from our own pages only, and are of a sane size.
//!
//! No form carries a token: the browser itself says where a request comes from (`Sec-Fetch-Site`, sent by every current
//! browser over https and on loopback; else `Origin`), and no page of another site can change that.

use super::trouble;
use crate::server::context::RequestReference;
use crate::server::state::AppState;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, header};

/// The largest form: a long message, many times over.
pub const LONGEST_BODY_BYTES: usize = 256 * 1024;

/// Refuses a change that another site asks for.
pub async fn refuse_foreign_changes(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads {
        return next.run(request).await;
    }
    if is_from_here(request.headers(), &state.config.public_url) {
        return next.run(without_referer(request)).await;
    }
    tracing::warn!("a change was asked for by another site and refused");
    trouble::mark(StatusCode::FORBIDDEN)
}

/// Leptos sends a form that ends nowhere back to the page the browser names. Every action of ours says itself where it ends,
/// so nothing that a browser writes decides where anybody is sent.
fn without_referer(mut request: Request) -> Request {
    request.headers_mut().remove(header::REFERER);
    request
}

fn is_from_here(headers: &HeaderMap, public_url: &str) -> bool {
    match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(site) => site == b"same-origin" || site == b"none",
        None => headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() == origin_of(public_url).as_bytes()),
    }
}

/// Scheme, host and port: `https://pay.example.org/portal` is `https://pay.example.org`.
pub(super) fn origin_of(url: &str) -> &str {
    let host_starts = url.find("://").map_or(0, |at| at + 3);
    let host_ends = url[host_starts..].find(['/', '?', '#']).map_or(url.len(), |at| host_starts + at);
    &url[..host_ends]
}

/// Reads the whole body, up to the limit, before anything acts on it.
pub async fn limit_body(State(longest): State<usize>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let reference = parts.extensions.get::<RequestReference>().map(|reference| reference.0.clone());
    match to_bytes(body, longest).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => {
            tracing::warn!(request.reference = reference, "a body was too long or broke off");
            trouble::mark(StatusCode::PAYLOAD_TOO_LARGE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    const OURS: &str = "https://pay.example.org";

    #[test]
    fn the_browser_says_where_a_change_comes_from() {
        assert!(is_from_here(&headers(&[("sec-fetch-site", "same-origin")]), OURS));
        assert!(is_from_here(&headers(&[("sec-fetch-site", "none")]), OURS));
        assert!(!is_from_here(&headers(&[("sec-fetch-site", "cross-site"), ("origin", OURS)]), OURS));
        assert!(!is_from_here(&headers(&[("sec-fetch-site", "same-site")]), OURS));
    }

    #[test]
    fn an_older_browser_says_it_by_its_origin() {
        assert!(is_from_here(&headers(&[("origin", OURS)]), OURS));
        assert!(!is_from_here(&headers(&[("origin", "https://evil.example")]), OURS));
        assert!(!is_from_here(&headers(&[("origin", "null")]), OURS));
        assert!(!is_from_here(&headers(&[]), OURS));
    }

    #[test]
    fn a_path_is_no_part_of_an_origin() {
        assert_eq!(origin_of("https://pay.example.org/portal"), OURS);
        assert_eq!(origin_of("http://localhost:3000"), "http://localhost:3000");
    }
}
