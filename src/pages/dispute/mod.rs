//! "This is not right": what is wrong, all of it or a part, and in the customer's own words if they like. What is typed is kept on the
//! server and shown once more before it is sent.

pub mod actions;
mod load;

use crate::components::form::{Button, Choice, ErrorSummary, HiddenField, MoneyField, Problems, Radios, TextArea};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::calendar::Date;
use crate::domain::dispute::DisputeReason;
use crate::domain::dispute::said::{ALL, AMOUNT, EXTENT, LONGEST_WORDS_CHARACTERS, PART, REASON, WORDS};
use crate::domain::format;
use crate::domain::money::Money;
use crate::paths;
use crate::words::{dispute_reason, td_string};
use actions::KeepDispute;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen's flash.
const SCREEN: &str = "dispute";

/// What the screen shows.
pub struct FormView {
    pub account_id: String,
    pub creditor: String,
    pub balance: Money,
    /// The day by which it would be answered.
    pub answer_on: Date,
    /// There was one before, which is over.
    pub has_earlier: bool,
    /// Something is kept from before, on whatever device.
    pub is_kept: bool,
    pub typed: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn DisputePage() -> impl IntoView {
    loaded(load::load(param("account")), |view| view.map(show))
}

fn show(view: FormView) -> impl IntoView {
    let owed = format::money(view.balance, language());
    let problems = Problems::from_codes(&view.errors, |field, code| problem(field, code, &owed));
    let typed = |field: &str| view.typed.get(field).cloned().filter(|text| !text.is_empty());
    let (reason, extent, amount, own_words) = (typed(REASON), typed(EXTENT), typed(AMOUNT), typed(WORDS));
    let reasons = DisputeReason::ALL.map(|reason| Choice::new(reason.code(), dispute_reason(reason, words()))).to_vec();
    let extents = vec![
        Choice::new(ALL, td_string!(words(), dispute.extent_all_of, amount = owed.clone())),
        Choice::new(PART, td_string!(words(), dispute.extent_a_part)),
    ];
    let answer_on = format::long_date(view.answer_on, language());
    let kept = view.is_kept.then(|| view! { <Notice kind=NoticeKind::Plain><p>{td_string!(words(), dispute.kept)}</p></Notice> });
    let status = paths::dispute_status(&view.account_id);
    let earlier = view.has_earlier.then(|| view! { <p><a href=status>{td_string!(words(), dispute.earlier)}</a></p> });
    view! {
        <Page title=td_string!(words(), account.not_right) back=paths::account(&view.account_id) lead=td_string!(words(), dispute.lead)>
            <ErrorSummary problems=problems.clone()/>
            <p>{td_string!(words(), dispute.what_happens, creditor = view.creditor, date = answer_on)}</p>
            {kept}
            {earlier}
            <form method="post" action=KeepDispute::PATH>
                <HiddenField name="account" value=view.account_id/>
                <Radios name=REASON legend=td_string!(words(), dispute.reason_legend) choices=reasons chosen=reason error=problems.of(REASON)/>
                <Radios name=EXTENT legend=td_string!(words(), dispute.extent_legend) choices=extents chosen=extent error=problems.of(EXTENT)/>
                <MoneyField
                    name=AMOUNT
                    label=td_string!(words(), dispute.amount)
                    currency=view.balance.currency()
                    hint=td_string!(words(), dispute.amount_hint)
                    error=problems.of(AMOUNT)
                    value=amount
                />
                <TextArea
                    name=WORDS
                    label=td_string!(words(), dispute.words)
                    hint=td_string!(words(), dispute.words_hint)
                    error=problems.of(WORDS)
                    value=own_words
                    longest=LONGEST_WORDS_CHARACTERS
                />
                <Button label=td_string!(words(), dispute.to_check)/>
            </form>
        </Page>
    }
}

fn problem(field: &str, code: &str, owed: &str) -> String {
    let owed = owed.to_owned();
    match (field, code) {
        (REASON, _) => td_string!(words(), dispute.error_reason).to_owned(),
        (EXTENT, _) => td_string!(words(), dispute.error_extent).to_owned(),
        (AMOUNT, "missing") => td_string!(words(), dispute.error_amount_missing).to_owned(),
        (AMOUNT, "nothing") => td_string!(words(), dispute.error_amount_nothing).to_owned(),
        (AMOUNT, "all") => td_string!(words(), dispute.error_amount_all, amount = owed),
        (AMOUNT, _) => td_string!(words(), dispute.error_amount).to_owned(),
        (WORDS, "missing") => td_string!(words(), dispute.error_words).to_owned(),
        _ => td_string!(words(), message.too_long).to_owned(),
    }
}
