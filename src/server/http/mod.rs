//! What is served that is not a screen, and the layers around every request.

mod health;
mod layers;
mod request_log;
mod same_origin;
mod security_headers;
mod trouble;
mod visitor;

use super::state::AppState;
use crate::app;
use crate::components::session_warning::SessionEnd;
use crate::paths;
use crate::server::context;
use axum::Router;
use axum::handler::HandlerWithoutStateExt;
use axum::response::Response;
use axum::routing::get;
use http::request::Parts;
use http::{HeaderValue, header};
use leptos::nonce::Nonce;
use leptos::prelude::{Owner, provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use security_headers::PageNonce;
use tower_http::services::ServeDir;
use tower_http::set_header::{SetResponseHeader, SetResponseHeaderLayer};

/// The browser's side: the names of these files change with their content.
const KEEP_FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The icon and its like.
const KEEP_FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The whole application as one service.
pub fn router(state: AppState) -> Router {
    let package = ServeDir::new(state.config.site_dir.join("pkg")).precompressed_br().precompressed_gzip();
    let package = Router::new()
        .fallback_service(package)
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, |found: &Response| keep_if_found(found, KEEP_FOR_EVER)));
    let site = ServeDir::new(&state.config.site_dir)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .not_found_service(trouble::not_found.into_service());
    let site = SetResponseHeader::if_not_present(site, header::CACHE_CONTROL, |found: &http::Response<_>| keep_if_found(found, KEEP_FOR_AN_HOUR));
    let everything = Router::new()
        .merge(screens(&state))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .nest_service("/pkg", package)
        .fallback_service(site);
    layers::around_everything(everything, &state).with_state(state)
}

/// A file that is missing today may be there tomorrow: only what was found is kept.
fn keep_if_found<B>(found: &http::Response<B>, how_long: HeaderValue) -> Option<HeaderValue> {
    found.status().is_success().then_some(how_long)
}

/// The screens and their actions.
fn screens(state: &AppState) -> Router<AppState> {
    let routes = generate_route_list(app::App);
    let options = state.leptos_options.clone();
    let for_pages = state.clone();
    let screens = Router::new().leptos_routes_with_context(
        state,
        routes,
        move || provide_request_context(&for_pages),
        move || app::shell(options.clone()),
    );
    layers::around_screens(screens, state)
}

/// What every page and action finds in its context: the state, how long the session lasts, and the nonce that the
/// response's policy names.
fn provide_request_context(state: &AppState) {
    // What a page reads on the server stays there: only islands are hydrated, from their own props.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    provide_context(state.clone());
    provide_context(state.leptos_options.clone());
    if let Some(left) = context::session_time_left() {
        provide_context(SessionEnd { seconds_left: left.seconds, extend_path: paths::EXTEND_SESSION_ACTION });
    }
    if let Some(PageNonce(nonce)) = use_context::<Parts>().and_then(|parts| parts.extensions.get().cloned()) {
        provide_context(Nonce::from_value(nonce));
    }
}
