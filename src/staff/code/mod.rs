//! The second step of coming in.

pub mod actions;
mod load;

use crate::components::form::{Button, ButtonKind, ErrorSummary, Field, FieldWidth, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::paths;
use crate::words::td_string;
use actions::StaffShowCode;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "staff_code";

pub struct CodeView {
    pub minutes_to_wait: i64,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn StaffCodePage() -> impl IntoView {
    loaded(load::load(), show)
}

fn show(view: CodeView) -> impl IntoView {
    let minutes = view.minutes_to_wait;
    let problems = Problems::from_codes(&view.errors, |_, code| match code {
        "limited" => td_string!(words(), staff.limited, minutes = minutes),
        _ => td_string!(words(), staff.code_wrong).to_owned(),
    });
    view! {
        <Page title=td_string!(words(), staff.code_title) lead=td_string!(words(), staff.code_lead)>
            <ErrorSummary problems=problems.clone() first="code"/>
            <form method="post" action=StaffShowCode::PATH>
                <Field
                    name="code"
                    label=td_string!(words(), staff.code)
                    hint=td_string!(words(), staff.code_hint)
                    error=problems.of("code")
                    width=FieldWidth::Short
                    autocomplete="one-time-code"
                    longest=60
                />
                <Button label=td_string!(words(), staff.code_button)/>
            </form>
            <p class="quiet">{td_string!(words(), staff.code_help)}</p>
            <form method="post" action=paths::STAFF_SIGN_OUT_ACTION>
                <Button label=td_string!(words(), staff.start_again) kind=ButtonKind::Quiet/>
            </form>
        </Page>
    }
}
