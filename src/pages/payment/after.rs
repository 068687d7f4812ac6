//! What happened to a payment after it was made: money that went back, or came again, what is owed because of it, and the ways on.

use super::{PaymentView, WaysOn, joint};
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{frame, language, words};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::text::unbroken;
use crate::domain::format;
use crate::domain::payment::PaymentState;
use crate::domain::reversal::ReversalState;
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
    let has_failed = view.reversals.iter().any(|(reversal, _)| matches!(reversal.state, ReversalState::Failed { .. }));
    let (kind, owed) = match view.payment.state {
        PaymentState::Returned(_) | PaymentState::ChargedBack(_) if is_owed_again(view) => {
            (NoticeKind::Attention, Some(owed_again(view, phone)))
        }
        _ => (NoticeKind::Plain, None),
    };
    let notes: Vec<_> = view
        .notes
        .iter()
        .zip(1..)
        .map(|(id, number): (_, u32)| {
            let count = view.notes.len().to_string();
            let label = match view.notes.len() {
                1 => td_string!(words(), reversal.note_pdf).to_owned(),
                _ => td_string!(words(), reversal.note_pdf_of, number = number.to_string(), count = count),
            };
            view! { <p><LinkButton href=paths::document(id) label kind=LinkKind::Other/></p> }
        })
        .collect();
    let section = view! {
        <section aria-labelledby="after">
            <h2 id="after">{td_string!(words(), reversal.after_title)}</h2>
            <Notice kind>{sentences}</Notice>
            {has_failed.then(|| view! { <p>{super::write_link(&view.account_id)}</p> })}
            {owed}
            {notes}
        </section>
    };
    Some(section.into_any())
}

pub fn is_owed_again(view: &PaymentView) -> bool {
    match view.shares.is_empty() {
        true => view.balance.is_positive(),
        false => view.shares.iter().any(|share| share.balance.is_positive()),
    }
}

/// What the bank took back is owed again: pay it again, change the agreement or choose another way, or talk to a person.
fn owed_again(view: &PaymentView, phone: String) -> AnyView {
    let money = |amount| format::money(amount, language());
    // Of several accounts each says below what is owed on it.
    let owed = match view.shares.is_empty() {
        true => td_string!(words(), reversal.owed_again, balance = money(view.balance), past_due = money(view.past_due)),
        false => td_string!(words(), reversal.owed_again_several).to_owned(),
    };
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
        <p>{unbroken(&td_string!(words(), reversal.talk, phone = phone))}" "{super::write_link(&view.account_id)}</p>
    }
    .into_any()
}
