//! Messages with the team: every conversation, what was written in last first, with whether there is an answer that was not seen.

mod load;

use crate::components::form::LinkButton;
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::calendar::Date;
use crate::domain::contact::Topic;
use crate::domain::conversation::{ConversationState, MOST_LISTED};
use crate::domain::format;
use crate::paths;
use crate::words::{conversation_title, td_string};
use leptos::prelude::*;

/// What the screen shows.
pub struct ListView {
    pub conversations: Vec<Row>,
    /// A new message is kept and not sent.
    pub has_draft: bool,
}

pub struct Row {
    pub reference: String,
    pub topic: Topic,
    pub subject: String,
    pub account: Option<String>,
    pub state: ConversationState,
    pub is_unread: bool,
    pub answer_on: Option<Date>,
    pub written_on: Date,
}

#[component]
pub fn MessagesPage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: ListView) -> impl IntoView {
    let days = frame().reach.answer_working_days.to_string();
    let draft = view.has_draft.then(|| {
        view! {
            <Notice kind=NoticeKind::Plain>
                <p>{td_string!(words(), messages.draft_kept)}" "<a href=paths::MESSAGE_DRAFT>{td_string!(words(), messages.draft_go)}</a></p>
            </Notice>
        }
    });
    let is_cut = i64::try_from(view.conversations.len()).is_ok_and(|count| count >= MOST_LISTED);
    let cut =
        is_cut.then(|| view! { <p class="quiet">{td_string!(words(), messages.most, count = MOST_LISTED.to_string())}</p> });
    let list = list(view.conversations);
    view! {
        <Page title=td_string!(words(), messages.title) back=paths::YOU lead=td_string!(words(), messages.lead)>
            <p>{td_string!(words(), message.answer_within, days = days)}</p>
            {draft}
            <p><LinkButton href=paths::MESSAGE_NEW label=td_string!(words(), messages.new)/></p>
            {list}
            {cut}
        </Page>
    }
}

fn list(conversations: Vec<Row>) -> AnyView {
    if conversations.is_empty() {
        return view! { <p>{td_string!(words(), messages.none)}</p> }.into_any();
    }
    let rows: Vec<_> = conversations.into_iter().map(row).collect();
    view! {
        <section>
            <h2>{td_string!(words(), messages.list_title)}</h2>
            <ol class="plain-list">{rows}</ol>
        </section>
    }
    .into_any()
}

fn row(row: Row) -> impl IntoView {
    let title = conversation_title(&row.subject, row.topic, words());
    let unread = row.is_unread.then(|| view! { " "<strong>{td_string!(words(), messages.unread)}</strong> });
    let stands = match (row.state, row.answer_on) {
        (ConversationState::Waiting, Some(on)) => {
            td_string!(words(), messages.list_waiting, date = format::date(on, language()))
        }
        (ConversationState::Waiting, None) | (ConversationState::Answered, _) => {
            td_string!(words(), messages.list_answered).to_owned()
        }
        (ConversationState::Closed, _) => td_string!(words(), messages.list_closed).to_owned(),
    };
    let about = row.account.map(|account| format!(" {}", td_string!(words(), messages.list_account, reference = account)));
    let written = td_string!(words(), messages.list_written, date = format::date(row.written_on, language()));
    view! {
        <li>
            <p><a href=paths::conversation(&row.reference)>{title}</a>{unread}</p>
            <p class="quiet">{written}" "{stands}{about}</p>
        </li>
    }
}
