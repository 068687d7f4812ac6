//! The message has arrived: by when a person answers, what is on hold meanwhile, and its reference.

use super::load::{self, Received};
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::contact::Topic;
use crate::domain::format;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn MessageReceivedPage() -> impl IntoView {
    loaded(load::received(param("account"), param("reference")), |received| received.map(show))
}

fn show(received: Received) -> impl IntoView {
    let day = format::long_date(received.answer_by, language());
    let held = (received.topic == Topic::NotRight).then(|| {
        view! {
            <Notice kind=NoticeKind::Done title=td_string!(words(), holds.title)>
                <p>{td_string!(words(), message.not_right_held)}</p>
            </Notice>
        }
    });
    // Once, and only now: before, nothing had been told.
    let thanks = (received.topic == Topic::Changed).then(|| view! { <p>{td_string!(words(), message.received_thanks)}</p> });
    let waits = received.collections_wait.then(|| {
        view! {
            <Notice kind=NoticeKind::Done title=td_string!(words(), holds.title)>
                <p>{td_string!(words(), holds.stop_asked)}</p>
            </Notice>
        }
    });
    view! {
        <Page title=td_string!(words(), message.received_title)>
            {thanks}
            <p>{td_string!(words(), message.received, date = day)}</p>
            {held}
            {waits}
            <p>{td_string!(words(), message.received_reference, reference = received.reference)}</p>
            <LinkButton
                href=paths::account(&received.account_id)
                label=td_string!(words(), message.back_to_account)
                kind=LinkKind::Other
            />
        </Page>
    }
}
