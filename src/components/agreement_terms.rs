//! The terms of an agreement in words: the same on the check screen, before signing, and on the confirmation.

use super::frame::{language, words};
use super::instalment_path::{InstalmentPath, MarkState, PathMark};
use super::summary::SummaryRow;
use super::table::{Column, DataTable};
use crate::domain::agreement::{DAYS_TO_PUT_RIGHT, Terms};
use crate::domain::calendar::Frequency;
use crate::domain::format;
use crate::domain::money::Money;
use crate::domain::offers::OfferKind;
use crate::domain::policy::Basis;
use crate::domain::schedule::InterestRule;
use crate::islands::plan_builder;
use crate::words::td_string;
use leptos::prelude::*;

/// Every term but the list of instalments, and the field on which the customer chose it, where they did.
pub fn terms_rows(terms: &Terms) -> Vec<(SummaryRow, Option<&'static str>)> {
    let principal = terms.schedule.principal;
    let covers = match terms.covers_all() {
        true => covers_words(terms.basis, principal),
        false => td_string!(words(), review.covers_part, amount = format::money(principal, language())),
    };
    let not_part = terms.not_covered().map(|other| format::money(other, language()));
    let mut rows = vec![
        (SummaryRow::new(td_string!(words(), review.creditor), terms.creditor.clone()), None),
        (SummaryRow::new(td_string!(words(), review.account), terms.accounts.join(", ")), None),
        (SummaryRow::new(td_string!(words(), review.covers), covers), None),
    ];
    let joins = terms.joins.clone().map(|reference| td_string!(words(), join.row_text, reference = reference));
    rows.extend(joins.map(|text| (SummaryRow::new(td_string!(words(), join.row), text), None)));
    rows.extend(not_part.map(|other| (SummaryRow::new(td_string!(words(), review.not_part), other), None)));
    rows.extend(if terms.schedule.instalments.len() > 1 { plan_rows(terms) } else { one_payment_rows(terms) });
    rows.push((SummaryRow::new(td_string!(words(), review.interest), interest_words(terms)), None));
    rows.push((SummaryRow::new(td_string!(words(), options.if_late), late_words(terms)), None));
    rows
}

/// What a plan pays off.
pub fn covers_words(basis: Basis, principal: Money) -> String {
    let amount = format::money(principal, language());
    match basis {
        Basis::PastDue => td_string!(words(), review.covers_past_due, amount = amount),
        Basis::Balance => td_string!(words(), review.covers_balance, amount = amount),
    }
}

/// What keeping to it means where something else is owed on the account; nothing where it covers all of it.
pub fn not_part_words(terms: &Terms) -> Option<String> {
    let other = format::money(terms.not_covered()?, language());
    Some(td_string!(words(), review.not_part_note, amount = other))
}

fn plan_rows(terms: &Terms) -> Vec<(SummaryRow, Option<&'static str>)> {
    let schedule = &terms.schedule;
    let day = |day| format::long_date(day, language());
    let frequency = terms.frequency.map(frequency_words);
    let rows = [
        (td_string!(words(), review.how_often), frequency.map(str::to_owned), Some("frequency")),
        (td_string!(words(), review.payments), Some(plan_builder::summary(schedule, language())), Some("amount")),
        (td_string!(words(), review.first_date), schedule.first_on().map(day), Some("first_on")),
        (td_string!(words(), review.last_date), schedule.last_on().map(day), None),
        (td_string!(words(), review.total), Some(format::money(schedule.total, language())), None),
    ];
    rows.into_iter().filter_map(|(term, value, field)| Some((SummaryRow::new(term, value?), field))).collect()
}

fn one_payment_rows(terms: &Terms) -> Vec<(SummaryRow, Option<&'static str>)> {
    let total = SummaryRow::new(td_string!(words(), review.you_pay), format::money(terms.schedule.total, language()));
    // What is past due moves to a later day as a whole: there was no amount to choose.
    let amount = (terms.kind != OfferKind::Extension).then_some("amount");
    let by = terms
        .schedule
        .last_on()
        .map(|day| SummaryRow::new(td_string!(words(), review.pay_by), format::long_date(day, language())));
    std::iter::once((total, amount)).chain(by.map(|row| (row, Some("on")))).collect()
}

fn late_words(terms: &Terms) -> String {
    match &terms.late_payment {
        Some(statement) => {
            let statement = statement.text(language()).to_owned();
            td_string!(
                words(),
                options.late_stated,
                creditor = terms.creditor.clone(),
                statement = statement,
                days = DAYS_TO_PUT_RIGHT.to_string()
            )
        }
        None => td_string!(words(), options.late_neutral, days = DAYS_TO_PUT_RIGHT.to_string()),
    }
}

fn interest_words(terms: &Terms) -> String {
    match terms.interest {
        InterestRule::Frozen => td_string!(words(), review.interest_frozen).to_owned(),
        InterestRule::SimpleDaily { annual_rate_basis_points } => td_string!(
            words(),
            review.interest_daily,
            amount = format::money(terms.schedule.interest, language()),
            rate = format!("{}.{:02}", annual_rate_basis_points / 100, annual_rate_basis_points % 100)
        ),
    }
}

pub fn frequency_words(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Weekly => td_string!(words(), review.weekly),
        Frequency::EveryTwoWeeks => td_string!(words(), review.every_two_weeks),
        Frequency::TwiceAMonth => td_string!(words(), review.twice_a_month),
        Frequency::Monthly => td_string!(words(), review.monthly),
    }
}

/// Every payment: on the waterline, and as a list.
#[component]
pub fn InstalmentList(terms: Terms) -> impl IntoView {
    let instalments = terms.schedule.instalments;
    let marks = instalments
        .iter()
        .map(|instalment| PathMark { due_on: instalment.due_on, amount: instalment.amount, state: MarkState::Later })
        .collect();
    let columns = vec![
        Column::text(td_string!(words(), review.number)),
        Column::text(td_string!(words(), review.due)),
        Column::amount(td_string!(words(), review.amount)),
    ];
    // Counted as they come: the number of an instalment is its name through all versions.
    let rows = (1..)
        .zip(&instalments)
        .map(|(place, instalment): (u32, _)| {
            vec![
                place.to_string(),
                format::long_date(instalment.due_on, language()),
                format::money(instalment.amount, language()),
            ]
        })
        .collect();
    view! {
        <InstalmentPath marks/>
        <DataTable caption=td_string!(words(), review.instalments) columns rows/>
    }
}
