//! The mark: the waterline, and under it the shallow curve of a keel. `public/favicon.svg` is the same drawing.

use leptos::prelude::*;

#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
            <path class="mark-line" d="M2 13.5h28"/>
            <path class="mark-keel" d="M6 13.5c1.6 6.2 5.4 9.6 10 9.6s8.4-3.4 10-9.6"/>
            <path class="mark-keel" d="M16 23.1v4.4"/>
        </svg>
    }
}
