//! Using another authenticator.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, Field, FieldKind, FieldWidth, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::staff_secrets::Authenticator;
use crate::paths;
use crate::words::td_string;
use actions::StaffReplaceCode;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "staff_your_authenticator";

pub struct AuthenticatorView {
    pub drawing: String,
    pub secret: String,
    pub minutes_to_wait: i64,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn StaffYourAuthenticatorPage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: AuthenticatorView) -> impl IntoView {
    let minutes = view.minutes_to_wait;
    let problems = Problems::from_codes(&view.errors, |field, code| match (field, code) {
        (_, "limited") => td_string!(words(), staff.limited, minutes = minutes),
        ("password", _) => td_string!(words(), staff.password_now_wrong).to_owned(),
        (_, _) => td_string!(words(), staff.authenticator_wrong).to_owned(),
    });
    view! {
        <Page
            title=td_string!(words(), staff.you_authenticator)
            back=paths::STAFF_YOU
            lead=td_string!(words(), staff.authenticator_lead)
        >
            <ErrorSummary problems=problems.clone() first="password"/>
            <Authenticator drawing=view.drawing secret=view.secret/>
            <form method="post" action=StaffReplaceCode::PATH>
                <Field
                    name="password"
                    label=td_string!(words(), staff.password_now)
                    error=problems.of("password")
                    kind=FieldKind::Password
                    autocomplete="current-password"
                />
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
