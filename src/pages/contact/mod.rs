//! "I can't get in", "I moved", "this is not for me": a way to a person that reveals nothing.

pub mod actions;
mod form;
mod load;
pub mod received;

use crate::components::form::{Button, Choice, ErrorSummary, Field, Problems, Radios, TextArea};
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::domain::contact::ContactKind;
use crate::paths;
use crate::words::td_string;
use actions::AskPerson;
use form::{LONGEST_MESSAGE_CHARACTERS, LONGEST_REPLY_TO_CHARACTERS};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen in a flash.
const SCREEN: &str = "contact";

#[component]
pub fn ContactPage() -> impl IntoView {
    let shown = load::load();
    let problems = Problems::from_codes(&shown.flash.errors, |field, code| problem(field, code, shown.minutes_to_wait));
    let values = shown.flash.values;
    let kept = move |field: &str| values.get(field).cloned().unwrap_or_default();
    let kinds = ContactKind::ALL.into_iter().map(|kind| Choice::new(kind.code(), kind_words(kind))).collect::<Vec<_>>();
    let reach = frame().reach.clone();
    view! {
        <Page title=td_string!(words(), contact.title)>
            <ErrorSummary problems=problems.clone()/>
            <p>{td_string!(words(), contact.lead)}</p>
            <p>{td_string!(words(), door.call, phone = reach.phone, hours = reach.hours)}</p>
            <p><a href=paths::TOLD_US>{td_string!(words(), life_event.door_link)}</a></p>
            <form method="post" action=AskPerson::PATH>
                <Radios
                    name="kind"
                    legend=td_string!(words(), contact.kind)
                    choices=kinds
                    chosen=kept("kind")
                    error=problems.of("kind")
                />
                <Field
                    name="reply_to"
                    label=td_string!(words(), contact.reply_to)
                    hint=td_string!(words(), contact.reply_to_hint)
                    error=problems.of("reply_to")
                    value=kept("reply_to")
                    longest=LONGEST_REPLY_TO_CHARACTERS
                />
                <TextArea
                    name="message"
                    label=td_string!(words(), contact.message)
                    hint=td_string!(words(), contact.message_hint)
                    error=problems.of("message")
                    value=kept("message")
                    longest=LONGEST_MESSAGE_CHARACTERS
                />
                <Button label=td_string!(words(), contact.button)/>
            </form>
        </Page>
    }
}

fn kind_words(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::CannotGetIn => td_string!(words(), contact.kind_cannot_get_in),
        ContactKind::Moved => td_string!(words(), contact.kind_moved),
        ContactKind::NotForMe => td_string!(words(), contact.kind_not_for_me),
        ContactKind::Other => td_string!(words(), contact.kind_other),
    }
}

fn problem(field: &str, code: &str, minutes: i64) -> String {
    match (field, code) {
        (_, "too_long") => td_string!(words(), contact.too_long).to_owned(),
        ("kind", _) => td_string!(words(), contact.kind_missing).to_owned(),
        ("reply_to", _) => td_string!(words(), contact.reply_to_missing).to_owned(),
        ("message", _) => td_string!(words(), contact.message_missing).to_owned(),
        _ => td_string!(words(), contact.limited, minutes = minutes),
    }
}
