//! A screen that first asks for what it shows. Everything is awaited before the answer's head leaves, so that a redirect or
//! an error page decided on the way still reaches the browser; nothing of what was loaded is written into the page.
//!
//! The future itself is awaited, never a Leptos resource: under load one page in a hundred that waited for a resource never
//! ended (`tests/layers.rs` keeps them out).

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::future::Future;

/// Shows what was loaded. Where loading failed nothing is shown: the layer around every request puts the calm error page
/// there.
pub fn loaded<T, E, V>(
    load: impl Future<Output = Result<T, E>> + Send + 'static,
    show: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    E: Send + 'static,
    V: IntoView + 'static,
{
    let screen = Suspend::new(async move {
        match load.await {
            Ok(found) => show(found).into_any(),
            Err(_) => ().into_any(),
        }
    });
    view! { <Suspense>{screen}</Suspense> }
}

/// A part of this page's address, by its name in the route table.
pub fn param(name: &str) -> String {
    use_params_map().with_untracked(|parameters| parameters.get(name)).unwrap_or_default()
}
