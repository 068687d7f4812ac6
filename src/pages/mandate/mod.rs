//! One permission to collect, whatever its state: what is collected and what is not, what comes next, and the ways on.

pub mod actions;
mod load;
mod over;

use crate::components::form::{Button, ButtonKind, HiddenField, LinkButton, LinkKind};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::stop_collection::StopCollection;
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::calendar::Date;
use crate::domain::format::{self, LocalTime};
use crate::domain::mandate::{EndReason, Mandate, MandateState};
use crate::domain::money::Money;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// What the screen shows.
pub struct MandateView {
    pub mandate: Mandate,
    pub agreement_id: String,
    pub agreement_reference: String,
    pub account_id: String,
    /// Creditor, product and reference.
    pub account: String,
    pub begun: LocalTime,
    /// The day on which it came into force.
    pub since: Option<Date>,
    /// The day on which it was over.
    pub over_on: Option<Date>,
    /// The agreement's next payment.
    pub next: Option<(Date, Money)>,
    /// When the processor is asked again.
    pub next_check: Option<LocalTime>,
    /// A collection that had been sent and of which the outcome is to come.
    pub sent: Option<String>,
    /// Another permission that is in force for the same agreement, by its reference.
    pub another_in_force: Option<String>,
    /// Whether another one could be begun now.
    pub can_begin: bool,
    pub is_held: bool,
    pub is_nothing_owed: bool,
    pub is_agreement_over: bool,
}

#[component]
pub fn MandatePage() -> impl IntoView {
    let reference = param("reference");
    loaded(load::load(reference), |found| found.map(|view| show(&view)))
}

fn show(view: &MandateView) -> impl IntoView + use<> {
    let back = paths::agreement(&view.agreement_id);
    let body = match &view.mandate.state {
        MandateState::Created => not_known(view, td_string!(words(), mandate.created)).into_any(),
        MandateState::Unknown => not_known(view, td_string!(words(), mandate.unknown)).into_any(),
        MandateState::Submitted { hosted_page } => waiting(view, hosted_page).into_any(),
        MandateState::Processing => {
            let sentence = td_string!(words(), mandate.processing);
            view! {
                <Notice kind=NoticeKind::Plain><p>{sentence}</p></Notice>
                {kept_before(view)}
                {check_again(&view.mandate.reference)}
                {take_back(&view.mandate.reference)}
            }
            .into_any()
        }
        MandateState::Given { .. } => given(view).into_any(),
        MandateState::Refused { .. }
        | MandateState::Closed { .. }
        | MandateState::Withdrawn { .. }
        | MandateState::Ended { .. } => over::show(view).into_any(),
    };
    let (title, facts) = (title(&view.mandate.state), facts(view));
    view! {
        <Page title back=back>
            {body}
            {facts}
        </Page>
    }
}

fn title(state: &MandateState) -> &'static str {
    match state {
        MandateState::Created => td_string!(words(), mandate.title_created),
        MandateState::Submitted { .. } => td_string!(words(), mandate.title_waiting),
        MandateState::Processing => td_string!(words(), mandate.title_processing),
        MandateState::Given { .. } => td_string!(words(), mandate.title_given),
        MandateState::Refused { .. } => td_string!(words(), mandate.title_refused),
        MandateState::Closed { .. }
        | MandateState::Withdrawn {
            reason:
                EndReason::Replaced
                | EndReason::AgreementEnded
                | EndReason::Processor
                | EndReason::Staff
                | EndReason::TooLate
                | EndReason::Changed,
            ..
        } => td_string!(words(), mandate.title_closed),
        MandateState::Unknown => td_string!(words(), mandate.title_unknown),
        MandateState::Withdrawn { reason: EndReason::Customer, .. } => td_string!(words(), mandate.title_withdrawn),
        MandateState::Ended { reason: EndReason::Replaced, .. } => td_string!(words(), mandate.title_replaced),
        MandateState::Ended {
            reason:
                EndReason::Customer
                | EndReason::AgreementEnded
                | EndReason::Processor
                | EndReason::Staff
                | EndReason::TooLate
                | EndReason::Changed,
            ..
        } => td_string!(words(), mandate.title_ended),
    }
}

fn facts(view: &MandateView) -> impl IntoView + use<> {
    let begun = format::date_and_time(view.begun, language());
    let rows = vec![
        SummaryRow::new(td_string!(words(), mandate.reference), view.mandate.reference.clone()),
        SummaryRow::new(td_string!(words(), mandate.agreement), view.agreement_reference.clone()),
        SummaryRow::new(td_string!(words(), mandate.account), view.account.clone()),
        SummaryRow::new(td_string!(words(), mandate.authorised_by), view.mandate.authorised.signed_name.clone()),
        SummaryRow::new(td_string!(words(), mandate.authorised_on), begun),
    ];
    view! { <SummaryList rows/> }
}

/// In force: since when, what comes next, the copy to keep, and how to stop or change it.
fn given(view: &MandateView) -> impl IntoView + use<> {
    let since = view.since.map(|day| format::date(day, language())).unwrap_or_default();
    let next = view.next.map(|(day, amount)| {
        let (amount, date) = (format::money(amount, language()), format::long_date(day, language()));
        view! { <p>{td_string!(words(), mandate.given_next, amount = amount, date = date)}</p> }
    });
    let nothing = view.is_nothing_owed.then(|| view! { <p>{td_string!(words(), mandate.given_nothing_owed)}</p> });
    let held = view.is_held.then(|| view! { <p>{td_string!(words(), mandate.given_held)}</p> });
    let pdf = view.mandate.document_id.as_ref().map(|id| {
        let label = td_string!(words(), mandate.given_pdf);
        view! { <p><LinkButton href=paths::document(id.as_str()) label kind=LinkKind::Other/></p> }
    });
    let change = view.can_begin.then(|| {
        view! { <p><a href=paths::authorise(&view.agreement_id)>{td_string!(words(), mandate.change)}</a></p> }
    });
    view! {
        <Notice kind=NoticeKind::Done>
            <p>{td_string!(words(), mandate.given, since = since)}</p>
            {next}
            {nothing}
            {held}
        </Notice>
        {pdf}
        <section aria-labelledby="stop">
            <h2 id="stop">{td_string!(words(), mandate.stop_title)}</h2>
            <StopCollection reference=view.mandate.reference.clone()/>
        </section>
        {change}
        <p><a href=paths::agreement(&view.agreement_id)>{td_string!(words(), mandate.to_agreement)}</a></p>
    }
}

fn waiting(view: &MandateView, hosted_page: &str) -> impl IntoView + use<> {
    let label = td_string!(words(), mandate.go_on_page);
    view! {
        <Notice kind=NoticeKind::Plain><p>{td_string!(words(), mandate.waiting)}</p></Notice>
        {kept_before(view)}
        <p><LinkButton href=hosted_page.to_owned() label/></p>
        {take_back(&view.mandate.reference)}
    }
}

fn not_known(view: &MandateView, sentence: &'static str) -> impl IntoView + use<> {
    let asked = match view.next_check {
        Some(at) => td_string!(words(), mandate.asked_when, time = format::date_and_time(at, language())),
        None => td_string!(words(), mandate.asked_soon).to_owned(),
    };
    view! {
        <Notice kind=NoticeKind::Attention><p>{sentence}</p><p>{asked}</p></Notice>
        {kept_before(view)}
        {check_again(&view.mandate.reference)}
        {take_back(&view.mandate.reference)}
    }
}

/// Whoever is changing to another card or account keeps the one before until then.
fn kept_before(view: &MandateView) -> Option<impl IntoView + use<>> {
    view.another_in_force.as_ref().map(|reference| {
        let see = td_string!(words(), mandate.part_given_go);
        view! { <p>{td_string!(words(), mandate.kept_before)}" "<a href=paths::mandate(reference)>{see}</a></p> }
    })
}

fn check_again(reference: &str) -> impl IntoView + use<> {
    view! { <p><LinkButton href=paths::mandate(reference) label=td_string!(words(), mandate.check_again)/></p> }
}

fn take_back(reference: &str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=paths::STOP_MANDATE_ACTION>
            <HiddenField name="reference" value=reference.to_owned()/>
            <Button label=td_string!(words(), mandate.take_back) kind=ButtonKind::Other/>
        </form>
    }
}
