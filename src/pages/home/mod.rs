//! The door: neutral, before anyone has said who they are. Nothing here tells what the portal is about.

mod load;

use crate::components::form::LinkButton;
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn HomePage() -> impl IntoView {
    load::lead_on();
    let reach = frame().reach.clone();
    view! {
        <Page title=td_string!(words(), door.title)>
            <p>{td_string!(words(), door.lead)}</p>
            <p>{td_string!(words(), door.sign_in_hint)}</p>
            <p><LinkButton href=paths::SIGN_IN label=td_string!(words(), door.sign_in)/></p>
            <h2>{td_string!(words(), door.help_title)}</h2>
            <p>{td_string!(words(), door.help)}</p>
            <p><a href=paths::CONTACT>{td_string!(words(), door.help_link)}</a></p>
            <p><a href=paths::TOLD_US>{td_string!(words(), life_event.door_link)}</a></p>
            <p><a href=paths::HELPER_DOOR>{td_string!(words(), helper.door_title)}</a></p>
            <p>{td_string!(words(), door.call, phone = reach.phone, hours = reach.hours)}</p>
        </Page>
    }
}
