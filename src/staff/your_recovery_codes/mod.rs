//! Making new recovery codes.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, Field, FieldKind, Problems};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::staff_secrets::RecoveryCodes;
use crate::paths;
use crate::words::td_string;
use actions::StaffReplaceCodes;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "staff_your_recovery_codes";

pub struct RecoveryCodesView {
    pub codes: Vec<String>,
    pub minutes_to_wait: i64,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn StaffYourRecoveryCodesPage() -> impl IntoView {
    loaded(load::load(), show)
}

fn show(view: RecoveryCodesView) -> impl IntoView {
    let minutes = view.minutes_to_wait;
    let problems = Problems::from_codes(&view.errors, |_, code| match code {
        "limited" => td_string!(words(), staff.limited, minutes = minutes),
        _ => td_string!(words(), staff.password_now_wrong).to_owned(),
    });
    view! {
        <Page title=td_string!(words(), staff.you_codes) back=paths::STAFF_YOU lead=td_string!(words(), staff.your_codes_lead)>
            <ErrorSummary problems=problems.clone() first="password"/>
            <RecoveryCodes codes=view.codes/>
            <form method="post" action=StaffReplaceCodes::PATH>
                <Field
                    name="password"
                    label=td_string!(words(), staff.password_now)
                    error=problems.of("password")
                    kind=FieldKind::Password
                    autocomplete="current-password"
                />
                <Button label=td_string!(words(), staff.codes_button)/>
            </form>
        </Page>
    }
}
