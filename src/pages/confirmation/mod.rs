//! The agreement as signed: on screen for ever, with the file to keep.

mod load;

use crate::components::agreement_terms::{InstalmentList, terms_rows};
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::agreement::Terms;
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// What the screen shows.
pub struct ConfirmationView {
    pub account_id: String,
    pub reference: String,
    pub state: String,
    pub version: i64,
    pub signed_name: String,
    pub signed_at: format::LocalTime,
    pub zone: String,
    pub document_id: String,
    pub terms_sha256: String,
    pub terms: Terms,
    /// The day its creditor took back or closed the account, where that ended it.
    pub taken_back_on: Option<Date>,
}

#[component]
pub fn ConfirmationPage() -> impl IntoView {
    let agreement_id = param("agreement");
    loaded(load::load(agreement_id), |view| view.map(show))
}

fn show(view: ConfirmationView) -> impl IntoView {
    let title = td_string!(words(), confirmation.title);
    let next = view.taken_back_on.is_none().then(|| next_steps(&view.account_id, &view.terms));
    let taken_back = view.taken_back_on.map(|on| taken_back_words(on, &view.account_id, &view.terms.creditor));
    let signed_at = format!("{} ({})", format::date_and_time(view.signed_at, language()), view.zone);
    let facts = vec![
        SummaryRow::new(td_string!(words(), confirmation.reference), view.reference),
        SummaryRow::new(td_string!(words(), confirmation.state), state_words(&view.state)),
        SummaryRow::new(td_string!(words(), confirmation.signed_by), view.signed_name),
        SummaryRow::new(td_string!(words(), confirmation.signed_at), signed_at),
        SummaryRow::new(td_string!(words(), confirmation.version), view.version.to_string()),
    ];
    let rows: Vec<_> = facts.into_iter().chain(terms_rows(&view.terms).into_iter().map(|(row, _)| row)).collect();
    view! {
        <Page title=title lead=td_string!(words(), confirmation.lead)>
            {taken_back}
            <LinkButton
                href=paths::document(&view.document_id)
                label=td_string!(words(), confirmation.download)
                kind=LinkKind::Other
            />
            <SummaryList rows/>
            <DisclosureNotice disclosure=view.terms.disclosure creditor=view.terms.creditor.clone()/>
            {next}
            <InstalmentList terms=view.terms/>
            <section aria-labelledby="proof">
                <h2 id="proof">{td_string!(words(), confirmation.fingerprint)}</h2>
                <p class="fingerprint">{view.terms_sha256}</p>
                <p>{td_string!(words(), confirmation.verify)}</p>
                <p><a href=paths::VERIFY>{td_string!(words(), confirmation.verify_go)}</a></p>
            </section>
            <p><a href=paths::ACCOUNT>{td_string!(words(), confirmation.back_to_account)}</a></p>
        </Page>
    }
}

/// The agreement ended through nothing the customer did: what that means, and where to look now.
fn taken_back_words(on: Date, account_id: &str, creditor: &str) -> AnyView {
    let title = td_string!(words(), recalled.on_agreement_title);
    let text =
        td_string!(words(), recalled.on_agreement, creditor = creditor.to_owned(), date = format::long_date(on, language()));
    let account = paths::account(account_id);
    view! {
        <Notice kind=NoticeKind::Attention title>
            <p>{text}</p>
            <p>{td_string!(words(), recalled.nothing_collected)}</p>
            <p><a href=account>{td_string!(words(), recalled.see_account)}</a></p>
        </Notice>
    }
    .into_any()
}

fn next_steps(account_id: &str, terms: &Terms) -> impl IntoView + use<> {
    let first = terms.schedule.instalments.first().map(|first| {
        let (amount, date) = (format::money(first.amount, language()), format::long_date(first.due_on, language()));
        td_string!(words(), confirmation.next_first, amount = amount, date = date)
    });
    let reach = frame().reach.clone();
    view! {
        <section aria-labelledby="next">
            <h2 id="next">{td_string!(words(), confirmation.next)}</h2>
            <p>{first}" "{td_string!(words(), confirmation.next_no_collection)}</p>
            <LinkButton href=paths::pay(account_id) label=td_string!(words(), confirmation.next_pay_now)/>
            <p>{td_string!(words(), confirmation.how_to_change, phone = reach.phone, hours = reach.hours)}</p>
        </section>
    }
}

fn state_words(state: &str) -> &'static str {
    match state {
        "completed" => td_string!(words(), confirmation.state_completed),
        "cancelled" => td_string!(words(), confirmation.state_cancelled),
        "broken" => td_string!(words(), confirmation.state_broken),
        _ => td_string!(words(), confirmation.state_active),
    }
}
