//! Choosing a language. Kept in a cookie, so that nobody gets a session for it.

use crate::domain::language::Language;
use crate::paths;
use crate::server::context::{self, Failed};
use leptos::prelude::*;

#[server(endpoint = "choose_language")]
pub async fn choose_language(#[server(default)] language: String, #[server(default)] back: String) -> Result<(), Failed> {
    if let Some(language) = Language::from_tag(&language) {
        context::keep_language(language);
    }
    context::redirect(if paths::is_local(&back) { &back } else { paths::HOME });
    Ok(())
}
