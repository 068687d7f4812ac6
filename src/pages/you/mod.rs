//! What is the customer's own: one list, reached from the head of every page.

use crate::components::frame::words;
use crate::components::layout::Page;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn YouPage() -> impl IntoView {
    let ways: Vec<_> = ways()
        .into_iter()
        .map(|(href, name, more)| {
            view! {
                <li>
                    <a class="way" href=href>
                        <span class="way-name">{name}</span>
                        <span class="way-more">{more}</span>
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <Page title=td_string!(words(), you.title) back=paths::ACCOUNT>
            <ul class="ways">{ways}</ul>
        </Page>
    }
}

/// Address, name, and what is found there.
fn ways() -> Vec<(&'static str, &'static str, &'static str)> {
    vec![
        (paths::MESSAGES, td_string!(words(), you.messages), td_string!(words(), you.messages_more)),
        (paths::DOCUMENTS, td_string!(words(), you.documents), td_string!(words(), you.documents_more)),
        (paths::YOU_CONTACT, td_string!(words(), you.contact), td_string!(words(), you.contact_more)),
        (paths::DETAILS, td_string!(words(), you.details), td_string!(words(), you.details_more)),
        (paths::SIGNING_IN, td_string!(words(), you.signing_in), td_string!(words(), you.signing_in_more)),
        (paths::HELPERS, td_string!(words(), you.helpers), td_string!(words(), you.helpers_more)),
        (paths::TOLD_US, td_string!(words(), you.told_us), td_string!(words(), you.told_us_more)),
    ]
}
