//! Buttons say what they do; links go somewhere. One main action a page.

use crate::components::frame::words;
use crate::components::text::MaybeText;
use crate::words::td_string;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one action of the page, in tide.
    #[default]
    Main,
    /// Beside it.
    Other,
    /// Looks like a link.
    Quiet,
}

/// Sends the form it stands in; with `name` and `value` it says which button it was.
#[component]
pub fn Button(
    #[prop(into)] label: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] name: Option<&'static str>,
    #[prop(optional, into)] value: MaybeText,
) -> impl IntoView {
    let class = match kind {
        ButtonKind::Main => "button",
        ButtonKind::Other => "button button-other",
        ButtonKind::Quiet => "button-quiet",
    };
    view! { <button type="submit" class=class name=name value=value.0>{label}</button> }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkKind {
    #[default]
    Main,
    Other,
}

/// A link as large as a button, where going there is the way forward.
#[component]
pub fn LinkButton(#[prop(into)] href: String, #[prop(into)] label: String, #[prop(optional)] kind: LinkKind) -> impl IntoView {
    let class = match kind {
        LinkKind::Main => "button",
        LinkKind::Other => "button button-other",
    };
    view! { <a class=class href=href>{label}</a> }
}

/// One step back, at the top of a page.
#[component]
pub fn StepBack(#[prop(into)] href: String, #[prop(optional, into)] label: MaybeText) -> impl IntoView {
    let label = label.0.unwrap_or_else(|| td_string!(words(), components.back).to_owned());
    view! { <p class="step-back"><a href=href>{label}</a></p> }
}
