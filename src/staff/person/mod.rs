//! One of those who work here, and what an administrator may do about them.

pub mod actions;
mod load;

use crate::components::form::{Button, ButtonKind, Choice, HiddenField, Radios};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::rights::Role;
use crate::paths;
use crate::words::{role_words, td_string};
use actions::{
    StaffChangeRole, StaffDisable, StaffEnable, StaffEndSessions, StaffGiveCreditors, StaffMakePassword, StaffResetSecondFactor,
};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// What the field of a creditor begins with; its id follows.
const CREDITOR: &str = "creditor_";

pub struct PersonView {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub added_on: Date,
    pub is_disabled: bool,
    pub is_yourself: bool,
    /// Whoever looks may change it.
    pub may_change: bool,
    /// Of a partner: every creditor with id and name, and whether it was given to them.
    pub creditors: Vec<(String, String, bool)>,
    /// A password that was made just now.
    pub made: Option<String>,
}

#[component]
pub fn StaffPersonPage() -> impl IntoView {
    let done = use_query_map().with_untracked(|query| query.get(paths::DONE));
    loaded(load::load(param("person")), move |view| view.map(|view| show(view, done)))
}

fn show(view: PersonView, done: Option<String>) -> impl IntoView {
    let rows = vec![
        SummaryRow::new(td_string!(words(), staff.person_email), view.email.clone()),
        SummaryRow::new(td_string!(words(), staff.role), role_words(view.role, words())),
        SummaryRow::new(td_string!(words(), staff.person_added), format::date(view.added_on, language())),
    ];
    let told = done.as_deref().and_then(done_words);
    let made = view.made.clone().map(|password| {
        view! {
            <Notice kind=NoticeKind::Attention title=td_string!(words(), staff.person_made_title)>
                <p><code>{password}</code></p>
                <p>{td_string!(words(), staff.person_made)}</p>
            </Notice>
        }
    });
    let change = view.may_change.then(|| change(&view));
    view! {
        <Page title=view.name.clone() back=paths::STAFF_PEOPLE>
            {told.map(|(kind, text)| view! { <Notice kind=kind><p>{text}</p></Notice> })}
            {made}
            {view.is_disabled.then(|| view! {
                <Notice kind=NoticeKind::Plain><p>{td_string!(words(), staff.stands.disabled)}</p></Notice>
            })}
            <SummaryList rows/>
            {change}
        </Page>
    }
}

fn change(view: &PersonView) -> impl IntoView + use<> {
    let id = view.id.clone();
    let help = match view.is_yourself {
        true => view! {
            <p>
                {td_string!(words(), staff.person_yourself)}" "
                <a href=paths::STAFF_YOU>{td_string!(words(), staff.you_title)}</a>
            </p>
        }
        .into_any(),
        false => view! {
            {one_button(StaffMakePassword::PATH, &id, td_string!(words(), staff.person_new_password))}
            {one_button(StaffResetSecondFactor::PATH, &id, td_string!(words(), staff.person_reset))}
        }
        .into_any(),
    };
    let access = match view.is_disabled {
        true => one_button(StaffEnable::PATH, &id, td_string!(words(), staff.person_enable)).into_any(),
        false => view! {
            {one_button(StaffEndSessions::PATH, &id, td_string!(words(), staff.person_end))}
            {one_button(StaffDisable::PATH, &id, td_string!(words(), staff.person_disable))}
        }
        .into_any(),
    };
    view! {
        <p class="quiet">{td_string!(words(), staff.person_signed_out)}</p>
        {role(view)}
        {(view.role == Role::Partner).then(|| creditors(view))}
        <section>
            <h2>{td_string!(words(), staff.person_help)}</h2>
            {help}
        </section>
        <section>
            <h2>{td_string!(words(), staff.person_access)}</h2>
            {access}
        </section>
    }
}

fn role(view: &PersonView) -> impl IntoView + use<> {
    let roles = Role::ALL.map(|role| Choice::new(role.code(), role_words(role, words()))).to_vec();
    view! {
        <form method="post" action=StaffChangeRole::PATH>
            <HiddenField name="person" value=view.id.clone()/>
            <Radios name="role" legend=td_string!(words(), staff.add_role) choices=roles chosen=view.role.code()/>
            <Button label=td_string!(words(), staff.person_role_button) kind=ButtonKind::Other/>
        </form>
    }
}

fn creditors(view: &PersonView) -> impl IntoView + use<> {
    if view.creditors.is_empty() {
        return view! { <p>{td_string!(words(), staff.person_creditors_none)}</p> }.into_any();
    }
    let boxes: Vec<_> = view
        .creditors
        .iter()
        .map(|(id, name, given)| {
            let field = format!("{CREDITOR}{id}");
            view! {
                <div class="choice">
                    <input type="checkbox" id=field.clone() name=field.clone() value="yes" checked=*given/>
                    <label for=field>{name.clone()}</label>
                </div>
            }
        })
        .collect();
    view! {
        <form method="post" action=StaffGiveCreditors::PATH>
            <HiddenField name="person" value=view.id.clone()/>
            <fieldset class="field">
                <legend>{td_string!(words(), staff.person_creditors)}</legend>
                <div class="choices">{boxes}</div>
            </fieldset>
            <Button label=td_string!(words(), staff.person_creditors_button) kind=ButtonKind::Other/>
        </form>
    }
    .into_any()
}

/// A form of one button about this person.
fn one_button(action: &'static str, id: &str, label: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=action>
            <HiddenField name="person" value=id.to_owned()/>
            <div class="field"><Button label=label kind=ButtonKind::Other/></div>
        </form>
    }
}

fn done_words(code: &str) -> Option<(NoticeKind, &'static str)> {
    match code {
        "done" => Some((NoticeKind::Done, td_string!(words(), staff.person_done))),
        "already" => Some((NoticeKind::Plain, td_string!(words(), staff.person_already))),
        "last" => Some((NoticeKind::Attention, td_string!(words(), staff.person_last))),
        "yourself" => Some((NoticeKind::Attention, td_string!(words(), staff.person_not_yourself))),
        _ => None,
    }
}
