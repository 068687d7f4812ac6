//! Name and date of birth: what proof they need, and the message that brings it.

mod load;

use crate::components::form::LinkButton;
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

pub struct NameView {
    /// Writing a message about it.
    pub write_to: String,
    pub answer_on: Date,
}

#[component]
pub fn DetailsNamePage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: NameView) -> impl IntoView {
    let answer = td_string!(words(), details.name_answer, day = format::long_date(view.answer_on, language()));
    view! {
        <Page title=td_string!(words(), details.name_title) back=paths::DETAILS lead=td_string!(words(), details.name_lead)>
            <h2>{td_string!(words(), details.name_proof_title)}</h2>
            <ul>
                <li>{td_string!(words(), details.name_proof_id)}</li>
                <li>{td_string!(words(), details.name_proof_paper)}</li>
                <li>{td_string!(words(), details.name_proof_none)}</li>
            </ul>
            <p>{answer}</p>
            <LinkButton href=view.write_to label=td_string!(words(), details.name_button)/>
        </Page>
    }
}
