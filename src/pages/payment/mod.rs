//! One payment, whatever its state: what is known, what is not, and what to do next. "Check again" is a link, never a page
//! that reloads itself.

pub mod actions;
mod after;
mod joint;
mod load;
mod receipt;

use crate::components::form::{Button, ButtonKind, HiddenField, LinkButton, LinkKind};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::calendar::Date;
use crate::domain::components::{Paid, PartsOrder};
use crate::domain::contact::Topic;
use crate::domain::format::{self, LocalTime};
use crate::domain::ledger::Allocation;
use crate::domain::money::Money;
use crate::domain::payment::{DeclineReason, Payment, PaymentState};
use crate::domain::reversal::Reversal;
use crate::paths;
use crate::words::td_string;
use actions::CancelPayment;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use receipt::Receipt;

/// What the screen shows.
pub struct PaymentView {
    pub payment: Payment,
    pub account_id: String,
    pub creditor: String,
    /// Creditor, product and reference.
    pub account: String,
    pub balance: Money,
    pub past_due: Money,
    pub allocations: Vec<Allocation>,
    /// What the creditor gave up because of it; zero for nothing.
    pub discount: Money,
    /// Which parts of the debt it paid, as it paid them, and the order of all parts where it is known.
    pub parts: Vec<(Paid, Money)>,
    pub order: Option<PartsOrder>,
    /// What went back of it, each with the time its state is of.
    pub reversals: Vec<(Reversal, LocalTime)>,
    /// The ids of the letters about that.
    pub notes: Vec<String>,
    /// The id of the agreement its account is under now.
    pub agreement: Option<String>,
    /// The id of the receipt's document.
    pub receipt: Option<String>,
    pub begun: LocalTime,
    /// Of a payment that succeeded.
    pub settled_at: Option<LocalTime>,
    /// When the processor is asked again.
    pub next_check: Option<LocalTime>,
    /// What each account got, where the payment is over several; else empty.
    pub shares: Vec<ShareView>,
    /// The day it was paid to the creditor, who told us; `None` for a payment made here.
    pub paid_elsewhere_on: Option<Date>,
}

/// One account's part of a payment over several.
pub struct ShareView {
    pub account_id: String,
    pub product: String,
    pub reference: String,
    pub amount: Money,
    pub allocations: Vec<Allocation>,
    pub discount: Money,
    pub balance: Money,
}

#[component]
pub fn PaymentPage() -> impl IntoView {
    let reference = param("reference");
    loaded(load::load(reference), |found| found.map(show))
}

fn show(view: PaymentView) -> impl IntoView {
    let ways = WaysOn::of(&view);
    let back = if view.shares.is_empty() { paths::account(&view.account_id) } else { paths::ACCOUNT.to_owned() };
    let shares = joint::shares(&view);
    let title = title(&view.payment);
    let facts = facts(&view);
    let body = match &view.payment.state {
        PaymentState::Created => {
            let words = [td_string!(words(), payment.created).to_owned(), asked_again(&view)];
            not_known(&view.payment.reference, words).into_any()
        }
        PaymentState::Unknown => {
            let words = [td_string!(words(), payment.unknown).to_owned(), asked_again(&view)];
            not_known(&view.payment.reference, words).into_any()
        }
        PaymentState::Submitted { hosted_page } => {
            waiting(&view.payment.reference, hosted_page, td_string!(words(), payment.waiting)).into_any()
        }
        PaymentState::NeedsCustomer { hosted_page } => {
            waiting(&view.payment.reference, hosted_page, td_string!(words(), payment.confirm)).into_any()
        }
        PaymentState::Processing => view! {
            <Notice kind=NoticeKind::Plain><p>{td_string!(words(), payment.processing)}</p></Notice>
            {check_again(&view.payment.reference)}
        }
        .into_any(),
        PaymentState::Succeeded { .. }
        | PaymentState::PartlyRefunded(_)
        | PaymentState::Refunded(_)
        | PaymentState::Returned(_)
        | PaymentState::ChargedBack(_) => {
            if !view.shares.is_empty() {
                return joint::receipt(view).into_any();
            }
            return view! { <Receipt view/> }.into_any();
        }
        PaymentState::Declined { reason, .. } => declined(&ways, *reason).into_any(),
        PaymentState::Cancelled { .. } => closed(&ways, td_string!(words(), payment.cancelled)).into_any(),
        PaymentState::Abandoned { .. } => closed(&ways, td_string!(words(), payment.abandoned)).into_any(),
    };
    view! {
        <Page title=title back=back>
            {body}
            {facts}
            {shares}
        </Page>
    }
    .into_any()
}

fn title(payment: &Payment) -> String {
    match payment.state {
        PaymentState::Created => td_string!(words(), payment.title_created).to_owned(),
        PaymentState::Submitted { .. } => td_string!(words(), payment.title_waiting).to_owned(),
        PaymentState::NeedsCustomer { .. } => td_string!(words(), payment.title_confirm).to_owned(),
        PaymentState::Processing => td_string!(words(), payment.title_processing).to_owned(),
        PaymentState::Succeeded { .. } => {
            td_string!(words(), payment.title_succeeded, amount = format::money(payment.amount, language()))
        }
        PaymentState::PartlyRefunded(_) => {
            td_string!(words(), reversal.title_partly_refunded, amount = format::money(payment.amount, language()))
        }
        PaymentState::Refunded(_) => td_string!(words(), reversal.title_refunded).to_owned(),
        PaymentState::Returned(settled) if settled.reversed.minor() < payment.amount.minor() => {
            td_string!(words(), reversal.title_partly_returned, amount = format::money(payment.amount, language()))
        }
        PaymentState::Returned(_) => td_string!(words(), reversal.title_returned).to_owned(),
        PaymentState::ChargedBack(settled) if settled.reversed.minor() < payment.amount.minor() => {
            td_string!(words(), reversal.title_partly_charged_back, amount = format::money(payment.amount, language()))
        }
        PaymentState::ChargedBack(_) => td_string!(words(), reversal.title_charged_back).to_owned(),
        PaymentState::Declined { .. } => td_string!(words(), payment.title_declined).to_owned(),
        PaymentState::Cancelled { .. } => td_string!(words(), payment.title_cancelled).to_owned(),
        PaymentState::Abandoned { .. } => td_string!(words(), payment.title_abandoned).to_owned(),
        PaymentState::Unknown => td_string!(words(), payment.title_unknown).to_owned(),
    }
}

fn facts(view: &PaymentView) -> impl IntoView + use<> {
    let rows = vec![
        SummaryRow::new(td_string!(words(), payment.amount), format::money(view.payment.amount, language())),
        SummaryRow::new(td_string!(words(), payment.account), joint::account_words(view)),
        SummaryRow::new(td_string!(words(), payment.begun), format::date_and_time(view.begun, language())),
        SummaryRow::new(td_string!(words(), payment.reference), view.payment.reference.clone()),
    ];
    view! { <SummaryList rows/> }
}

fn asked_again(view: &PaymentView) -> String {
    match view.next_check {
        Some(at) => td_string!(words(), payment.unknown_when, time = format::date_and_time(at, language())),
        None => td_string!(words(), payment.unknown_soon).to_owned(),
    }
}

fn not_known(reference: &str, sentences: [String; 2]) -> impl IntoView + use<> {
    let sentences: Vec<_> = sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect();
    let phone = frame().reach.phone.clone();
    let call = td_string!(words(), payment.unknown_call, phone = phone, reference = reference.to_owned());
    view! {
        <Notice kind=NoticeKind::Attention>{sentences}</Notice>
        <p>{call}</p>
        {check_again(reference)}
    }
}

fn check_again(reference: &str) -> impl IntoView + use<> {
    let label = td_string!(words(), payment.check_again);
    view! { <p><LinkButton href=paths::payment(reference) label kind=LinkKind::Other/></p> }
}

fn waiting(reference: &str, hosted_page: &str, words_for_it: &'static str) -> impl IntoView + use<> {
    view! {
        <Notice kind=NoticeKind::Attention><p>{words_for_it}</p></Notice>
        <p><LinkButton href=hosted_page.to_owned() label=td_string!(words(), payment.go_on)/></p>
        {check_again(reference)}
        <form method="post" action=CancelPayment::PATH>
            <HiddenField name="reference" value=reference.to_owned()/>
            <Button label=td_string!(words(), payment.cancel) kind=ButtonKind::Quiet/>
        </form>
    }
}

fn declined(ways: &WaysOn, reason: DeclineReason) -> impl IntoView + use<> {
    let phone = frame().reach.phone.clone();
    let (what, next) = match reason {
        DeclineReason::InsufficientFunds => (
            td_string!(words(), payment.declined_insufficient_funds),
            td_string!(words(), payment.declined_insufficient_funds_next).to_owned(),
        ),
        DeclineReason::ExpiredCard => (
            td_string!(words(), payment.declined_expired_card),
            td_string!(words(), payment.declined_expired_card_next).to_owned(),
        ),
        DeclineReason::DoNotHonour => (
            td_string!(words(), payment.declined_do_not_honour),
            td_string!(words(), payment.declined_do_not_honour_next).to_owned(),
        ),
        DeclineReason::NotConfirmed => (
            td_string!(words(), payment.declined_not_confirmed),
            td_string!(words(), payment.declined_not_confirmed_next).to_owned(),
        ),
        DeclineReason::LimitReached => (
            td_string!(words(), payment.declined_limit_reached),
            td_string!(words(), payment.declined_limit_reached_next).to_owned(),
        ),
        DeclineReason::WrongDetails => (
            td_string!(words(), payment.declined_wrong_details),
            td_string!(words(), payment.declined_wrong_details_next).to_owned(),
        ),
        DeclineReason::AccountClosed => (
            td_string!(words(), payment.declined_account_closed),
            td_string!(words(), payment.declined_account_closed_next).to_owned(),
        ),
        DeclineReason::DebitNotAllowed => (
            td_string!(words(), payment.declined_debit_not_allowed),
            td_string!(words(), payment.declined_debit_not_allowed_next).to_owned(),
        ),
        DeclineReason::MethodNotUsable => (
            td_string!(words(), payment.declined_method_not_usable),
            td_string!(words(), payment.declined_method_not_usable_next).to_owned(),
        ),
        DeclineReason::TryAgain => {
            (td_string!(words(), payment.declined_try_again), td_string!(words(), payment.declined_try_again_next).to_owned())
        }
        DeclineReason::NotAccepted => (
            td_string!(words(), payment.declined_not_accepted),
            td_string!(words(), payment.declined_not_accepted_next, phone = phone),
        ),
    };
    view! {
        <Notice kind=NoticeKind::Attention><p>{what}</p><p>{next}</p></Notice>
        {ways_on(ways)}
    }
}

fn closed(ways: &WaysOn, what: &'static str) -> impl IntoView + use<> {
    view! {
        <Notice kind=NoticeKind::Plain><p>{what}</p></Notice>
        {ways_on(ways)}
    }
}

/// Where to go on after a payment that came to nothing.
struct WaysOn {
    /// Where it can be paid again.
    pay: String,
    /// Other ways forward: those of the account, or all accounts.
    others: String,
}

impl WaysOn {
    fn of(view: &PaymentView) -> WaysOn {
        if view.shares.is_empty() {
            return WaysOn { pay: paths::pay(&view.account_id), others: paths::options(&view.account_id) };
        }
        let currency = view.payment.amount.currency();
        WaysOn { pay: paths::pay_several(currency.code()), others: paths::ACCOUNT.to_owned() }
    }
}

/// To a person, in writing.
fn write_link(account_id: &str) -> impl IntoView + use<> {
    view! { <a href=paths::message(account_id, Topic::Other)>{td_string!(words(), account.write)}</a> }
}

fn ways_on(ways: &WaysOn) -> impl IntoView + use<> {
    view! {
        <p>
            <LinkButton href=ways.pay.clone() label=td_string!(words(), payment.pay_again)/>
            " "
            <LinkButton href=ways.others.clone() label=td_string!(words(), payment.see_ways) kind=LinkKind::Other/>
        </p>
    }
}
