//! Income and spending: all of it optional, by the week or the month, with what is left over in a month.

pub mod actions;
mod load;

use crate::components::form::{Button, ButtonKind, ErrorSummary, HiddenField, LinkButton, LinkKind, MoneyField, Problems};
use crate::components::frame::{language, words};
use crate::components::hardship_words::{heading_words, per_words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::format;
use crate::domain::hardship::budget::{Heading, Per, Totals};
use crate::domain::money::Currency;
use crate::paths;
use crate::words::td_string;
use actions::SaveBudget;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen in a flash.
const SCREEN: &str = "hardship_money";

/// What the screen shows.
pub struct MoneyView {
    pub account_id: String,
    pub currency: Currency,
    pub values: BTreeMap<String, String>,
    /// What a month comes to, where something was given.
    pub totals: Option<Totals>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn HardshipMoneyPage() -> impl IntoView {
    loaded(load::load(param("account")), |view| view.map(show))
}

fn show(view: MoneyView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, _| td_string!(words(), hardship.amount_wrong).to_owned());
    let account = view.account_id.clone();
    let of = |is_income: bool| {
        let headings = Heading::ALL.into_iter().filter(move |heading| heading.is_income() == is_income);
        headings.map(|heading| line(heading, &view, &problems)).collect::<Vec<_>>()
    };
    let (income, spending) = (of(true), of(false));
    let totals = view.totals.map(totals_shown);
    view! {
        <Page title=td_string!(words(), hardship.money_title) back=paths::hardship(&account)>
            <ErrorSummary problems=problems.clone()/>
            <p>{td_string!(words(), hardship.money_lead)}</p>
            <p><LinkButton href=paths::hardship_check(&account) label=td_string!(words(), hardship.money_skip) kind=LinkKind::Other/></p>
            <form method="post" action=SaveBudget::PATH>
                <HiddenField name="account" value=account.clone()/>
                <h2>{td_string!(words(), hardship.income)}</h2>
                {income}
                <h2>{td_string!(words(), hardship.spending)}</h2>
                {spending}
                {totals}
                <div class="buttons">
                    <Button label=td_string!(words(), hardship.money_go_on)/>
                    <Button label=td_string!(words(), hardship.add_up) kind=ButtonKind::Other name="stay" value="yes"/>
                </div>
            </form>
        </Page>
    }
}

fn line(heading: Heading, view: &MoneyView, problems: &Problems) -> impl IntoView + use<> {
    let kept = |name: &str| view.values.get(name).cloned().unwrap_or_default();
    let label = heading_words(heading);
    let by = td_string!(words(), hardship.per_of, what = label);
    let chosen = Per::from_code(&kept(heading.per_field())).unwrap_or_default();
    let choices: Vec<_> = Per::ALL
        .into_iter()
        .map(|per| view! { <option value=per.code() selected=per == chosen>{per_words(per)}</option> })
        .collect();
    view! {
        <div class="date-parts">
            <MoneyField
                name=heading.code()
                label
                currency=view.currency
                value=kept(heading.code())
                error=problems.of(heading.code())
            />
            <div class="field">
                <label for=heading.per_field() class="unseen">{by}</label>
                <select id=heading.per_field() name=heading.per_field()>{choices}</select>
            </div>
        </div>
    }
}

/// What a month comes to. It decides nothing.
pub(super) fn totals_shown(totals: Totals) -> impl IntoView + use<> {
    let amount = |amount| format::money(amount, language());
    let rows = vec![
        SummaryRow::new(td_string!(words(), hardship.income_month), amount(totals.income)),
        SummaryRow::new(td_string!(words(), hardship.spending_month), amount(totals.spending)),
        SummaryRow::new(td_string!(words(), hardship.left_over), amount(totals.left_over)),
    ];
    let more = if totals.left_over.minor() < 0 {
        td_string!(words(), hardship.left_over_below)
    } else {
        td_string!(words(), hardship.left_over_note)
    };
    view! {
        <section id=paths::LEFT_OVER tabindex="-1">
            <h2>{td_string!(words(), hardship.totals)}</h2>
            <SummaryList rows/>
            <p class="quiet">{more}</p>
        </section>
    }
}
