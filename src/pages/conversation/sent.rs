//! A message has arrived: by when a person answers, where the answer will be, what waits meanwhile, and its reference.

use super::load;
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::text::unbroken;
use crate::domain::calendar::Date;
use crate::domain::contact::Topic;
use crate::domain::format;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// What the screen shows.
pub struct SentView {
    pub reference: String,
    pub topic: Topic,
    pub answer_on: Date,
    pub collections_wait: bool,
}

#[component]
pub fn MessageSentPage() -> impl IntoView {
    loaded(load::sent(param("reference")), |view| view.map(show))
}

fn show(view: SentView) -> impl IntoView {
    let day = format::long_date(view.answer_on, language());
    // Once, and only now: before, nothing had been told.
    let thanks = (view.topic == Topic::Changed).then(|| view! { <p>{td_string!(words(), message.received_thanks)}</p> });
    let waits = view.collections_wait.then(super::collections_wait);
    let number = td_string!(words(), message.received_reference, reference = view.reference.clone());
    view! {
        <Page title=td_string!(words(), message.received_title)>
            {thanks}
            <p>{td_string!(words(), message.received, date = day)}</p>
            <p>{td_string!(words(), messages.sent_where)}</p>
            {waits}
            <p>{unbroken(&number)}</p>
            <p><LinkButton href=paths::conversation(&view.reference) label=td_string!(words(), messages.see) kind=LinkKind::Other/></p>
            <p><a href=paths::ACCOUNT>{td_string!(words(), message.back_to_account)}</a></p>
        </Page>
    }
}
