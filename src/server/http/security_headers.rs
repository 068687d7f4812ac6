//! What every response tells the browser to refuse.

use super::same_origin::origin_of;
use crate::server::ids;
use crate::server::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// The nonce of the scripts in one response; the shell hands it to Leptos.
#[derive(Clone, Debug)]
pub struct PageNonce(pub String);

const ALWAYS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What only a page can do.
const OF_PAGES: [(HeaderName, &str); 3] = [
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// A file opened on its own may load and do nothing.
const POLICY_OF_FILES: HeaderValue = HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");

/// Two years, as browsers' preload lists ask for.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Pages are personal, or stand at the door of something personal: nothing keeps a copy.
const NO_COPY: HeaderValue = HeaderValue::from_static("no-store");

pub async fn add(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let nonce = ids::new_token();
    let pages =
        [state.processor.as_ref().and_then(|processor| processor.page_origin()), state.config.leave_to.as_deref().map(origin_of)];
    let policy = content_security_policy(&nonce, &pages);
    request.extensions_mut().insert(PageNonce(nonce));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_page(headers) {
        for (name, value) in OF_PAGES {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    } else {
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY_OF_FILES);
    }
    if state.config.public_url.starts_with("https://") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(NO_COPY);
    response
}

/// Whether a browser would show it as a page; what does not say its type counts as one.
fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Scripts carry the nonce of their response; everything else comes from this portal or not at all. A form may lead to the
/// payment company's own pages, and to where "leave and clear" leads: browsers hold `form-action` against the redirect that answers
/// a form, too.
fn content_security_policy(nonce: &str, pages: &[Option<&str>]) -> String {
    let forms: String = pages.iter().flatten().map(|origin| format!(" {origin}")).collect();
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'{forms}; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}
