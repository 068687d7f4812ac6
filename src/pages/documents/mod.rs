//! Everything that was ever issued to a customer, and everything that is stored about them, to take away.

mod load;

use crate::components::form::Button;
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::table::{Column, DataTable, RowLink};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub struct DocumentsView {
    /// The newest first.
    pub years: Vec<Year>,
    /// Counted from 1.
    pub page: u32,
    pub pages: u32,
    /// So many downloads a day, where today's are used up.
    pub downloads_a_day: Option<u32>,
}

pub struct Year {
    pub year: i16,
    pub papers: Vec<Paper>,
}

pub struct Paper {
    pub href: String,
    pub reference: String,
    pub kind: PaperKind,
    pub on: Date,
    pub check_code: String,
    pub account_reference: String,
    pub product: String,
    pub creditor: String,
}

/// What it is, in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperKind {
    Confirmation,
    Receipt,
    ReversalNote,
    Authorisation,
    Completion,
    Recall,
    Review,
    DisputeAnswer,
    Information,
    LifeEvent,
}

#[component]
pub fn DocumentsPage() -> impl IntoView {
    let page = use_query_map().with_untracked(|query| query.get("page")).and_then(|page| page.parse().ok()).unwrap_or(1);
    loaded(load::load(page), |view| view.map(show))
}

fn show(view: DocumentsView) -> impl IntoView {
    let list = if view.years.is_empty() {
        view! { <p>{td_string!(words(), papers.none)}</p> }.into_any()
    } else {
        let years: Vec<_> = view.years.into_iter().map(year).collect();
        view! {
            {years}
            {turn(view.page, view.pages)}
            <p>{td_string!(words(), papers.verify)}" "<a href=paths::VERIFY>{td_string!(words(), papers.verify_go)}</a></p>
        }
        .into_any()
    };
    view! {
        <Page title=td_string!(words(), papers.title) back=paths::YOU lead=td_string!(words(), papers.lead)>
            {list}
            {everything(view.downloads_a_day)}
        </Page>
    }
}

fn year(year: Year) -> impl IntoView {
    let columns = vec![
        Column::text(td_string!(words(), papers.what)),
        Column::text(td_string!(words(), papers.day)),
        Column::text(td_string!(words(), papers.about)),
        Column::text(td_string!(words(), papers.code)),
    ];
    let mut links = Vec::new();
    let rows = year
        .papers
        .into_iter()
        .map(|paper| {
            let text = td_string!(words(), papers.file, reference = paper.reference);
            links.push(vec![RowLink { href: paper.href, text }]);
            let account = td_string!(
                words(),
                papers.account,
                product = paper.product,
                reference = paper.account_reference,
                creditor = paper.creditor
            );
            vec![kind_words(paper.kind).to_owned(), format::date(paper.on, language()), account, paper.check_code]
        })
        .collect();
    let caption = td_string!(words(), papers.caption, year = year.year.to_string());
    view! { <DataTable caption columns rows links/> }
}

fn turn(page: u32, pages: u32) -> Option<impl IntoView + use<>> {
    let place = td_string!(words(), history.page, page = page.to_string(), pages = pages.to_string());
    let newer = (page > 1).then(|| paths::documents(page - 1));
    let older = (page < pages).then(|| paths::documents(page + 1));
    (pages > 1).then(|| {
        view! {
            <nav class="pages" aria-label=td_string!(words(), history.pages)>
                {newer.map(|href| view! { <a href=href rel="prev">{td_string!(words(), papers.newer)}</a> })}
                <span>{place}</span>
                {older.map(|href| view! { <a href=href rel="next">{td_string!(words(), papers.older)}</a> })}
            </nav>
        }
    })
}

fn everything(downloads_a_day: Option<u32>) -> impl IntoView + use<> {
    let way = match downloads_a_day {
        Some(count) => view! { <p>{td_string!(words(), papers.everything_limited, count = count.to_string())}</p> }.into_any(),
        None => view! {
            <form method="post" action=paths::EVERYTHING>
                <Button label=td_string!(words(), papers.everything_button)/>
            </form>
        }
        .into_any(),
    };
    view! {
        <section id=paths::EVERYTHING_PART>
            <h2>{td_string!(words(), papers.everything_title)}</h2>
            <p>{td_string!(words(), papers.everything_lead)}</p>
            <p>{td_string!(words(), papers.everything_private)}</p>
            {way}
        </section>
    }
}

fn kind_words(kind: PaperKind) -> &'static str {
    match kind {
        PaperKind::Confirmation => td_string!(words(), papers.confirmation),
        PaperKind::Receipt => td_string!(words(), papers.receipt),
        PaperKind::ReversalNote => td_string!(words(), papers.reversal_note),
        PaperKind::Authorisation => td_string!(words(), papers.authorisation),
        PaperKind::Completion => td_string!(words(), papers.completion),
        PaperKind::Recall => td_string!(words(), papers.recall),
        PaperKind::Review => td_string!(words(), papers.review),
        PaperKind::DisputeAnswer => td_string!(words(), papers.dispute_answer),
        PaperKind::Information => td_string!(words(), papers.information),
        PaperKind::LifeEvent => td_string!(words(), papers.life_event),
    }
}
