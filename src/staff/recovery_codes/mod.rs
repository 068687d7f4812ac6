//! The last step of the first time: keeping recovery codes.

pub mod actions;
mod load;

use crate::components::form::Button;
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::staff_secrets::RecoveryCodes;
use crate::words::td_string;
use actions::StaffKeepCodes;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn StaffRecoveryCodesPage() -> impl IntoView {
    loaded(load::load(), show)
}

fn show(codes: Vec<String>) -> impl IntoView {
    view! {
        <Page title=td_string!(words(), staff.codes_title) lead=td_string!(words(), staff.codes_lead)>
            <RecoveryCodes codes/>
            <form method="post" action=StaffKeepCodes::PATH>
                <Button label=td_string!(words(), staff.codes_button)/>
            </form>
        </Page>
    }
}
