//! It has arrived: its reference and the day of the answer. Can be reloaded for ever and says nothing else.

use super::load::{self, Promised};
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn ToldUsReceivedPage() -> impl IntoView {
    let reference = param("reference");
    loaded(load::load_promise(reference.clone()), |promised| match promised {
        Some(promised) => view! { <Received reference promised/> }.into_any(),
        None => view! { <Unknown/> }.into_any(),
    })
}

#[component]
fn Received(reference: String, promised: Promised) -> impl IntoView {
    let when = if promised.is_late {
        td_string!(words(), life_event.received_late, date = promised.day)
    } else {
        td_string!(words(), life_event.received, date = promised.day)
    };
    view! {
        <Page title=td_string!(words(), life_event.received_title) back=paths::HOME>
            <p>{when}</p>
            <p>{td_string!(words(), life_event.received_reference, reference = reference)}</p>
            <p>{td_string!(words(), life_event.received_papers)}</p>
            <p>{td_string!(words(), life_event.received_holds)}</p>
            <p><a href=paths::CONTACT>{td_string!(words(), contact.title)}</a></p>
        </Page>
    }
}

#[component]
fn Unknown() -> impl IntoView {
    view! {
        <Page title=td_string!(words(), contact.unknown_title) back=paths::HOME>
            <p>{td_string!(words(), contact.unknown)}</p>
            <p><a href=paths::TOLD_US>{td_string!(words(), life_event.title)}</a></p>
        </Page>
    }
}
