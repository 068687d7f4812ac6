//! Ending an agreement: what that means, and the one button. Changing it is always the other way.

pub mod actions;
mod load;

use crate::components::form::{Button, ButtonKind, HiddenField, LinkButton};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::format;
use crate::domain::money::Money;
use crate::paths;
use crate::words::td_string;
use actions::EndAgreement;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the screen shows.
pub struct EndView {
    pub agreement_id: String,
    pub creditor: String,
    pub paid: Money,
    pub balance: Money,
    pub past_due: Money,
    pub is_on_its_way: bool,
    /// Accounts on the same days, whose agreements go on.
    pub joined: Vec<String>,
}

#[component]
pub fn AgreementEndPage() -> impl IntoView {
    loaded(load::load(param("agreement")), |view| view.map(show))
}

fn show(view: EndView) -> impl IntoView {
    let amount = |amount| format::money(amount, language());
    let change = paths::change(&view.agreement_id);
    let past_due = view.past_due.is_positive().then(|| td_string!(words(), change.end_past_due, amount = amount(view.past_due)));
    let button = if view.is_on_its_way {
        view! { <Notice kind=NoticeKind::Plain><p>{td_string!(words(), change.end_not_yet)}</p></Notice> }.into_any()
    } else {
        view! {
            <form method="post" action=EndAgreement::PATH>
                <HiddenField name="agreement" value=view.agreement_id.clone()/>
                <Button label=td_string!(words(), change.end_now) kind=ButtonKind::Other/>
            </form>
        }
        .into_any()
    };
    let others: Vec<_> = view
        .joined
        .into_iter()
        .map(|account| view! { <li>{td_string!(words(), join.goes_on, account = account)}</li> })
        .collect();
    let owed = td_string!(words(), change.end_owed, creditor = view.creditor, amount = amount(view.balance));
    view! {
        <Page title=td_string!(words(), change.end) back=paths::agreement(&view.agreement_id)>
            <ul class="plain-list">
                <li>{td_string!(words(), change.end_paid, amount = amount(view.paid))}</li>
                <li>{owed}</li>
                {past_due.map(|text| view! { <li>{text}</li> })}
                <li>{td_string!(words(), change.end_collected)}</li>
                {others}
                <li>{td_string!(words(), change.end_ways)}</li>
            </ul>
            <p><LinkButton href=change label=td_string!(words(), change.end_change)/></p>
            {button}
        </Page>
    }
}
