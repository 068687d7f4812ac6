//! A payment over several accounts: what each of them gets, and the receipt when it is paid.

use super::receipt::{headings, part_words, went_back};
use super::{PaymentView, ShareView};
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::components::table::{Column, DataTable};
use crate::domain::format;
use crate::domain::payment::PaymentState;
use crate::domain::reversal::{Reversal, Scope};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

fn name(share: &ShareView) -> String {
    td_string!(words(), account.name, product = share.product.clone(), reference = share.reference.clone())
}

/// Of a payment over several accounts: which of them money went back for, where it was for one alone.
pub fn only_on(view: &PaymentView, reversal: &Reversal) -> Option<String> {
    let share = view.shares.iter().find(|share| share.account_id == reversal.account_id.as_str())?;
    (reversal.scope == Scope::Account).then(|| td_string!(words(), reversal.only_on, account = name(share)))
}

/// What was paid on: the account, or how many.
pub fn account_words(view: &PaymentView) -> String {
    if view.shares.is_empty() {
        return view.account.clone();
    }
    let count = view.shares.len().to_string();
    td_string!(words(), several.accounts_count, creditor = view.creditor.clone(), count = count)
}

/// What goes to each account, while the payment is not paid; nothing for a payment on one account.
pub fn shares(view: &PaymentView) -> Option<AnyView> {
    if view.shares.is_empty() {
        return None;
    }
    let columns =
        vec![Column::text(td_string!(words(), several.check_account)), Column::amount(td_string!(words(), several.check_pays))];
    let rows = view.shares.iter().map(|share| vec![name(share), format::money(share.amount, language())]).collect();
    Some(view! { <DataTable caption=td_string!(words(), several.check_caption) columns rows/> }.into_any())
}

/// The receipt on screen.
pub fn receipt(view: PaymentView) -> impl IntoView {
    let amount = |amount| format::money(amount, language());
    let paid_on = view.settled_at.map(|at| format::date_and_time(at, language())).unwrap_or_default();
    let (heading, paid) = headings(&view.payment.state);
    let mut rows = vec![
        SummaryRow::new(paid, amount(view.payment.amount)),
        SummaryRow::new(td_string!(words(), receipt.paid_on), paid_on),
        SummaryRow::new(td_string!(words(), payment.account), account_words(&view)),
        SummaryRow::new(td_string!(words(), payment.reference), view.payment.reference.clone()),
    ];
    if view.discount.is_positive() {
        rows.insert(1, SummaryRow::new(td_string!(words(), receipt.discount), amount(view.discount)));
    }
    rows.splice(1..1, went_back(&view));
    let pdf = view.receipt.as_ref().map(|id| {
        let label = td_string!(words(), receipt.pdf);
        view! { <p><LinkButton href=paths::document(id) label kind=LinkKind::Other/></p> }
    });
    let sections: Vec<_> = view.shares.iter().map(account_section).collect();
    let title = super::title(&view.payment);
    // One action a page: where something is owed again, it is above.
    let back = match view.payment.state {
        PaymentState::Returned(_) | PaymentState::ChargedBack(_) if super::after::is_owed_again(&view) => LinkKind::Other,
        _ => LinkKind::Main,
    };
    let after = super::after::show(&view);
    view! {
        <Page title=title back=paths::ACCOUNT>
            {after}
            <section aria-labelledby="receipt">
                <h2 id="receipt">{heading}</h2>
                <SummaryList rows/>
                {pdf}
            </section>
            {sections}
            <p><LinkButton href=paths::ACCOUNT label=td_string!(words(), several.to_accounts) kind=back/></p>
        </Page>
    }
}

fn account_section(share: &ShareView) -> impl IntoView + use<> {
    let amount = |amount| format::money(amount, language());
    let columns = vec![Column::text(td_string!(words(), receipt.part)), Column::amount(td_string!(words(), receipt.amount))];
    let lines = share.allocations.iter().map(|line| vec![part_words(&line.applied_to), amount(line.amount)]).collect();
    let mut rows = vec![SummaryRow::new(td_string!(words(), several.receipt_left), amount(share.balance))];
    if share.discount.is_positive() {
        rows.insert(0, SummaryRow::new(td_string!(words(), receipt.discount), amount(share.discount)));
    }
    let credit = (share.balance.minor() < 0).then(|| {
        let note = td_string!(words(), receipt.credit_note, amount = amount(share.balance.negated()));
        let label = td_string!(words(), reversal.have_back_see);
        view! {
            <Notice kind=NoticeKind::Plain><p>{note}</p></Notice>
            <p><LinkButton href=paths::account(&share.account_id) label kind=LinkKind::Other/></p>
        }
    });
    let title_id = format!("account-{}", share.account_id);
    view! {
        <section aria-labelledby=title_id.clone()>
            <h2 id=title_id.clone()>{name(share)}</h2>
            {(!share.allocations.is_empty()).then(|| view! {
                <DataTable caption=td_string!(words(), receipt.applied) columns rows=lines/>
            })}
            <SummaryList rows/>
            {credit}
            <p><a href=paths::account(&share.account_id)>{td_string!(words(), recalled.see_account)}</a></p>
        </section>
    }
}
