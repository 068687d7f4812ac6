//! A quiet link to two optional questions, on the page of something that is over.

use super::frame::words;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn HowWasThis(reference: String) -> impl IntoView {
    view! { <p class="quiet"><a href=paths::how_was_this(&reference)>{td_string!(words(), feedback.link)}</a></p> }
}
