//! Numbers people look at, drawn on the server as SVG. Each stands beside the same numbers as words.

use super::frame::{language, words};
use crate::domain::calendar::{Date, days_between};
use crate::domain::format;
use crate::domain::money::Money;
use crate::words::td_string;
use leptos::prelude::*;

/// Units of the drawings.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 150;
const TOP: i64 = 8;

/// The balance at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalancePoint {
    pub on: Date,
    pub balance: Money,
}

/// Balance over time: a line that steps where something was posted, above the waterline of zero. Draws nothing with fewer
/// than two days.
#[component]
pub fn BalanceChart(points: Vec<BalancePoint>) -> impl IntoView {
    let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
        return ().into_any();
    };
    if first.on == last.on {
        return ().into_any();
    }
    let lowest = points.iter().map(|point| point.balance.minor()).min().unwrap_or(0).min(0);
    let highest = points.iter().map(|point| point.balance.minor()).max().unwrap_or(0).max(lowest + 1);
    let x = |day: Date| scale(days_between(first.on, day).into(), days_between(first.on, last.on).into(), WIDTH);
    let y = |minor: i64| TOP + scale(highest - minor, highest - lowest, HEIGHT - TOP);
    let mut line = format!("M{} {}", x(first.on), y(first.balance.minor()));
    for point in &points[1..] {
        line.push_str(&format!("H{}V{}", x(point.on), y(point.balance.minor())));
    }
    let zero = y(0);
    let area = format!("{line}V{zero}H0Z");
    let title = td_string!(
        words(),
        components.chart_title,
        first = format::date(first.on, language()),
        first_balance = format::money(first.balance, language()),
        last = format::date(last.on, language()),
        last_balance = format::money(last.balance, language())
    );
    view! {
        <figure class="chart">
            <svg viewBox=format!("0 0 {WIDTH} {}", HEIGHT + 4) role="img" aria-label=title preserveAspectRatio="none">
                <path class="chart-area" d=area/>
                <path class="chart-line" d=line/>
                <path class="waterline" d=format!("M0 {zero}H{WIDTH}")/>
            </svg>
            <figcaption class="path-ends">
                <span>{format::date(first.on, language())}</span>
                <span>{format::date(last.on, language())}</span>
            </figcaption>
        </figure>
    }
    .into_any()
}

/// What came on top (below the waterline) and what was taken off (above it), each part as long as its amount.
#[component]
pub fn PartsBar(parts: Vec<Money>) -> impl IntoView {
    let added: Vec<i64> = parts.iter().map(|part| part.minor()).filter(|minor| *minor > 0).collect();
    let taken: Vec<i64> = parts.iter().map(|part| -part.minor()).filter(|minor| *minor > 0).collect();
    let whole = added.iter().sum::<i64>().max(taken.iter().sum());
    if whole == 0 {
        return ().into_any();
    }
    let above: Vec<_> = segments(&taken, whole, "part part-taken", 4);
    let below: Vec<_> = segments(&added, whole, "part part-added", 24);
    view! {
        <svg class="parts-bar" viewBox=format!("0 0 {WIDTH} 40") aria-hidden="true" focusable="false" preserveAspectRatio="none">
            {above}
            {below}
            <path class="waterline" d=format!("M0 20H{WIDTH}")/>
        </svg>
    }
    .into_any()
}

fn segments(amounts: &[i64], whole: i64, class: &'static str, y: i64) -> Vec<AnyView> {
    let mut start = 0;
    let mut drawn = Vec::new();
    for amount in amounts {
        let (from, to) = (scale(start, whole, WIDTH), scale(start + amount, whole, WIDTH));
        // A gap of 2 units keeps neighbours apart; what is too short to see is still drawn.
        drawn.push(view! { <rect class=class x=from y=y width=(to - from - 2).max(1) height="12" rx="2"/> }.into_any());
        start += amount;
    }
    drawn
}

/// `length` × part ÷ whole without overflow for any amount of money.
fn scale(part: i64, whole: i64, length: i64) -> i64 {
    let scaled = i128::from(part) * i128::from(length) / i128::from(whole.max(1));
    i64::try_from(scaled).unwrap_or(length)
}
