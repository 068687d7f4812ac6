//! Choosing one of several, or saying yes. Nothing is chosen beforehand unless the person chose it before.

use super::described_by;
use super::field::{FieldError, FieldWidth, width_class};
use crate::components::text::MaybeText;
use leptos::prelude::*;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub hint: MaybeText,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into(), hint: MaybeText::default() }
    }

    pub fn with_hint(self, hint: impl Into<MaybeText>) -> Choice {
        Choice { hint: hint.into(), ..self }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChoiceLook {
    #[default]
    Lines,
    /// Side by side where there is room, each as large as a finger likes.
    Cards,
}

/// One of several. The group's id is NAME; each input's is `NAME-N`.
#[component]
pub fn Radios(
    name: &'static str,
    #[prop(into)] legend: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] chosen: MaybeText,
    #[prop(optional, into)] hint: MaybeText,
    #[prop(optional, into)] error: MaybeText,
    #[prop(optional)] look: ChoiceLook,
) -> impl IntoView {
    let described = described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let class = match look {
        ChoiceLook::Lines => "choices",
        ChoiceLook::Cards => "choices choice-cards",
    };
    let choices: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(index, choice)| {
            let id = format!("{name}-{index}");
            let hint_id = choice.hint.is_some().then(|| format!("{id}-hint"));
            let checked = chosen.0.as_deref() == Some(choice.value.as_str());
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name=name value=choice.value checked=checked aria-describedby=hint_id.clone()/>
                    <label for=id>{choice.label}</label>
                    {choice.hint.0.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="field" id=name tabindex="-1" aria-describedby=described aria-invalid=invalid>
            <legend>{legend}</legend>
            {hint.0.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            <FieldError name error/>
            <div class=class>{choices}</div>
        </fieldset>
    }
}

/// One of many, where a list is shorter to read.
#[component]
pub fn Select(
    name: &'static str,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] chosen: MaybeText,
    #[prop(optional, into)] hint: MaybeText,
    #[prop(optional, into)] error: MaybeText,
) -> impl IntoView {
    let described = described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {hint.0.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            <FieldError name error/>
            <select id=name name=name aria-describedby=described aria-invalid=invalid>{options(choices, &chosen)}</select>
        </div>
    }
}

/// Label and list only: one part of a group that has its hint and error in common.
#[component]
pub fn NamedSelect(
    name: &'static str,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] chosen: MaybeText,
    #[prop(optional)] width: FieldWidth,
) -> impl IntoView {
    view! {
        <label for=name>{label}</label>
        <select id=name name=name class=width_class(width)>{options(choices, &chosen)}</select>
    }
}

fn options(choices: Vec<Choice>, chosen: &MaybeText) -> Vec<impl IntoView + use<>> {
    choices
        .into_iter()
        .map(|choice| {
            let selected = chosen.0.as_deref() == Some(choice.value.as_str());
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect()
}

/// Yes, said on purpose. Posts `NAME=yes`, or nothing.
#[component]
pub fn Checkbox(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] hint: MaybeText,
    #[prop(optional, into)] error: MaybeText,
) -> impl IntoView {
    let described = described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <FieldError name error/>
            <div class="choice">
                <input type="checkbox" id=name name=name value="yes" checked=checked aria-describedby=described aria-invalid=invalid/>
                <label for=name>{label}</label>
                {hint.0.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            </div>
        </div>
    }
}
