//! How the agreement's payments are collected, if they are: none, being set up, in place, ended. Never more than an offer.

use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{frame, language, words};
use crate::components::stop_collection::StopCollection;
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::mandate::NotNow;
use crate::domain::money::Money;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// What the agreement's page knows of it.
pub struct AutomaticView {
    pub agreement_id: String,
    pub creditor: String,
    /// In force: by its reference, since when.
    pub given: Option<(String, Date)>,
    /// Being set up, by its reference.
    pub waiting: Option<String>,
    /// The day on which the last one ended.
    pub ended_on: Option<Date>,
    /// The next payment.
    pub next: Option<(Date, Money)>,
    pub is_nothing_owed: bool,
    /// Why none can be begun now.
    pub not_now: Option<NotNow>,
}

pub fn show(view: &AutomaticView) -> impl IntoView + use<> {
    if matches!(view.not_now, Some(NotNow::AgreementEnded)) {
        return over(view.ended_on).into_any();
    }
    let body = match (&view.given, &view.waiting) {
        (Some((reference, since)), _) => given(view, reference, *since).into_any(),
        (None, Some(waiting)) => being_set_up(waiting).into_any(),
        (None, None) => none(view).into_any(),
    };
    view! {
        <section aria-labelledby=paths::AUTOMATIC>
            <h2 id=paths::AUTOMATIC>{td_string!(words(), mandate.title)}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn given(view: &AutomaticView, reference: &str, since: Date) -> impl IntoView + use<> {
    let since = format::date(since, language());
    let next = view.next.map(|(day, amount)| {
        let (amount, date) = (format::money(amount, language()), format::long_date(day, language()));
        view! { <p>{td_string!(words(), mandate.given_next, amount = amount, date = date)}</p> }
    });
    let nothing = view.is_nothing_owed.then(|| view! { <p>{td_string!(words(), mandate.given_nothing_owed)}</p> });
    let held = matches!(view.not_now, Some(NotNow::Held)).then(|| view! { <p>{td_string!(words(), mandate.given_held)}</p> });
    let other = match (&view.waiting, view.not_now) {
        (Some(waiting), _) => {
            let go = td_string!(words(), mandate.part_waiting_go);
            view! { <p>{td_string!(words(), mandate.part_changing)}" "<a href=paths::mandate(waiting)>{go}</a></p> }.into_any()
        }
        (None, None) => {
            let change = td_string!(words(), mandate.change);
            view! { <p><a href=paths::authorise(&view.agreement_id)>{change}</a></p> }.into_any()
        }
        (None, Some(_)) => ().into_any(),
    };
    view! {
        <p>{td_string!(words(), mandate.given, since = since)}</p>
        {next}
        {nothing}
        {held}
        <StopCollection reference=reference.to_owned()/>
        <p><a href=paths::mandate(reference)>{td_string!(words(), mandate.part_given_go)}</a></p>
        {other}
    }
}

fn being_set_up(reference: &str) -> impl IntoView + use<> {
    let label = td_string!(words(), mandate.part_waiting_go);
    view! {
        <p>{td_string!(words(), mandate.part_waiting)}</p>
        <p><LinkButton href=paths::mandate(reference) label kind=LinkKind::Other/></p>
    }
}

/// The agreement is over: what was allowed is over with it, and nothing is asked for in its place.
fn over(ended_on: Option<Date>) -> Option<AnyView> {
    let day = format::date(ended_on?, language());
    let section = view! {
        <section aria-labelledby=paths::AUTOMATIC>
            <h2 id=paths::AUTOMATIC>{td_string!(words(), mandate.title_ended)}</h2>
            <p>{td_string!(words(), mandate.part_over, day = day)}</p>
        </section>
    };
    Some(section.into_any())
}

/// None, or none any more: what it would be, or why it cannot be now.
fn none(view: &AutomaticView) -> impl IntoView + use<> {
    let ended = view.ended_on.map(|day| {
        let day = format::date(day, language());
        view! { <p>{td_string!(words(), mandate.part_ended, day = day)}</p> }
    });
    let phone = frame().reach.phone.clone();
    let body = match view.not_now {
        None => {
            let label = if view.ended_on.is_some() {
                td_string!(words(), mandate.set_up_again)
            } else {
                td_string!(words(), mandate.part_none_go)
            };
            view! {
                <p>{td_string!(words(), mandate.part_none)}</p>
                <p><LinkButton href=paths::authorise(&view.agreement_id) label kind=LinkKind::Other/></p>
            }
            .into_any()
        }
        Some(why) => {
            let why = match why {
                NotNow::AgreementEnded => td_string!(words(), mandate.not_now_ended).to_owned(),
                NotNow::NotOpen => {
                    td_string!(words(), mandate.not_now_not_open, creditor = view.creditor.clone(), phone = phone)
                }
                NotNow::Held => td_string!(words(), mandate.not_now_held).to_owned(),
                NotNow::NothingOpen => td_string!(words(), mandate.not_now_nothing_open).to_owned(),
                NotNow::NoProcessor => td_string!(words(), mandate.not_now_no_processor, phone = phone),
            };
            view! { <p>{why}</p> }.into_any()
        }
    };
    view! { {ended}{body} }
}
