//! The message has arrived: its reference and the day of the answer. Can be reloaded for ever and says nothing else.

use super::load;
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn ContactReceivedPage() -> impl IntoView {
    let reference = param("reference");
    loaded(load::load_answer_day(reference.clone()), |answer_day| match answer_day {
        Some(day) => view! { <Received reference day/> }.into_any(),
        None => view! { <Unknown/> }.into_any(),
    })
}

#[component]
fn Received(reference: String, day: String) -> impl IntoView {
    view! {
        <Page title=td_string!(words(), contact.received_title)>
            <p>{td_string!(words(), contact.received, date = day)}</p>
            <p>{td_string!(words(), contact.received_reference, reference = reference)}</p>
        </Page>
    }
}

#[component]
fn Unknown() -> impl IntoView {
    view! {
        <Page title=td_string!(words(), contact.unknown_title)>
            <p>{td_string!(words(), contact.unknown)}</p>
            <p><a href=paths::CONTACT>{td_string!(words(), contact.title)}</a></p>
        </Page>
    }
}
