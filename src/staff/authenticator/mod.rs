//! The first time: setting an authenticator up.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, Field, FieldKind, FieldWidth, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::staff_secrets::Authenticator;
use crate::words::td_string;
use actions::StaffSetUpCode;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "staff_authenticator";

pub struct AuthenticatorView {
    pub drawing: String,
    pub secret: String,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn StaffAuthenticatorPage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: AuthenticatorView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, _| td_string!(words(), staff.authenticator_wrong).to_owned());
    view! {
        <Page title=td_string!(words(), staff.authenticator_title) lead=td_string!(words(), staff.authenticator_lead)>
            <ErrorSummary problems=problems.clone() first="code"/>
            <Authenticator drawing=view.drawing secret=view.secret/>
            <form method="post" action=StaffSetUpCode::PATH>
                <Field
                    name="code"
                    label=td_string!(words(), staff.authenticator_code)
                    error=problems.of("code")
                    kind=FieldKind::Digits
                    width=FieldWidth::Short
                    autocomplete="one-time-code"
                    longest=20
                />
                <Button label=td_string!(words(), staff.authenticator_button)/>
            </form>
        </Page>
    }
}
