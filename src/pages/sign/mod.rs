//! Read and sign: the terms, the exact text, one's name. The one binding step.

pub mod actions;
mod form;
mod load;
mod text;

use crate::components::agreement_terms::{InstalmentList, not_part_words, terms_rows};
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{Button, Checkbox, ErrorSummary, Field, HiddenField, Problems};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::summary::SummaryList;
use crate::domain::agreement::Terms;
use crate::paths;
use crate::words::td_string;
use actions::SignAgreement;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// What the screen shows.
pub struct SignView {
    pub account_id: String,
    pub draft_id: String,
    pub terms: Terms,
    pub terms_sha256: String,
    pub has_email: bool,
    /// Of the text that is agreed to, in the language of this page.
    pub text_sha256: String,
    /// What was typed before, and what was wrong with it.
    pub typed: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn SignPage() -> impl IntoView {
    let account_id = param("account");
    loaded(load::load(account_id), |view| view.map(show))
}

fn show(view: SignView) -> impl IntoView {
    let title = td_string!(words(), sign.title);
    let problems = Problems::from_codes(&view.errors, |_, code| problem_words(code).to_owned());
    let rows = terms_rows(&view.terms).into_iter().map(|(row, _)| row).collect();
    let mut sentences = text::sentences(&view.terms, language());
    let consent = sentences.pop().unwrap_or_default();
    let sentences: Vec<_> = sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect();
    let typed = |field: &str| view.typed.get(field).cloned().unwrap_or_default();
    let (name, consents, copy_now) = (typed("name"), typed("consent") == "yes", typed("copy_now") == "yes");
    let phone = frame().reach.phone.clone();
    view! {
        <Page title=title back=paths::review(&view.account_id) lead=td_string!(words(), sign.lead)>
            <ErrorSummary problems=problems.clone()/>
            <DisclosureNotice disclosure=view.terms.disclosure creditor=view.terms.creditor.clone()/>
            <section aria-labelledby="agreement">
                <h2 id="agreement">{td_string!(words(), sign.agreement_heading)}</h2>
                <SummaryList rows/>
                {not_part_words(&view.terms).map(|note| view! { <p>{note}</p> })}
                <InstalmentList terms=view.terms/>
            </section>
            <section aria-labelledby="text">
                <h2 id="text">{td_string!(words(), sign.consent_heading)}</h2>
                {sentences}
            </section>
            <form method="post" action=SignAgreement::PATH>
                <HiddenField name="account" value=view.account_id/>
                <HiddenField name="draft" value=view.draft_id/>
                <HiddenField name="shown" value=view.terms_sha256/>
                <HiddenField name="shown_in" value=language().tag()/>
                <HiddenField name="shown_text" value=view.text_sha256/>
                <Checkbox name="consent" label=consent checked=consents error=problems.of("consent")/>
                {view.has_email.then(|| view! {
                    <Checkbox
                        name="copy_now"
                        label=td_string!(words(), sign.copy_now)
                        hint=td_string!(words(), sign.copy_now_hint)
                        checked=copy_now
                    />
                })}
                <Field
                    name="name"
                    label=td_string!(words(), sign.name)
                    hint=td_string!(words(), sign.name_hint)
                    error=problems.of("name")
                    value=name
                    autocomplete="name"
                    longest=120
                />
                <Button label=td_string!(words(), sign.sign_now)/>
            </form>
            <p class="quiet">{td_string!(words(), sign.by_post, phone = phone)}</p>
        </Page>
    }
}

fn problem_words(code: &str) -> &'static str {
    match code {
        "consent" => td_string!(words(), sign.error_consent),
        _ => td_string!(words(), sign.error_name),
    }
}
