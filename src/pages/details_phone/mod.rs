//! Another phone number, or none.

pub mod actions;
mod load;

use crate::components::form::{Button, ButtonKind, ErrorSummary, Field, FieldKind, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::paths;
use crate::words::td_string;
use actions::{KeepPhone, RemovePhone};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "details_phone";
const PHONE: &str = "phone";

/// Has no Debug: it holds numbers.
pub struct PhoneView {
    pub now: Option<String>,
    pub typed: Option<String>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn DetailsPhonePage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: PhoneView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, code| match code {
        "missing" => td_string!(words(), details.phone_missing).to_owned(),
        _ => td_string!(words(), details.phone_not_a_number).to_owned(),
    });
    let now = match view.now.clone() {
        Some(phone) => td_string!(words(), details.phone_now, phone = phone),
        None => td_string!(words(), details.phone_none).to_owned(),
    };
    let remove = view.now.is_some().then(|| {
        view! {
            <form method="post" action=RemovePhone::PATH>
                <Button label=td_string!(words(), details.phone_remove) kind=ButtonKind::Other/>
            </form>
        }
    });
    view! {
        <Page title=td_string!(words(), details.phone_title) back=paths::DETAILS lead=now>
            <ErrorSummary problems=problems.clone() first=PHONE/>
            <form method="post" action=KeepPhone::PATH>
                <Field
                    name=PHONE
                    label=td_string!(words(), details.phone_new)
                    hint=td_string!(words(), details.phone_hint)
                    error=problems.of(PHONE)
                    value=view.typed
                    kind=FieldKind::Phone
                    autocomplete="tel"
                    longest=40
                />
                <p>{td_string!(words(), details.phone_texts)}</p>
                <Button label=td_string!(words(), details.phone_button)/>
            </form>
            {remove}
        </Page>
    }
}
