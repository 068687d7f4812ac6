//! The creditor's whole history of one account, page by page.

use super::load;
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::table::{Column, DataTable};
use crate::domain::format;
use crate::domain::standing::{HistoryLine, HistoryPage as Shown};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn HistoryPage() -> impl IntoView {
    let account_id = param("account");
    let page = use_query_map().with_untracked(|query| query.get("page")).and_then(|page| page.parse().ok()).unwrap_or(1);
    loaded(load::history(account_id, page), |shown| shown.map(show))
}

fn show(shown: Shown) -> impl IntoView {
    let account = shown.account_id.as_str();
    let lead = td_string!(words(), account.name, product = shown.product, reference = shown.reference);
    let creditor = shown.creditor.clone();
    let newer = (shown.page > 1).then(|| paths::history(account, shown.page - 1));
    let older = (shown.page < shown.pages).then(|| paths::history(account, shown.page + 1));
    let place = td_string!(words(), history.page, page = shown.page.to_string(), pages = shown.pages.to_string());
    let list = if shown.lines.is_empty() {
        view! { <p>{td_string!(words(), history.none, creditor = creditor)}</p> }.into_any()
    } else {
        view! {
            <p class="quiet">{td_string!(words(), history.lead, creditor = creditor)}</p>
            {history_table(td_string!(words(), history.caption), shown.lines)}
        }
        .into_any()
    };
    view! {
        <Page title=td_string!(words(), history.title) back=paths::account(account) lead>
            {list}
            {(shown.pages > 1).then(|| view! {
                <nav class="pages" aria-label=td_string!(words(), history.pages)>
                    {newer.map(|href| view! { <a href=href rel="prev">{td_string!(words(), history.newer)}</a> })}
                    <span>{place}</span>
                    {older.map(|href| view! { <a href=href rel="next">{td_string!(words(), history.older)}</a> })}
                </nav>
            })}
        </Page>
    }
}

/// Lines in the order given, with the balance after each.
pub fn history_table(caption: &'static str, lines: Vec<HistoryLine>) -> impl IntoView {
    let columns = vec![
        Column::text(td_string!(words(), history.date)),
        Column::text(td_string!(words(), history.what)),
        Column::amount(td_string!(words(), history.amount)),
        Column::amount(td_string!(words(), history.balance)),
    ];
    let rows = lines
        .into_iter()
        .map(|line| {
            vec![
                format::date(line.posted_on, language()),
                line.description,
                format::money(line.amount, language()),
                format::money(line.balance_after, language()),
            ]
        })
        .collect();
    view! { <DataTable caption columns rows/> }
}
