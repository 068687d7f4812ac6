//! A hardship request that was sent: where it is, until when nothing is asked for, what was decided and what that opens, and
//! everything its customer can do about it.

pub mod actions;
mod load;
mod steps;

use crate::components::advice::Advice;
use crate::components::evidence::EvidencePanel;
use crate::components::form::{Button, ButtonKind, ErrorSummary, HiddenField, LinkButton, Problems, TextArea};
use crate::components::frame::{frame, language, words};
use crate::components::how_was_this::HowWasThis;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::domain::advice::AdviceContact;
use crate::domain::calendar::Date;
use crate::domain::evidence::EvidenceItem;
use crate::domain::format;
use crate::domain::hardship::{CaseState, LONGEST_WORDS_CHARACTERS};
use crate::paths;
use crate::words::td_string;
use actions::{AnswerHardship, AppealHardship, EndHardshipPause, WithdrawHardship};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use steps::StepShown;

/// The name of this screen in a flash.
const SCREEN: &str = "hardship_case";

/// What the screen shows.
pub struct CaseShown {
    pub reference: String,
    pub case_id: String,
    pub evidence: Vec<EvidenceItem>,
    pub account_id: String,
    pub state: CaseState,
    pub until: Option<Date>,
    pub held_until: Option<Date>,
    pub opening: Option<OpeningShown>,
    pub steps: Vec<StepShown>,
    pub advice: Vec<AdviceContact>,
    /// Two optional questions may be asked about it.
    pub may_ask: bool,
    pub typed: String,
    pub errors: Vec<(String, String)>,
}

/// What an approval opened, and where it can be chosen.
pub struct OpeningShown {
    pub lines: Vec<String>,
    pub through: Date,
    pub is_open: bool,
    /// Address and reference of each account.
    pub accounts: Vec<(String, String)>,
}

#[component]
pub fn HardshipCasePage() -> impl IntoView {
    loaded(load::load(param("reference")), |shown| shown.map(show))
}

fn show(shown: CaseShown) -> impl IntoView {
    let problems = Problems::from_codes(&shown.errors, |_, code| {
        let text = match code {
            "too_long" => td_string!(words(), hardship.too_long),
            _ => td_string!(words(), hardship.words_missing),
        };
        text.to_owned()
    });
    let head = head(&shown);
    let opening = shown.opening.map(opening);
    let evidence = shown.state.is_open().then(|| {
        let back = paths::hardship_case(&shown.reference);
        view! { <EvidencePanel case_id=shown.case_id.clone() items=shown.evidence.clone() back/> }
    });
    let acts = acts(shown.state, &shown.reference, &shown.typed, &problems);
    let can_end = shown.held_until.is_some() && !shown.state.is_open();
    let end_pause = can_end.then(|| end_pause(shown.reference.clone()));
    let ask = shown.may_ask.then(|| view! { <HowWasThis reference=shown.reference.clone()/> });
    let reach = frame().reach.clone();
    let call = td_string!(words(), hardship.call, phone = reach.phone, hours = reach.hours);
    view! {
        <Page title=td_string!(words(), hardship.case_title) back=paths::account(&shown.account_id)>
            <ErrorSummary problems=problems.clone()/>
            <p class="quiet">{td_string!(words(), hardship.case_reference, reference = shown.reference.clone())}</p>
            {head}
            {opening}
            {evidence}
            {acts}
            {end_pause}
            {steps::show(shown.steps)}
            <Advice contacts=shown.advice/>
            <p>{call}</p>
            {ask}
        </Page>
    }
}

fn head(shown: &CaseShown) -> impl IntoView + use<> {
    let date = shown.until.map(|until| format::long_date(until, language())).unwrap_or_default();
    let paragraphs: Vec<String> = match shown.state {
        CaseState::Draft => Vec::new(),
        CaseState::Received => {
            vec![td_string!(words(), hardship.thanks).to_owned(), td_string!(words(), hardship.decided_by, date = date)]
        }
        CaseState::MoreNeeded => {
            vec![td_string!(words(), hardship.more_needed).to_owned(), td_string!(words(), hardship.answer_until, date = date)]
        }
        CaseState::Approved => vec![td_string!(words(), hardship.approved).to_owned()],
        CaseState::NotApproved => vec![
            td_string!(words(), hardship.not_approved).to_owned(),
            td_string!(words(), hardship.not_approved_ways).to_owned(),
        ],
        CaseState::Withdrawn => vec![td_string!(words(), hardship.withdrawn).to_owned()],
    };
    paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect::<Vec<_>>()
}

fn opening(opening: OpeningShown) -> impl IntoView {
    let lines: Vec<_> = opening.lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    let until = format::long_date(opening.through, language());
    let until = if opening.is_open {
        td_string!(words(), hardship.choose_until, date = until)
    } else {
        td_string!(words(), hardship.choose_over, date = until)
    };
    let ways: Vec<_> = opening
        .accounts
        .into_iter()
        .filter(|_| opening.is_open)
        .map(|(href, reference)| {
            let label = td_string!(words(), hardship.choose, reference = reference);
            view! { <p><LinkButton href label/></p> }
        })
        .collect();
    view! {
        <section>
            <h2>{td_string!(words(), hardship.opened_title)}</h2>
            <ul>{lines}</ul>
            <p>{until}</p>
            {ways}
        </section>
    }
}

/// What its customer can do now: answer, take it back, have somebody else look at it, or begin anew.
fn acts(state: CaseState, reference: &str, typed: &str, problems: &Problems) -> AnyView {
    let withdraw = |reference: String| {
        view! {
            <form method="post" action=WithdrawHardship::PATH>
                <HiddenField name="reference" value=reference/>
                <p>{td_string!(words(), hardship.withdraw_note)}</p>
                <Button label=td_string!(words(), hardship.withdraw) kind=ButtonKind::Other/>
            </form>
        }
    };
    let write = |action: &'static str, label: &'static str, button: &'static str| {
        view! {
            <form method="post" action=action>
                <HiddenField name="reference" value=reference.to_owned()/>
                <TextArea
                    name="text"
                    label
                    hint=td_string!(words(), hardship.words_hint)
                    error=problems.of("text")
                    value=typed.to_owned()
                    longest=LONGEST_WORDS_CHARACTERS
                />
                <Button label=button/>
            </form>
        }
    };
    match state {
        CaseState::Received => withdraw(reference.to_owned()).into_any(),
        CaseState::MoreNeeded => view! {
            {write(AnswerHardship::PATH, td_string!(words(), hardship.answer_label), td_string!(words(), hardship.answer_send))}
            {withdraw(reference.to_owned())}
        }
        .into_any(),
        CaseState::NotApproved => view! {
            <section>
                <h2>{td_string!(words(), hardship.appeal_title)}</h2>
                <p>{td_string!(words(), hardship.appeal_how)}</p>
                {write(AppealHardship::PATH, td_string!(words(), hardship.appeal_label), td_string!(words(), hardship.appeal_send))}
            </section>
        }
        .into_any(),
        CaseState::Draft | CaseState::Approved | CaseState::Withdrawn => ().into_any(),
    }
}

fn end_pause(reference: String) -> impl IntoView {
    view! {
        <form method="post" action=EndHardshipPause::PATH>
            <HiddenField name="reference" value=reference/>
            <p>{td_string!(words(), hardship.end_pause_note)}</p>
            <Button label=td_string!(words(), hardship.end_pause) kind=ButtonKind::Other/>
        </form>
    }
}
