//! Everything that was told, before it is sent; evidence, for whoever has some; and the one button. Nothing more is needed.

pub mod actions;
mod load;

use crate::components::evidence::EvidencePanel;
use crate::components::form::{Button, ErrorSummary, HiddenField, Problems};
use crate::components::frame::{language, words};
use crate::components::hardship_words::{how_long_words, reason_words, would_help_words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::summary::{SummaryList, SummaryRow};
use crate::domain::calendar::Date;
use crate::domain::evidence::EvidenceItem;
use crate::domain::format;
use crate::domain::hardship::budget::Totals;
use crate::domain::hardship::{Said, Told};
use crate::paths;
use crate::words::td_string;
use actions::SendHardship;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen in a flash.
const SCREEN: &str = "hardship_check";

/// What the screen shows.
pub struct CheckView {
    pub account_id: String,
    pub case_id: String,
    pub evidence: Vec<EvidenceItem>,
    pub told: Told,
    pub totals: Option<Totals>,
    pub decided_by: Date,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn HardshipCheckPage() -> impl IntoView {
    loaded(load::load(param("account")), |view| view.map(show))
}

fn show(view: CheckView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |field, code| {
        match (field, code) {
            (_, "amount") => td_string!(words(), hardship.check_amount),
            (_, "too_long") => td_string!(words(), hardship.too_long),
            _ => td_string!(words(), hardship.reason_missing),
        }
        .to_owned()
    });
    let day = format::long_date(view.decided_by, language());
    view! {
        <Page title=td_string!(words(), hardship.check_title) back=paths::hardship_money(&view.account_id)>
            <ErrorSummary problems/>
            <p>{td_string!(words(), hardship.check_lead)}</p>
            <SummaryList rows=rows(&view)/>
            <EvidencePanel case_id=view.case_id.clone() items=view.evidence.clone() back=paths::hardship_check(&view.account_id)/>
            <Notice kind=NoticeKind::Plain title=td_string!(words(), hardship.what_happens)>
                <ul class="plain-list">
                    <li>{td_string!(words(), hardship.happens_hold)}</li>
                    <li>{td_string!(words(), hardship.happens_decided, date = day)}</li>
                    <li>{td_string!(words(), hardship.happens_back)}</li>
                </ul>
            </Notice>
            <form method="post" action=SendHardship::PATH>
                <HiddenField name="account" value=view.account_id.clone()/>
                <Button label=td_string!(words(), hardship.send)/>
            </form>
        </Page>
    }
}

fn rows(view: &CheckView) -> Vec<SummaryRow> {
    let change = td_string!(words(), hardship.change);
    let tell = paths::hardship(&view.account_id);
    let money = paths::hardship_money(&view.account_id);
    let row = |term: &str, value: String, href: &str| {
        let value = if value.is_empty() { td_string!(words(), hardship.not_said).to_owned() } else { value };
        SummaryRow::new(term, value).with_change(href, change, term)
    };
    let reason = match view.told.reason {
        Said::Because(reason) => reason_words(reason).to_owned(),
        Said::RatherNot => td_string!(words(), hardship.rather_not).to_owned(),
        Said::NotYet => String::new(),
    };
    let helps: Vec<&str> = view.told.would_help.iter().map(|help| would_help_words(*help)).collect();
    let left_over = view.totals.map(|totals| format::money(totals.left_over, language())).unwrap_or_default();
    vec![
        row(td_string!(words(), hardship.reason), reason, &tell),
        row(td_string!(words(), hardship.help), helps.join("; "), &tell),
        row(td_string!(words(), hardship.since), view.told.since.clone(), &tell),
        row(
            td_string!(words(), hardship.how_long),
            view.told.how_long.map(|long| how_long_words(long).to_owned()).unwrap_or_default(),
            &tell,
        ),
        row(td_string!(words(), hardship.words), view.told.words.clone(), &tell),
        row(td_string!(words(), hardship.left_over), left_over, &money),
    ]
}
