//! Adding a person.

pub mod actions;
mod load;

use crate::components::form::{Button, Choice, ErrorSummary, Field, FieldKind, Problems, Radios};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::domain::rights::Role;
use crate::paths;
use crate::words::{role_words, td_string};
use actions::StaffAddPerson;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "staff_person_add";

pub struct AddView {
    pub email: String,
    pub name: String,
    pub role: String,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn StaffPersonAddPage() -> impl IntoView {
    loaded(load::load(), show)
}

fn show(view: AddView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |field, code| {
        let text = match (field, code) {
            ("email", "there") => td_string!(words(), staff.add_email_there),
            ("email", _) => td_string!(words(), staff.add_email_wrong),
            ("name", _) => td_string!(words(), staff.add_name_missing),
            (_, _) => td_string!(words(), staff.add_role_missing),
        };
        text.to_owned()
    });
    let roles = Role::ALL.map(|role| Choice::new(role.code(), role_words(role, words()))).to_vec();
    view! {
        <Page title=td_string!(words(), staff.add_title) back=paths::STAFF_PEOPLE lead=td_string!(words(), staff.add_lead)>
            <ErrorSummary problems=problems.clone() first="email"/>
            <form method="post" action=StaffAddPerson::PATH>
                <Field
                    name="email"
                    label=td_string!(words(), staff.add_email)
                    error=problems.of("email")
                    value=view.email
                    kind=FieldKind::Email
                    autocomplete="off"
                    longest=254
                />
                <Field
                    name="name"
                    label=td_string!(words(), staff.add_name)
                    error=problems.of("name")
                    value=view.name
                    autocomplete="off"
                    longest=100
                />
                <Radios
                    name="role"
                    legend=td_string!(words(), staff.add_role)
                    choices=roles
                    chosen=view.role
                    error=problems.of("role")
                />
                <Button label=td_string!(words(), staff.add_button)/>
            </form>
        </Page>
    }
}
