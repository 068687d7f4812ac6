//! Check answers: everything that was chosen, each with a way to change it. Nothing is decided here.

mod load;
mod together;

use crate::components::agreement_terms::{InstalmentList, not_part_words, terms_rows};
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::LinkButton;
use crate::components::frame::words;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::agreement::Terms;
use crate::domain::calendar::Date;
use crate::domain::journey::Way;
use crate::domain::offers::OfferKind;
use crate::domain::policy::Basis;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// What the screen shows.
pub struct ReviewView {
    pub account_id: String,
    pub terms: Terms,
    /// It differs from what was chosen.
    pub is_changed: bool,
    /// The helper who chose it.
    pub prepared_by: Option<String>,
    pub beside: Option<BesideView>,
}

/// The agreement that the account is to join.
pub struct BesideView {
    pub agreement_id: String,
    pub accounts: Vec<String>,
    /// What is still to be paid there: day and minor units.
    pub left: Vec<(Date, i64)>,
}

#[component]
pub fn ReviewPage() -> impl IntoView {
    loaded(load::load(param("account")), |view| view.map(show))
}

fn show(view: ReviewView) -> impl IntoView {
    let terms = view.terms;
    let way = paths::way(&view.account_id, way_of(&terms));
    let change = td_string!(words(), review.change);
    let is_joining = view.beside.is_some();
    let rows: Vec<SummaryRow> = terms_rows(&terms)
        .into_iter()
        .map(|(row, field)| match field.filter(|_| !is_joining) {
            Some(field) => {
                let what = row.term.clone();
                row.with_change(paths::at(&way, field), change, what)
            }
            None => row,
        })
        .collect();
    // What joins an agreement is chosen there: the plan builder knows nothing of its days.
    let back = view.beside.as_ref().map_or(way, |beside| paths::join(&beside.agreement_id));
    let together = view.beside.as_ref().map(|beside| together::show(beside, &terms.schedule));
    let notice = view.is_changed.then(|| {
        view! {
            <Notice kind=NoticeKind::Attention title=td_string!(words(), review.changed_title)>
                <p>{td_string!(words(), review.changed)}</p>
            </Notice>
        }
    });
    view! {
        <Page title=td_string!(words(), review.title) back=back lead=td_string!(words(), review.lead)>
            {notice}
            {view.prepared_by.map(|name| view! { <p>{td_string!(words(), helper.prepared_by, name = name)}</p> })}
            <SummaryList rows/>
            {not_part_words(&terms).map(|note| view! { <p>{note}</p> })}
            <DisclosureNotice disclosure=terms.disclosure creditor=terms.creditor.clone()/>
            {together}
            <InstalmentList terms/>
            <LinkButton href=paths::sign(&view.account_id) label=td_string!(words(), review.go_on)/>
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
