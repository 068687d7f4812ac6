//! Wakes the islands of a page. Only a page that has an island renders this; every other page loads no script at all.

use leptos::hydration::HydrationScripts;
use leptos::prelude::*;

#[component]
pub fn IslandScripts() -> impl IntoView {
    // Missing only while routes are collected at start-up.
    use_context::<LeptosOptions>().map(|options| view! { <HydrationScripts options islands=true/> })
}
