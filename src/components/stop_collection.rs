//! Stopping the collection of an agreement's payments: one press, wherever it is shown.

use super::form::{Button, ButtonKind, HiddenField};
use super::frame::words;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// The form that stops a permission, by its reference.
#[component]
pub fn StopCollection(#[prop(into)] reference: String) -> impl IntoView {
    view! {
        <p class="hint">{td_string!(words(), mandate.stop_hint)}</p>
        <form method="post" action=paths::STOP_MANDATE_ACTION>
            <HiddenField name="reference" value=reference/>
            <Button label=td_string!(words(), mandate.stop_now) kind=ButtonKind::Other/>
        </form>
    }
}
