//! Wakes the islands of a page. Only a page that has an island renders this; every other page loads no script at all.

use super::frame::frame;
use leptos::hydration::HydrationScripts;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn IslandScripts() -> impl IntoView {
    // Missing only while routes are collected at start-up.
    use_context::<Arc<LeptosOptions>>().map(|options| view! { <HydrationScripts options=(*options).clone() islands=true/> })
}

/// Redraws a changed plan as people try: beside the element `[data-live]` (docs/decisions/0019-a-second-program.md).
#[component]
pub fn PlanScript() -> impl IntoView {
    let address = frame().plan_program.clone();
    address.map(|address| view! { <script type="module" nonce=use_nonce() src=address></script> })
}
