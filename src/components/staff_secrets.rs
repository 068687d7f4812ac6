//! What somebody who works here is shown once: a new authenticator, recovery codes, a password.

use super::frame::words;
use crate::words::td_string;
use leptos::prelude::*;

/// A new authenticator: a drawing for its camera, and the same to be typed.
#[component]
pub fn Authenticator(
    /// SVG, made by us.
    drawing: String,
    secret: String,
) -> impl IntoView {
    let groups: Vec<String> = secret.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    view! {
        <p>{td_string!(words(), staff.authenticator_scan)}</p>
        <p role="img" aria-label=td_string!(words(), staff.authenticator_drawing) inner_html=drawing></p>
        <p>{td_string!(words(), staff.authenticator_type)}</p>
        <p><code>{groups.join(" ")}</code></p>
    }
}

/// Codes to be printed or copied.
#[component]
pub fn RecoveryCodes(codes: Vec<String>) -> impl IntoView {
    let codes: Vec<_> = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect();
    view! { <ol>{codes}</ol> }
}
