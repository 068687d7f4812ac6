//! How far a dispute has come: each step with its day, what is on hold, what can be done meanwhile, and the answer.

pub mod actions;
mod load;

use crate::components::evidence::EvidencePanel;
use crate::components::form::{Button, ButtonKind, ErrorSummary, HiddenField, LinkButton, LinkKind, Problems, TextArea};
use crate::components::frame::{frame, language, words};
use crate::components::how_was_this::HowWasThis;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow, Timeline, TimelineItem};
use crate::components::text::unbroken;
use crate::domain::calendar::Date;
use crate::domain::dispute::said::LONGEST_WORDS_CHARACTERS;
use crate::domain::dispute::{DisputeReason, DisputeState, Disputed, Outcome};
use crate::domain::evidence::EvidenceItem;
use crate::domain::format;
use crate::paths;
use crate::words::{dispute_extent, dispute_outcome, dispute_reason, td_string};
use actions::{AddToDispute, WithdrawDispute};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "dispute_status";

/// What the screen shows.
pub struct StatusView {
    pub account_id: String,
    pub dispute_id: String,
    pub evidence: Vec<EvidenceItem>,
    pub reference: String,
    pub reason: DisputeReason,
    pub disputed: Disputed,
    pub state: DisputeState,
    pub opened_on: Date,
    pub answer_by: Date,
    /// The day that was promised is over, and there is no answer.
    pub is_late: bool,
    pub ended_on: Option<Date>,
    /// Nothing is on hold because of it any more.
    pub is_released: bool,
    /// Two optional questions may be asked about it.
    pub may_ask: bool,
    pub letter: Option<Letter>,
    pub written: Vec<Written>,
    pub typed: Option<String>,
    pub errors: Vec<(String, String)>,
}

pub struct Letter {
    pub id: String,
    pub reference: String,
}

/// What was written, and by whom.
pub struct Written {
    pub who: Writer,
    pub on: Date,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The customer, when they said that it is not right.
    Said,
    /// The customer, later.
    Added,
    /// A person here, with a question.
    Asked,
    /// A person here: the answer.
    Answered,
}

#[component]
pub fn DisputeStatusPage() -> impl IntoView {
    loaded(load::load(param("account")), |view| view.map(show))
}

fn show(view: StatusView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, code| problem(code));
    let rows = vec![
        SummaryRow::new(td_string!(words(), dispute.reference), view.reference.clone()),
        SummaryRow::new(td_string!(words(), dispute.reason_heading), dispute_reason(view.reason, words())),
        SummaryRow::new(td_string!(words(), dispute.extent_heading), dispute_extent(view.disputed, language())),
    ];
    let (where_it_is, letter, steps) = (standing(&view), letter(&view), steps(&view));
    let meanwhile = (!view.is_released).then(|| meanwhile(&view));
    let open = (!view.state.is_over()).then(|| open(&view, &problems));
    let ask = view.may_ask.then(|| view! { <HowWasThis reference=view.reference.clone()/> });
    let again = view.is_released.then(|| {
        let href = paths::dispute(&view.account_id);
        view! { <p><a href=href>{td_string!(words(), dispute.again)}</a></p> }
    });
    view! {
        <Page title=title_of(&view) back=paths::account(&view.account_id)>
            <ErrorSummary problems/>
            {where_it_is}
            {letter}
            <h2>{td_string!(words(), dispute.steps)}</h2>
            <Timeline items=steps/>
            {meanwhile}
            {open}
            <h2>{td_string!(words(), dispute.what_you_said)}</h2>
            <SummaryList rows/>
            {again}
            {ask}
        </Page>
    }
}

fn title_of(view: &StatusView) -> &'static str {
    match view.state {
        DisputeState::Open => td_string!(words(), dispute.title_open),
        DisputeState::MoreNeeded => td_string!(words(), dispute.title_asked),
        DisputeState::Answered(Outcome::Withdrawn) => td_string!(words(), dispute.title_withdrawn),
        DisputeState::Answered(Outcome::Verified | Outcome::Corrected | Outcome::NotOwed) => {
            td_string!(words(), dispute.title_answered)
        }
    }
}

/// Where it is now, in one paragraph.
fn standing(view: &StatusView) -> AnyView {
    let date = format::long_date(view.answer_by, language());
    match view.state {
        DisputeState::Open | DisputeState::MoreNeeded if view.is_late => {
            let phone = frame().reach.phone.clone();
            let text = td_string!(words(), dispute.late, date = date, phone = phone);
            view! { <Notice kind=NoticeKind::Attention><p>{unbroken(&text)}</p></Notice> }.into_any()
        }
        DisputeState::Open => view! { <p>{td_string!(words(), dispute.stands_open, date = date)}</p> }.into_any(),
        DisputeState::MoreNeeded => view! { <p>{td_string!(words(), dispute.stands_asked, date = date)}</p> }.into_any(),
        DisputeState::Answered(outcome) => {
            let text = dispute_outcome(outcome, view.disputed, words());
            view! { <p>{text}</p> }.into_any()
        }
    }
}

fn letter(view: &StatusView) -> Option<AnyView> {
    let letter = view.letter.as_ref()?;
    let label = td_string!(words(), dispute.letter_file, reference = letter.reference.clone());
    Some(view! { <p><LinkButton href=paths::document(&letter.id) label kind=LinkKind::Other/></p> }.into_any())
}

fn steps(view: &StatusView) -> Vec<TimelineItem> {
    let day = |on| format::date(on, language());
    let item = |on, what: &str, more| TimelineItem { when: day(on), what: what.to_owned(), more };
    let first = view.written.iter().find(|written| written.who == Writer::Said).map(|written| written.text.clone());
    let mut items = vec![item(view.opened_on, td_string!(words(), dispute.step_received), first)];
    for written in &view.written {
        let what = match written.who {
            Writer::Said => continue,
            Writer::Added => td_string!(words(), dispute.step_added),
            Writer::Asked => td_string!(words(), dispute.step_asked),
            Writer::Answered => td_string!(words(), dispute.step_answered),
        };
        items.push(item(written.on, what, Some(written.text.clone())));
    }
    match (view.state, view.ended_on) {
        (DisputeState::Answered(Outcome::Withdrawn), Some(on)) => {
            items.push(item(on, td_string!(words(), dispute.step_withdrawn), None));
        }
        (DisputeState::Answered(_), _) => {}
        (DisputeState::Open | DisputeState::MoreNeeded, _) => {
            items.push(item(view.answer_by, td_string!(words(), dispute.step_to_come), None));
        }
    }
    items
}

/// What is on hold, and what can be done all the same.
fn meanwhile(view: &StatusView) -> AnyView {
    let held =
        if view.state.is_over() { td_string!(words(), dispute.held_until_sent) } else { td_string!(words(), dispute.then_hold) };
    let paying = match view.disputed {
        Disputed::All => td_string!(words(), dispute.pay_all).to_owned(),
        Disputed::Part(part) => td_string!(words(), dispute.pay_beside, part = format::money(part, language())),
    };
    let ask = paths::ask_document(&view.account_id);
    view! {
        <Notice kind=NoticeKind::Done title=td_string!(words(), holds.title)><p>{held}</p></Notice>
        <h2>{td_string!(words(), dispute.meanwhile)}</h2>
        <ul>
            <li>{paying}</li>
            <li><a href=ask>{td_string!(words(), information.go)}</a></li>
        </ul>
    }
    .into_any()
}

/// Adding to it, and taking it back.
fn open(view: &StatusView, problems: &Problems) -> AnyView {
    let label = match view.state {
        DisputeState::MoreNeeded => td_string!(words(), dispute.reply),
        DisputeState::Open | DisputeState::Answered(_) => td_string!(words(), dispute.add),
    };
    view! {
        <form method="post" action=AddToDispute::PATH>
            <HiddenField name="account" value=view.account_id.clone()/>
            <TextArea
                name="text"
                label=label
                hint=td_string!(words(), message.text_hint)
                error=problems.of("text")
                value=view.typed.clone()
                longest=LONGEST_WORDS_CHARACTERS
            />
            <Button label=td_string!(words(), dispute.add_button)/>
        </form>
        <EvidencePanel
            case_id=view.dispute_id.clone()
            items=view.evidence.clone()
            back=paths::dispute_status(&view.account_id)
        />
        <h2>{td_string!(words(), dispute.withdraw_title)}</h2>
        <p>{td_string!(words(), dispute.withdraw_what)}</p>
        <form method="post" action=WithdrawDispute::PATH>
            <HiddenField name="account" value=view.account_id.clone()/>
            <HiddenField name="reference" value=view.reference.clone()/>
            <Button label=td_string!(words(), dispute.withdraw) kind=ButtonKind::Other/>
        </form>
    }
    .into_any()
}

fn problem(code: &str) -> String {
    match code {
        "missing" => td_string!(words(), message.text_missing),
        "limited" => td_string!(words(), message.limited),
        "over" => td_string!(words(), dispute.error_over),
        _ => td_string!(words(), message.too_long),
    }
    .to_owned()
}
