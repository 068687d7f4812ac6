//! The form in which a customer shows once more who they are.

use super::form::{Button, DateFields, DatePurpose, Field, FieldKind, FieldWidth, HiddenField, Problems, TypedDate};
use super::frame::{frame, words};
use crate::domain::birth_date::TypedBirthDate;
use crate::words::td_string;
use leptos::prelude::*;

/// What it asks for, and what was typed. Has no Debug.
#[derive(Clone)]
pub struct AskProof {
    /// The door it is posted to.
    pub action: &'static str,
    /// What it is shown for, where the door asks.
    pub what: Option<String>,
    /// A password or a passkey is asked for every time.
    pub always: bool,
    pub has_password: bool,
    pub has_passkeys: bool,
    pub birth_date: TypedBirthDate,
    pub postal_code: String,
}

/// Date of birth and postal code, or the password; where one of password and passkey is always asked for, the password alone.
pub fn ask_proof(ask: AskProof, problems: &Problems) -> impl IntoView + use<> {
    let answers = (!ask.always).then(|| answers(&ask, problems));
    let password = ask.has_password.then(|| {
        let field = view! {
            <Field
                name="current_password"
                label=td_string!(words(), sign_in.password)
                kind=FieldKind::Password
                autocomplete="current-password"
            />
        };
        match ask.always {
            true => field.into_any(),
            false => view! {
                <details>
                    <summary>{td_string!(words(), sign_in.password_ask)}</summary>
                    {field}
                </details>
            }
            .into_any(),
        }
    });
    let what = ask.what.clone().map(|what| view! { <HiddenField name="what" value=what/> });
    let form = (!ask.always || ask.has_password).then(|| {
        view! {
            <form method="post" action=ask.action>
                {what}
                {answers}
                {password}
                <Button label=td_string!(words(), signing_in.prove_button)/>
            </form>
        }
    });
    let by_passkey = ask.has_passkeys.then(|| view! { <p>{td_string!(words(), signing_in.prove_passkey)}</p> });
    view! { {form}{by_passkey} }
}

fn answers(ask: &AskProof, problems: &Problems) -> impl IntoView + use<> {
    let typed = ask.birth_date.clone();
    let typed = TypedDate { day: typed.day, month: typed.month, year: typed.year };
    view! {
        <DateFields
            name="birth_date"
            legend=td_string!(words(), sign_in.birth_date)
            hint=td_string!(words(), sign_in.birth_date_hint)
            error=problems.of("birth_date")
            value=typed
            purpose=DatePurpose::Birth
        />
        <Field
            name="postal_code"
            label=td_string!(words(), sign_in.postal_code)
            hint=td_string!(words(), sign_in.postal_code_hint)
            error=problems.of("postal_code")
            value=ask.postal_code.clone()
            width=FieldWidth::Short
            autocomplete="postal-code"
        />
    }
}

/// What is wrong with it, in words.
pub fn proof_problem(field: &str, code: &str, minutes: i64) -> String {
    let text = match (field, code) {
        (_, "limited") => {
            return td_string!(words(), signing_in.prove_limited, minutes = minutes, phone = frame().reach.phone.clone());
        }
        ("birth_date", "missing") => td_string!(words(), sign_in.birth_date_missing),
        ("birth_date", _) => td_string!(words(), sign_in.birth_date_not_a_date),
        ("postal_code", _) => td_string!(words(), sign_in.postal_code_missing),
        _ => td_string!(words(), signing_in.prove_no_match),
    };
    text.to_owned()
}
