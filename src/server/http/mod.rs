//! What is served that is not a screen, and the layers around every request.

mod health;

use super::state::AppState;
use crate::app;
use axum::Router;
use axum::routing::get;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::services::ServeDir;

/// The whole application as one service.
pub fn router(state: AppState) -> Router {
    let routes = generate_route_list(app::App);
    let options = state.leptos_options.clone();
    let for_pages = state.clone();
    let site = ServeDir::new(&state.config.site_dir).precompressed_br().precompressed_gzip();
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .leptos_routes_with_context(
            &state,
            routes,
            move || provide_context(for_pages.clone()),
            move || app::shell(options.clone()),
        )
        .nest_service("/pkg", ServeDir::new(state.config.site_dir.join("pkg")).precompressed_br().precompressed_gzip())
        .fallback_service(site)
        .with_state(state)
}
