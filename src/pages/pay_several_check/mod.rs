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
    let shares: Vec<_> = view.shares.iter().map(share_section).collect();
    let sum = vec![SummaryRow::new(td_string!(words(), several.check_sum), amount(view.sum)).with_change(
        back.clone(),
        td_string!(words(), pay.check_change),
        td_string!(words(), pay.check_change_what),
    )];
    let fields: Vec<_> = view.shares.iter().map(share_fields).collect();
    let next = if view.is_sandbox { td_string!(words(), pay.check_next_sandbox) } else { td_string!(words(), pay.check_next) };
    view! {
        <Page title=td_string!(words(), pay.check_title) back=back>
            {shares}
            <SummaryList rows=sum/>
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

/// What one account gets, and what has to be said about it: the others need not hear it.
fn share_section(share: &ShareView) -> impl IntoView + use<> {
    let amount = |amount| format::money(amount, language());
    let applied: Vec<String> = share.lines.iter().map(applied_words).collect();
    let mut rows = vec![
        SummaryRow::new(td_string!(words(), several.check_pays), amount(share.choice.amount)),
        SummaryRow::new(td_string!(words(), pay.check_applied), applied.join("; ")),
        SummaryRow::new(td_string!(words(), several.check_left), amount(share.left)),
    ];
    if share.choice.discount.is_positive() {
        let term = td_string!(words(), pay.check_discount, creditor = share.creditor.clone());
        rows.insert(1, SummaryRow::new(term, amount(share.choice.discount)));
    }
    let title_id = format!("account-{}", share.account_id);
    view! {
        <section aria-labelledby=title_id.clone()>
            <h2 id=title_id.clone()>{share.name()}</h2>
            <SummaryList rows/>
            <DisclosureNotice disclosure=share.disclosure creditor=share.creditor.clone()/>
        </section>
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
