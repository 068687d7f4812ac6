//! What somebody told us about the customer, what follows from it, and one button for "this is not so". Who told it is not said.

pub mod actions;
mod load;

use crate::components::form::{Button, HiddenField, LinkButton, LinkKind};
use crate::components::frame::{frame, language, words};
use crate::components::holds::told_words;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::life_event::{Happened, LifeEventState};
use crate::paths;
use crate::words::td_string;
use actions::ContradictLifeEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the screen shows.
pub struct Shown {
    pub reference: String,
    pub happened: Happened,
    pub state: LifeEventState,
    pub told_on: Date,
    pub answer_on: Date,
    pub ends_on: Option<Date>,
    /// The last of the quiet days after it.
    pub quiet_until: Option<Date>,
}

#[component]
pub fn LifeEventPage() -> impl IntoView {
    loaded(load::load(param("reference")), |shown| shown.map(show))
}

fn show(shown: Shown) -> impl IntoView {
    let day = |on| format::long_date(on, language());
    let told_on = td_string!(words(), life_event.told_on, date = day(shown.told_on), reference = shown.reference.clone());
    view! {
        <Page title=td_string!(words(), life_event.page_title) back=paths::ACCOUNT>
            <p>{told_words(shown.happened)}</p>
            <p class="quiet">{told_on}</p>
            {stands(&shown)}
        </Page>
    }
}

fn stands(shown: &Shown) -> AnyView {
    let day = |on| format::long_date(on, language());
    match shown.state {
        LifeEventState::Told => {
            let promise = td_string!(words(), life_event.checked_by, date = day(shown.answer_on));
            view! {
                <p>{td_string!(words(), life_event.meanwhile)}</p>
                <p>{promise}</p>
                <h2>{td_string!(words(), life_event.not_right)}</h2>
                <p>{td_string!(words(), life_event.not_right_what)}</p>
                <form method="post" action=ContradictLifeEvent::PATH>
                    <HiddenField name="reference" value=shown.reference.clone()/>
                    <Button label=td_string!(words(), life_event.not_right_button)/>
                </form>
            }
            .into_any()
        }
        LifeEventState::Confirmed => {
            let ends = shown.ends_on.map(|on| td_string!(words(), life_event.lasts_until, date = day(on)));
            let call = td_string!(words(), life_event.confirmed_not_right, phone = frame().reach.phone.clone());
            view! {
                <p>{td_string!(words(), life_event.confirmed)}</p>
                {ends.map(|text| view! { <p>{text}</p> })}
                <p>{call}</p>
                <p><LinkButton href=paths::CONTACT label=td_string!(words(), contact.title) kind=LinkKind::Other/></p>
            }
            .into_any()
        }
        LifeEventState::Contradicted | LifeEventState::Dismissed | LifeEventState::Ended => {
            let over = match shown.state {
                LifeEventState::Contradicted => td_string!(words(), life_event.contradicted).to_owned(),
                LifeEventState::Ended => match shown.quiet_until {
                    Some(until) => td_string!(words(), life_event.ended_quiet, date = day(until)),
                    None => td_string!(words(), life_event.ended).to_owned(),
                },
                LifeEventState::Told | LifeEventState::Confirmed | LifeEventState::Dismissed => {
                    td_string!(words(), life_event.dismissed).to_owned()
                }
            };
            view! {
                <p>{over}</p>
                <p><LinkButton href=paths::ACCOUNT label=td_string!(words(), life_event.go_on)/></p>
            }
            .into_any()
        }
    }
}
