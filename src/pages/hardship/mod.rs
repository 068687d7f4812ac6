//! Something has changed: telling it. One short form; only the first question needs an answer, and that may be "rather not say".
//! What is typed is kept at every step, on any device.

pub mod actions;
mod load;

use crate::components::form::{
    Button, ButtonKind, Checkbox, Choice, ErrorSummary, Field, HiddenField, Problems, Radios, TextArea,
};
use crate::components::frame::{language, words};
use crate::components::hardship_words::{how_long_words, reason_words, would_help_words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::hardship::{HowLong, LONGEST_SINCE_CHARACTERS, LONGEST_WORDS_CHARACTERS, RATHER_NOT, WouldHelp, fields};
use crate::domain::policy::Reason;
use crate::paths;
use crate::words::td_string;
use actions::{ForgetCircumstances, SaveHardship};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen in a flash.
const SCREEN: &str = "hardship";

/// What the screen shows.
pub struct HardshipView {
    pub account_id: String,
    pub creditor: String,
    pub has_several: bool,
    pub values: BTreeMap<String, String>,
    pub saved_on: Option<Date>,
    pub remembered_since: Option<Date>,
    pub decided_by: Date,
    /// The request that was sent last, decided or taken back.
    pub earlier: Option<String>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn HardshipPage() -> impl IntoView {
    loaded(load::load(param("account")), |view| view.map(show))
}

fn show(view: HardshipView) -> impl IntoView {
    let day = |day| format::long_date(day, language());
    let several = view.has_several.then(|| td_string!(words(), hardship.all_accounts, creditor = view.creditor.clone()));
    let saved = view.saved_on.map(|on| td_string!(words(), hardship.saved, date = day(on)));
    let remembered = view.remembered_since.map(|since| remembered(view.account_id.clone(), since));
    let earlier = view.earlier.clone().map(|reference| {
        let label = td_string!(words(), hardship.earlier, reference = reference.clone());
        view! { <p><a href=paths::hardship_case(&reference)>{label}</a></p> }
    });
    let promise = td_string!(words(), hardship.promise, date = day(view.decided_by));
    view! {
        <Page title=td_string!(words(), hardship.title) back=paths::account(&view.account_id)>
            <ErrorSummary problems=problems(&view.errors)/>
            <p>{td_string!(words(), hardship.lead)}</p>
            <p>{promise}</p>
            {several.map(|text| view! { <p>{text}</p> })}
            {saved.map(|text| view! { <p class="quiet">{text}</p> })}
            {earlier}
            {remembered}
            <p><a href=paths::TOLD_US>{td_string!(words(), life_event.hardship_link)}</a></p>
            {questions(view)}
        </Page>
    }
}

fn problems(errors: &[(String, String)]) -> Problems {
    Problems::from_codes(errors, |field, code| {
        match (field, code) {
            (_, "too_long") => td_string!(words(), hardship.too_long),
            _ => td_string!(words(), hardship.reason_missing),
        }
        .to_owned()
    })
}

fn questions(view: HardshipView) -> impl IntoView {
    let problems = problems(&view.errors);
    let kept = |name: &str| view.values.get(name).cloned().unwrap_or_default();
    let reasons = Reason::ALL
        .into_iter()
        .map(|reason| Choice::new(reason.code(), reason_words(reason)))
        .chain([Choice::new(RATHER_NOT, td_string!(words(), hardship.rather_not))])
        .collect::<Vec<_>>();
    let helps: Vec<_> = WouldHelp::ALL
        .into_iter()
        .map(|help| {
            let checked = !kept(help.field()).is_empty();
            view! { <Checkbox name=help.field() label=would_help_words(help) checked/> }
        })
        .collect();
    let lasts = HowLong::ALL.into_iter().map(|long| Choice::new(long.code(), how_long_words(long))).collect::<Vec<_>>();
    view! {
        <form method="post" action=SaveHardship::PATH>
            <HiddenField name="account" value=view.account_id.clone()/>
            <Radios
                name=fields::REASON
                legend=td_string!(words(), hardship.reason)
                hint=td_string!(words(), hardship.reason_hint)
                choices=reasons
                chosen=kept(fields::REASON)
                error=problems.of(fields::REASON)
            />
            <fieldset class="field">
                <legend>{td_string!(words(), hardship.help)}</legend>
                {helps}
            </fieldset>
            <Field
                name=fields::SINCE
                label=td_string!(words(), hardship.since)
                hint=td_string!(words(), hardship.since_hint)
                value=kept(fields::SINCE)
                error=problems.of(fields::SINCE)
                longest=LONGEST_SINCE_CHARACTERS
            />
            <Radios
                name=fields::HOW_LONG
                legend=td_string!(words(), hardship.how_long)
                choices=lasts
                chosen=kept(fields::HOW_LONG)
            />
            <TextArea
                name=fields::WORDS
                label=td_string!(words(), hardship.words)
                hint=td_string!(words(), hardship.words_hint)
                value=kept(fields::WORDS)
                error=problems.of(fields::WORDS)
                longest=LONGEST_WORDS_CHARACTERS
            />
            <Checkbox
                name=fields::REMEMBER
                label=td_string!(words(), hardship.remember)
                hint=td_string!(words(), hardship.remember_hint)
                checked=!kept(fields::REMEMBER).is_empty()
            />
            <div class="buttons">
                <Button label=td_string!(words(), hardship.go_on)/>
                <Button label=td_string!(words(), hardship.save) kind=ButtonKind::Other name="later" value="yes"/>
            </div>
        </form>
    }
}

/// What we know already, so that it need not be told twice; and the button that forgets it.
fn remembered(account_id: String, since: Date) -> impl IntoView {
    let text = td_string!(words(), hardship.remembered, date = format::long_date(since, language()));
    view! {
        <form method="post" action=ForgetCircumstances::PATH>
            <HiddenField name="account" value=account_id/>
            <p>{text}</p>
            <Button label=td_string!(words(), hardship.forget) kind=ButtonKind::Other/>
        </form>
    }
}
