//! Check one payment over several accounts: what each gets, what it goes to, what is left there, and the sum. The button says the
//! sum.

pub mod actions;
mod load;

use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{Button, HiddenField};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::components::table::{Column, DataTable};
use crate::domain::account::Disclosure;
use crate::domain::format;
use crate::domain::joint_payment::{self, ShareChoice};
use crate::domain::ledger::{Allocation, AppliedTo};
use crate::domain::money::{Currency, Money};
use crate::paths;
use crate::words::td_string;
use actions::StartSeveral;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the screen shows.
pub struct SeveralCheckView {
    pub currency: Currency,
    /// By reference.
    pub shares: Vec<ShareView>,
    pub sum: Money,
    pub is_sandbox: bool,
    /// The decision's key.
    pub key: String,
}

/// What one account gets.
pub struct ShareView {
    pub account_id: String,
    pub product: String,
    pub reference: String,
    pub creditor: String,
    pub choice: ShareChoice,
    pub lines: Vec<Allocation>,
    /// Still owed afterwards.
    pub left: Money,
    pub disclosure: Option<Disclosure>,
}

impl ShareView {
    fn name(&self) -> String {
        td_string!(words(), account.name, product = self.product.clone(), reference = self.reference.clone())
    }
}

#[component]
pub fn PaySeveralCheckPage() -> impl IntoView {
    let currency = param("currency");
    loaded(load::load(currency), |found| found.map(show))
}

fn show(view: SeveralCheckView) -> impl IntoView {
    let amount = |amount| format::money(amount, language());
    let back = paths::pay_several(view.currency.code());
    let columns = vec![
        Column::text(td_string!(words(), several.check_account)),
        Column::amount(td_string!(words(), several.check_pays)),
        Column::text(td_string!(words(), pay.check_applied)),
        Column::amount(td_string!(words(), several.check_left)),
    ];
    let rows = view.shares.iter().map(|share| {
        let mut applied: Vec<String> = share.lines.iter().map(applied_words).collect();
        if share.choice.discount.is_positive() {
            let term = td_string!(words(), pay.check_discount, creditor = share.creditor.clone());
            applied.push(format!("{term}: {}", amount(share.choice.discount)));
        }
        vec![share.name(), amount(share.choice.amount), applied.join("; "), amount(share.left)]
    });
    let rows = rows.collect();
    let sum = vec![SummaryRow::new(td_string!(words(), several.check_sum), amount(view.sum)).with_change(
        back.clone(),
        td_string!(words(), pay.check_change),
        td_string!(words(), pay.check_change_what),
    )];
    let disclosures: Vec<_> = view.shares.iter().filter(|share| share.disclosure.is_some()).map(told).collect();
    let fields: Vec<_> = view.shares.iter().map(share_fields).collect();
    let next = if view.is_sandbox { td_string!(words(), pay.check_next_sandbox) } else { td_string!(words(), pay.check_next) };
    view! {
        <Page title=td_string!(words(), pay.check_title) back=back>
            <DataTable caption=td_string!(words(), several.check_caption) columns rows/>
            <SummaryList rows=sum/>
            {disclosures}
            <p>{next}</p>
            <form method="post" action=StartSeveral::PATH>
                <HiddenField name="currency" value=view.currency.code()/>
                <HiddenField name="key" value=view.key/>
                {fields}
                <Button label=td_string!(words(), pay.pay_now, amount = amount(view.sum))/>
            </form>
        </Page>
    }
}

/// What has to be said about one account, with its name: the others need not hear it.
fn told(share: &ShareView) -> impl IntoView + use<> {
    view! {
        <h2>{share.name()}</h2>
        <DisclosureNotice disclosure=share.disclosure creditor=share.creditor.clone()/>
    }
}

fn share_fields(share: &ShareView) -> impl IntoView + use<> {
    let field = |name: &str, value: String| {
        let name = format!("shares[{}][{name}]", joint_payment::key(&share.account_id));
        view! { <input type="hidden" name=name value=value/> }
    };
    view! {
        {field("purpose", share.choice.purpose.code().to_owned())}
        {field("amount_minor", share.choice.amount.minor().to_string())}
        {field("discount_minor", share.choice.discount.minor().to_string())}
        {field("disclosed", share.disclosure.map(|shown| shown.code().to_owned()).unwrap_or_default())}
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
        AppliedTo::Credit => td_string!(words(), pay.applied_credit, amount = amount, phone = frame().reach.phone.clone()),
    }
}
