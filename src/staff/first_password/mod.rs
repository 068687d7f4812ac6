//! The first time, and whenever a colleague made the password: choosing one's own.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, Field, FieldKind, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::words::{td_string, weak_words};
use actions::StaffChoosePassword;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "staff_first_password";

pub struct FirstPasswordView {
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn StaffFirstPasswordPage() -> impl IntoView {
    loaded(load::load(), show)
}

fn show(view: FirstPasswordView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, code| weak_words(code, words()).to_owned());
    view! {
        <Page title=td_string!(words(), staff.first_password_title) lead=td_string!(words(), staff.first_password_lead)>
            <ErrorSummary problems=problems.clone() first="new_password"/>
            <form method="post" action=StaffChoosePassword::PATH>
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
