//! What has been: the creditor's history in short, drawn and listed, and what was paid.

use super::history::history_table;
use crate::components::chart::{BalanceChart, BalancePoint};
use crate::components::frame::{language, words};
use crate::domain::format;
use crate::domain::history::PaymentHistory;
use crate::domain::standing::{PaidSoFar, Standing};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// So many lines stand on the account page itself.
const LINES_SHOWN: usize = 4;

pub fn show(standing: &Standing) -> impl IntoView + use<> {
    let creditor = standing.creditor.clone();
    let kept = standing.good_history.map(|history| view! { <p>{kept_words(history)}</p> });
    if standing.history.is_empty() {
        return view! {
            <section>
                <h2>{td_string!(words(), history.title)}</h2>
                {kept}
                <p>{td_string!(words(), history.none, creditor = creditor)}</p>
                <p><a href=paths::statement(standing.account_id.as_str())>{td_string!(words(), statement.see)}</a></p>
            </section>
        }
        .into_any();
    }
    let points = standing
        .history
        .iter()
        .map(|line| BalancePoint { on: line.posted_on, balance: line.balance_after })
        .chain([BalancePoint { on: standing.today, balance: standing.balance }])
        .collect();
    let latest = standing.history.iter().rev().take(LINES_SHOWN).cloned().collect();
    let more = standing.history.len() > LINES_SHOWN;
    let href = paths::history(standing.account_id.as_str(), 1);
    let statement = paths::statement(standing.account_id.as_str());
    view! {
        <section>
            <h2>{td_string!(words(), history.title)}</h2>
            {kept}
            {standing.paid_so_far.map(|paid| view! { <p>{paid_words(paid)}</p> })}
            <h3>{td_string!(words(), history.chart)}</h3>
            <BalanceChart points/>
            {history_table(td_string!(words(), history.recent), latest)}
            <p class="quiet">{td_string!(words(), history.lead, creditor = creditor)}</p>
            {more.then(|| view! { <p><a href=href>{td_string!(words(), history.see_all)}</a></p> })}
            <p><a href=statement>{td_string!(words(), statement.see)}</a></p>
        </section>
    }
    .into_any()
}

fn kept_words(history: PaymentHistory) -> String {
    let due = history.instalments_due.to_string();
    if history.instalments_kept == history.instalments_due {
        return td_string!(words(), history.all_kept, due = due);
    }
    td_string!(words(), history.kept, kept = history.instalments_kept.to_string(), due = due)
}

fn paid_words(paid: PaidSoFar) -> String {
    let date = format::date(paid.since, language());
    let total = format::money(paid.total, language());
    match paid.count {
        1 => td_string!(words(), history.paid_once, date = date, total = total),
        count => td_string!(words(), history.paid_so_far, count = count.to_string(), date = date, total = total),
    }
}
