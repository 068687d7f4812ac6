//! Read and sign: the terms, the exact text, one's name. The one binding step.

pub mod actions;
mod load;
mod text;

use crate::components::agreement_terms::{InstalmentList, not_part_words, terms_rows};
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::ErrorSummary;
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::signing_form::{SigningForm, signing_problems};
use crate::components::summary::SummaryList;
use crate::domain::agreement::Terms;
use crate::domain::signing::Signed;
use crate::paths;
use crate::words::td_string;
use actions::SignAgreement;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the screen shows.
pub struct SignView {
    pub account_id: String,
    pub draft_id: String,
    pub terms: Terms,
    pub terms_sha256: String,
    pub has_email: bool,
    /// Of the text that is agreed to, in the language of this page.
    pub text_sha256: String,
    /// What was filled in before, and what was wrong with it.
    pub signed: Signed,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn SignPage() -> impl IntoView {
    let account_id = param("account");
    loaded(load::load(account_id), |view| view.map(show))
}

fn show(view: SignView) -> impl IntoView {
    let title = td_string!(words(), sign.title);
    let problems = signing_problems(&view.errors);
    let rows = terms_rows(&view.terms).into_iter().map(|(row, _)| row).collect();
    let mut sentences = text::sentences(&view.terms, language());
    let consent = sentences.pop().unwrap_or_default();
    let sentences: Vec<_> = sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect();
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
            <SigningForm
                action=SignAgreement::PATH
                of=vec![("account", view.account_id), ("draft", view.draft_id)]
                terms_sha256=view.terms_sha256
                text_sha256=view.text_sha256
                consent
                has_email=view.has_email
                signed=view.signed
                problems
                name_hint=td_string!(words(), sign.name_hint)
                label=td_string!(words(), sign.sign_now)
            />
            <p class="quiet">{td_string!(words(), sign.by_post, phone = phone)}</p>
        </Page>
    }
}
