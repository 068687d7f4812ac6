//! Too many tries from one place: no form to try once more, but until when, and the ways to a person meanwhile.

use super::form::LinkButton;
use super::frame::{frame, words};
use super::layout::Page;
use super::notice::{Notice, NoticeKind};
use super::text::unbroken;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn PleaseWait(#[prop(into)] text: String) -> impl IntoView {
    let reach = frame().reach.clone();
    view! {
        <Page title=td_string!(words(), errors.too_many_title)>
            <Notice kind=NoticeKind::Attention><p>{unbroken(&text)}</p></Notice>
            <p>{td_string!(words(), door.help)}</p>
            <p><LinkButton href=paths::CONTACT label=td_string!(words(), door.help_link)/></p>
            <p>{unbroken(&td_string!(words(), door.call, phone = reach.phone, hours = reach.hours))}</p>
        </Page>
    }
}
