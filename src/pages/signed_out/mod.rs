//! After signing out.

pub mod actions;

use crate::components::form::LinkButton;
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn SignedOutPage() -> impl IntoView {
    view! {
        <Page title=td_string!(words(), session.signed_out_title)>
            <p>{td_string!(words(), session.signed_out)}</p>
            <p>{td_string!(words(), session.shared)}</p>
            <p><LinkButton href=paths::SIGN_IN label=td_string!(words(), session.sign_in_again)/></p>
        </Page>
    }
}
