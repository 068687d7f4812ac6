//! Agreeing to text messages or to electronic documents: the exact text, kept with its version and language; and taking it back.

pub mod actions;
mod load;

use crate::components::form::{Button, ButtonKind, Checkbox, ErrorSummary, HiddenField, Problems};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::paths;
use crate::words::td_string;
use actions::{GiveConsent, WithdrawConsent};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "consent";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Texts,
    Documents,
}

fn read_kind(what: &str) -> Option<Kind> {
    match what {
        "texts" => Some(Kind::Texts),
        "documents" => Some(Kind::Documents),
        _ => None,
    }
}

/// Has no Debug: it holds a customer's address.
pub struct ConsentView {
    pub kind: Kind,
    pub what: String,
    pub given: Option<Given>,
    pub is_on_paper: bool,
    pub has_street: bool,
    /// The number or e-mail address it would be for.
    pub address: Option<String>,
    pub text: String,
    pub text_version: String,
    pub errors: Vec<(String, String)>,
}

/// A consent that holds: the very words, in the language they were agreed to in.
pub struct Given {
    pub on: Date,
    pub text: String,
    pub language: String,
}

#[component]
pub fn ConsentPage() -> impl IntoView {
    loaded(load::load(param("what")), |view| view.map(show))
}

fn show(view: ConsentView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, code| match code {
        "changed" => td_string!(words(), wishes.error_changed).to_owned(),
        "no_address" => td_string!(words(), wishes.error_no_address).to_owned(),
        _ => td_string!(words(), wishes.error_agree).to_owned(),
    });
    let (title, lead) = match view.kind {
        Kind::Texts => (td_string!(words(), wishes.texts_title), td_string!(words(), wishes.texts_lead)),
        Kind::Documents => (td_string!(words(), wishes.documents_title), td_string!(words(), wishes.documents_lead)),
    };
    let body = match view.given {
        Some(given) => held(view.kind, view.what, &given).into_any(),
        None => asked(view, &problems).into_any(),
    };
    view! {
        <Page title=title back=paths::YOU_CONTACT lead=lead>
            <ErrorSummary problems/>
            {body}
        </Page>
    }
}

/// What is agreed to, and what follows from taking it back.
fn held(kind: Kind, what: String, given: &Given) -> impl IntoView + use<> {
    let since = td_string!(words(), wishes.agreed_since, date = format::long_date(given.on, language()));
    let (follows, label) = match kind {
        Kind::Texts => (td_string!(words(), wishes.texts_withdraw_hint), td_string!(words(), wishes.texts_withdraw)),
        Kind::Documents => (td_string!(words(), wishes.documents_withdraw_hint), td_string!(words(), wishes.documents_withdraw)),
    };
    view! {
        <Notice kind=NoticeKind::Done><p>{since}</p></Notice>
        <blockquote lang=given.language.clone()>{given.text.clone()}</blockquote>
        <p>{follows}</p>
        <form method="post" action=WithdrawConsent::PATH>
            <HiddenField name="what" value=what/>
            <Button label kind=ButtonKind::Other/>
        </form>
    }
}

fn asked(view: ConsentView, problems: &Problems) -> impl IntoView + use<> {
    let Some(address) = view.address else {
        return view! { <p>{td_string!(words(), wishes.error_no_address)}</p> }.into_any();
    };
    let (label, button) = match view.kind {
        Kind::Texts => (td_string!(words(), wishes.texts_agree, phone = address), td_string!(words(), wishes.texts_give)),
        Kind::Documents => {
            (td_string!(words(), wishes.documents_agree, email = address), td_string!(words(), wishes.documents_give))
        }
    };
    let paper = match (view.kind, view.is_on_paper) {
        (Kind::Texts, _) => None,
        (Kind::Documents, true) => {
            let said = td_string!(words(), wishes.documents_paper);
            Some(view! { <Notice kind=NoticeKind::Plain><p>{said}</p></Notice> }.into_any())
        }
        (Kind::Documents, false) => Some(on_paper(view.what.clone(), view.has_street).into_any()),
    };
    view! {
        {paper}
        <h2>{td_string!(words(), wishes.text_title)}</h2>
        <blockquote>{view.text}</blockquote>
        <form method="post" action=GiveConsent::PATH>
            <HiddenField name="what" value=view.what/>
            <HiddenField name="shown_in" value=language().tag()/>
            <HiddenField name="shown_text" value=view.text_version/>
            <Checkbox name="agreed" label error=problems.of("agreed")/>
            <Button label=button/>
        </form>
    }
    .into_any()
}

/// Paper without ever having agreed to anything else.
fn on_paper(what: String, has_street: bool) -> impl IntoView + use<> {
    let hint =
        if has_street { td_string!(words(), wishes.documents_paper_hint) } else { td_string!(words(), wishes.letters_none) };
    view! {
        <p>{td_string!(words(), wishes.documents_unsaid)}" "{hint}</p>
        <form method="post" action=WithdrawConsent::PATH>
            <HiddenField name="what" value=what/>
            <Button label=td_string!(words(), wishes.documents_withdraw) kind=ButtonKind::Other/>
        </form>
    }
}
