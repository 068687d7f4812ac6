//! What happened to a payment after it was made: money that went back, or came again, what is owed because of it, and the ways on.

use super::{PaymentView, WaysOn, joint};
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{frame, language, words};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::format;
use crate::domain::payment::PaymentState;
use crate::paths;
use crate::words::{td_string, what_happened};
use leptos::prelude::*;

pub fn show(view: &PaymentView) -> Option<AnyView> {
    if view.reversals.is_empty() {
        return None;
    }
    let phone = frame().reach.phone.clone();
    let sentences: Vec<_> = view
        .reversals
        .iter()
        .map(|(reversal, at)| {
            let what = what_happened(reversal, at.date(), &phone, language());
            match joint::only_on(view, reversal) {
                Some(account) => view! { <p>{what} " " {account}</p> }.into_any(),
                None => view! { <p>{what}</p> }.into_any(),
            }
        })
        .collect();
    let (kind, owed) = match view.payment.state {
        PaymentState::Returned(_) | PaymentState::ChargedBack(_) if view.balance.is_positive() => {
            (NoticeKind::Attention, Some(owed_again(view, phone)))
        }
        _ => (NoticeKind::Plain, None),
    };
    let notes: Vec<_> = view
        .notes
        .iter()
        .map(|id| {
            let label = td_string!(words(), reversal.note_pdf);
            view! { <p><LinkButton href=paths::document(id) label kind=LinkKind::Other/></p> }
        })
        .collect();
    let section = view! {
        <section aria-labelledby="after">
            <h2 id="after">{td_string!(words(), reversal.after_title)}</h2>
            <Notice kind>{sentences}</Notice>
            {owed}
            {notes}
        </section>
    };
    Some(section.into_any())
}

/// What the bank took back is owed again: pay it again, change the agreement or choose another way, or talk to a person.
fn owed_again(view: &PaymentView, phone: String) -> AnyView {
    let money = |amount| format::money(amount, language());
    let owed = td_string!(words(), reversal.owed_again, balance = money(view.balance), past_due = money(view.past_due));
    let way = match &view.agreement {
        Some(agreement) => {
            let label = td_string!(words(), reversal.see_agreement);
            view! {
                <p>{td_string!(words(), reversal.agreement_goes_on)}</p>
                <p>
                    <LinkButton href=paths::pay(&view.account_id) label=td_string!(words(), payment.pay_again)/>
                    " "
                    <LinkButton href=paths::agreement(agreement) label kind=LinkKind::Other/>
                </p>
            }
            .into_any()
        }
        None => super::ways_on(&WaysOn::of(view)).into_any(),
    };
    view! {
        <p>{owed}</p>
        {way}
        <p>{td_string!(words(), reversal.talk, phone = phone)}</p>
    }
    .into_any()
}
