//! Every account of a customer who has several. No sum over them: each is owed for itself.

use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::domain::format;
use crate::domain::money::Currency;
use crate::domain::standing::{AccountSummary, Stage};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

pub fn show(accounts: Vec<AccountSummary>) -> impl IntoView {
    let joint: Vec<_> = joint_currencies(&accounts).into_iter().map(pay_several).collect();
    let items: Vec<_> = accounts
        .into_iter()
        .map(|account| {
            let href = paths::account(account.account_id.as_str());
            let name =
                td_string!(words(), account.name, product = account.product.clone(), reference = account.reference.clone());
            let owed_to = td_string!(words(), account.owed_to, creditor = account.creditor.clone());
            view! {
                <li>
                    <a class="way" href=href>
                        <span class="way-name">{name}</span>
                        <span class="way-more">{owed_to}</span>
                        <span class="way-more">{standing_words(&account)}</span>
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <Page title=td_string!(words(), account.list_title) lead=td_string!(words(), account.list_lead)>
            <ul class="ways accounts">{items}</ul>
            {joint}
        </Page>
    }
}

/// The currencies in which something is owed on more than one account: those can be paid at once.
fn joint_currencies(accounts: &[AccountSummary]) -> Vec<Currency> {
    let mut owed: Vec<Currency> = accounts
        .iter()
        .filter(|account| matches!(account.stage, Stage::PastDue | Stage::UpToDate))
        .map(|account| account.balance.currency())
        .collect();
    owed.sort_by_key(|currency| currency.code());
    let several = |currency: &Currency| owed.iter().filter(|other| *other == currency).count() > 1;
    let mut joint: Vec<Currency> = owed.iter().copied().filter(several).collect();
    joint.dedup();
    joint
}

fn pay_several(currency: Currency) -> impl IntoView {
    let label = td_string!(words(), several.link);
    view! {
        <p>{td_string!(words(), several.link_more)}</p>
        <p><LinkButton href=paths::pay_several(currency.code()) label kind=LinkKind::Other/></p>
    }
}

fn standing_words(account: &AccountSummary) -> String {
    let money = |amount| format::money(amount, language());
    match account.stage {
        Stage::PastDue | Stage::UpToDate if account.is_under_agreement => {
            td_string!(words(), account.list_agreement, balance = money(account.balance))
        }
        Stage::PastDue => {
            td_string!(words(), account.list_past_due, balance = money(account.balance), past_due = money(account.past_due))
        }
        Stage::UpToDate => td_string!(words(), account.list_up_to_date, balance = money(account.balance)),
        Stage::Settled => td_string!(words(), account.settled_title).to_owned(),
        Stage::InCredit => td_string!(words(), account.list_in_credit, amount = money(account.balance.negated())),
        Stage::Recalled => td_string!(words(), account.recalled_title, creditor = account.creditor.clone()),
        Stage::Closed => td_string!(words(), account.closed_title).to_owned(),
    }
}
