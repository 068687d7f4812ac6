//! Evenkeel: where people who have fallen behind on an account put it right themselves.
//!
//! The map of the house. A newcomer looks for four things:
//!
//! - the rule that decides which plans are offered: [`domain::offers`]
//! - the SQL: `server::store`
//! - the words the customer reads: `locales/en.json`, `locales/es.json`
//! - the screen: `pages::<step>`
//!
//! [`domain`] and [`islands`] are compiled for the server and for the browser; everything else only for the server
//! (feature `ssr`). The browser build (feature `hydrate`) is the islands and the domain, nothing else: without it every
//! journey works as plain forms.

pub mod domain;
pub mod islands;
pub mod words;

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod paths;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod staff;

/// Wakes the islands in a page that has arrived.
#[cfg(all(feature = "hydrate", not(plan_program)))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
