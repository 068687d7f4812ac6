//! What has to be said before somebody pays or signs: nothing for most accounts.

use super::frame::words;
use super::notice::{Notice, NoticeKind};
use crate::domain::account::Disclosure;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn DisclosureNotice(disclosure: Option<Disclosure>, #[prop(into)] creditor: String) -> impl IntoView {
    disclosure.map(|disclosure| match disclosure {
        Disclosure::TimeBarred => view! {
            <Notice kind=NoticeKind::Attention title=td_string!(words(), disclosure.title)>
                <p>{td_string!(words(), disclosure.time_barred, creditor = creditor)}</p>
                <p>{td_string!(words(), disclosure.time_barred_again)}</p>
                <p>{td_string!(words(), disclosure.time_barred_ask)}</p>
            </Notice>
        },
    })
}
