//! Everybody who works here.

mod load;

use crate::components::form::LinkButton;
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::table::{Column, DataTable, RowLink};
use crate::domain::rights::Role;
use crate::paths;
use crate::words::{role_words, td_string};
use leptos::prelude::*;

pub struct PeopleView {
    pub people: Vec<Colleague>,
    pub may_add: bool,
}

pub struct Colleague {
    pub id: String,
    pub name: String,
    pub role: Role,
    pub stands: Stands,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    Disabled,
    /// Their password is one that somebody made.
    Made,
    NoSecondFactor,
    ComesIn,
}

#[component]
pub fn StaffPeoplePage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: PeopleView) -> impl IntoView {
    let columns = vec![
        Column::text(td_string!(words(), staff.name)),
        Column::text(td_string!(words(), staff.role)),
        Column::text(td_string!(words(), staff.standing)),
    ];
    let rows = view.people.iter().map(|person| {
        vec![person.name.clone(), role_words(person.role, words()).to_owned(), stands_words(person.stands).to_owned()]
    });
    let links = view.people.iter().map(|person| {
        let text = td_string!(words(), staff.people_open, name = person.name.clone());
        vec![RowLink { href: paths::staff_person(&person.id), text }]
    });
    let (rows, links) = (rows.collect::<Vec<_>>(), links.collect::<Vec<_>>());
    view! {
        <Page title=td_string!(words(), staff.people_title) back=paths::STAFF>
            {view.may_add.then(|| view! {
                <p><LinkButton href=paths::STAFF_PERSON_ADD label=td_string!(words(), staff.people_add)/></p>
            })}
            <DataTable caption=td_string!(words(), staff.people_caption) columns=columns rows=rows links=links/>
        </Page>
    }
}

fn stands_words(stands: Stands) -> &'static str {
    match stands {
        Stands::Disabled => td_string!(words(), staff.stands.disabled),
        Stands::Made => td_string!(words(), staff.stands.made),
        Stands::NoSecondFactor => td_string!(words(), staff.stands.no_factor),
        Stands::ComesIn => td_string!(words(), staff.stands.comes),
    }
}
