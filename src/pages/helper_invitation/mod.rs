//! An invitation to help: the link and the code word together open it, once. It names nobody, and is not used up by being looked at.

pub mod actions;
mod load;

use crate::components::code_word::CodeWord;
use crate::components::form::{Button, ErrorSummary, HiddenField, LinkButton, Problems};
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::please_wait::PleaseWait;
use crate::paths;
use crate::words::td_string;
use actions::AcceptHelp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use load::Shown;

/// The name of this screen in a flash.
const SCREEN: &str = "helper_invitation";

#[component]
pub fn HelperInvitationPage() -> impl IntoView {
    loaded(load::load(param("token")), |shown| match shown {
        Some(shown) => open(shown).into_any(),
        None => gone().into_any(),
    })
}

fn open(shown: Shown) -> impl IntoView {
    if shown.flash.errors.iter().any(|(_, code)| code == "limited") {
        let phone = frame().reach.phone.clone();
        let text = td_string!(words(), sign_in.link_limited, minutes = shown.minutes_to_wait, phone = phone);
        return view! { <PleaseWait text/> }.into_any();
    }
    let problems = Problems::from_codes(&shown.flash.errors, |_, _| td_string!(words(), helper.code_no_match).to_owned());
    view! {
        <Page title=td_string!(words(), helper.invitation_title) lead=td_string!(words(), helper.invitation_lead)>
            <ErrorSummary problems=problems.clone() first="code"/>
            <form method="post" action=AcceptHelp::PATH>
                <HiddenField name="token" value=shown.token/>
                <CodeWord/>
                <Button label=td_string!(words(), sign_in.link_button)/>
            </form>
            <p><a href=paths::CONTACT>{td_string!(words(), contact.title)}</a></p>
        </Page>
    }
    .into_any()
}

fn gone() -> impl IntoView {
    view! {
        <Page title=td_string!(words(), sign_in.link_gone_title)>
            <p>{td_string!(words(), helper.invitation_gone)}</p>
            <p><LinkButton href=paths::HELPER_DOOR label=td_string!(words(), helper.door_title)/></p>
        </Page>
    }
}
