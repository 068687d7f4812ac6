//! Who is asking, in which language, and what was refused before: put into the request for [`crate::server::context`].
//! Pages and actions that are not open to visitors are closed here, before anything of theirs runs.

use super::{helper_doors, staff_visitor, trouble};
use crate::domain::language::Language;
use crate::paths;
use crate::server::config::Config;
use crate::server::context::{ClientAddress, KnownBrowser, SessionEnded, SessionTimeLeft};
use crate::server::security::sessions::{BROWSER_COOKIE, KeptFlash, LANGUAGE_COOKIE, cookie_name, session_cookie_name};
use crate::server::services::sessions::{self, SignedIn, Visit};
use crate::server::state::AppState;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method, StatusCode, header};
use std::net::{IpAddr, SocketAddr};

/// Reads the session once and fills the request's extensions.
pub async fn recognise(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if paths::is_staff(request.uri().path()) {
        return staff_visitor::recognise(state, request, next).await;
    }
    let cookie = cookie(request.headers(), &session_cookie_name(&state.config));
    let visit = match &cookie {
        None => None,
        Some(id) => match sessions::visit(&state, id).await {
            Ok(visit) => visit,
            Err(error) => {
                tracing::error!(%error, "the session could not be read");
                return trouble::mark(StatusCode::INTERNAL_SERVER_ERROR);
            }
        },
    };
    let signed_in = visit.as_ref().is_some_and(|visit| visit.signed_in.is_some());
    if !signed_in && !paths::is_open_to_visitors(request.uri().path()) {
        return Redirect::to(&way_in(&request)).into_response();
    }
    let ended = cookie.is_some() && visit.is_none();
    describe(&mut request, &state, visit);
    if ended {
        request.extensions_mut().insert(SessionEnded);
    }
    let signed_in = request.extensions().get::<SignedIn>().cloned();
    match signed_in.and_then(|signed_in| signed_in.helping.clone().map(|helping| (signed_in, helping))) {
        Some((signed_in, helping)) => helper_doors::pass(state, signed_in, helping, request, next).await,
        None => next.run(request).await,
    }
}

/// Signing in, and then back to the page that was asked for.
fn way_in(request: &Request) -> String {
    let wanted = request.uri().path_and_query().map(|path| path.as_str()).unwrap_or_default();
    if request.method() == Method::GET && paths::is_own_page(wanted) {
        paths::sign_in_then(wanted)
    } else {
        paths::SIGN_IN.to_owned()
    }
}

fn describe(request: &mut Request, state: &AppState, visit: Option<Visit>) {
    let customer_language = visit.as_ref().and_then(|visit| visit.customer_language);
    describe_browser(request, state, customer_language);
    let now = state.clock.real_now_millis();
    let Some(visit) = visit else { return };
    if let Some(signed_in) = visit.signed_in {
        let extensions = request.extensions_mut();
        extensions.insert(signed_in);
        extensions.insert(SessionTimeLeft { seconds: (visit.expires_at - now) / 1_000 });
    }
    keep_flash(request, visit.kept_flash);
}

/// What is known of a request without its session: the language, where it came from, and the browser it came from.
pub(super) fn describe_browser(request: &mut Request, state: &AppState, customer_language: Option<Language>) {
    let language = language_of(request.headers(), &state.config, customer_language);
    let address = client_address(request, &state.config);
    let browser = cookie(request.headers(), &cookie_name(&state.config, BROWSER_COOKIE)).filter(|token| paths::is_token(token));
    let extensions = request.extensions_mut();
    extensions.insert(language);
    if let Some(address) = address {
        extensions.insert(ClientAddress(address));
    }
    if let Some(browser) = browser {
        extensions.insert(KnownBrowser(browser));
    }
}

/// What was refused before, if this request comes from that refusal.
pub(super) fn keep_flash(request: &mut Request, kept: Option<KeptFlash>) {
    let tag = query_field(request.uri().query().unwrap_or_default(), paths::AGAIN).map(str::to_owned);
    if let Some(KeptFlash { tag: kept, flash }) = kept
        && tag.as_deref() == Some(kept.as_str())
    {
        request.extensions_mut().insert(flash);
    }
}

/// The language chosen by the visitor, else the customer's, else what the browser prefers.
pub fn language_of(headers: &HeaderMap, config: &Config, customers: Option<Language>) -> Language {
    cookie(headers, &cookie_name(config, LANGUAGE_COOKIE)).and_then(|tag| Language::from_tag(&tag)).or(customers).unwrap_or_else(
        || preferred(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default()),
    )
}

/// The best language we speak in an `Accept-Language` header; English where there is none.
fn preferred(accept_language: &str) -> Language {
    let wishes = accept_language.split(',').take(20).filter_map(|wish| {
        let (tag, weight) = wish.trim().split_once(";q=").unwrap_or((wish.trim(), "1"));
        Some((Language::from_tag(tag)?, thousandths(weight)))
    });
    // Of equal wishes the first counts.
    wishes
        .fold(None, |best: Option<(Language, u32)>, wish| best.filter(|best| best.1 >= wish.1).or(Some(wish)))
        .map_or(Language::English, |(language, _)| language)
}

/// A weight such as `0.85` in thousandths; 0 where it is no weight.
fn thousandths(weight: &str) -> u32 {
    let (whole, fraction) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole: u32 = whole.parse().unwrap_or(0);
    whole.min(1) * 1_000 + digits.parse::<u32>().unwrap_or(0)
}

/// The address of the browser: the connection's own, or what the last proxies we trust report. Whoever reaches the portal
/// past the proxies writes what they like there, and is not believed.
fn client_address(request: &Request, config: &Config) -> Option<IpAddr> {
    let connection = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|connect| connect.0.ip());
    if config.trusted_proxies == 0 || !connection.is_some_and(|connection| config.proxy_networks.contain(connection)) {
        return connection;
    }
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    // Each proxy appends who called it; only the last ones are ours, whatever the browser wrote before.
    let ours = usize::try_from(config.trusted_proxies).unwrap_or(usize::MAX);
    forwarded.len().checked_sub(ours).and_then(|at| forwarded[at].parse().ok()).or(connection)
}

pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

fn query_field<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(found, _)| *found == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::Settings;
    use axum::body::Body;

    #[test]
    fn the_best_language_we_speak_is_chosen() {
        assert_eq!(preferred("es-MX,es;q=0.9,en;q=0.8"), Language::Spanish);
        assert_eq!(preferred("de,en;q=0.5,es;q=0.85"), Language::Spanish);
        assert_eq!(preferred("en-GB,es"), Language::English);
        assert_eq!(preferred("fr"), Language::English);
        assert_eq!(preferred(""), Language::English);
    }

    fn asked_through(proxies: &str, connection: [u8; 4]) -> Request {
        let mut request = Request::builder().header("x-forwarded-for", proxies).body(Body::empty()).expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((connection, 1234))));
        request
    }

    fn behind(proxies: &str) -> Config {
        let mut settings = Settings::default();
        settings.set("server.trusted_proxies", proxies);
        settings.check().expect("valid settings")
    }

    const PROXY: [u8; 4] = [10, 0, 0, 1];
    const STRANGER: [u8; 4] = [198, 51, 100, 1];

    #[test]
    fn a_forwarded_address_is_believed_only_as_far_as_proxies_are_ours() {
        let request = asked_through("6.6.6.6, 203.0.113.9", PROXY);
        assert_eq!(client_address(&request, &behind("0")), Some(PROXY.into()));
        assert_eq!(client_address(&request, &behind("1")), Some([203, 0, 113, 9].into()));
        assert_eq!(client_address(&asked_through("nonsense", PROXY), &behind("1")), Some(PROXY.into()));
        assert_eq!(client_address(&asked_through("203.0.113.9", PROXY), &behind("2")), Some(PROXY.into()));
    }

    #[test]
    fn whoever_comes_past_the_proxies_is_not_believed() {
        let request = asked_through("6.6.6.6, 203.0.113.9", STRANGER);
        assert_eq!(client_address(&request, &behind("1")), Some(STRANGER.into()));
    }
}
