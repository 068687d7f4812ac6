//! An amount beside other amounts of the same form, each for something of its own.

use super::described_by;
use crate::components::frame::words;
use crate::components::text::MaybeText;
use crate::domain::money::Currency;
use crate::words::td_string;
use leptos::prelude::*;

/// The field of one of several amounts: its name and id are made of what it is for. `offered` says what would make sense; none
/// of it is filled in.
#[component]
pub fn AmountOf(
    id: String,
    name: String,
    label: String,
    currency: Currency,
    offered: Vec<String>,
    #[prop(optional, into)] error: MaybeText,
    #[prop(optional, into)] value: MaybeText,
) -> impl IntoView {
    let described = described_by(&id, !offered.is_empty(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let symbol = currency.symbol().trim();
    let error = error.0.map(|error| {
        view! {
            <p class="field-error" id=format!("{id}-error")>
                <span class="unseen">{td_string!(words(), components.error_prefix)}" "</span>
                {error}
            </p>
        }
    });
    let hint = (!offered.is_empty()).then(|| {
        let lines: Vec<_> = offered.into_iter().map(|line| view! { <li>{line}</li> }).collect();
        view! { <ul class="hint" id=format!("{id}-hint")>{lines}</ul> }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            {hint}
            {error}
            <div class="money-field">
                <span class="money-symbol" aria-hidden="true">{symbol}</span>
                <input
                    id=id
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
