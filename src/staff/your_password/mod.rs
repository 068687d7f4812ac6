//! Changing one's own password.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, Field, FieldKind, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::paths;
use crate::words::{td_string, weak_words};
use actions::StaffChangePassword;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "staff_your_password";

pub struct PasswordView {
    pub minutes_to_wait: i64,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn StaffYourPasswordPage() -> impl IntoView {
    loaded(load::load(), show)
}

fn show(view: PasswordView) -> impl IntoView {
    let minutes = view.minutes_to_wait;
    let problems = Problems::from_codes(&view.errors, |field, code| match (field, code) {
        (_, "limited") => td_string!(words(), staff.limited, minutes = minutes),
        ("password", _) => td_string!(words(), staff.password_now_wrong).to_owned(),
        (_, code) => weak_words(code, words()).to_owned(),
    });
    view! {
        <Page
            title=td_string!(words(), staff.you_password)
            back=paths::STAFF_YOU
            lead=td_string!(words(), staff.your_password_lead)
        >
            <ErrorSummary problems=problems.clone() first="password"/>
            <form method="post" action=StaffChangePassword::PATH>
                <Field
                    name="password"
                    label=td_string!(words(), staff.password_now)
                    error=problems.of("password")
                    kind=FieldKind::Password
                    autocomplete="current-password"
                />
                <Field
                    name="new_password"
                    label=td_string!(words(), staff.new_password)
                    hint=td_string!(words(), staff.password_hint)
                    error=problems.of("new_password")
                    kind=FieldKind::Password
                    autocomplete="new-password"
                />
                <Button label=td_string!(words(), staff.new_password_button)/>
            </form>
        </Page>
    }
}
