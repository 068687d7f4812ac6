//! What a page or an action may know of the request it serves: who is signed in, in which language, what was refused
//! before. Filled by the layers in `http/`, so that nothing here waits.
//!
//! `load.rs` and `actions.rs` of a screen ask here and call a service; nothing else in pages/ reaches into server/.

use super::state::AppState;
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use http::request::Parts;
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The customer whose session this request carries. Put into the request by the session layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub customer_id: CustomerId,
    /// IANA name, such as `America/Denver`: the customer's days are counted there.
    pub time_zone: String,
}

/// A form that was refused: what was typed (never a secret) and what is wrong with which field, kept in the session until
/// the next form is posted. Shown again by the screen it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The screen it belongs to: the name of its folder in pages/.
    pub screen: String,
    pub values: BTreeMap<String, String>,
    /// Field (or `""` for the whole form) and the code of what is wrong; the screen has the words.
    pub errors: Vec<(String, String)>,
}

/// The application's state. `None` only while routes are collected at start-up, when there is no request.
pub fn state() -> Option<AppState> {
    use_context::<AppState>()
}

/// Who is signed in, if anyone.
pub fn signed_in() -> Option<SignedIn> {
    extension::<SignedIn>()
}

/// The language of this request: chosen by the visitor, else the customer's, else what the browser prefers.
pub fn language() -> Language {
    extension::<Language>().unwrap_or_default()
}

/// What was refused before on this screen, if this request comes from that refusal.
pub fn flash(screen: &str) -> Option<Flash> {
    extension::<Flash>().filter(|flash| flash.screen == screen)
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}
