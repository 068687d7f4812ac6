//! A one-use link: asks only for the date of birth, names nobody, and is not used up by being looked at.

pub mod actions;
mod load;

use crate::components::form::{Button, DateFields, DatePurpose, ErrorSummary, HiddenField, LinkButton, Problems, TypedDate};
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::please_wait::PleaseWait;
use crate::paths;
use crate::words::td_string;
use actions::OpenLink;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use load::Shown;

/// The name of this screen in a flash.
const SCREEN: &str = "link";

#[component]
pub fn LinkPage() -> impl IntoView {
    loaded(load::load(param("token")), |shown| match shown {
        Some(shown) => view! { <OpenForm shown/> }.into_any(),
        None => view! { <GonePage/> }.into_any(),
    })
}

#[component]
fn OpenForm(shown: Shown) -> impl IntoView {
    let problems = Problems::from_codes(&shown.flash.errors, |field, code| problem(field, code).to_owned());
    if shown.flash.errors.iter().any(|(_, code)| code == "limited") {
        let phone = frame().reach.phone.clone();
        let text = td_string!(words(), sign_in.link_limited, minutes = shown.minutes_to_wait, phone = phone);
        return view! { <PleaseWait text/> }.into_any();
    }
    let kept = |field: &str| shown.flash.values.get(field).cloned().unwrap_or_default();
    let birth_date = TypedDate { day: kept("birth_date_day"), month: kept("birth_date_month"), year: kept("birth_date_year") };
    view! {
        <Page title=td_string!(words(), sign_in.link_title)>
            <ErrorSummary problems=problems.clone() first="birth_date"/>
            <p>{td_string!(words(), sign_in.link_lead)}</p>
            <form method="post" action=OpenLink::PATH>
                <HiddenField name="token" value=shown.token/>
                <DateFields
                    name="birth_date"
                    legend=td_string!(words(), sign_in.birth_date)
                    hint=td_string!(words(), sign_in.birth_date_hint)
                    error=problems.of("birth_date")
                    value=birth_date
                    purpose=DatePurpose::Birth
                />
                <Button label=td_string!(words(), sign_in.link_button)/>
            </form>
            <p><a href=paths::CONTACT>{td_string!(words(), sign_in.help)}</a></p>
        </Page>
    }
    .into_any()
}

/// Unknown, used or expired: the same page, and two ways on.
#[component]
fn GonePage() -> impl IntoView {
    view! {
        <Page title=td_string!(words(), sign_in.link_gone_title)>
            <p>{td_string!(words(), sign_in.link_gone)}</p>
            <p><LinkButton href=paths::SIGN_IN label=td_string!(words(), door.sign_in)/></p>
            <p><a href=paths::CONTACT>{td_string!(words(), sign_in.help)}</a></p>
        </Page>
    }
}

fn problem(field: &str, code: &str) -> &'static str {
    match (field, code) {
        ("birth_date", "missing") => td_string!(words(), sign_in.birth_date_missing),
        ("birth_date", _) => td_string!(words(), sign_in.birth_date_not_a_date),
        _ => td_string!(words(), sign_in.link_no_match),
    }
}
