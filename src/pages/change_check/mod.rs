//! Check and sign a change: today's plan beside the changed one, every payment, the exact text, one's name. The one binding step.

pub mod actions;
mod load;
mod text;

use crate::components::agreement_terms::InstalmentList;
use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{Button, Checkbox, ErrorSummary, Field, HiddenField, Problems};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::agreement::Terms;
use crate::domain::calendar::Date;
use crate::domain::changing::ChangeKind;
use crate::domain::format;
use crate::domain::money::Money;
use crate::paths;
use crate::words::td_string;
use actions::SignChange;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen in a flash.
const SCREEN: &str = "change_check";

/// One of the two plans side by side, as far as it is still to be paid.
pub struct PlanSide {
    pub payments: usize,
    pub next: Option<(Date, Money)>,
    pub last: Option<Date>,
    pub total: Money,
}

/// What the screen shows.
pub struct CheckView {
    pub agreement_id: String,
    pub kind: ChangeKind,
    pub before: PlanSide,
    pub after: PlanSide,
    pub terms: Terms,
    pub terms_sha256: String,
    pub text_sha256: String,
    pub has_email: bool,
    /// A permission to collect ends with the plan it was given for.
    pub is_collected: bool,
    /// Something differs from what was shown when it was signed.
    pub is_changed: bool,
    pub typed: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
}

#[component]
pub fn ChangeCheckPage() -> impl IntoView {
    loaded(load::load(param("agreement")), |view| view.map(show))
}

fn show(view: CheckView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |_, code| {
        if code == "consent" { td_string!(words(), sign.error_consent) } else { td_string!(words(), sign.error_name) }.to_owned()
    });
    let changed = view.is_changed.then(|| {
        view! {
            <Notice kind=NoticeKind::Attention title=td_string!(words(), review.changed_title)>
                <p>{td_string!(words(), change.differs)}</p>
            </Notice>
        }
    });
    let collected = view.is_collected.then(|| {
        view! { <Notice kind=NoticeKind::Attention><p>{td_string!(words(), change.permission_ends)}</p></Notice> }
    });
    let mut sentences = text::sentences(&view.terms, language());
    let consent = sentences.pop().unwrap_or_default();
    let sentences: Vec<_> = sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect();
    let typed = |field: &str| view.typed.get(field).cloned().unwrap_or_default();
    let (name, consents, copy_now) = (typed("name"), typed("consent") == "yes", typed("copy_now") == "yes");
    let sides = sides(&view.before, &view.after);
    let agreement = paths::agreement(&view.agreement_id);
    view! {
        <Page
            title=td_string!(words(), change.check_title)
            back=paths::change_kind(&view.agreement_id, view.kind)
            lead=td_string!(words(), change.check_lead)
        >
            <ErrorSummary problems=problems.clone()/>
            {changed}
            <DisclosureNotice disclosure=view.terms.disclosure creditor=view.terms.creditor.clone()/>
            {sides}
            {collected}
            <InstalmentList terms=view.terms/>
            <section aria-labelledby="text">
                <h2 id="text">{td_string!(words(), sign.consent_heading)}</h2>
                {sentences}
            </section>
            <form method="post" action=SignChange::PATH>
                <HiddenField name="agreement" value=view.agreement_id/>
                <HiddenField name="shown" value=view.terms_sha256/>
                <HiddenField name="shown_in" value=language().tag()/>
                <HiddenField name="shown_text" value=view.text_sha256/>
                <Checkbox name="consent" label=consent checked=consents error=problems.of("consent")/>
                {view.has_email.then(|| view! {
                    <Checkbox
                        name="copy_now"
                        label=td_string!(words(), sign.copy_now)
                        hint=td_string!(words(), sign.copy_now_hint)
                        checked=copy_now
                    />
                })}
                <Field
                    name="name"
                    label=td_string!(words(), sign.name)
                    hint=td_string!(words(), change.name_hint)
                    error=problems.of("name")
                    value=name
                    autocomplete="name"
                    longest=120
                />
                <Button label=td_string!(words(), change.sign)/>
            </form>
            <p><a href=agreement>{td_string!(words(), change.keep)}</a></p>
        </Page>
    }
}

/// Today's plan and the changed one, side by side.
fn sides(before: &PlanSide, after: &PlanSide) -> impl IntoView + use<> {
    let date = |day: Option<Date>| day.map(|day| format::date(day, language())).unwrap_or_default();
    let next = |side: &PlanSide| match side.next {
        Some((day, amount)) => {
            let (amount, date) = (format::money(amount, language()), format::date(day, language()));
            td_string!(words(), change.amount_on, amount = amount, date = date)
        }
        None => String::new(),
    };
    let rows = vec![
        [td_string!(words(), change.row_next).to_owned(), next(before), next(after)],
        [td_string!(words(), change.row_left).to_owned(), before.payments.to_string(), after.payments.to_string()],
        [td_string!(words(), change.row_last).to_owned(), date(before.last), date(after.last)],
        [
            td_string!(words(), change.row_total).to_owned(),
            format::money(before.total, language()),
            format::money(after.total, language()),
        ],
    ];
    let rows: Vec<_> = rows
        .into_iter()
        .map(|[what, now, after]| {
            // What is otherwise stands out, and not by colour.
            let class = (now != after).then_some("is-new");
            view! { <tr><th scope="row">{what}</th><td>{now}</td><td class=class>{after}</td></tr> }
        })
        .collect();
    view! {
        <table class="sides">
            <caption>{td_string!(words(), change.sides)}</caption>
            <thead>
                <tr>
                    <th scope="col">{td_string!(words(), change.col_what)}</th>
                    <th scope="col">{td_string!(words(), change.col_now)}</th>
                    <th scope="col">{td_string!(words(), change.col_after)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
