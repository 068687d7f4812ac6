//! "Speak to my attorney or adviser only": who that is, and what still comes (12 CFR 1006.6(b)(2)).

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, Field, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::domain::contact::wishes::{LONGEST_ADVISER_CONTACT_CHARACTERS, LONGEST_ADVISER_NAME_CHARACTERS};
use crate::paths;
use crate::words::td_string;
use actions::NameAdviser;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "adviser";
const NAME: &str = "name";
const CONTACT: &str = "contact";

/// Has no Debug: a name and an address.
pub struct AdviserView {
    pub name: Option<String>,
    pub contact: Option<String>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn AdviserPage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: AdviserView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |field, code| match (field, code) {
        (_, "too_long") => td_string!(words(), wishes.error_adviser_long).to_owned(),
        (NAME, _) => td_string!(words(), wishes.error_adviser_name).to_owned(),
        _ => td_string!(words(), wishes.error_adviser_contact).to_owned(),
    });
    view! {
        <Page title=td_string!(words(), wishes.adviser_title) back=paths::YOU_CONTACT lead=td_string!(words(), wishes.adviser_lead)>
            <ErrorSummary problems=problems.clone()/>
            <h2>{td_string!(words(), wishes.comes_title)}</h2>
            <ul>
                <li>{td_string!(words(), wishes.comes_records)}</li>
                <li>{td_string!(words(), wishes.comes_notices)}</li>
                <li>{td_string!(words(), wishes.comes_asked)}</li>
            </ul>
            <form method="post" action=NameAdviser::PATH>
                <Field
                    name=NAME
                    label=td_string!(words(), wishes.adviser_name)
                    hint=td_string!(words(), wishes.adviser_name_hint)
                    error=problems.of(NAME)
                    value=view.name
                    longest=LONGEST_ADVISER_NAME_CHARACTERS
                />
                <Field
                    name=CONTACT
                    label=td_string!(words(), wishes.adviser_contact)
                    hint=td_string!(words(), wishes.adviser_contact_hint)
                    error=problems.of(CONTACT)
                    value=view.contact
                    longest=LONGEST_ADVISER_CONTACT_CHARACTERS
                />
                <Button label=td_string!(words(), wishes.adviser_button)/>
            </form>
        </Page>
    }
}
