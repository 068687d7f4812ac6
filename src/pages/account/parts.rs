//! How the total came about: drawn, and as a sum that can be followed line by line.

use crate::components::chart::PartsBar;
use crate::components::frame::{language, words};
use crate::domain::format;
use crate::domain::standing::{EntryKind, Part, PartKind, Stage, Standing};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

pub fn show(standing: &Standing) -> Option<AnyView> {
    if matches!(standing.stage, Stage::Recalled | Stage::Closed) {
        return None;
    }
    let lines: Vec<_> = standing
        .parts
        .iter()
        .map(|part| {
            let amount = format::money(part.amount, language());
            view! { <tr><th scope="row">{part_named(part)}</th><td class="amount">{amount}</td></tr> }
        })
        .collect();
    let as_of = format::date(standing.balance_date, language());
    let as_of = td_string!(words(), account.parts_as_of, creditor = standing.creditor.clone(), date = as_of);
    let section = view! {
        <section>
            <h2>{td_string!(words(), account.parts_title)}</h2>
            <PartsBar parts=standing.parts.iter().map(|part| part.amount).collect()/>
            <table class="parts">
                <caption>{td_string!(words(), account.parts_caption)}</caption>
                <tbody>
                    {lines}
                    <tr class="parts-total">
                        <th scope="row">{td_string!(words(), account.parts_total)}</th>
                        <td class="amount">{format::money(standing.balance, language())}</td>
                    </tr>
                </tbody>
            </table>
            <p class="quiet">{as_of}</p>
        </section>
    };
    Some(section.into_any())
}

/// What is about a payment leads to it and its receipt.
fn part_named(part: &Part) -> AnyView {
    let words = part_words(part);
    match &part.payment {
        Some(payment) => view! { <a href=paths::payment(payment)>{words}</a> }.into_any(),
        None => words.into_any(),
    }
}

fn part_words(part: &Part) -> String {
    let date = |day| format::date(day, language());
    match part.kind {
        PartKind::Before(day) => td_string!(words(), account.part_before, date = date(day)),
        PartKind::Interest => td_string!(words(), account.part_interest).to_owned(),
        PartKind::Fees => td_string!(words(), account.part_fees).to_owned(),
        PartKind::PaidToCreditor => td_string!(words(), account.part_paid).to_owned(),
        PartKind::Credits => td_string!(words(), account.part_credits).to_owned(),
        PartKind::Own(EntryKind::Payment, day) => td_string!(words(), account.part_payment, date = date(day)),
        PartKind::Own(EntryKind::Discount, day) => td_string!(words(), account.part_discount, date = date(day)),
        PartKind::Own(EntryKind::Refund, day) => td_string!(words(), account.part_refund, date = date(day)),
        PartKind::Own(EntryKind::Return, day) => td_string!(words(), account.part_return, date = date(day)),
        PartKind::Own(EntryKind::Chargeback, day) => td_string!(words(), account.part_chargeback, date = date(day)),
        PartKind::Own(EntryKind::WriteOff, day) => td_string!(words(), account.part_write_off, date = date(day)),
        PartKind::Own(EntryKind::Reinstatement, day) => td_string!(words(), reversal.part_reinstatement, date = date(day)),
        PartKind::Own(EntryKind::DiscountWithdrawn, day) => {
            td_string!(words(), reversal.part_discount_withdrawn, date = date(day))
        }
        PartKind::Own(EntryKind::Correction, day) => td_string!(words(), reversal.part_correction, date = date(day)),
        PartKind::Own(EntryKind::Interest, day) => td_string!(words(), account.part_agreed_interest, date = date(day)),
        PartKind::Own(EntryKind::PaymentElsewhere, day) => td_string!(words(), several.part_elsewhere, date = date(day)),
        PartKind::Corrections => td_string!(words(), account.part_corrections).to_owned(),
    }
}
