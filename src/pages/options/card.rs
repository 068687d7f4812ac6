//! One way forward on the options screen. Plans of one basis share a card, whatever their rhythm.

use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{language, words};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::agreement::DAYS_TO_PUT_RIGHT;
use crate::domain::format;
use crate::domain::journey::Way;
use crate::domain::offers::{Offer, OfferKind, OfferSet};
use crate::domain::policy::Basis;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

pub struct Card {
    /// Where other screens lead to this card.
    id: Option<&'static str>,
    title: &'static str,
    what: &'static str,
    rows: Vec<SummaryRow>,
    href: String,
    go: &'static str,
}

#[component]
pub fn OfferCard(card: Card) -> impl IntoView {
    view! {
        <article class="offer" id=card.id>
            <h3>{card.title}</h3>
            <p>{card.what}</p>
            <SummaryList rows=card.rows/>
            <LinkButton href=card.href label=card.go kind=LinkKind::Other/>
        </article>
    }
}

/// The cards of a set, in the order of its offers.
pub fn cards_of(account_id: &str, creditor: &str, set: &OfferSet) -> Vec<Card> {
    let late = late_words(creditor, set);
    let mut cards = Vec::new();
    let mut plans_shown: Vec<Basis> = Vec::new();
    for offer in &set.offers {
        match offer.kind {
            OfferKind::Plan if plans_shown.contains(&offer.basis) => {}
            OfferKind::Plan => {
                plans_shown.push(offer.basis);
                let card = plan_card(account_id, set, offer.basis, &late);
                let id = (plans_shown.len() == 1).then_some(paths::STEPS);
                cards.push(Card { id, ..card });
            }
            OfferKind::PayInFull | OfferKind::GetUpToDate | OfferKind::PayPart => cards.push(payment_card(account_id, offer)),
            OfferKind::Extension | OfferKind::Promise => cards.push(one_payment_card(account_id, offer, &late)),
        }
    }
    cards
}

/// What happens if an agreed payment is late: as the creditor says, or in the portal's own words.
fn late_words(creditor: &str, set: &OfferSet) -> String {
    match &set.late_payment {
        Some(statement) => {
            let statement = statement.text(language()).to_owned();
            td_string!(
                words(),
                options.late_stated,
                creditor = creditor.to_owned(),
                statement = statement,
                days = DAYS_TO_PUT_RIGHT.to_string()
            )
        }
        None => td_string!(words(), options.late_neutral, days = DAYS_TO_PUT_RIGHT.to_string()),
    }
}

/// What a card is called, from an offer's id; for the notice of a kept draft.
pub fn title_of(offer_id: &str) -> &'static str {
    match offer_id.split('.').collect::<Vec<_>>()[..] {
        ["plan", "past_due", ..] => td_string!(words(), options.plan_past_due),
        ["plan", ..] => td_string!(words(), options.plan_balance),
        ["extension", ..] => td_string!(words(), options.extension),
        _ => td_string!(words(), options.promise),
    }
}

pub fn kind_title(kind: OfferKind) -> &'static str {
    match kind {
        OfferKind::GetUpToDate => td_string!(words(), options.get_up_to_date),
        OfferKind::PayInFull => td_string!(words(), options.pay_in_full),
        OfferKind::PayPart => td_string!(words(), options.pay_part),
        OfferKind::Plan => td_string!(words(), options.plan_balance),
        OfferKind::Extension => td_string!(words(), options.extension),
        OfferKind::Promise => td_string!(words(), options.promise),
    }
}

fn payment_card(account_id: &str, offer: &Offer) -> Card {
    let amount = format::money(offer.total, language());
    let mut rows = match offer.kind {
        OfferKind::PayPart => vec![SummaryRow::new(td_string!(words(), options.each), range_words(offer))],
        _ => vec![
            SummaryRow::new(td_string!(words(), options.total), amount.clone()),
            SummaryRow::new(td_string!(words(), options.each), td_string!(words(), options.one_payment, amount = amount)),
        ],
    };
    if let Some(discount) = offer.discount {
        let amount = format::money(discount, language());
        let date = format::date(offer.valid_through, language());
        let saved = td_string!(words(), options.discount_until, amount = amount, date = date);
        rows.push(SummaryRow::new(td_string!(words(), options.discount), saved));
    }
    rows.push(SummaryRow::new(td_string!(words(), options.last_date), td_string!(words(), options.today)));
    rows.push(SummaryRow::new(td_string!(words(), options.if_late), td_string!(words(), options.late_nothing_yet)));
    let (what, go) = match offer.kind {
        OfferKind::PayInFull => (td_string!(words(), options.pay_in_full_what), td_string!(words(), options.pay_in_full_go)),
        OfferKind::GetUpToDate => {
            (td_string!(words(), options.get_up_to_date_what), td_string!(words(), options.get_up_to_date_go))
        }
        _ => (td_string!(words(), options.pay_part_what), td_string!(words(), options.pay_part_go)),
    };
    Card { id: None, title: kind_title(offer.kind), what, rows, href: paths::pay(account_id), go }
}

fn plan_card(account_id: &str, set: &OfferSet, basis: Basis, late: &str) -> Card {
    let plans: Vec<&Offer> = set.plans(basis).collect();
    let least = plans.iter().map(|offer| offer.min_amount.minor()).min();
    let least = plans.iter().map(|offer| offer.min_amount).find(|amount| Some(amount.minor()) == least);
    let latest = plans.iter().filter_map(|offer| offer.schedule.last_on()).max();
    let total = plans.first().map(|offer| offer.total);
    let mut rows = Vec::new();
    if let Some(total) = total {
        rows.push(SummaryRow::new(td_string!(words(), options.total), format::money(total, language())));
    }
    if let Some(least) = least {
        let amount = format::money(least, language());
        rows.push(SummaryRow::new(
            td_string!(words(), options.each),
            td_string!(words(), options.you_choose_from, amount = amount),
        ));
    }
    if let Some(latest) = latest {
        let date = format::date(latest, language());
        rows.push(SummaryRow::new(
            td_string!(words(), options.last_date),
            td_string!(words(), options.at_the_latest, date = date),
        ));
    }
    rows.push(SummaryRow::new(td_string!(words(), options.if_late), late));
    let (title, what, go, way) = match basis {
        Basis::PastDue => (
            td_string!(words(), options.plan_past_due),
            td_string!(words(), options.plan_past_due_what),
            td_string!(words(), options.plan_past_due_go),
            Way::PlanPastDue,
        ),
        Basis::Balance => (
            td_string!(words(), options.plan_balance),
            td_string!(words(), options.plan_balance_what),
            td_string!(words(), options.plan_balance_go),
            Way::PlanBalance,
        ),
    };
    Card { id: None, title, what, rows, href: paths::way(account_id, way), go }
}

fn one_payment_card(account_id: &str, offer: &Offer, late: &str) -> Card {
    let mut rows = vec![SummaryRow::new(td_string!(words(), options.each), range_words(offer))];
    if let Some(last) = offer.schedule.last_on() {
        let date = format::date(last, language());
        rows.push(SummaryRow::new(
            td_string!(words(), options.last_date),
            td_string!(words(), options.at_the_latest, date = date),
        ));
    }
    rows.push(SummaryRow::new(td_string!(words(), options.if_late), late));
    let (what, way, go) = match offer.kind {
        OfferKind::Extension => {
            (td_string!(words(), options.extension_what), Way::Extension, td_string!(words(), options.extension_go))
        }
        _ => (td_string!(words(), options.promise_what), Way::Promise, td_string!(words(), options.promise_go)),
    };
    let id = (offer.kind == OfferKind::Extension).then_some(paths::LATER);
    Card { id, title: kind_title(offer.kind), what, rows, href: paths::way(account_id, way), go }
}

fn range_words(offer: &Offer) -> String {
    let (least, most) = (format::money(offer.min_amount, language()), format::money(offer.max_amount, language()));
    if offer.min_amount == offer.max_amount {
        return td_string!(words(), options.one_payment, amount = most);
    }
    td_string!(words(), options.between, least = least, most = most)
}
