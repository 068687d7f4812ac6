//! Stopping e-mail in one step: no sign-in, no question, no word of why anybody wrote. The form ends in `http/stop.rs`, which also
//! takes what a mail program's own button sends.

mod load;

use crate::components::form::{Button, LinkButton};
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;
use load::Shown;

#[component]
pub fn StopPage() -> impl IntoView {
    loaded(load::load(param("token")), |shown| match shown {
        Shown::Ask { token } => view! { <AskPage token/> }.into_any(),
        Shown::Stopped => view! { <StoppedPage/> }.into_any(),
        Shown::Gone => view! { <GonePage/> }.into_any(),
    })
}

#[component]
fn AskPage(token: String) -> impl IntoView {
    view! {
        <Page title=td_string!(words(), stop.title)>
            <p>{td_string!(words(), stop.lead)}</p>
            <form method="post" action=paths::stop(&token)>
                <Button label=td_string!(words(), stop.button)/>
            </form>
            <p class="quiet">{td_string!(words(), stop.still_comes)}</p>
        </Page>
    }
}

#[component]
fn StoppedPage() -> impl IntoView {
    let again = td_string!(words(), stop.again, phone = frame().reach.phone.clone());
    view! {
        <Page title=td_string!(words(), stop.done_title)>
            <Notice kind=NoticeKind::Done><p>{td_string!(words(), stop.done)}</p></Notice>
            <p>{td_string!(words(), stop.still_comes)}</p>
            <p>{again}</p>
        </Page>
    }
}

#[component]
fn GonePage() -> impl IntoView {
    let gone = td_string!(words(), stop.gone, phone = frame().reach.phone.clone());
    view! {
        <Page title=td_string!(words(), stop.gone_title)>
            <p>{gone}</p>
            <p><LinkButton href=paths::CONTACT label=td_string!(words(), stop.write)/></p>
        </Page>
    }
}
