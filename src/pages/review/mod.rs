//! Check answers: everything that was chosen, each with a way to change it. Nothing is decided here.

mod load;

use crate::components::agreement_terms::{InstalmentList, not_part_words, terms_rows};
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::LinkButton;
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::agreement::Terms;
use crate::domain::journey::Way;
use crate::domain::offers::OfferKind;
use crate::domain::policy::Basis;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn ReviewPage() -> impl IntoView {
    let account_id = param("account");
    let account = account_id.clone();
    loaded(load::load(account_id), move |found| {
        found.map(|(ready, prepared_by)| show(&account, &ready.terms, ready.changed, prepared_by))
    })
}

fn show(account_id: &str, terms: &Terms, changed: bool, prepared_by: Option<String>) -> impl IntoView + use<> {
    let way = paths::way(account_id, way_of(terms));
    let change = td_string!(words(), review.change);
    let rows: Vec<SummaryRow> = terms_rows(terms)
        .into_iter()
        .map(|(row, field)| match field {
            Some(field) => {
                let what = row.term.clone();
                row.with_change(paths::at(&way, field), change, what)
            }
            None => row,
        })
        .collect();
    let title = td_string!(words(), review.title);
    let (go_on, terms) = (paths::sign(account_id), terms.clone());
    let notice = changed.then(|| {
        view! {
            <Notice kind=NoticeKind::Attention title=td_string!(words(), review.changed_title)>
                <p>{td_string!(words(), review.changed)}</p>
            </Notice>
        }
    });
    view! {
        <Page title=title back=way lead=td_string!(words(), review.lead)>
            {notice}
            {prepared_by.map(|name| view! { <p>{td_string!(words(), helper.prepared_by, name = name)}</p> })}
            <SummaryList rows/>
            {not_part_words(&terms).map(|note| view! { <p>{note}</p> })}
            <DisclosureNotice disclosure=terms.disclosure creditor=terms.creditor.clone()/>
            <InstalmentList terms/>
            <LinkButton href=go_on label=td_string!(words(), review.go_on)/>
        </Page>
    }
}

/// The screen on which the terms were chosen.
fn way_of(terms: &Terms) -> Way {
    match (terms.kind, terms.basis) {
        (OfferKind::Extension, _) => Way::Extension,
        (OfferKind::Promise, _) => Way::Promise,
        (_, Basis::PastDue) => Way::PlanPastDue,
        (_, Basis::Balance) => Way::PlanBalance,
    }
}
