//! A new message to the team, about an account or nothing in particular. Says before sending by when a person answers. What was typed
//! before, on whatever device, stands in it.

pub mod actions;
mod load;
pub mod received;

use crate::components::form::{Button, ButtonKind, Choice, ErrorSummary, Field, HiddenField, Problems, Radios, TextArea};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::text::MaybeText;
use crate::domain::calendar::Date;
use crate::domain::contact::Topic;
use crate::domain::conversation::{ACCOUNT, LONGEST_SUBJECT_CHARACTERS, LONGEST_TEXT_CHARACTERS, SUBJECT, TEXT, TOPIC};
use crate::domain::format;
use crate::paths;
use crate::words::{td_string, topic_words};
use actions::SendMessage;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen in a flash.
const SCREEN: &str = "message";
/// The button that keeps it and goes on to what is attached.
const INTENT: &str = "intent";
const PAPERS: &str = "papers";

/// What the screen shows.
pub struct FormView {
    /// Written by somebody who helps: sent as it is, without files and about an account.
    pub is_helper: bool,
    /// The account whose page led here.
    pub of_account: Option<String>,
    /// Id, reference and creditor of each account it may be about.
    pub accounts: Vec<(String, String, String)>,
    pub answer_on: Date,
    /// Something is kept from before.
    pub is_kept: bool,
    /// Makes it one message, however often it is sent.
    pub key: String,
    pub typed: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn MessagePage() -> impl IntoView {
    loaded(load::load(param("account"), param("topic")), |view| view.map(show))
}

fn show(view: FormView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |field, code| problem(field, code).to_owned());
    let typed = |field: &str| view.typed.get(field).cloned();
    let (account, topic) = (typed(ACCOUNT), typed(TOPIC).filter(|topic| !topic.is_empty()));
    let (subject, text) = (typed(SUBJECT).unwrap_or_default(), typed(TEXT).unwrap_or_default());
    let nothing = Choice::new("", td_string!(words(), messages.about_nothing));
    let accounts: Vec<Choice> = view
        .accounts
        .into_iter()
        .map(|(id, reference, creditor)| {
            Choice::new(id, td_string!(words(), messages.about_account, reference = reference, creditor = creditor))
        })
        .chain((!view.is_helper).then_some(nothing))
        .collect();
    let topics: Vec<Choice> =
        Topic::OF_MESSAGES.iter().map(|topic| Choice::new(topic.code(), topic_words(*topic, words()))).collect();
    let answer_on = format::long_date(view.answer_on, language());
    let kept = view.is_kept.then(|| view! { <Notice kind=NoticeKind::Plain><p>{td_string!(words(), dispute.kept)}</p></Notice> });
    let not_right = view.of_account.as_ref().map(|account| {
        view! { <p><a href=paths::dispute(account)>{td_string!(words(), messages.not_right_go)}</a></p> }
    });
    let back = view.of_account.as_ref().map_or_else(|| paths::MESSAGES.to_owned(), |account| paths::account(account));
    view! {
        <Page title=td_string!(words(), account.write) back=back lead=td_string!(words(), messages.new_lead)>
            <ErrorSummary problems=problems.clone() first=TEXT/>
            <p>{td_string!(words(), messages.promise, date = answer_on)}</p>
            {kept}
            {not_right}
            <form method="post" action=SendMessage::PATH>
                <HiddenField name="key" value=view.key/>
                <Radios name=ACCOUNT legend=td_string!(words(), messages.about) choices=accounts chosen=MaybeText(account)/>
                <Radios name=TOPIC legend=td_string!(words(), messages.topic) choices=topics chosen=topic error=problems.of(TOPIC)/>
                <Field
                    name=SUBJECT
                    label=td_string!(words(), messages.subject)
                    hint=td_string!(words(), messages.subject_hint)
                    error=problems.of(SUBJECT)
                    value=subject
                    longest=LONGEST_SUBJECT_CHARACTERS
                />
                <TextArea
                    name=TEXT
                    label=td_string!(words(), messages.text)
                    hint=td_string!(words(), message.text_hint)
                    error=problems.of(TEXT)
                    value=text
                    longest=LONGEST_TEXT_CHARACTERS
                />
                <Button label=td_string!(words(), message.button)/>
                {(!view.is_helper).then(|| {
                    view! { <Button label=td_string!(words(), messages.papers) kind=ButtonKind::Other name=INTENT value=PAPERS/> }
                })}
            </form>
        </Page>
    }
}

fn problem(field: &str, code: &str) -> &'static str {
    match (field, code) {
        (TOPIC, _) => td_string!(words(), messages.topic_missing),
        (TEXT, "missing") => td_string!(words(), message.text_missing),
        (_, "limited") => td_string!(words(), message.limited),
        _ => td_string!(words(), message.too_long),
    }
}
