//! The receipt on screen: what was paid, what it was applied to, what is left, and the way on.

use super::PaymentView;
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::components::table::{Column, DataTable};
use crate::domain::format;
use crate::domain::ledger::AppliedTo;
use crate::domain::money::Money;
use crate::domain::payment::PaymentState;
use crate::domain::reversal::ReversalKind;
use crate::paths;
use crate::words::{order_of_parts, part_of_debt, td_string};
use leptos::prelude::*;

#[component]
pub fn Receipt(view: PaymentView) -> impl IntoView {
    let amount = |amount| format::money(amount, language());
    let account_id = view.account_id.clone();
    let balance = view.balance;
    // Of a payment to the creditor only the day is known.
    let paid_on = match view.paid_elsewhere_on {
        Some(day) => Some(format!(
            "{} ({})",
            format::date(day, language()),
            td_string!(words(), several.paid_to_creditor, creditor = view.creditor.clone())
        )),
        None => view.settled_at.map(|at| format::date_and_time(at, language())),
    };
    let paid_on = paid_on.unwrap_or_default();
    let (heading, paid) = headings(&view.payment.state);
    let mut rows = vec![
        SummaryRow::new(paid, amount(view.payment.amount)),
        SummaryRow::new(td_string!(words(), receipt.paid_on), paid_on),
        SummaryRow::new(td_string!(words(), payment.account), view.account.clone()),
        SummaryRow::new(td_string!(words(), payment.reference), view.payment.reference.clone()),
        SummaryRow::new(td_string!(words(), receipt.left), amount(balance)),
    ];
    if view.discount.is_positive() {
        rows.insert(1, SummaryRow::new(td_string!(words(), receipt.discount), amount(view.discount)));
    }
    rows.splice(1..1, went_back(&view));
    let pdf = view.receipt.clone().map(|id| {
        let label = td_string!(words(), receipt.pdf);
        view! { <p><LinkButton href=paths::document(&id) label kind=LinkKind::Other/></p> }
    });
    let columns = vec![Column::text(td_string!(words(), receipt.part)), Column::amount(td_string!(words(), receipt.amount))];
    // What went back is in a row of its own above: the lines sum to what is left of the payment.
    let lines = view.allocations.iter().map(|line| vec![part_words(&line.applied_to), amount(line.amount)]).collect();
    let parts: Vec<_> =
        view.parts.iter().map(|(part, paid)| vec![part_of_debt(*part, language()).to_owned(), amount(*paid)]).collect();
    let parts = (!parts.is_empty()).then(|| {
        let columns = vec![Column::text(td_string!(words(), receipt.part)), Column::amount(td_string!(words(), receipt.amount))];
        view! {
            <DataTable caption=td_string!(words(), reversal.parts_title) columns rows=parts/>
            {view.order.map(|order| view! { <p class="quiet">{order_of_parts(order, language())}</p> })}
        }
    });
    let title = super::title(&view.payment);
    let after = super::after::show(&view);
    let has_settled = matches!(view.payment.state, PaymentState::Succeeded { .. } | PaymentState::PartlyRefunded(_));
    let rest = has_settled.then(|| what_is_left(&account_id, balance, view.past_due, view.payment.agreement_id.is_some()));
    view! {
        <Page title=title back=paths::account(&account_id)>
            {after}
            <section aria-labelledby="receipt">
                <h2 id="receipt">{heading}</h2>
                <SummaryList rows/>
                {(!view.allocations.is_empty()).then(|| view! {
                    <DataTable caption=td_string!(words(), receipt.applied) columns rows=lines/>
                })}
                {parts}
                {pdf}
            </section>
            {rest}
        </Page>
    }
}

/// What the receipt and the amount on it are called: of a payment that went back as a whole it is what was said then.
pub(super) fn headings(state: &PaymentState) -> (&'static str, &'static str) {
    match state {
        PaymentState::Refunded(_) | PaymentState::Returned(_) | PaymentState::ChargedBack(_) => {
            (td_string!(words(), receipt.title_issued), td_string!(words(), receipt.paid_then))
        }
        _ => (td_string!(words(), receipt.title), td_string!(words(), receipt.paid)),
    }
}

/// What went back of a payment and did not come again, so that the amounts add up.
pub(super) fn went_back(view: &PaymentView) -> Vec<SummaryRow> {
    let sum = |is_of: fn(ReversalKind) -> bool| {
        let in_effect = view.reversals.iter().filter(|(reversal, _)| reversal.state.is_in_effect() && is_of(reversal.kind));
        in_effect.fold(0_i64, |sum, (reversal, _)| sum.saturating_add(reversal.amount.minor()))
    };
    let given = sum(|kind| matches!(kind, ReversalKind::Refund));
    let taken = sum(|kind| matches!(kind, ReversalKind::Return | ReversalKind::Chargeback));
    [(td_string!(words(), receipt.given_back), given), (td_string!(words(), receipt.taken_back), taken)]
        .into_iter()
        .filter(|(_, minor)| *minor > 0)
        .map(|(term, minor)| SummaryRow::new(term, format::money(Money::new(minor, view.payment.amount.currency()), language())))
        .collect()
}

pub(super) fn part_words(applied_to: &AppliedTo) -> String {
    match applied_to {
        AppliedTo::PastDue => td_string!(words(), receipt.past_due).to_owned(),
        AppliedTo::Balance => td_string!(words(), receipt.balance).to_owned(),
        AppliedTo::Instalment { number, .. } => td_string!(words(), receipt.instalment, number = number.to_string()),
        AppliedTo::Credit => td_string!(words(), receipt.credit).to_owned(),
    }
}

/// Settled only at zero. After a part payment a plan is offered: a part alone seldom keeps people from falling behind again.
fn what_is_left(account_id: &str, balance: Money, past_due: Money, is_under_agreement: bool) -> impl IntoView + use<> {
    let amount = format::money(Money::new(balance.minor().abs(), balance.currency()), language());
    if balance.is_zero() {
        let settled = td_string!(words(), receipt.settled);
        return view! { <Notice kind=NoticeKind::Done><p>{settled}</p></Notice> }.into_any();
    }
    if !balance.is_positive() {
        let note = td_string!(words(), receipt.credit_note, amount = amount);
        let label = td_string!(words(), reversal.have_back_see);
        return view! {
            <Notice kind=NoticeKind::Plain><p>{note}</p></Notice>
            <p><LinkButton href=paths::account(account_id) label kind=LinkKind::Other/></p>
        }
        .into_any();
    }
    if is_under_agreement {
        return ().into_any();
    }
    if !past_due.is_positive() {
        let up_to_date = td_string!(words(), receipt.up_to_date, amount = amount);
        return view! { <Notice kind=NoticeKind::Done><p>{up_to_date}</p></Notice> }.into_any();
    }
    view! {
        <section aria-labelledby="rest">
            <h2 id="rest">{td_string!(words(), payment.plan_title)}</h2>
            <p>{td_string!(words(), payment.plan, amount = amount)}</p>
            <p><LinkButton href=paths::options(account_id) label=td_string!(words(), payment.plan_go)/></p>
        </section>
    }
    .into_any()
}
