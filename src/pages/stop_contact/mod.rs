//! "Stop contacting me": what stops and what still comes, said before it holds (12 CFR 1006.6(c)).

pub mod actions;

use crate::components::form::Button;
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::paths;
use crate::words::td_string;
use actions::StopContact;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn StopContactPage() -> impl IntoView {
    view! {
        <Page
            title=td_string!(words(), wishes.stop_page_title)
            back=paths::YOU_CONTACT
            lead=td_string!(words(), wishes.stop_page_lead)
        >
            <h2>{td_string!(words(), wishes.stops_title)}</h2>
            <ul>
                <li>{td_string!(words(), wishes.stops_reminders)}</li>
                <li>{td_string!(words(), wishes.stops_calls)}</li>
            </ul>
            <h2>{td_string!(words(), wishes.comes_title)}</h2>
            <ul>
                <li>{td_string!(words(), wishes.comes_records)}</li>
                <li>{td_string!(words(), wishes.comes_notices)}</li>
                <li>{td_string!(words(), wishes.comes_three)}</li>
                <li>{td_string!(words(), wishes.comes_asked)}</li>
            </ul>
            <p>{td_string!(words(), wishes.stop_debt)}</p>
            <form method="post" action=StopContact::PATH>
                <Button label=td_string!(words(), wishes.stop_button)/>
            </form>
        </Page>
    }
}
