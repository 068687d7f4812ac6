//! One payment over several accounts: an amount for each, none filled in, and beside each what is past due, due or owed. An
//! account the customer disputes stands here with why nothing of this payment goes to it.

pub mod actions;
mod load;

use crate::components::begun::begun_too_often;
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{AmountOf, Button, ErrorSummary, HiddenField, LinkButton, LinkKind, Problems};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::account::Disclosure;
use crate::domain::format;
use crate::domain::hold::HoldKind;
use crate::domain::joint_payment::{self, ShareRefusal};
use crate::domain::money::{Currency, Money};
use crate::domain::paying::{PayRefusal, WayToPay};
use crate::domain::payment::Purpose;
use crate::paths;
use crate::words::td_string;
use actions::ChooseSeveral;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen's flash.
const SCREEN: &str = "pay_several";

/// What the screen shows.
pub enum SeveralView {
    Accounts(Box<AccountsView>),
    NoProcessor,
}

pub struct AccountsView {
    pub currency: Currency,
    /// By reference.
    pub accounts: Vec<AccountView>,
    /// What was typed before, by account (`joint_payment::key`), and what was wrong with it.
    pub typed: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
}

/// One of the accounts.
pub struct AccountView {
    pub id: String,
    pub product: String,
    pub reference: String,
    pub creditor: String,
    pub balance: Money,
    pub in_flight: Money,
    pub disclosure: Option<Disclosure>,
    pub part: AccountPart,
}

/// Whether it can be part of the payment.
pub enum AccountPart {
    Payable(Vec<WayToPay>),
    /// Another payment has to be finished first: its reference.
    Waiting(String),
    Not(ShareRefusal),
}

impl AccountView {
    fn name(&self) -> String {
        td_string!(words(), account.name, product = self.product.clone(), reference = self.reference.clone())
    }
}

#[component]
pub fn PaySeveralPage() -> impl IntoView {
    let currency = param("currency");
    loaded(load::load(currency), |found| {
        found.map(|view| match view {
            SeveralView::Accounts(view) => show(*view).into_any(),
            SeveralView::NoProcessor => no_processor().into_any(),
        })
    })
}

fn show(view: AccountsView) -> impl IntoView {
    let AccountsView { currency, accounts, typed, errors } = view;
    let name_of = |id: &str| accounts.iter().find(|account| account.id == id).map(AccountView::name).unwrap_or_default();
    let problems = Problems::from_codes(&errors, |field, code| {
        let name = field.split_once('-').map(|(_, id)| name_of(id)).unwrap_or_default();
        problem_words(code, &name, currency)
    });
    let first_amount =
        accounts.iter().find(|account| matches!(account.part, AccountPart::Payable(_))).map(|account| amount_id(&account.id));
    let can_pay = accounts.iter().any(|account| matches!(account.part, AccountPart::Payable(_)));
    let sections: Vec<_> = accounts
        .into_iter()
        .map(|account| {
            let error = problems.of(&amount_id(&account.id));
            let value = typed.get(&joint_payment::key(&account.id)).cloned();
            account_section(account, currency, error.0, value)
        })
        .collect();
    let button = can_pay.then(|| view! { <Button label=td_string!(words(), several.show_check)/> });
    view! {
        <Page title=td_string!(words(), several.title) back=paths::ACCOUNT lead=td_string!(words(), several.lead)>
            <ErrorSummary problems first=first_amount/>
            <form method="post" action=ChooseSeveral::PATH>
                <HiddenField name="currency" value=currency.code()/>
                {sections}
                {button}
            </form>
        </Page>
    }
}

/// The id of an account's field.
fn amount_id(account_id: &str) -> String {
    format!("amount-{account_id}")
}

fn account_section(
    account: AccountView,
    currency: Currency,
    error: Option<String>,
    value: Option<String>,
) -> impl IntoView + use<> {
    let money = |amount| format::money(amount, language());
    let name = account.name();
    let title_id = format!("account-{}", account.id);
    let owed = td_string!(words(), pay.owed, creditor = account.creditor.clone(), amount = money(account.balance));
    let in_flight =
        account.in_flight.is_positive().then(|| td_string!(words(), pay.in_flight, amount = money(account.in_flight)));
    let part = match &account.part {
        AccountPart::Payable(ways) => {
            let offered = ways.iter().filter_map(|way| offered_words(way, &account.creditor)).collect();
            let label = td_string!(words(), several.amount_for, account = name.clone());
            view! {
                <DisclosureNotice disclosure=account.disclosure creditor=account.creditor.clone()/>
                <AmountOf id=amount_id(&account.id) name=format!("amounts[{}]", joint_payment::key(&account.id)) label currency offered error value/>
            }
            .into_any()
        }
        AccountPart::Waiting(reference) => {
            let label = td_string!(words(), several.see_payment);
            view! {
                <p>{td_string!(words(), several.waiting)}</p>
                <p><a href=paths::payment(reference)>{label}</a></p>
            }
            .into_any()
        }
        AccountPart::Not(refusal) => not_payable(&account, *refusal).into_any(),
    };
    view! {
        <section aria-labelledby=title_id.clone()>
            <h2 id=title_id.clone() tabindex="-1">{name}</h2>
            <p>{owed}</p>
            {in_flight.map(|text| view! { <p class="quiet">{text}</p> })}
            {part}
        </section>
    }
}

fn not_payable(account: &AccountView, refusal: ShareRefusal) -> impl IntoView + use<> {
    let phone = frame().reach.phone.clone();
    let alone = matches!(refusal, ShareRefusal::Disputed).then(|| {
        let label = td_string!(words(), several.pay_alone);
        view! { <p><LinkButton href=paths::pay(&account.id) label kind=LinkKind::Other/></p> }
    });
    let text = match refusal {
        ShareRefusal::Disputed => td_string!(words(), several.disputed).to_owned(),
        ShareRefusal::Pay(PayRefusal::AccountNotOpen | PayRefusal::Held(HoldKind::Recalled)) => {
            td_string!(words(), several.not_open, creditor = account.creditor.clone())
        }
        ShareRefusal::Pay(PayRefusal::Held(_)) => td_string!(words(), several.held, phone = phone),
        ShareRefusal::Pay(PayRefusal::NothingOwed | PayRefusal::NothingOfThatKind) => {
            td_string!(words(), several.nothing_owed).to_owned()
        }
        ShareRefusal::Pay(
            PayRefusal::AlreadyOnItsWay
            | PayRefusal::OnlyDisputedLeft
            | PayRefusal::BelowMinimum { .. }
            | PayRefusal::AboveBalance { .. }
            | PayRefusal::BelowProcessorMinimum { .. }
            | PayRefusal::AmountChanged { .. },
        ) => td_string!(words(), several.on_its_way).to_owned(),
    };
    view! {
        <Notice kind=NoticeKind::Plain><p>{text}</p></Notice>
        {alone}
    }
}

/// What would make sense for an account; none of it is chosen.
fn offered_words(way: &WayToPay, creditor: &str) -> Option<String> {
    let amount = format::money(way.amount, language());
    Some(match way.purpose {
        Purpose::PastDue if way.is_outside_agreement => td_string!(words(), pay.past_due_outside, amount = amount),
        Purpose::PastDue => td_string!(words(), several.past_due, amount = amount),
        Purpose::Instalment => {
            let date = way.instalment.as_ref().map(|due| format::date(due.due_on, language())).unwrap_or_default();
            if way.instalment.as_ref().is_some_and(|due| due.is_given_back) {
                return Some(td_string!(words(), pay.given_back, date = date, amount = amount));
            }
            td_string!(words(), several.instalment, date = date, amount = amount)
        }
        Purpose::Balance if way.discount.is_positive() => {
            let discount = format::money(way.discount, language());
            td_string!(words(), several.balance_discount, amount = amount, creditor = creditor.to_owned(), discount = discount)
        }
        Purpose::Balance => td_string!(words(), several.balance, amount = amount),
        Purpose::Part => td_string!(words(), several.part, minimum = amount),
        // On the account's own page: here the next one and everything are enough. A collection nobody chooses.
        Purpose::Instalments | Purpose::Agreement | Purpose::Collection => return None,
    })
}

/// A code and the amounts in minor units that belong to it, such as `changed:5000:3000`.
fn problem_words(code: &str, name: &str, currency: Currency) -> String {
    if let Some(time) = begun_too_often(code) {
        return td_string!(words(), pay.error_many, time = time, phone = frame().reach.phone.clone());
    }
    let mut parts = code.split(':');
    let code = parts.next().unwrap_or_default();
    let amounts: Vec<String> = parts
        .filter_map(|minor| minor.parse().ok())
        .map(|minor| format::money(Money::new(minor, currency), language()))
        .collect();
    let amount = amounts.first().cloned().unwrap_or_default();
    let account = name.to_owned();
    match code {
        "none" => td_string!(words(), several.error_none).to_owned(),
        "amount" => td_string!(words(), several.error_amount, account = account),
        "minimum" => td_string!(words(), several.error_minimum, amount = amount, account = account),
        "above" => td_string!(words(), several.error_above, amount = amount, account = account),
        "small" => td_string!(words(), several.error_small, amount = amount),
        "out" => td_string!(words(), several.error_out, amount = amount, account = account),
        "changed" => {
            let now = amounts.get(1).cloned().unwrap_or_default();
            td_string!(words(), several.error_changed, shown = amount, account = account, amount = now)
        }
        "otherwise" => td_string!(words(), several.error_otherwise, amount = amount, account = account),
        "disclosure" => td_string!(words(), several.error_disclosure).to_owned(),
        _ => td_string!(words(), several.error_again).to_owned(),
    }
}

fn no_processor() -> impl IntoView {
    let text = td_string!(words(), pay.none_no_processor, phone = frame().reach.phone.clone());
    view! {
        <Page title=td_string!(words(), pay.none_title)>
            <p>{text}</p>
            <p><LinkButton href=paths::ACCOUNT label=td_string!(words(), several.to_accounts)/></p>
        </Page>
    }
}
