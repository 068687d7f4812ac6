//! Letting somebody help: who they are, what they may see and do, of which account, until when. Nothing is ticked beforehand.

pub mod actions;
mod load;

use crate::components::form::{Button, Checkbox, Choice, ErrorSummary, Field, Problems, Radios};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::domain::calendar::{Date, days_after};
use crate::domain::format;
use crate::domain::helper::{ALL_ACCOUNTS, DAYS, HelperKind, LONGEST_NAME_CHARACTERS, Right, fields};
use crate::paths;
use crate::words::{right_words, td_string};
use actions::KeepHelper;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen in a flash.
const SCREEN: &str = "helper_add";

/// What the screen shows.
pub struct Shown {
    /// Id and how it is called.
    pub accounts: Vec<(String, String)>,
    pub values: BTreeMap<String, String>,
    pub today: Date,
    pub is_full: bool,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn HelperAddPage() -> impl IntoView {
    loaded(load::load(), |shown| shown.map(show))
}

fn show(shown: Shown) -> impl IntoView {
    let problems = Problems::from_codes(&shown.errors, |field, code| problem(field, code).to_owned());
    let body = if shown.is_full {
        view! { <p>{td_string!(words(), helper.full)}</p> }.into_any()
    } else {
        form(&shown, &problems).into_any()
    };
    view! {
        <Page title=td_string!(words(), helper.add) back=paths::HELPERS lead=td_string!(words(), helper.add_lead)>
            <ErrorSummary problems=problems.clone() first=fields::NAME/>
            {body}
        </Page>
    }
}

fn form(shown: &Shown, problems: &Problems) -> impl IntoView + use<> {
    let kept = |name: &str| shown.values.get(name).cloned().unwrap_or_default();
    let kinds = HelperKind::ALL.into_iter().map(|kind| Choice::new(kind.code(), kind_words(kind))).collect();
    let asked = Right::ALL.into_iter().filter(|right| *right != Right::See);
    let rights: Vec<_> = asked
        .map(|right| {
            let checked = !kept(right.field()).is_empty();
            view! { <Checkbox name=right.field() label=right_words(right, words()) checked/> }
        })
        .collect();
    let every = Choice::new(ALL_ACCOUNTS, td_string!(words(), helper.all_accounts));
    let accounts = shown.accounts.iter().map(|(id, name)| Choice::new(id.clone(), name.clone()));
    let accounts = std::iter::once(every).chain(accounts).collect();
    let times = DAYS.into_iter().map(|days| {
        let date = format::long_date(days_after(shown.today, days), language());
        Choice::new(days.to_string(), td_string!(words(), helper.days, days = days, date = date))
    });
    view! {
        <form method="post" action=KeepHelper::PATH>
            <Field
                name=fields::NAME
                label=td_string!(words(), helper.name)
                error=problems.of(fields::NAME)
                value=kept(fields::NAME)
                longest=LONGEST_NAME_CHARACTERS
            />
            <Radios
                name=fields::KIND
                legend=td_string!(words(), helper.kind)
                choices=kinds
                chosen=kept(fields::KIND)
                error=problems.of(fields::KIND)
            />
            <Field
                name=fields::ORGANISATION
                label=td_string!(words(), helper.organisation)
                hint=td_string!(words(), helper.organisation_hint)
                error=problems.of(fields::ORGANISATION)
                value=kept(fields::ORGANISATION)
                longest=LONGEST_NAME_CHARACTERS
            />
            <fieldset class="field">
                <legend>{td_string!(words(), helper.rights)}</legend>
                <p class="hint">{td_string!(words(), helper.rights_hint)}</p>
                {rights}
            </fieldset>
            <Radios
                name=fields::ACCOUNT
                legend=td_string!(words(), helper.which)
                choices=accounts
                chosen=kept(fields::ACCOUNT)
                error=problems.of(fields::ACCOUNT)
            />
            <Radios
                name=fields::DAYS
                legend=td_string!(words(), helper.how_long)
                hint=td_string!(words(), helper.how_long_hint)
                choices=times.collect()
                chosen=kept(fields::DAYS)
                error=problems.of(fields::DAYS)
            />
            <Button label=td_string!(words(), helper.go_check)/>
        </form>
    }
}

fn kind_words(kind: HelperKind) -> &'static str {
    match kind {
        HelperKind::Adviser => td_string!(words(), helper.kind_adviser),
        HelperKind::Carer => td_string!(words(), helper.kind_carer),
        HelperKind::Relative => td_string!(words(), helper.kind_relative),
        HelperKind::Other => td_string!(words(), helper.kind_other),
    }
}

fn problem(field: &str, code: &str) -> &'static str {
    match (field, code) {
        (_, "too_long") => td_string!(words(), life_event.too_long),
        (fields::NAME, _) => td_string!(words(), helper.name_missing),
        (fields::KIND, _) => td_string!(words(), helper.kind_missing),
        (fields::ORGANISATION, _) => td_string!(words(), helper.organisation_missing),
        (fields::ACCOUNT, _) => td_string!(words(), helper.which_missing),
        _ => td_string!(words(), helper.how_long_missing),
    }
}
