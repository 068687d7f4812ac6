//! What of a message is kept and not sent: the words, what is attached to them, and by when a person answers. One screen for a new message
//! and for a reply.

pub mod actions;
mod load;

use crate::components::evidence::EvidencePanel;
use crate::components::form::{Button, ButtonKind, ErrorSummary, HiddenField, Problems};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::own_words::OwnWords;
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::calendar::Date;
use crate::domain::contact::Topic;
use crate::domain::evidence::EvidenceItem;
use crate::domain::format;
use crate::paths;
use crate::words::{conversation_title, td_string, topic_words};
use actions::{DiscardMessage, SendKept};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen in a flash.
const SCREEN: &str = "message_check";

/// What the screen shows.
pub struct CheckView {
    pub place: PlaceView,
    pub draft_id: String,
    pub revision: i64,
    pub text: String,
    pub answer_on: Date,
    pub evidence: Vec<EvidenceItem>,
    pub errors: Vec<(String, String)>,
}

/// Where it was typed.
pub enum PlaceView {
    New {
        topic: Option<Topic>,
        subject: String,
        /// The reference of the account it is about.
        account: Option<String>,
    },
    Reply {
        reference: String,
        topic: Topic,
        subject: String,
    },
}

impl PlaceView {
    fn reference(&self) -> String {
        match self {
            PlaceView::New { .. } => String::new(),
            PlaceView::Reply { reference, .. } => reference.clone(),
        }
    }

    /// Where it is typed.
    fn form(&self) -> String {
        match self {
            PlaceView::New { .. } => paths::MESSAGE_NEW.to_owned(),
            PlaceView::Reply { reference, .. } => paths::conversation(reference),
        }
    }

    /// This page.
    fn here(&self) -> String {
        match self {
            PlaceView::New { .. } => paths::MESSAGE_DRAFT.to_owned(),
            PlaceView::Reply { reference, .. } => paths::conversation_draft(reference),
        }
    }
}

#[component]
pub fn MessageCheckPage() -> impl IntoView {
    loaded(load::load(param("reference")), |view| view.map(show))
}

fn show(view: CheckView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, code| problem(code).to_owned());
    let (form, here, reference) = (view.place.form(), view.place.here(), view.place.reference());
    let answer_on = format::long_date(view.answer_on, language());
    let rows = rows(&view.place);
    let own_words = match view.text.is_empty() {
        true => view! { <p>{td_string!(words(), messages.no_words)}</p> }.into_any(),
        false => view! { <OwnWords text=view.text.clone()/> }.into_any(),
    };
    view! {
        <Page title=td_string!(words(), dispute.check_title) back=form.clone() lead=td_string!(words(), messages.check_lead)>
            <ErrorSummary problems/>
            <SummaryList rows/>
            <section>
                <h2>{td_string!(words(), messages.text)}</h2>
                {own_words}
                <p><a href=form>{td_string!(words(), messages.change_words)}</a></p>
            </section>
            <EvidencePanel case_id=view.draft_id.clone() items=view.evidence back=here/>
            <form method="post" action=SendKept::PATH>
                <HiddenField name="reference" value=reference/>
                <HiddenField name="draft" value=view.draft_id.clone()/>
                <HiddenField name="revision" value=view.revision.to_string()/>
                <p>{td_string!(words(), messages.promise, date = answer_on)}</p>
                <Button label=td_string!(words(), message.button)/>
            </form>
            <form method="post" action=DiscardMessage::PATH>
                <HiddenField name="draft" value=view.draft_id/>
                <p>{td_string!(words(), messages.discard_note)}</p>
                <Button label=td_string!(words(), messages.discard) kind=ButtonKind::Other/>
            </form>
        </Page>
    }
}

fn rows(place: &PlaceView) -> Vec<SummaryRow> {
    let change = |term: &'static str, value: String| {
        SummaryRow::new(term, value).with_change(place.form(), td_string!(words(), components.change), term)
    };
    match place {
        PlaceView::New { topic, subject, account } => {
            let about = account.clone().unwrap_or_else(|| td_string!(words(), messages.about_nothing).to_owned());
            let topic = topic.map_or_else(|| td_string!(words(), messages.not_chosen), |topic| topic_words(topic, words()));
            let mut rows = vec![
                change(td_string!(words(), messages.about), about),
                change(td_string!(words(), messages.topic), topic.to_owned()),
            ];
            if !subject.is_empty() {
                rows.push(change(td_string!(words(), messages.subject), subject.clone()));
            }
            rows
        }
        PlaceView::Reply { topic, subject, .. } => {
            vec![SummaryRow::new(td_string!(words(), messages.reply_to), conversation_title(subject, *topic, words()))]
        }
    }
}

fn problem(code: &str) -> &'static str {
    match code {
        "topic_missing" => td_string!(words(), messages.topic_missing),
        "text_missing" => td_string!(words(), message.text_missing),
        "limited" => td_string!(words(), message.limited),
        "full" => td_string!(words(), messages.full),
        "changed" => td_string!(words(), dispute.error_changed),
        _ => td_string!(words(), message.too_long),
    }
}
