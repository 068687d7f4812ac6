//! Signing in: a reference with date of birth and postal code, or with a password; or a passkey.

pub mod actions;
mod form;
mod load;

use crate::components::form::{
    Button, DateFields, DatePurpose, ErrorSummary, Field, FieldKind, FieldWidth, HiddenField, Problems, TypedDate,
};
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::passkey::{PasskeyForm, PasskeyUse};
use crate::components::please_wait::PleaseWait;
use crate::paths;
use crate::words::td_string;
use actions::{SignIn, SignInPasskey};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// The name of this screen in a flash.
const SCREEN: &str = "sign_in";
/// A longer wait is told in hours.
const LONGEST_TIME_IN_MINUTES: i64 = 120;

#[component]
pub fn SignInPage() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get(paths::NEXT));
    let shown = load::load(next);
    let problems = Problems::from_codes(&shown.flash.errors, |field, code| problem(field, code).to_owned());
    if shown.flash.errors.iter().any(|(_, code)| code == "limited") {
        return view! { <PleaseWait text=limited(shown.minutes_to_wait)/> }.into_any();
    }
    let values = shown.flash.values;
    let kept = move |field: &str| values.get(field).cloned().unwrap_or_default();
    let birth_date = TypedDate { day: kept("birth_date_day"), month: kept("birth_date_month"), year: kept("birth_date_year") };
    let came_by_password = !kept("by_password").is_empty();
    let ended = shown.session_ended && problems.is_empty();
    view! {
        <Page title=td_string!(words(), sign_in.title)>
            <ErrorSummary problems=problems.clone() first="reference"/>
            {ended.then(|| view! { <Notice kind=NoticeKind::Plain><p>{td_string!(words(), sign_in.ended)}</p></Notice> })}
            <p>{td_string!(words(), sign_in.lead)}</p>
            <form method="post" action=SignIn::PATH>
                {shown.next.clone().map(|next| view! { <HiddenField name="next" value=next/> })}
                <Field
                    name="reference"
                    label=td_string!(words(), sign_in.reference)
                    hint=td_string!(words(), sign_in.reference_hint)
                    error=problems.of("reference")
                    value=kept("reference")
                    width=FieldWidth::Short
                    autocomplete="username webauthn"
                />
                <DateFields
                    name="birth_date"
                    legend=td_string!(words(), sign_in.birth_date)
                    hint=td_string!(words(), sign_in.birth_date_hint)
                    error=problems.of("birth_date")
                    value=birth_date
                    purpose=DatePurpose::Birth
                />
                <Field
                    name="postal_code"
                    label=td_string!(words(), sign_in.postal_code)
                    hint=td_string!(words(), sign_in.postal_code_hint)
                    error=problems.of("postal_code")
                    value=kept("postal_code")
                    width=FieldWidth::Short
                    autocomplete="postal-code"
                />
                <details open=came_by_password>
                    <summary>{td_string!(words(), sign_in.password_ask)}</summary>
                    <Field
                        name="password"
                        label=td_string!(words(), sign_in.password)
                        hint=td_string!(words(), sign_in.password_hint)
                        kind=FieldKind::Password
                        autocomplete="current-password"
                    />
                </details>
                <div class="field"><Button label=td_string!(words(), sign_in.button)/></div>
            </form>
            {shown.passkeys.then(|| view! {
                <PasskeyForm
                    purpose=PasskeyUse::SignIn
                    action=SignInPasskey::PATH
                    begin=paths::BEGIN_PASSKEY_SIGN_IN_ACTION
                    label=td_string!(words(), sign_in.passkey)
                    trouble=td_string!(words(), sign_in.passkey_trouble)
                    next=shown.next
                />
            })}
            <p><a href=paths::CONTACT>{td_string!(words(), sign_in.help)}</a></p>
        </Page>
    }
    .into_any()
}

fn problem(field: &str, code: &str) -> &'static str {
    match (field, code) {
        ("reference", _) => td_string!(words(), sign_in.reference_missing),
        ("birth_date", "missing") => td_string!(words(), sign_in.birth_date_missing),
        ("birth_date", _) => td_string!(words(), sign_in.birth_date_not_a_date),
        ("postal_code", _) => td_string!(words(), sign_in.postal_code_missing),
        (_, "passkey") => td_string!(words(), sign_in.passkey_trouble),
        _ => td_string!(words(), sign_in.no_match),
    }
}

fn limited(minutes: i64) -> String {
    let phone = frame().reach.phone.clone();
    if minutes > LONGEST_TIME_IN_MINUTES {
        let hours = (minutes + 59).div_euclid(60);
        return td_string!(words(), sign_in.limited_for_hours, hours = hours, phone = phone);
    }
    td_string!(words(), sign_in.limited, minutes = minutes, phone = phone)
}
