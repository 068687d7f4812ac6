//! A helper's first page: whom they help, what they may do, until when. And the page that says that something is not open to them.

mod load;

use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::domain::format;
use crate::domain::helper::{Helping, Right};
use crate::paths;
use crate::words::{right_words, td_string};
use leptos::prelude::*;

/// What the screen shows.
pub struct Shown {
    /// Id and how it is called.
    pub accounts: Vec<(String, String)>,
    pub helping: Helping,
}

#[component]
pub fn HelperHomePage() -> impl IntoView {
    loaded(load::load(), |shown| shown.map(show))
}

fn show(shown: Shown) -> impl IntoView {
    let helping = shown.helping;
    let rights: Vec<_> = helping.rights.iter().map(|right| view! { <li>{right_words(*right, words())}</li> }).collect();
    let until = td_string!(words(), helper.home_until, date = format::long_date(helping.last_day, language()));
    let back = td_string!(words(), helper.home_back, reference = helping.reference.clone());
    let can_prepare = helping.may(Right::Circumstances);
    let accounts: Vec<_> = shown
        .accounts
        .into_iter()
        .map(|(id, name)| {
            let prepare = can_prepare.then(|| {
                let href = paths::hardship(&id);
                view! { <p><a href=href>{td_string!(words(), helper.prepare)}</a></p> }
            });
            view! {
                <p><LinkButton href=paths::account(&id) label=name kind=LinkKind::Other/></p>
                {prepare}
            }
        })
        .collect();
    view! {
        <Page title=td_string!(words(), helper.home_title, name = helping.customer_name.clone())>
            <p>{until}</p>
            <p>{td_string!(words(), helper.text_may)}</p>
            <ul>{rights}</ul>
            <p>{td_string!(words(), helper.home_never)}</p>
            {accounts}
            <p class="quiet">{back}</p>
        </Page>
    }
}

/// Something is not open to a helper: who can do it, and the way back.
#[component]
pub fn HelperRefusedPage() -> impl IntoView {
    let name = frame().helping.as_ref().map(|helping| helping.customer_name.clone()).unwrap_or_default();
    view! {
        <Page title=td_string!(words(), helper.refused_title) back=paths::HELPING>
            <p>{td_string!(words(), helper.refused, name = name)}</p>
            <p><LinkButton href=paths::HELPING label=td_string!(words(), helper.refused_back)/></p>
        </Page>
    }
}
