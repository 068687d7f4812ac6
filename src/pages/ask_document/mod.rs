//! Letters a customer may ask for: who the original creditor is, how the total came about, and what the law says they are to be told.
//! Each is made at once.

pub mod actions;
mod load;

use crate::components::form::{Button, Choice, ErrorSummary, HiddenField, Problems, Radios};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::validation::Information;
use crate::paths;
use crate::words::td_string;
use actions::AskInformation;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "ask_document";

/// What the screen shows.
pub struct AskView {
    pub account_id: String,
    pub creditor: String,
    pub letters: Vec<AskedLetter>,
    pub errors: Vec<(String, String)>,
}

/// A letter that was asked for before.
pub struct AskedLetter {
    pub about: Information,
    pub id: String,
    pub reference: String,
    pub on: Date,
    /// By when a person sends what it could not say.
    pub answer_by: Option<Date>,
}

#[component]
pub fn AskDocumentPage() -> impl IntoView {
    loaded(load::load(param("account")), |view| view.map(show))
}

fn show(view: AskView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, _| td_string!(words(), information.error_choose).to_owned());
    let choices = vec![
        Choice::new(Information::Creditor.code(), td_string!(words(), information.creditor))
            .with_hint(td_string!(words(), information.creditor_hint)),
        Choice::new(Information::Itemization.code(), td_string!(words(), information.itemization))
            .with_hint(td_string!(words(), information.itemization_hint)),
        Choice::new(Information::Validation.code(), td_string!(words(), information.validation))
            .with_hint(td_string!(words(), information.validation_hint)),
    ];
    let letters = letters(&view.letters);
    let lead = td_string!(words(), information.lead, creditor = view.creditor);
    view! {
        <Page title=td_string!(words(), information.title) back=paths::account(&view.account_id) lead=lead>
            <ErrorSummary problems=problems.clone()/>
            {letters}
            <form method="post" action=AskInformation::PATH>
                <HiddenField name="account" value=view.account_id/>
                <Radios name="about" legend=td_string!(words(), information.legend) choices error=problems.of("about")/>
                <Button label=td_string!(words(), information.button)/>
            </form>
        </Page>
    }
}

fn letters(letters: &[AskedLetter]) -> Option<AnyView> {
    let items: Vec<_> = letters
        .iter()
        .map(|letter| {
            let date = format::date(letter.on, language());
            let name = td_string!(words(), information.file, what = name_of(letter.about), date = date);
            let later = letter.answer_by.map(|by| {
                let text = td_string!(words(), information.address_missing, date = format::long_date(by, language()));
                view! { <p class="quiet">{text}</p> }
            });
            view! {
                <li>
                    <a href=paths::document(&letter.id)>{name}</a>
                    " "
                    <span class="quiet">{letter.reference.clone()}</span>
                    {later}
                </li>
            }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section>
                <h2>{td_string!(words(), information.yours)}</h2>
                <ul>{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn name_of(about: Information) -> &'static str {
    match about {
        Information::Creditor => td_string!(words(), information.creditor),
        Information::Itemization => td_string!(words(), information.itemization),
        Information::Validation => td_string!(words(), information.validation),
    }
}
