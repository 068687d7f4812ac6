//! Allow an agreement's payments to be collected: what is allowed, which payments, one's name. A step of its own, never required.

pub mod actions;
mod form;
mod load;
mod text;

use crate::components::begun::begun_too_often;
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{Button, Checkbox, ErrorSummary, Field, HiddenField, LinkButton, LinkKind, Problems};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::table::{Column, DataTable};
use crate::domain::format;
use crate::domain::mandate::{MandateTerms, NotNow};
use crate::domain::typed::LONGEST_NAME;
use crate::paths;
use crate::words::td_string;
use actions::AuthoriseCollection;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// Its name where a refused form is kept.
const SCREEN: &str = "authorise";

/// What the screen shows.
pub enum AuthoriseView {
    Ask(Box<AskView>),
    NotNow(NotNowView),
}

pub struct AskView {
    pub agreement_id: String,
    pub account_id: String,
    pub terms: MandateTerms,
    /// Of the text that is authorised, in the language of this page.
    pub text_sha256: String,
    /// The permission with another card or account, by its reference: it stays until this one is given.
    pub replaces: Option<String>,
    pub is_sandbox: bool,
    /// The decision's key.
    pub key: String,
    /// What was typed before, and what was wrong with it.
    pub typed: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
}

pub struct NotNowView {
    pub agreement_id: String,
    pub account_id: String,
    pub creditor: String,
    pub why: NotNow,
}

#[component]
pub fn AuthorisePage() -> impl IntoView {
    let agreement_id = param("agreement");
    loaded(load::load(agreement_id), |view| {
        view.map(|view| match view {
            AuthoriseView::Ask(view) => ask(*view).into_any(),
            AuthoriseView::NotNow(view) => not_now(&view).into_any(),
        })
    })
}

fn ask(view: AskView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, code| problem_words(code));
    let sentences: Vec<_> =
        text::sentences(&view.terms, language()).into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect();
    let back = paths::agreement(&view.agreement_id);
    // Who only wanted to change keeps what they have; who has none pays by hand.
    let (rather_not, other) = match view.replaces {
        Some(_) => (back.clone(), td_string!(words(), mandate.keep_current)),
        None => (paths::pay(&view.account_id), td_string!(words(), mandate.rather_not)),
    };
    view! {
        <Page title=td_string!(words(), mandate.title) back=back lead=td_string!(words(), mandate.lead)>
            <ErrorSummary problems=problems.clone()/>
            {view.replaces.is_some().then(|| view! {
                <Notice kind=NoticeKind::Plain><p>{td_string!(words(), mandate.change_note)}</p></Notice>
            })}
            <DisclosureNotice disclosure=view.terms.disclosure creditor=view.terms.creditor.clone()/>
            <section aria-labelledby="text">
                <h2 id="text">{td_string!(words(), mandate.text_heading)}</h2>
                {sentences}
            </section>
            {payments(&view.terms)}
            <section aria-labelledby="authorise">
                <h2 id="authorise">{td_string!(words(), mandate.sign_heading)}</h2>
                {authorise_form(&view, &problems)}
                <p><a href=rather_not>{other}</a></p>
            </section>
        </Page>
    }
}

fn payments(terms: &MandateTerms) -> impl IntoView + use<> {
    let columns = vec![
        Column::text(td_string!(words(), review.number)),
        Column::text(td_string!(words(), review.due)),
        Column::amount(td_string!(words(), review.amount)),
    ];
    let rows = terms
        .payments
        .iter()
        .map(|payment| {
            vec![
                payment.number.to_string(),
                format::long_date(payment.due_on, language()),
                format::money(payment.amount, language()),
            ]
        })
        .collect();
    let total = format::money(terms.total(), language());
    let last = terms.last_on().map(|day| format::date(day, language())).unwrap_or_default();
    view! {
        <DataTable caption=td_string!(words(), mandate.payments_caption) columns rows/>
        <p>{td_string!(words(), mandate.payments_total, total = total, last = last)}</p>
    }
}

fn authorise_form(view: &AskView, problems: &Problems) -> impl IntoView + use<> {
    let next =
        if view.is_sandbox { td_string!(words(), mandate.next_page_sandbox) } else { td_string!(words(), mandate.next_page) };
    let typed = |field: &str| view.typed.get(field).cloned().unwrap_or_default();
    view! {
        <form method="post" action=AuthoriseCollection::PATH>
            <HiddenField name="agreement" value=view.agreement_id.clone()/>
            <HiddenField name="key" value=view.key.clone()/>
            <HiddenField name="replaces" value=view.replaces.clone().unwrap_or_default()/>
            <HiddenField name="shown_in" value=language().tag()/>
            <HiddenField name="shown_text" value=view.text_sha256.clone()/>
            <Checkbox
                name="consent"
                label=text::consent(language())
                checked={typed("consent") == "yes"}
                error=problems.of("consent")
            />
            <Field
                name="name"
                label=td_string!(words(), mandate.name)
                hint=td_string!(words(), mandate.name_hint)
                error=problems.of("name")
                value=typed("name")
                autocomplete="name"
                longest=LONGEST_NAME
            />
            <p>{next}</p>
            <Button label=td_string!(words(), mandate.go_on)/>
        </form>
    }
}

fn problem_words(code: &str) -> String {
    if let Some(time) = begun_too_often(code) {
        return td_string!(words(), mandate.error_many, time = time, phone = frame().reach.phone.clone());
    }
    let words = match code {
        "consent" => td_string!(words(), mandate.error_consent),
        "changed" => td_string!(words(), mandate.error_changed),
        "again" => td_string!(words(), mandate.error_again),
        _ => td_string!(words(), mandate.error_name),
    };
    words.to_owned()
}

/// It cannot be set up now: why, and what can be done instead.
fn not_now(view: &NotNowView) -> impl IntoView + use<> {
    let phone = frame().reach.phone.clone();
    let agreement = paths::agreement(&view.agreement_id);
    let (why, may_pay) = match view.why {
        NotNow::AgreementEnded => (td_string!(words(), mandate.not_now_ended).to_owned(), false),
        NotNow::NotOpen => {
            (td_string!(words(), mandate.not_now_not_open, creditor = view.creditor.clone(), phone = phone), false)
        }
        NotNow::Held => (td_string!(words(), mandate.not_now_held).to_owned(), true),
        NotNow::NothingOpen => (td_string!(words(), mandate.not_now_nothing_open).to_owned(), false),
        NotNow::NoProcessor => (td_string!(words(), mandate.not_now_no_processor, phone = phone), false),
    };
    let pay = paths::pay(&view.account_id);
    view! {
        <Page title=td_string!(words(), mandate.title) back=agreement.clone()>
            <Notice kind=NoticeKind::Plain><p>{why}</p></Notice>
            <p><LinkButton href=agreement label=td_string!(words(), mandate.to_agreement)/></p>
            {may_pay.then(|| view! {
                <p><LinkButton href=pay label=td_string!(words(), mandate.pay_myself) kind=LinkKind::Other/></p>
            })}
        </Page>
    }
}
