//! Exactly what somebody would be let do, before it is binding.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, HiddenField, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::paths;
use crate::words::td_string;
use actions::ConfirmHelper;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "helper_check";

/// What the screen shows.
pub struct Shown {
    pub draft: String,
    /// The exact text, a line for each thing.
    pub text: String,
    pub text_sha256: String,
    /// It was changed since it was shown.
    pub has_changed: bool,
}

#[component]
pub fn HelperCheckPage() -> impl IntoView {
    loaded(load::load(), |shown| shown.map(show))
}

fn show(shown: Shown) -> impl IntoView {
    let changed = if shown.has_changed { vec![(String::new(), String::new())] } else { Vec::new() };
    let problems = Problems::from_codes(&changed, |_, _| td_string!(words(), helper.changed).to_owned());
    let lines: Vec<_> = shown.text.lines().map(|line| view! { <li>{line.to_owned()}</li> }).collect();
    view! {
        <Page title=td_string!(words(), helper.check_title) back=paths::HELPER_ADD lead=td_string!(words(), helper.check_lead)>
            <ErrorSummary problems/>
            <ul>{lines}</ul>
            <p>{td_string!(words(), helper.check_then)}</p>
            <form method="post" action=ConfirmHelper::PATH>
                <HiddenField name="draft" value=shown.draft/>
                <HiddenField name="shown_text" value=shown.text_sha256/>
                <Button label=td_string!(words(), helper.confirm)/>
            </form>
            <p><a href=paths::HELPER_ADD>{td_string!(words(), components.change)}</a></p>
        </Page>
    }
}
