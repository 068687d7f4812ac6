//! Stopping e-mail in one step: no sign-in, no question, no word of why anybody wrote. The form ends in `http/stop.rs`, which also
//! takes what a mail program's own button sends.

mod load;

use crate::components::form::{Button, ButtonKind, LinkButton};
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use load::Shown;

#[component]
pub fn StopPage() -> impl IntoView {
    let is_taken_up = use_query_map().with_untracked(|query| query.get(paths::WANTED)).is_some();
    loaded(load::load(param("token"), is_taken_up), |shown| match shown {
        Shown::Ask { token, is_taken_up } => view! { <AskPage token is_taken_up/> }.into_any(),
        Shown::Stopped { token } => view! { <StoppedPage token/> }.into_any(),
        Shown::Gone => view! { <GonePage/> }.into_any(),
    })
}

#[component]
fn AskPage(token: String, is_taken_up: bool) -> impl IntoView {
    view! {
        <Page title=td_string!(words(), stop.title)>
            {is_taken_up.then(|| view! { <Notice kind=NoticeKind::Done><p>{td_string!(words(), stop.again_done)}</p></Notice> })}
            <p>{td_string!(words(), stop.lead)}</p>
            <form method="post" action=paths::stop(&token)>
                <Button label=td_string!(words(), stop.button)/>
            </form>
            <p class="quiet">{td_string!(words(), stop.still_comes)}</p>
        </Page>
    }
}

#[component]
fn StoppedPage(token: String) -> impl IntoView {
    view! {
        <Page title=td_string!(words(), stop.done_title)>
            <Notice kind=NoticeKind::Done><p>{td_string!(words(), stop.done)}</p></Notice>
            <p>{td_string!(words(), stop.still_comes)}</p>
            <p>{td_string!(words(), stop.again)}</p>
            <form method="post" action=paths::stop_again(&token)>
                <Button label=td_string!(words(), stop.again_button) kind=ButtonKind::Other/>
            </form>
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
