//! What a page or an action may know of the request it serves: who is signed in, which language, which state.
//!
//! `load.rs` and `actions.rs` of a screen ask here and call a service; nothing else in pages/ reaches into server/.

use super::state::AppState;
use leptos::prelude::use_context;

/// The application's state. `None` only while routes are collected at start-up, when there is no request.
pub fn state() -> Option<AppState> {
    use_context::<AppState>()
}
