//! Amounts on a page: tabular figures, formatted in the one place ([`crate::domain::format`]).

use super::frame::language;
use crate::domain::format;
use crate::domain::money::Money;
use leptos::prelude::*;

/// An amount within text.
#[component]
pub fn Amount(amount: Money) -> impl IntoView {
    view! { <span class="amount">{format::money(amount, language())}</span> }
}

/// The largest thing on its page: what it is, then how much, on the waterline.
#[component]
pub fn Total(#[prop(into)] label: String, amount: Money, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="total">
            <p class="total-label">{label}</p>
            <p class="total-amount">{format::money(amount, language())}</p>
            {children.map(|children| view! { <div class="total-note">{children()}</div> })}
        </div>
    }
}
