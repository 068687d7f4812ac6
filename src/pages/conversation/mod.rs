//! One conversation with the team: who wrote what and when, what came with it, by when it is answered, and writing back.

pub mod actions;
mod load;
pub mod sent;

use crate::components::form::{Button, ButtonKind, ErrorSummary, HiddenField, Problems, TextArea};
use crate::components::frame::{frame, language, words};
use crate::components::how_was_this::HowWasThis;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::own_words::OwnWords;
use crate::components::text::unbroken;
use crate::domain::calendar::Date;
use crate::domain::contact::Topic;
use crate::domain::conversation::{ConversationState, LONGEST_TEXT_CHARACTERS, SHOWN, TEXT, Writer};
use crate::domain::evidence::{EvidenceItem, size_text};
use crate::domain::format;
use crate::paths;
use crate::words::{conversation_title, td_string};
use actions::{SendReply, SettleConversation};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen in a flash.
const SCREEN: &str = "conversation";
/// The button that keeps a reply and goes on to what is attached.
const INTENT: &str = "intent";
const PAPERS: &str = "papers";

/// What the screen shows.
pub struct ConversationView {
    pub reference: String,
    pub topic: Topic,
    pub subject: String,
    /// Id and reference of the account it is about.
    pub account: Option<(String, String)>,
    pub state: ConversationState,
    pub answer_on: Option<Date>,
    pub late_since: Option<Date>,
    pub closed_on: Option<Date>,
    /// The customer closed it.
    pub is_settled: bool,
    pub collections_wait: bool,
    pub written: Vec<WrittenView>,
    pub reply: ReplyView,
    /// Two optional questions may be asked about it.
    pub may_ask: bool,
}

pub struct WrittenView {
    pub writer: Writer,
    pub at: format::LocalTime,
    pub words: String,
    pub attachments: Vec<EvidenceItem>,
}

pub struct ReplyView {
    pub answer_on: Date,
    /// Makes it one message, however often it is sent.
    pub key: String,
    /// Something is kept from before.
    pub is_kept: bool,
    pub typed: String,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn ConversationPage() -> impl IntoView {
    loaded(load::load(param("reference")), |view| view.map(show))
}

fn show(view: ConversationView) -> impl IntoView {
    let problems = Problems::from_codes(&view.reply.errors, |_, code| problem(code).to_owned());
    let title = conversation_title(&view.subject, view.topic, words());
    let about = view.account.clone().map(|(id, reference)| {
        let label = td_string!(words(), messages.account_of, reference = reference);
        view! { <p><a href=paths::account(&id)>{label}</a></p> }
    });
    let stands = stands(&view);
    let waits = view.collections_wait.then(collections_wait);
    let ask = view.may_ask.then(|| view! { <HowWasThis reference=view.reference.clone()/> });
    let number = td_string!(words(), message.received_reference, reference = view.reference.clone());
    let settle = settle(&view);
    let written: Vec<_> = view.written.into_iter().map(written).collect();
    let reply = reply(view.reference, view.reply, &problems);
    view! {
        <Page title=title back=paths::MESSAGES>
            <ErrorSummary problems first=TEXT/>
            {stands}
            {waits}
            {about}
            <section>
                <h2>{td_string!(words(), messages.written_title)}</h2>
                <ol class="plain-list">{written}</ol>
            </section>
            {reply}
            {settle}
            {ask}
            <p class="quiet">{unbroken(&number)}</p>
        </Page>
    }
}

/// Where it is now, in one paragraph.
fn stands(view: &ConversationView) -> AnyView {
    let day = |on: Option<Date>| on.map(|on| format::long_date(on, language())).unwrap_or_default();
    let answer_on = day(view.answer_on);
    match (view.state, view.late_since) {
        (ConversationState::Waiting, Some(_)) => {
            let (since, phone) = (day(view.late_since), frame().reach.phone.clone());
            let text = td_string!(words(), messages.late, since = since, date = answer_on, phone = phone);
            view! { <Notice kind=NoticeKind::Attention><p>{unbroken(&text)}</p></Notice> }.into_any()
        }
        (ConversationState::Waiting, None) => {
            view! { <p>{td_string!(words(), messages.waiting, date = answer_on)}</p> }.into_any()
        }
        (ConversationState::Answered, _) => view! { <p>{td_string!(words(), messages.answered)}</p> }.into_any(),
        (ConversationState::Closed, _) => {
            let text = match view.is_settled {
                true => td_string!(words(), messages.closed_by_you, date = day(view.closed_on)),
                false => td_string!(words(), messages.closed, date = day(view.closed_on)),
            };
            view! { <p>{text}</p> }.into_any()
        }
    }
}

/// What was written may order that a payment is not taken.
fn collections_wait() -> impl IntoView {
    view! {
        <Notice kind=NoticeKind::Done title=td_string!(words(), holds.title)>
            <p>{td_string!(words(), holds.stop_asked)}</p>
        </Notice>
    }
}

fn written(written: WrittenView) -> impl IntoView {
    let when = format::date_and_time(written.at, language());
    let head = match written.writer {
        Writer::Customer => td_string!(words(), messages.you_wrote, date = when),
        Writer::Team => td_string!(words(), messages.we_wrote, date = when),
    };
    let files: Vec<_> = written
        .attachments
        .into_iter()
        .map(|item| {
            let size = size_text(item.bytes);
            view! { <li>{td_string!(words(), messages.attachment, kind = item.kind.name(), size = size)}</li> }
        })
        .collect();
    let files = (!files.is_empty()).then(|| {
        view! {
            <p>{td_string!(words(), messages.attached)}</p>
            <ul>{files}</ul>
        }
    });
    view! {
        <li>
            <h3>{head}</h3>
            <OwnWords text=written.words/>
            {files}
        </li>
    }
}

fn reply(reference: String, reply: ReplyView, problems: &Problems) -> impl IntoView + use<> {
    let answer_on = format::long_date(reply.answer_on, language());
    let kept = reply.is_kept.then(|| {
        let draft = paths::conversation_draft(&reference);
        view! {
            <Notice kind=NoticeKind::Plain>
                <p>{td_string!(words(), messages.reply_kept)}" "<a href=draft>{td_string!(words(), messages.draft_go)}</a></p>
            </Notice>
        }
    });
    let is_full = reply.errors.iter().any(|(_, code)| code == "full");
    let full = is_full.then(|| view! { <p><a href=paths::MESSAGE_NEW>{td_string!(words(), messages.new)}</a></p> });
    view! {
        <section id=paths::REPLY>
            <h2>{td_string!(words(), messages.reply_title)}</h2>
            <p>{td_string!(words(), messages.promise, date = answer_on)}</p>
            {kept}
            {full}
            <form method="post" action=SendReply::PATH>
                <HiddenField name="reference" value=reference/>
                <HiddenField name="key" value=reply.key/>
                <TextArea
                    name=TEXT
                    label=td_string!(words(), messages.text)
                    hint=td_string!(words(), message.text_hint)
                    error=problems.of(TEXT)
                    value=reply.typed
                    longest=LONGEST_TEXT_CHARACTERS
                />
                <Button label=td_string!(words(), message.button)/>
                <Button label=td_string!(words(), messages.papers) kind=ButtonKind::Other name=INTENT value=PAPERS/>
            </form>
        </section>
    }
}

/// The customer may say that nothing is left, unless what they wrote needs an answer.
fn settle(view: &ConversationView) -> Option<impl IntoView + use<>> {
    let what = match view.state {
        ConversationState::Waiting => td_string!(words(), messages.settle_waiting),
        ConversationState::Answered => td_string!(words(), messages.settle_answered),
        ConversationState::Closed => return None,
    };
    let (reference, shown) = (view.reference.clone(), view.written.len().to_string());
    (!view.collections_wait).then(|| {
        view! {
            <section>
                <h2>{td_string!(words(), messages.settle_title)}</h2>
                <p>{what}</p>
                <form method="post" action=SettleConversation::PATH>
                    <HiddenField name="reference" value=reference/>
                    <HiddenField name=SHOWN value=shown/>
                    <Button label=td_string!(words(), messages.settle_button) kind=ButtonKind::Other/>
                </form>
            </section>
        }
    })
}

fn problem(code: &str) -> &'static str {
    match code {
        "missing" => td_string!(words(), message.text_missing),
        "limited" => td_string!(words(), message.limited),
        "full" => td_string!(words(), messages.full),
        _ => td_string!(words(), message.too_long),
    }
}
