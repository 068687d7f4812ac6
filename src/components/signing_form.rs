//! The form of the binding step, of an agreement and of a change alike: what was shown, the consent, one's name.

use super::form::{Button, Checkbox, Field, HiddenField, Problems};
use super::frame::{language, words};
use crate::domain::signing::Signed;
use crate::domain::typed::LONGEST_NAME;
use crate::words::td_string;
use leptos::prelude::*;

/// What is wrong with what was filled in, in words.
pub fn signing_problems(errors: &[(String, String)]) -> Problems {
    Problems::from_codes(errors, |_, code| match code {
        "consent" => td_string!(words(), sign.error_consent).to_owned(),
        _ => td_string!(words(), sign.error_name).to_owned(),
    })
}

/// What else is posted says what is signed.
#[component]
pub fn SigningForm(
    action: &'static str,
    /// Which agreement, account or draft.
    of: Vec<(&'static str, String)>,
    terms_sha256: String,
    /// Of the text that is agreed to, in the language of this page.
    text_sha256: String,
    /// The consent to electronic records, the last sentence of that text.
    consent: String,
    has_email: bool,
    signed: Signed,
    problems: Problems,
    name_hint: &'static str,
    /// What the button does.
    label: &'static str,
) -> impl IntoView {
    let of: Vec<_> = of.into_iter().map(|(name, value)| view! { <HiddenField name=name value=value/> }).collect();
    let copy_now = signed.wants_copy_now();
    view! {
        <form method="post" action=action>
            {of}
            <HiddenField name="shown" value=terms_sha256/>
            <HiddenField name="shown_in" value=language().tag()/>
            <HiddenField name="shown_text" value=text_sha256/>
            <Checkbox name="consent" label=consent checked=signed.consent == "yes" error=problems.of("consent")/>
            {has_email.then(|| view! {
                <Checkbox
                    name="copy_now"
                    label=td_string!(words(), sign.copy_now)
                    hint=td_string!(words(), sign.copy_now_hint)
                    checked=copy_now
                />
            })}
            <Field
                name="name"
                label=td_string!(words(), sign.name)
                hint=name_hint
                error=problems.of("name")
                value=signed.name
                autocomplete="name"
                longest=LONGEST_NAME
            />
            <Button label=label/>
        </form>
    }
}
