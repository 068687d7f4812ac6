//! What is served that is not a screen, and the layers around every request.

mod brand;
mod downloads;
mod everything;
mod evidence;
mod fetched_ahead;
mod health;
pub mod helper_doors;
pub mod keys;
mod layers;
mod request_log;
mod same_origin;
mod sandbox_mandate_page;
mod sandbox_messages;
mod sandbox_page;
mod security_headers;
pub mod staff_doors;
mod staff_visitor;
mod stop;
mod text_webhook;
mod trouble;
mod verify;
mod visitor;
mod webhooks;

use super::state::AppState;
use crate::app;
use crate::components::session_warning::SessionEnd;
use crate::paths;
use crate::server::context;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::HandlerWithoutStateExt;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::request::Parts;
use http::{HeaderValue, header};
use leptos::nonce::Nonce;
use leptos::prelude::{Owner, provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use same_origin::LONGEST_BODY_BYTES;
use security_headers::PageNonce;
use tower::limit::GlobalConcurrencyLimitLayer;
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
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, |found: &Response| {
            keep_if_found(found, KEEP_FOR_EVER)
        }));
    let site = ServeDir::new(&state.config.site_dir)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .not_found_service(trouble::not_found.into_service());
    let site = SetResponseHeader::if_not_present(site, header::CACHE_CONTROL, |found: &http::Response<_>| {
        keep_if_found(found, KEEP_FOR_AN_HOUR)
    });
    let everything = Router::new()
        .merge(screens(&state))
        .merge(uploads(&state))
        .route(paths::DOCUMENT_KEYS, get(keys::keys))
        .route(paths::BRAND_STYLESHEET, get(brand::stylesheet))
        .route(paths::BRAND_LOGO, get(brand::logo))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(webhooks::routes())
        .merge(text_webhook::routes())
        .merge(stop::routes())
        .nest_service("/pkg", package)
        .fallback_service(site);
    let everything = match &state.sandbox {
        Some(sandbox) => everything.merge(sandbox_page::routes(sandbox.clone())),
        None => everything,
    };
    let everything = match state.config.sandbox {
        true => everything.merge(sandbox_messages::routes()),
        false => everything,
    };
    let everything = layers::in_time(everything, layers::REQUEST_SECONDS).merge(evidence_in(&state));
    layers::around_everything(everything, &state).with_state(state)
}

/// A file that is missing today may be there tomorrow: only what was found is kept.
fn keep_if_found<B>(found: &http::Response<B>, how_long: HeaderValue) -> Option<HeaderValue> {
    found.status().is_success().then_some(how_long)
}

/// The screens and their actions.
fn screens(state: &AppState) -> Router<AppState> {
    let routes = generate_route_list(app::App);
    let stylesheet = state.stylesheet.clone();
    let for_pages = state.clone();
    let screens = Router::new().leptos_routes_with_context(
        state,
        routes,
        move || provide_request_context(&for_pages),
        move || app::shell(&stylesheet),
    );
    let screens = screens
        .route("/documents/{name}", get(downloads::document))
        .merge(everything::routes())
        .route(&format!("{}.pdf", paths::statement("{account}")), get(downloads::statement_pdf))
        .route(&format!("{}.csv", paths::statement("{account}")), get(downloads::statement_csv));
    layers::around_screens(screens, state, LONGEST_BODY_BYTES)
}

/// Each is held in memory, and anybody may send one.
const UPLOADS_AT_ONCE: usize = 4;

/// The forms of the verify screen: they bring a file, which is more than any other form may.
fn uploads(state: &AppState) -> Router<AppState> {
    let longest = DefaultBodyLimit::max(verify::LONGEST_UPLOAD_BYTES);
    let at_once = GlobalConcurrencyLimitLayer::new(UPLOADS_AT_ONCE);
    let uploads = Router::new().route(paths::VERIFY, post(answer_verify)).layer(longest).layer(at_once);
    layers::around_screens(uploads, state, verify::LONGEST_UPLOAD_BYTES)
}

/// Evidence, which is read while it comes: it may take longer than any other request, and is counted where it is read.
fn evidence_in(state: &AppState) -> Router<AppState> {
    let evidence = layers::in_time(evidence::routes(), evidence::UPLOAD_SECONDS);
    layers::around_uploads(evidence, state)
}

/// Shows the verify screen with what came of its form.
async fn answer_verify(State(state): State<AppState>, request: Request) -> Response {
    let (checked, request) = match verify::check(&state, request).await {
        Ok(checked) => checked,
        Err(trouble) => return trouble,
    };
    let stylesheet = state.stylesheet.clone();
    let for_page = state.clone();
    let show = render_app_async_with_context(
        move || {
            provide_request_context(&for_page);
            provide_context(checked.clone());
        },
        move || app::shell(&stylesheet),
    );
    show(request).await.into_response()
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
        let extend_path = match context::staff::member() {
            Some(_) => paths::STAFF_EXTEND_SESSION_ACTION,
            None => paths::EXTEND_SESSION_ACTION,
        };
        provide_context(SessionEnd { seconds_left: left.seconds, extend_path });
    }
    if let Some(PageNonce(nonce)) = use_context::<Parts>().and_then(|parts| parts.extensions.get().cloned()) {
        provide_context(Nonce::from_value(nonce));
    }
}
