//! Facts as terms and values, with a way to change each where there is one; and things that happen in order.

use super::text::unbroken;
use leptos::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    pub term: String,
    pub value: String,
    pub change: Option<ChangeLink>,
}

/// "Change", and for those who hear the page what it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeLink {
    pub href: String,
    pub label: String,
    pub what: String,
}

impl SummaryRow {
    pub fn new(term: impl Into<String>, value: impl Into<String>) -> SummaryRow {
        SummaryRow { term: term.into(), value: value.into(), change: None }
    }

    pub fn with_change(self, href: impl Into<String>, label: impl Into<String>, what: impl Into<String>) -> SummaryRow {
        SummaryRow { change: Some(ChangeLink { href: href.into(), label: label.into(), what: what.into() }), ..self }
    }
}

#[component]
pub fn SummaryList(rows: Vec<SummaryRow>) -> impl IntoView {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let change = row.change.map(|change| {
                view! {
                    <dd class="summary-change">
                        <a href=change.href>{change.label}<span class="unseen">" "{change.what}</span></a>
                    </dd>
                }
            });
            view! { <div class="summary-row"><dt>{row.term}</dt><dd>{unbroken(&row.value)}</dd>{change}</div> }
        })
        .collect();
    view! { <dl class="summary">{rows}</dl> }
}

/// One thing on a [`Timeline`]: when (as words), what, and more about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineItem {
    pub when: String,
    pub what: String,
    pub more: Option<String>,
}

/// Things in the order in which they happened or will happen.
#[component]
pub fn Timeline(items: Vec<TimelineItem>) -> impl IntoView {
    let items: Vec<_> = items
        .into_iter()
        .map(|item| {
            view! {
                <li>
                    <p class="timeline-when">{item.when}</p>
                    <p>{item.what}</p>
                    {item.more.map(|more| view! { <p class="quiet">{more}</p> })}
                </li>
            }
        })
        .collect();
    view! { <ol class="timeline">{items}</ol> }
}
