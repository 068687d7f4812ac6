//! What has been: the creditor's history in short, drawn and listed, and what was paid.

use super::history::history_table;
use crate::components::chart::{BalanceChart, BalancePoint};
use crate::components::frame::{language, words};
use crate::domain::format;
use crate::domain::history::PaymentHistory;
use crate::domain::standing::Standing;
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
            {paid(standing)}
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

/// What the creditor recorded, up to its own day, and what was paid here since: the two together are what was paid.
fn paid(standing: &Standing) -> Option<AnyView> {
    let recorded = standing.paid_so_far.map(|paid| {
        let (creditor, total) = (standing.creditor.clone(), format::money(paid.total, language()));
        let date = format::date(standing.balance_date, language());
        match paid.count {
            1 => td_string!(words(), history.recorded_once, creditor = creditor, total = total, date = date),
            count => {
                let count = count.to_string();
                td_string!(words(), history.recorded, creditor = creditor, count = count, total = total, date = date)
            }
        }
    });
    let here = standing.paid_here().map(|amount| {
        let statement = paths::statement(standing.account_id.as_str());
        let amount = format::money(amount, language());
        view! {
            {td_string!(words(), history.paid_here, amount = amount)}
            " "
            <a href=statement>{td_string!(words(), history.paid_here_go)}</a>
        }
    });
    (recorded.is_some() || here.is_some()).then(|| view! { <p>{recorded}" "{here}</p> }.into_any())
}
