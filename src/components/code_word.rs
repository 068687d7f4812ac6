//! The code word that a customer tells whoever helps them: asked for with an invitation, and whenever they come back.

use super::form::{Field, FieldKind, FieldWidth};
use super::frame::words;
use crate::words::td_string;
use leptos::prelude::*;

const LONGEST_CODE_CHARACTERS: u32 = 20;

#[component]
pub fn CodeWord() -> impl IntoView {
    view! {
        <Field
            name="code"
            label=td_string!(words(), helper.code)
            hint=td_string!(words(), helper.code_hint)
            kind=FieldKind::Digits
            width=FieldWidth::Short
            autocomplete="off"
            longest=LONGEST_CODE_CHARACTERS
        />
    }
}
