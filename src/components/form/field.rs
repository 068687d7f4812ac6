//! Fields to type into.

use super::described_by;
use crate::components::frame::words;
use crate::components::text::{MaybeText, escaped};
use crate::domain::money::Currency;
use crate::words::td_string;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    #[default]
    Text,
    Email,
    Phone,
    /// Digits only; never a spinner.
    Digits,
    Password,
}

/// As wide as what is typed into it, so that people see what is expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldWidth {
    #[default]
    Full,
    /// A reference or a postal code.
    Short,
    /// A few digits.
    Tiny,
}

/// A label, an optional hint, an error if there is one, and the input. Its id is its name.
#[component]
pub fn Field(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: MaybeText,
    #[prop(optional, into)] error: MaybeText,
    #[prop(optional, into)] value: MaybeText,
    #[prop(optional)] kind: FieldKind,
    #[prop(optional)] width: FieldWidth,
    #[prop(optional)] autocomplete: Option<&'static str>,
    /// The longest text that is taken, in characters.
    #[prop(default = 200)]
    longest: u32,
) -> impl IntoView {
    let (input_type, input_mode) = match kind {
        FieldKind::Text => ("text", None),
        FieldKind::Email => ("email", None),
        FieldKind::Phone => ("tel", None),
        FieldKind::Digits => ("text", Some("numeric")),
        FieldKind::Password => ("password", None),
    };
    let described = described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <FieldWords name label hint error/>
            <input
                id=name
                name=name
                class=width_class(width)
                type=input_type
                inputmode=input_mode
                value=value.0
                autocomplete=autocomplete
                maxlength=longest.to_string()
                aria-describedby=described
                aria-invalid=invalid
            />
        </div>
    }
}

/// An amount of money, with its symbol; what was typed is kept as typed.
#[component]
pub fn MoneyField(
    name: &'static str,
    #[prop(into)] label: String,
    currency: Currency,
    #[prop(optional, into)] hint: MaybeText,
    #[prop(optional, into)] error: MaybeText,
    #[prop(optional, into)] value: MaybeText,
) -> impl IntoView {
    let described = described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let symbol = currency.symbol().trim();
    view! {
        <div class="field">
            <FieldWords name label hint error/>
            <div class="money-field">
                <span class="money-symbol" aria-hidden="true">{symbol}</span>
                <input
                    id=name
                    name=name
                    class="short"
                    type="text"
                    inputmode="decimal"
                    value=value.0
                    autocomplete="off"
                    maxlength="20"
                    aria-describedby=described
                    aria-invalid=invalid
                />
            </div>
        </div>
    }
}

/// Own words.
#[component]
pub fn TextArea(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: MaybeText,
    #[prop(optional, into)] error: MaybeText,
    #[prop(optional, into)] value: MaybeText,
    /// The longest text that is taken, in characters.
    #[prop(default = 2000)]
    longest: u32,
) -> impl IntoView {
    let described = described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <FieldWords name label hint error/>
            <textarea
                id=name
                name=name
                rows="5"
                maxlength=longest.to_string()
                aria-describedby=described
                aria-invalid=invalid
                // Leptos does not escape the children of a textarea: what was typed would become markup.
                inner_html=escaped(value.0.as_deref().unwrap_or_default())
            ></textarea>
        </div>
    }
}

/// What travels with a form and is not typed.
#[component]
pub fn HiddenField(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// Label, hint and error, in this order, with the ids that the input refers to.
#[component]
fn FieldWords(name: &'static str, label: String, hint: MaybeText, error: MaybeText) -> impl IntoView {
    view! {
        <label for=name>{label}</label>
        {hint.0.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
        <FieldError name error/>
    }
}

#[component]
pub(super) fn FieldError(name: &'static str, error: MaybeText) -> impl IntoView {
    error.0.map(|error| {
        view! {
            <p class="field-error" id=format!("{name}-error")>
                <span class="unseen">{td_string!(words(), components.error_prefix)}" "</span>
                {error}
            </p>
        }
    })
}

pub(super) fn width_class(width: FieldWidth) -> Option<&'static str> {
    match width {
        FieldWidth::Full => None,
        FieldWidth::Short => Some("short"),
        FieldWidth::Tiny => Some("tiny"),
    }
}
