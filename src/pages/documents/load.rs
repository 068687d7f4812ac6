//! A page of everything that was issued to the customer, by the year in which it was.

use super::{DocumentsView, Paper, PaperKind, Year};
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::documents::{self, DocumentKind};
use crate::server::services::everything;

/// `None` only while routes are collected.
pub async fn load(page: u32) -> Result<Option<DocumentsView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let listed = documents::of_customer(&state, &visitor.customer_id, page).await.map_err(context::fail)?;
    let left = everything::left_today(&state, &visitor.customer_id).await.map_err(context::fail)?;
    let zone = clock::zone(&visitor.time_zone);
    let mut years: Vec<Year> = Vec::new();
    for document in listed.documents {
        let on = clock::date_of(document.issued_at, &zone);
        let paper = Paper {
            href: paths::document(document.id.as_str()),
            reference: document.reference,
            kind: kind(document.kind),
            on,
            check_code: documents::check_code(&document.terms_sha256),
            account_reference: document.account_reference,
            product: document.product,
            creditor: document.creditor,
        };
        match years.last_mut().filter(|year| year.year == on.year()) {
            Some(year) => year.papers.push(paper),
            None => years.push(Year { year: on.year(), papers: vec![paper] }),
        }
    }
    let downloads_a_day = (left == 0).then_some(everything::DOWNLOADS_A_DAY);
    Ok(Some(DocumentsView { years, page: listed.page, pages: listed.pages, downloads_a_day }))
}

fn kind(kind: DocumentKind) -> PaperKind {
    match kind {
        DocumentKind::Confirmation => PaperKind::Confirmation,
        DocumentKind::Receipt => PaperKind::Receipt,
        DocumentKind::ReversalNote => PaperKind::ReversalNote,
        DocumentKind::Authorisation => PaperKind::Authorisation,
        DocumentKind::Completion => PaperKind::Completion,
        DocumentKind::Recall => PaperKind::Recall,
        DocumentKind::Review => PaperKind::Review,
        DocumentKind::DisputeAnswer => PaperKind::DisputeAnswer,
        DocumentKind::Information => PaperKind::Information,
        DocumentKind::LifeEvent => PaperKind::LifeEvent,
    }
}
