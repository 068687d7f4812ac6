//! Instalments on the waterline: small rounded marks from the first date to the last, with the list of them.

use super::frame::{language, words};
use super::table::{Column, DataTable};
use crate::domain::calendar::{Date, days_between};
use crate::domain::format;
use crate::domain::money::Money;
use crate::words::td_string;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkState {
    Paid,
    /// The one that falls due next.
    Next,
    Later,
    /// Its day has passed and it has not been paid.
    Missed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathMark {
    pub due_on: Date,
    pub amount: Money,
    pub state: MarkState,
}

/// Units of the drawing: marks sit by their date between the margins.
const WIDTH: i64 = 600;
const MARGIN: i64 = 12;
const LINE: i64 = 22;

/// The drawing. What it shows is in [`InstalmentTable`] too, so it is only described to those who hear the page.
#[component]
pub fn InstalmentPath(marks: Vec<PathMark>) -> impl IntoView {
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else {
        return ().into_any();
    };
    let (start, end) = (first.due_on, last.due_on);
    let span = i64::from(days_between(start, end)).max(1);
    let title = td_string!(
        words(),
        components.path_title,
        count = marks.len().to_string(),
        first = format::date(start, language()),
        last = format::date(end, language())
    );
    let single = marks.len() == 1;
    // Many marks become slim rather than cover one another.
    let width = marks.len().try_into().map_or(4, |count: i64| ((WIDTH - 2 * MARGIN) / count.max(1) - 3).clamp(3, 10));
    let drawn: Vec<_> = marks
        .iter()
        .map(|mark| {
            let along = i64::from(days_between(start, mark.due_on));
            let x = if single { WIDTH / 2 } else { MARGIN + along * (WIDTH - 2 * MARGIN) / span };
            view! { <rect class=mark_class(mark.state) x=x - width / 2 y=LINE - 7 width=width height="14" rx=width / 2/> }
        })
        .collect();
    view! {
        <figure class="path">
            <svg viewBox=format!("0 0 {WIDTH} 44") role="img" aria-label=title preserveAspectRatio="none">
                <path class="waterline" d=format!("M0 {LINE}H{WIDTH}")/>
                {drawn}
            </svg>
            <figcaption class="path-ends">
                <span>{format::date(start, language())}</span>
                {(!single).then(|| view! { <span>{format::date(end, language())}</span> })}
            </figcaption>
        </figure>
    }
    .into_any()
}

fn mark_class(state: MarkState) -> &'static str {
    match state {
        MarkState::Paid => "path-mark path-paid",
        MarkState::Next => "path-mark path-next",
        MarkState::Later => "path-mark",
        MarkState::Missed => "path-mark path-missed",
    }
}

/// Every instalment, to read: its number, its day, its amount and how it stands.
#[component]
pub fn InstalmentTable(#[prop(into)] caption: String, marks: Vec<PathMark>) -> impl IntoView {
    let columns = vec![
        Column::text(td_string!(words(), components.instalment_due)),
        Column::text(td_string!(words(), components.instalment_state)),
        Column::amount(td_string!(words(), components.instalment_amount)),
    ];
    let rows = marks
        .into_iter()
        .map(|mark| {
            let day = format::date(mark.due_on, language());
            vec![day, state_words(mark.state).to_owned(), format::money(mark.amount, language())]
        })
        .collect();
    view! { <DataTable caption columns rows/> }
}

fn state_words(state: MarkState) -> &'static str {
    match state {
        MarkState::Paid => td_string!(words(), components.instalment_paid),
        MarkState::Next => td_string!(words(), components.instalment_next),
        MarkState::Later => td_string!(words(), components.instalment_later),
        MarkState::Missed => td_string!(words(), components.instalment_missed),
    }
}
