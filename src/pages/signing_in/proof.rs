//! The form in which a customer shows once more who they are.

use super::SigningInView;
use super::actions::ProveIdentity;
use crate::components::form::{Button, DateFields, DatePurpose, Field, FieldKind, FieldWidth, Problems, TypedDate};
use crate::components::frame::words;
use crate::words::td_string;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Date of birth and postal code, or the password; where one of password and passkey is always asked for, the password alone.
pub fn ask(view: &SigningInView, problems: &Problems) -> impl IntoView + use<> {
    let answers = (!view.always).then(|| answers(view, problems));
    let password = view.has_password.then(|| {
        let field = view! {
            <Field
                name="current_password"
                label=td_string!(words(), sign_in.password)
                kind=FieldKind::Password
                autocomplete="current-password"
            />
        };
        match view.always {
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
    let form = (!view.always || view.has_password).then(|| {
        view! {
            <form method="post" action=ProveIdentity::PATH>
                {answers}
                {password}
                <Button label=td_string!(words(), signing_in.prove_button)/>
            </form>
        }
    });
    let by_passkey = (!view.passkeys.is_empty()).then(|| view! { <p>{td_string!(words(), signing_in.prove_passkey)}</p> });
    view! {
        <section>
            <h2>{td_string!(words(), signing_in.prove_title)}</h2>
            <p>{td_string!(words(), signing_in.prove_lead)}</p>
            {form}
            {by_passkey}
        </section>
    }
}

fn answers(view: &SigningInView, problems: &Problems) -> impl IntoView + use<> {
    let typed = view.birth_date.clone();
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
            value=view.postal_code.clone()
            width=FieldWidth::Short
            autocomplete="postal-code"
        />
    }
}
