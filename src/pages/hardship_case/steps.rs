//! What has happened with a case, in its order, each with its letter.

use crate::components::frame::{language, words};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::hardship::Step;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// One step as it is shown.
pub struct StepShown {
    pub on: Date,
    pub step: Step,
    /// Why it was declined, as picked.
    pub reason: Option<&'static str>,
    pub words: String,
    pub until: Option<Date>,
    pub document_id: Option<String>,
}

pub fn show(steps: Vec<StepShown>) -> impl IntoView {
    let items: Vec<_> = steps.into_iter().map(item).collect();
    view! {
        <section>
            <h2>{td_string!(words(), hardship.steps_title)}</h2>
            <ol class="plain-list">{items}</ol>
        </section>
    }
}

fn item(step: StepShown) -> impl IntoView {
    let what = step_words(step.step, step.until);
    let reason = step.reason.map(|reason| view! { <p>{reason}</p> });
    let written = (!step.words.is_empty()).then(|| view! { <p>{step.words.clone()}</p> });
    let letter = step.document_id.map(|id| {
        let label = td_string!(words(), hardship.letter_of, date = format::date(step.on, language()));
        view! { <p><a href=paths::document(&id)>{label}</a></p> }
    });
    view! {
        <li>
            <p><strong>{format::date(step.on, language())}</strong>" "{what}</p>
            {reason}
            {written}
            {letter}
        </li>
    }
}

fn step_words(step: Step, until: Option<Date>) -> String {
    let date = until.map(|until| format::date(until, language())).unwrap_or_default();
    match step {
        Step::Send => td_string!(words(), hardship.step_sent, date = date),
        Step::Ask => td_string!(words(), hardship.step_asked, date = date),
        Step::Answer => td_string!(words(), hardship.step_answered, date = date),
        Step::GoOnWithout => td_string!(words(), hardship.step_went_on, date = date),
        Step::Late => td_string!(words(), hardship.step_late, date = date),
        Step::Approve => td_string!(words(), hardship.step_approved).to_owned(),
        Step::Decline => td_string!(words(), hardship.step_declined).to_owned(),
        Step::Appeal => td_string!(words(), hardship.step_appealed, date = date),
        Step::Withdraw => td_string!(words(), hardship.step_withdrawn).to_owned(),
    }
}
