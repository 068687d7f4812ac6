//! Wakes the islands of a page. Only a page that has an island renders this; every other page loads no script at all.

use leptos::hydration::HydrationScripts;
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn IslandScripts() -> impl IntoView {
    // Missing only while routes are collected at start-up.
    use_context::<Arc<LeptosOptions>>().map(|options| view! { <HydrationScripts options=(*options).clone() islands=true/> })
}
