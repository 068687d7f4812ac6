//! What a browser asks for ahead of anybody's wish, in case it is wanted, is not given: a page says what somebody owes, and opening some of
//! them is written down (an answer is seen, a look by staff is recorded). The browser asks again when somebody goes there.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Where browsers say so: by the standard of fetching, and as older ones and some proxies do.
const SAID_IN: [&str; 3] = ["sec-purpose", "purpose", "x-moz"];

/// Refuses it with an answer that no browser keeps or shows. It says in plain text what it is, so that it is not taken for something that
/// broke.
pub async fn refuse(request: Request, next: Next) -> Response {
    if is_ahead(request.headers()) {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ahead of time\n").into_response();
    }
    next.run(request).await
}

fn is_ahead(headers: &HeaderMap) -> bool {
    SAID_IN.iter().filter_map(|name| headers.get(*name)?.to_str().ok()).any(|purpose| {
        // `prefetch`, `prefetch;prerender`, `prefetch;anonymous-client-ip`.
        purpose.split(';').any(|token| ["prefetch", "prerender", "preview"].contains(&token.trim().to_ascii_lowercase().as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_browser_says_that_nobody_has_asked_yet() {
        let ahead = |name: &'static str, value: &'static str| {
            is_ahead(&HeaderMap::from_iter([(name.parse().expect("a name"), HeaderValue::from_static(value))]))
        };
        assert!(ahead("sec-purpose", "prefetch") && ahead("sec-purpose", "prefetch;prerender"));
        assert!(ahead("purpose", "Prefetch") && ahead("x-moz", "prefetch"));
        assert!(!ahead("sec-purpose", "speculationrules") && !ahead("accept", "prefetch"));
        assert!(!is_ahead(&HeaderMap::new()));
    }
}
