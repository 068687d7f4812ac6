//! The start of work: who is signed in, as what, and what they may do. And the page that says that something is not open to a role.

mod load;

use crate::components::form::LinkButton;
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::domain::rights::{Action, Role, rights_of};
use crate::paths;
use crate::words::{action_words, role_words, td_string};
use leptos::prelude::*;

pub struct HomeView {
    pub name: String,
    pub role: Role,
    /// Names of those a partner was given.
    pub creditors: Vec<String>,
}

#[component]
pub fn StaffHomePage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: HomeView) -> impl IntoView {
    let rights = rights_of(view.role);
    let sees_people = rights.contains(&Action::ViewStaff);
    let rights: Vec<_> = rights.into_iter().map(|action| view! { <li>{action_words(action, words())}</li> }).collect();
    let creditors = (view.role == Role::Partner).then(|| {
        let text = match view.creditors.is_empty() {
            true => td_string!(words(), staff.home_no_creditor).to_owned(),
            false => td_string!(words(), staff.home_creditors, names = view.creditors.join(", ")),
        };
        view! { <p>{text}</p> }
    });
    view! {
        <Page
            title=td_string!(words(), staff.home_title, name = view.name)
            lead=td_string!(words(), staff.home_role, role = role_words(view.role, words()))
        >
            {creditors}
            <ul class="plain-links">
                {sees_people.then(|| view! { <li><a href=paths::STAFF_PEOPLE>{td_string!(words(), staff.home_people)}</a></li> })}
                <li><a href=paths::STAFF_YOU>{td_string!(words(), staff.home_you)}</a></li>
            </ul>
            <section>
                <h2>{td_string!(words(), staff.home_may)}</h2>
                <ul>{rights}</ul>
            </section>
        </Page>
    }
}

/// Something is not open to a role, and the way back.
#[component]
pub fn StaffNotOpenPage() -> impl IntoView {
    loaded(load::load(), |view| view.map(|view| not_open(view.role)))
}

fn not_open(role: Role) -> impl IntoView {
    view! {
        <Page title=td_string!(words(), staff.not_open_title) back=paths::STAFF>
            <p>{td_string!(words(), staff.not_open, role = role_words(role, words()))}</p>
            <p><LinkButton href=paths::STAFF label=td_string!(words(), staff.not_open_back)/></p>
        </Page>
    }
}
