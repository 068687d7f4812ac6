//! A table that stays a table for those who hear it and becomes lines on a narrow screen.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    /// Aligned at the end, tabular figures.
    Amount,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub heading: String,
    pub kind: ColumnKind,
}

impl Column {
    pub fn text(heading: impl Into<String>) -> Column {
        Column { heading: heading.into(), kind: ColumnKind::Text }
    }

    pub fn amount(heading: impl Into<String>) -> Column {
        Column { heading: heading.into(), kind: ColumnKind::Amount }
    }
}

/// A way on from a row. Its text makes sense alone: people go from link to link without hearing the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowLink {
    pub href: String,
    pub text: String,
}

/// Rows of words; the first cell of a row is its heading. The links of a row, if it has any, stand after the words of its second
/// cell. The roles are said again because a style that turns rows into lines makes some browsers forget them.
#[component]
pub fn DataTable(
    #[prop(into)] caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    /// One entry a row, in their order.
    #[prop(optional)]
    links: Vec<Vec<RowLink>>,
) -> impl IntoView {
    let heads: Vec<_> = columns
        .iter()
        .map(|column| {
            let class = class_of(column.kind);
            view! { <th role="columnheader" scope="col" class=class>{column.heading.clone()}</th> }
        })
        .collect();
    let links = links.into_iter().chain(std::iter::repeat_with(Vec::new));
    let body: Vec<_> = rows.into_iter().zip(links).map(|(row, links)| table_row(&columns, row, links)).collect();
    view! {
        <table class="table" role="table">
            <caption>{caption}</caption>
            <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
            <tbody role="rowgroup">{body}</tbody>
        </table>
    }
}

fn table_row(columns: &[Column], cells: Vec<String>, links: Vec<RowLink>) -> impl IntoView + use<> {
    let mut links = Some(links);
    let cells: Vec<_> = cells
        .into_iter()
        .zip(columns)
        .enumerate()
        .map(|(index, (cell, column))| {
            let class = class_of(column.kind);
            let heading = column.heading.clone();
            if index == 0 {
                return view! { <th role="rowheader" scope="row" class=class>{cell}</th> }.into_any();
            }
            let links: Vec<_> =
                links.take().unwrap_or_default().into_iter().map(|link| view! { " "<a href=link.href>{link.text}</a> }).collect();
            view! { <td role="cell" class=class data-label=heading>{cell}{links}</td> }.into_any()
        })
        .collect();
    view! { <tr role="row">{cells}</tr> }
}

fn class_of(kind: ColumnKind) -> Option<&'static str> {
    match kind {
        ColumnKind::Text => None,
        ColumnKind::Amount => Some("amount"),
    }
}
