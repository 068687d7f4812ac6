//! What is paid on each day once an account has joined: before, beside it and together.

use super::BesideView;
use crate::components::change_words::change_words;
use crate::components::frame::{language, words};
use crate::components::table::{Column, DataTable};
use crate::domain::calendar::Date;
use crate::domain::changing::PlanSide;
use crate::domain::format;
use crate::domain::joining::side_by_side;
use crate::domain::money::{Currency, Money};
use crate::domain::schedule::Schedule;
use crate::islands::plan_change::plan_sides;
use crate::words::td_string;
use leptos::prelude::*;

pub fn show(beside: &BesideView, added: &Schedule) -> impl IntoView + use<> {
    let currency = added.total.currency();
    let money = |minor: i64| format::money(Money::new(minor, currency), language());
    let joins: Vec<(Date, i64)> = added.instalments.iter().map(|one| (one.due_on, one.amount.minor())).collect();
    let days = side_by_side(&beside.left, &joins);
    let before: Vec<(Date, i64)> = days.iter().filter(|(_, one, _)| *one > 0).map(|(day, one, _)| (*day, *one)).collect();
    let after: Vec<(Date, i64)> = days.iter().map(|(day, one, other)| (*day, one.saturating_add(*other))).collect();
    let sides = plan_sides(&side(&before, currency), &side(&after, currency), language(), &change_words());
    let columns = vec![
        Column::text(td_string!(words(), review.due)),
        Column::amount(td_string!(words(), join.col_before, accounts = beside.accounts.join(", "))),
        Column::amount(td_string!(words(), join.col_added)),
        Column::amount(td_string!(words(), join.col_all)),
    ];
    let rows = days
        .iter()
        .map(|(day, one, other)| {
            vec![format::long_date(*day, language()), money(*one), money(*other), money(one.saturating_add(*other))]
        })
        .collect();
    view! {
        <section aria-labelledby="together">
            <h2 id="together">{td_string!(words(), join.together)}</h2>
            <div inner_html=sides></div>
            <DataTable caption=td_string!(words(), join.days) columns rows/>
        </section>
    }
}

/// Payments as a plan: two on one day are one day to pay on.
fn side(payments: &[(Date, i64)], currency: Currency) -> PlanSide {
    let money = |minor| Money::new(minor, currency);
    PlanSide {
        payments: payments.len(),
        next: payments.first().map(|(day, minor)| (*day, money(*minor))),
        last: payments.last().map(|(day, _)| *day),
        total: money(payments.iter().fold(0_i64, |sum, (_, minor)| sum.saturating_add(*minor))),
    }
}
