//! Words for a person about one account: something has changed, this is not right, or anything else. Says before sending by
//! when a person answers.

pub mod actions;
mod form;
mod load;
pub mod received;

use crate::components::form::{Button, ErrorSummary, Field, HiddenField, Problems, TextArea};
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::domain::contact::Topic;
use crate::paths;
use crate::words::td_string;
use actions::SendMessage;
use form::{LONGEST_MESSAGE_CHARACTERS, LONGEST_REPLY_TO_CHARACTERS};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use load::Shown;

/// The name of this screen in a flash.
const SCREEN: &str = "message";

#[component]
pub fn MessagePage() -> impl IntoView {
    loaded(load::load(param("account"), param("topic")), |shown| shown.map(show))
}

fn show(shown: Shown) -> impl IntoView {
    let Shown { account_id, topic, knows_email, flash } = shown;
    let problems = Problems::from_codes(&flash.errors, |field, code| problem(field, code).to_owned());
    let kept = |field: &str| flash.values.get(field).cloned().unwrap_or_default();
    let (text, reply_to) = (kept("text"), kept("reply_to"));
    let days = frame().reach.answer_working_days.to_string();
    let reply_hint =
        if knows_email { td_string!(words(), message.reply_to_hint_known) } else { td_string!(words(), message.reply_to_hint) };
    view! {
        <Page title=title_of(topic) back=paths::account(&account_id)>
            <ErrorSummary problems=problems.clone()/>
            <p>{lead_of(topic)}</p>
            <p>{td_string!(words(), message.answer_within, days = days)}</p>
            <form method="post" action=SendMessage::PATH>
                <HiddenField name="account" value=account_id/>
                <HiddenField name="topic" value=topic.code()/>
                <TextArea
                    name="text"
                    label=label_of(topic)
                    hint=td_string!(words(), message.text_hint)
                    error=problems.of("text")
                    value=text
                    longest=LONGEST_MESSAGE_CHARACTERS
                />
                <Field
                    name="reply_to"
                    label=td_string!(words(), message.reply_to)
                    hint=reply_hint
                    error=problems.of("reply_to")
                    value=reply_to
                    longest=LONGEST_REPLY_TO_CHARACTERS
                />
                <Button label=td_string!(words(), message.button)/>
            </form>
        </Page>
    }
}

fn title_of(topic: Topic) -> &'static str {
    match topic {
        Topic::Changed => td_string!(words(), account.changed),
        Topic::NotRight => td_string!(words(), account.not_right),
        Topic::Other => td_string!(words(), account.write),
    }
}

fn lead_of(topic: Topic) -> &'static str {
    match topic {
        Topic::Changed => td_string!(words(), message.changed_lead),
        Topic::NotRight => td_string!(words(), message.not_right_lead),
        Topic::Other => td_string!(words(), message.other_lead),
    }
}

fn label_of(topic: Topic) -> &'static str {
    match topic {
        Topic::Changed => td_string!(words(), message.changed_label),
        Topic::NotRight => td_string!(words(), message.not_right_label),
        Topic::Other => td_string!(words(), message.other_label),
    }
}

fn problem(field: &str, code: &str) -> &'static str {
    match (field, code) {
        ("text", "missing") => td_string!(words(), message.text_missing),
        ("reply_to", "missing") => td_string!(words(), message.reply_to_missing),
        (_, "limited") => td_string!(words(), message.limited),
        _ => td_string!(words(), message.too_long),
    }
}
