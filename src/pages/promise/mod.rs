//! One payment by one day: a promise (own amount), or a later date for what is past due.

pub mod actions;
mod load;

use crate::components::form::{Button, DateFields, ErrorSummary, HiddenField, MoneyField, Problems, TypedDate};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::money::Total;
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::journey::Way;
use crate::domain::money::Money;
use crate::paths;
use crate::words::td_string;
use actions::ChoosePromise;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of this screen in a flash.
const SCREEN: &str = "promise";

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OneWay {
    Extension,
    Promise,
}

impl OneWay {
    fn code(self) -> &'static str {
        match self {
            OneWay::Extension => "extension",
            OneWay::Promise => "promise",
        }
    }

    pub fn path(self) -> Way {
        match self {
            OneWay::Extension => Way::Extension,
            OneWay::Promise => Way::Promise,
        }
    }
}

/// What the screen shows.
pub struct PromiseView {
    pub account_id: String,
    pub way: OneWay,
    pub offer_id: String,
    pub minimum: Money,
    pub maximum: Money,
    /// The last day it may be due.
    pub due_by: Date,
    pub today: Date,
    pub typed: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn ExtensionPage() -> impl IntoView {
    loaded(load::load(param("account"), OneWay::Extension), |view| view.map(show))
}

#[component]
pub fn PromisePage() -> impl IntoView {
    loaded(load::load(param("account"), OneWay::Promise), |view| view.map(show))
}

fn show(view: PromiseView) -> impl IntoView {
    let title = match view.way {
        OneWay::Extension => td_string!(words(), options.extension),
        OneWay::Promise => td_string!(words(), options.promise),
    };
    let problems = Problems::from_codes(&view.errors, |_, code| problem_words(code, &view));
    let typed = |field: &str| view.typed.get(field).cloned().unwrap_or_default();
    let on = TypedDate { day: typed("on_day"), month: typed("on_month"), year: typed("on_year") };
    let on_hint = td_string!(words(), options.day_hint, latest = format::long_date(view.due_by, language()));
    let amount = if view.minimum == view.maximum {
        // What is past due moves as a whole: there is nothing to type.
        view! {
            <Total label=td_string!(words(), options.total) amount=view.maximum/>
            <HiddenField name="amount" value=view.maximum.to_decimal_string()/>
        }
        .into_any()
    } else {
        let (least, most) = (format::money(view.minimum, language()), format::money(view.maximum, language()));
        view! {
            <MoneyField
                name="amount"
                label=td_string!(words(), options.how_much)
                currency=view.maximum.currency()
                hint=td_string!(words(), options.between, least = least, most = most)
                error=problems.of("amount")
                value=typed("amount")
            />
        }
        .into_any()
    };
    view! {
        <Page title back=paths::options(&view.account_id)>
            <ErrorSummary problems=problems.clone()/>
            <form method="post" action=ChoosePromise::PATH>
                <HiddenField name="account" value=view.account_id.clone()/>
                <HiddenField name="way" value=view.way.code()/>
                <HiddenField name="offer" value=view.offer_id.clone()/>
                {amount}
                <DateFields
                    name="on"
                    legend=td_string!(words(), options.by_which_day)
                    hint=on_hint
                    error=problems.of("on")
                    value=on
                />
                <Button label=td_string!(words(), options.check_this)/>
            </form>
        </Page>
    }
}

fn problem_words(code: &str, view: &PromiseView) -> String {
    let latest = format::long_date(view.due_by, language());
    match code {
        "not_a_date" => td_string!(words(), options.error_date).to_owned(),
        "past" => td_string!(words(), options.error_past).to_owned(),
        "late" => td_string!(words(), options.error_late, latest = latest),
        "below" => td_string!(words(), options.error_below, least = format::money(view.minimum, language())),
        "above" => td_string!(words(), options.error_above, most = format::money(view.maximum, language())),
        _ => td_string!(words(), plan.unreadable_amount).to_owned(),
    }
}
