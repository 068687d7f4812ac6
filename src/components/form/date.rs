//! A date in three fields: no calendar to page back through, no order of day and month to guess.

use super::field::FieldError;
use crate::components::frame::words;
use crate::components::text::MaybeText;
use crate::words::td_string;
use leptos::prelude::*;

/// What was typed, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedDate {
    pub day: String,
    pub month: String,
    pub year: String,
}

/// Posts `NAME_day`, `NAME_month` and `NAME_year`. The group's id is NAME, so that an error summary can lead to it.
#[component]
pub fn DateFields(
    name: &'static str,
    #[prop(into)] legend: String,
    #[prop(optional, into)] hint: MaybeText,
    #[prop(optional, into)] error: MaybeText,
    #[prop(optional)] value: TypedDate,
    #[prop(optional)] purpose: DatePurpose,
) -> impl IntoView {
    let described = super::described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some();
    let birthday = purpose == DatePurpose::Birth;
    let complete = |part: &'static str| birthday.then_some(part);
    view! {
        <fieldset class="field date" id=name tabindex="-1" aria-describedby=described>
            <legend>{legend}</legend>
            {hint.0.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            <FieldError name error/>
            <div class="date-parts">
                <DatePart name part="month" label=td_string!(words(), components.month) value=value.month invalid autocomplete=complete("bday-month")/>
                <DatePart name part="day" label=td_string!(words(), components.day) value=value.day invalid autocomplete=complete("bday-day")/>
                <DatePart name part="year" label=td_string!(words(), components.year) value=value.year invalid autocomplete=complete("bday-year")/>
            </div>
        </fieldset>
    }
}

/// What the date is, so that a browser can fill it in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DatePurpose {
    #[default]
    Other,
    Birth,
}

#[component]
fn DatePart(
    name: &'static str,
    part: &'static str,
    label: &'static str,
    value: String,
    invalid: bool,
    autocomplete: Option<&'static str>,
) -> impl IntoView {
    let id = format!("{name}_{part}");
    let longest = if part == "year" { "4" } else { "2" };
    view! {
        <div class="date-part">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                name=id
                class=if part == "year" { "tiny year" } else { "tiny" }
                type="text"
                inputmode="numeric"
                maxlength=longest
                value=(!value.is_empty()).then_some(value)
                autocomplete=autocomplete
                aria-invalid=invalid.then_some("true")
            />
        </div>
    }
}
