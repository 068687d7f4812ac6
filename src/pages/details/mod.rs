//! What we have of a customer, each part with the way to correct it, and what was corrected when.

mod load;

use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::calendar::Date;
use crate::domain::details::Detail;
use crate::domain::format;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Has no Debug: it is a person's.
pub struct DetailsView {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: String,
    pub corrected: Vec<CorrectedView>,
}

/// A correction, oldest first.
pub struct CorrectedView {
    pub detail: Detail,
    pub on: Date,
    pub then: Then,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The creditor will be told.
    Waits,
    CreditorHasIt,
    /// The creditor sent something newer on this day.
    Newer(Date),
}

#[component]
pub fn DetailsPage() -> impl IntoView {
    let done = use_query_map().with_untracked(|query| query.get(paths::DONE));
    loaded(load::load(), move |view| view.map(|view| show(view, done)))
}

fn show(view: DetailsView, done: Option<String>) -> impl IntoView {
    let done = done.as_deref().and_then(done_words);
    let done = done.map(|done| view! { <Notice kind=NoticeKind::Done><p>{done}</p></Notice> });
    let corrected: Vec<_> = view.corrected.iter().map(|corrected| view! { <li>{corrected_words(corrected)}</li> }).collect();
    let corrected = (!corrected.is_empty()).then(|| {
        view! {
            <section>
                <h2>{td_string!(words(), details.corrected_title)}</h2>
                <ul>{corrected}</ul>
            </section>
        }
    });
    let rows = rows(&view);
    view! {
        <Page title=td_string!(words(), details.title) back=paths::YOU lead=td_string!(words(), details.lead)>
            {done}
            <SummaryList rows/>
            {corrected}
            <p>
                {td_string!(words(), details.contact_lead)}" "
                <a href=paths::YOU_CONTACT>{td_string!(words(), details.contact_link)}</a>
            </p>
        </Page>
    }
}

fn rows(view: &DetailsView) -> Vec<SummaryRow> {
    let change = td_string!(words(), details.change);
    let none = || td_string!(words(), details.none).to_owned();
    let row = |term: &'static str, value: String, href: &'static str, what: &'static str| {
        SummaryRow::new(term, value).with_change(href, change, what)
    };
    vec![
        row(td_string!(words(), details.name), view.name.clone(), paths::DETAILS_NAME, td_string!(words(), details.what_name)),
        row(
            td_string!(words(), details.birth_date),
            td_string!(words(), details.birth_date_hidden).to_owned(),
            paths::DETAILS_NAME,
            td_string!(words(), details.what_birth_date),
        ),
        row(
            td_string!(words(), details.email),
            view.email.clone().unwrap_or_else(none),
            paths::DETAILS_EMAIL,
            td_string!(words(), details.what_email),
        ),
        row(
            td_string!(words(), details.phone),
            view.phone.clone().unwrap_or_else(none),
            paths::DETAILS_PHONE,
            td_string!(words(), details.what_phone),
        ),
        row(
            td_string!(words(), details.address),
            view.address.clone(),
            paths::DETAILS_ADDRESS,
            td_string!(words(), details.what_address),
        ),
    ]
}

fn corrected_words(corrected: &CorrectedView) -> String {
    let day = format::long_date(corrected.on, language());
    let changed = match corrected.detail {
        Detail::Email => td_string!(words(), details.changed_email, day = day),
        Detail::Phone => td_string!(words(), details.changed_phone, day = day),
        Detail::Address => td_string!(words(), details.changed_address, day = day),
        Detail::Name => td_string!(words(), details.changed_name, day = day),
        Detail::BirthDate => td_string!(words(), details.changed_birth_date, day = day),
    };
    let then = match corrected.then {
        Then::Waits => td_string!(words(), details.then_waits).to_owned(),
        Then::CreditorHasIt => td_string!(words(), details.then_has_it).to_owned(),
        Then::Newer(on) => td_string!(words(), details.then_newer, day = format::long_date(on, language())),
    };
    format!("{changed} {then}")
}

fn done_words(code: &str) -> Option<&'static str> {
    Some(match code {
        "email" => td_string!(words(), details.done_email),
        "phone" => td_string!(words(), details.done_phone),
        "address" => td_string!(words(), details.done_address),
        "same" => td_string!(words(), details.done_same),
        _ => return None,
    })
}
