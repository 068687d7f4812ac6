//! Choose what to pay: what is past due, the next instalment, everything, or another amount. Nothing is chosen beforehand.

pub mod actions;
mod load;

use crate::components::begun::begun_too_often;
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{Button, Choice, ErrorSummary, HiddenField, LinkButton, MoneyField, Problems, Radios};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::text::unbroken;
use crate::domain::account::Disclosure;
use crate::domain::contact::Topic;
use crate::domain::format;
use crate::domain::money::Money;
use crate::domain::paying::WayToPay;
use crate::domain::payment::Purpose;
use crate::paths;
use crate::words::td_string;
use actions::ChoosePayment;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen's flash.
const SCREEN: &str = "pay";

/// What the screen shows.
pub enum PayView {
    Ways(Box<WaysView>),
    Nothing { account_id: String, why: Nothing },
}

/// What may be paid.
pub struct WaysView {
    pub account_id: String,
    pub creditor: String,
    pub balance: Money,
    /// What is not on its way already.
    pub payable: Money,
    pub in_flight: Money,
    pub disclosure: Option<Disclosure>,
    /// The part that is disputed; zero for none, or all of it.
    pub disputed: Money,
    pub is_disputed: bool,
    pub is_on_hold: bool,
    pub ways: Vec<WayToPay>,
    /// What was typed before, and what was wrong with it.
    pub typed: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
}

/// Why nothing can be paid here, which is never the end: each says what to do.
pub enum Nothing {
    NothingOwed,
    OnItsWay,
    /// The rest is what they say is not right.
    OnlyDisputed,
    NotOpen {
        creditor: String,
    },
    Held,
    TooSmall {
        owed: Money,
    },
    NoProcessor,
}

#[component]
pub fn PayPage() -> impl IntoView {
    let account_id = param("account");
    loaded(load::load(account_id), |found| {
        found.map(|view| match view {
            PayView::Ways(view) => show(*view).into_any(),
            PayView::Nothing { account_id, why } => nothing(&account_id, why).into_any(),
        })
    })
}

fn show(view: WaysView) -> impl IntoView {
    let WaysView { account_id, creditor, balance, payable, in_flight, disclosure, ways, typed, errors, .. } = view;
    let (is_disputed, is_on_hold) = (view.is_disputed, view.is_on_hold);
    let amount = |amount| format::money(amount, language());
    let least = ways.iter().find(|way| way.purpose == Purpose::Part).map(|way| way.amount);
    let problems = Problems::from_codes(&errors, |_, code| problem_words(code, least, payable));
    let (chosen, typed_amount) = (typed.get("purpose").cloned(), typed.get("amount").cloned());
    let choices: Vec<Choice> = ways.iter().map(|way| choice(way, &creditor, in_flight)).collect();
    let note = if view.disputed.is_positive() {
        Some(td_string!(words(), dispute.pay_note, part = amount(view.disputed), rest = amount(payable)))
    } else if is_disputed {
        Some(td_string!(words(), pay.dispute_note).to_owned())
    } else {
        is_on_hold.then(|| td_string!(words(), pay.hold_note).to_owned())
    };
    let on_its_way = in_flight.is_positive().then(|| td_string!(words(), pay.in_flight, amount = amount(in_flight)));
    view! {
        <Page title=td_string!(words(), pay.title) back=paths::account(&account_id) lead=td_string!(words(), pay.lead)>
            <ErrorSummary problems=problems.clone()/>
            <p>{td_string!(words(), pay.owed, creditor = creditor.clone(), amount = amount(balance))}</p>
            {on_its_way.map(|text| view! { <Notice kind=NoticeKind::Plain><p>{text}</p></Notice> })}
            {note.map(|text| view! { <Notice kind=NoticeKind::Plain><p>{text}</p></Notice> })}
            <DisclosureNotice disclosure creditor/>
            <form method="post" action=ChoosePayment::PATH>
                <HiddenField name="account" value=account_id/>
                <Radios
                    name="purpose"
                    legend=td_string!(words(), pay.legend)
                    choices
                    chosen=chosen
                    error=problems.of("purpose")
                />
                <MoneyField
                    name="amount"
                    label=td_string!(words(), pay.amount)
                    currency=balance.currency()
                    hint=td_string!(words(), pay.amount_hint)
                    error=problems.of("amount")
                    value=typed_amount
                />
                <Button label=td_string!(words(), pay.show_check)/>
            </form>
        </Page>
    }
}

/// `in_flight` is what may still fail: until it has come, nobody can say that nothing more will be owed.
fn choice(way: &WayToPay, creditor: &str, in_flight: Money) -> Choice {
    let amount = format::money(way.amount, language());
    match way.purpose {
        Purpose::PastDue if way.is_outside_agreement => {
            Choice::new(way.purpose.code(), td_string!(words(), pay.past_due_outside, amount = amount))
                .with_hint(td_string!(words(), pay.past_due_outside_hint))
        }
        Purpose::PastDue => Choice::new(way.purpose.code(), td_string!(words(), pay.past_due, amount = amount))
            .with_hint(td_string!(words(), pay.past_due_hint)),
        // A collection is no choice; its instalment is.
        Purpose::Instalment | Purpose::Collection => {
            let date = way.instalment.as_ref().map(|due| format::date(due.due_on, language())).unwrap_or_default();
            if way.instalment.as_ref().is_some_and(|due| due.is_given_back) {
                return Choice::new(way.purpose.code(), td_string!(words(), pay.given_back, date = date, amount = amount))
                    .with_hint(td_string!(words(), pay.given_back_hint));
            }
            Choice::new(way.purpose.code(), td_string!(words(), pay.instalment, date = date, amount = amount))
                .with_hint(td_string!(words(), pay.instalment_hint))
        }
        Purpose::Instalments => {
            let date = way.instalment.as_ref().map(|last| format::date(last.due_on, language())).unwrap_or_default();
            Choice::new(way.purpose.code(), td_string!(words(), pay.instalments, date = date, amount = amount))
                .with_hint(td_string!(words(), pay.instalments_hint))
        }
        Purpose::Agreement => Choice::new(way.purpose.code(), td_string!(words(), pay.agreement, amount = amount))
            .with_hint(td_string!(words(), pay.agreement_hint)),
        Purpose::Balance => {
            let hint = if way.discount.is_positive() {
                let discount = format::money(way.discount, language());
                td_string!(words(), pay.balance_discount_hint, creditor = creditor.to_owned(), discount = discount)
            } else if in_flight.is_positive() {
                td_string!(words(), pay.balance_in_flight_hint, amount = format::money(in_flight, language()))
            } else {
                td_string!(words(), pay.balance_hint).to_owned()
            };
            Choice::new(way.purpose.code(), td_string!(words(), pay.balance, amount = amount)).with_hint(hint)
        }
        Purpose::Part => Choice::new(way.purpose.code(), td_string!(words(), pay.part)).with_hint(td_string!(
            words(),
            pay.part_hint,
            minimum = amount
        )),
    }
}

fn problem_words(code: &str, least: Option<Money>, payable: Money) -> String {
    let amount = |amount| format::money(amount, language());
    if let Some(time) = begun_too_often(code) {
        return td_string!(words(), pay.error_many, time = time, phone = frame().reach.phone.clone());
    }
    match code {
        "choose" => td_string!(words(), pay.error_choose).to_owned(),
        "both" => td_string!(words(), pay.error_both).to_owned(),
        "amount" => td_string!(words(), pay.error_amount).to_owned(),
        "minimum" => td_string!(words(), pay.error_minimum, amount = amount(least.unwrap_or(payable))),
        "above" => td_string!(words(), pay.error_above, amount = amount(payable)),
        "changed" => td_string!(words(), pay.error_changed).to_owned(),
        "disclosure" => td_string!(words(), pay.error_disclosure).to_owned(),
        "again" => td_string!(words(), pay.error_again).to_owned(),
        _ => td_string!(words(), pay.error_gone).to_owned(),
    }
}

fn nothing(account_id: &str, why: Nothing) -> impl IntoView + use<> {
    let phone = frame().reach.phone.clone();
    let account = paths::account(account_id);
    let title = match &why {
        Nothing::TooSmall { owed } => td_string!(words(), pay.too_small_title, amount = format::money(*owed, language())),
        Nothing::NothingOwed
        | Nothing::OnItsWay
        | Nothing::OnlyDisputed
        | Nothing::NotOpen { .. }
        | Nothing::Held
        | Nothing::NoProcessor => td_string!(words(), pay.none_title).to_owned(),
    };
    // A call is never the only way to a person.
    let write = matches!(why, Nothing::TooSmall { .. }).then(|| {
        let href = paths::message(account_id, Topic::Other);
        view! { <p><a href=href>{td_string!(words(), account.write)}</a></p> }
    });
    let text = match why {
        Nothing::NothingOwed => td_string!(words(), pay.none_nothing_owed).to_owned(),
        Nothing::OnItsWay => td_string!(words(), pay.none_on_its_way).to_owned(),
        Nothing::OnlyDisputed => td_string!(words(), dispute.only_disputed).to_owned(),
        Nothing::NotOpen { creditor } => td_string!(words(), pay.none_not_open, creditor = creditor, phone = phone),
        Nothing::Held => td_string!(words(), pay.none_held, phone = phone),
        Nothing::TooSmall { .. } => td_string!(words(), pay.none_too_small, phone = phone),
        Nothing::NoProcessor => td_string!(words(), pay.none_no_processor, phone = phone),
    };
    view! {
        <Page title tab=td_string!(words(), pay.none_title)>
            <p>{unbroken(&text)}</p>
            {write}
            <p><LinkButton href=account label=td_string!(words(), pay.to_account)/></p>
        </Page>
    }
}
