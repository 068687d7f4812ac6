//! Check before paying: how much, what it goes to, what is left. The button says the amount.

pub mod actions;
mod load;

use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{Button, HiddenField};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::account::Disclosure;
use crate::domain::format;
use crate::domain::ledger::{Allocation, AppliedTo};
use crate::domain::money::Money;
use crate::domain::paying::WayToPay;
use crate::paths;
use crate::words::td_string;
use actions::StartPayment;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the screen shows.
pub struct CheckView {
    pub account_id: String,
    pub account: String,
    pub creditor: String,
    pub way: WayToPay,
    pub lines: Vec<Allocation>,
    /// Still owed afterwards.
    pub left: Money,
    pub disclosure: Option<Disclosure>,
    pub is_sandbox: bool,
    /// The decision's key.
    pub key: String,
}

#[component]
pub fn PayCheckPage() -> impl IntoView {
    let account_id = param("account");
    loaded(load::load(account_id), |found| found.map(show))
}

fn show(view: CheckView) -> impl IntoView {
    let amount = |amount| format::money(amount, language());
    let back = paths::pay(&view.account_id);
    let mut rows = vec![SummaryRow::new(td_string!(words(), pay.check_amount), amount(view.way.amount)).with_change(
        back.clone(),
        td_string!(words(), pay.check_change),
        td_string!(words(), pay.check_change_what),
    )];
    if view.way.discount.is_positive() {
        let term = td_string!(words(), pay.check_discount, creditor = view.creditor.clone());
        rows.push(SummaryRow::new(term, amount(view.way.discount)));
    }
    rows.push(SummaryRow::new(td_string!(words(), pay.check_account), format!("{}, {}", view.creditor.clone(), view.account)));
    let applied: Vec<String> = view.lines.iter().map(applied_words).collect();
    rows.push(SummaryRow::new(td_string!(words(), pay.check_applied), applied.join("; ")));
    rows.push(SummaryRow::new(td_string!(words(), pay.check_left), amount(view.left)));
    let next = if view.is_sandbox { td_string!(words(), pay.check_next_sandbox) } else { td_string!(words(), pay.check_next) };
    view! {
        <Page title=td_string!(words(), pay.check_title) back=back>
            <SummaryList rows/>
            <DisclosureNotice disclosure=view.disclosure creditor=view.creditor/>
            <p>{next}</p>
            <form method="post" action=StartPayment::PATH>
                <HiddenField name="account" value=view.account_id/>
                <HiddenField name="purpose" value=view.way.purpose.code()/>
                <HiddenField name="amount_minor" value=view.way.amount.minor().to_string()/>
                <HiddenField name="key" value=view.key/>
                {view.disclosure.map(|shown| view! { <HiddenField name="disclosed" value=shown.code()/> })}
                <Button label=td_string!(words(), pay.pay_now, amount = amount(view.way.amount))/>
            </form>
        </Page>
    }
}

fn applied_words(line: &Allocation) -> String {
    let amount = format::money(line.amount, language());
    match &line.applied_to {
        AppliedTo::PastDue => td_string!(words(), pay.applied_past_due, amount = amount),
        AppliedTo::Balance => td_string!(words(), pay.applied_balance, amount = amount),
        AppliedTo::Instalment { number, .. } => {
            td_string!(words(), pay.applied_instalment, amount = amount, number = number.to_string())
        }
        AppliedTo::Credit => {
            td_string!(words(), pay.applied_credit, amount = amount, phone = frame().reach.phone.clone())
        }
    }
}
