//! What is about to be sent, and what follows from it: checked before it is binding.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, HiddenField, Problems};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::calendar::Date;
use crate::domain::dispute::said::Said;
use crate::domain::dispute::{Disputed, undisputed};
use crate::domain::format;
use crate::domain::money::Money;
use crate::paths;
use crate::words::{dispute_extent, dispute_reason, td_string};
use actions::SendDispute;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen's flash.
const SCREEN: &str = "dispute_check";

/// What the screen shows.
pub struct CheckView {
    pub account_id: String,
    pub draft_id: String,
    pub revision: i64,
    pub said: Said,
    pub balance: Money,
    pub answer_on: Date,
    /// It was changed since it was shown.
    pub has_changed: bool,
}

#[component]
pub fn DisputeCheckPage() -> impl IntoView {
    loaded(load::load(param("account")), |view| view.map(show))
}

fn show(view: CheckView) -> impl IntoView {
    let form = paths::dispute(&view.account_id);
    let changed = if view.has_changed { vec![(String::new(), String::new())] } else { Vec::new() };
    let problems = Problems::from_codes(&changed, |_, _| td_string!(words(), dispute.error_changed).to_owned());
    let row = |term: &str, value: String| {
        SummaryRow::new(term, value).with_change(form.clone(), td_string!(words(), components.change), term)
    };
    let own_words = if view.said.words.is_empty() { td_string!(words(), dispute.no_words).to_owned() } else { view.said.words };
    let rows = vec![
        row(td_string!(words(), dispute.reason_heading), dispute_reason(view.said.reason, words()).to_owned()),
        row(td_string!(words(), dispute.extent_heading), dispute_extent(view.said.disputed, language())),
        row(td_string!(words(), dispute.words_heading), own_words),
    ];
    let paying = match view.said.disputed {
        Disputed::All => td_string!(words(), dispute.pay_all).to_owned(),
        Disputed::Part(part) => {
            let rest = format::money(undisputed(view.balance, part), language());
            td_string!(words(), dispute.pay_rest, rest = rest)
        }
    };
    let answer_on = format::long_date(view.answer_on, language());
    view! {
        <Page title=td_string!(words(), dispute.check_title) back=form.clone() lead=td_string!(words(), dispute.check_lead)>
            <ErrorSummary problems/>
            <SummaryList rows/>
            <h2>{td_string!(words(), dispute.then_title)}</h2>
            <ul>
                <li>{td_string!(words(), dispute.then_hold)}</li>
                <li>{paying}</li>
                <li>{td_string!(words(), dispute.then_answer, date = answer_on)}</li>
                <li>{td_string!(words(), dispute.then_back)}</li>
            </ul>
            <form method="post" action=SendDispute::PATH>
                <HiddenField name="account" value=view.account_id/>
                <HiddenField name="draft" value=view.draft_id/>
                <HiddenField name="revision" value=view.revision.to_string()/>
                <Button label=td_string!(words(), dispute.send)/>
            </form>
        </Page>
    }
}
