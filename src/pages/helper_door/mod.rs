//! Where helpers come back: the reference of their help and the code word. It names nobody and nothing.

pub mod actions;
mod load;

use crate::components::code_word::CodeWord;
use crate::components::form::{Button, ErrorSummary, Field, FieldWidth, Problems};
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::components::please_wait::PleaseWait;
use crate::paths;
use crate::words::td_string;
use actions::SignInHelper;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen in a flash.
const SCREEN: &str = "helper_door";

#[component]
pub fn HelperDoorPage() -> impl IntoView {
    let shown = load::load();
    if shown.flash.errors.iter().any(|(_, code)| code == "limited") {
        let phone = frame().reach.phone.clone();
        let text = td_string!(words(), sign_in.link_limited, minutes = shown.minutes_to_wait, phone = phone);
        return view! { <PleaseWait text/> }.into_any();
    }
    let problems = Problems::from_codes(&shown.flash.errors, |_, _| td_string!(words(), helper.no_match).to_owned());
    let reference = shown.flash.values.get("reference").cloned().unwrap_or_default();
    view! {
        <Page title=td_string!(words(), helper.door_title) back=paths::HOME lead=td_string!(words(), helper.door_lead)>
            <ErrorSummary problems first="reference"/>
            <form method="post" action=SignInHelper::PATH>
                <Field
                    name="reference"
                    label=td_string!(words(), helper.door_reference)
                    hint=td_string!(words(), helper.door_reference_hint)
                    value=reference
                    width=FieldWidth::Short
                    autocomplete="off"
                    longest=40
                />
                <CodeWord/>
                <Button label=td_string!(words(), sign_in.button)/>
            </form>
            <p><a href=paths::CONTACT>{td_string!(words(), sign_in.help)}</a></p>
        </Page>
    }
    .into_any()
}
