//! Which account joins an agreement, and with which plan on its days. Nothing is decided here: what is chosen is checked and signed
//! like every plan.

pub mod actions;
mod load;

use crate::components::agreement_terms::covers_words;
use crate::components::form::{Button, ButtonKind, HiddenField};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::format;
use crate::domain::joining::Joined;
use crate::islands::plan_builder;
use crate::paths;
use crate::words::td_string;
use actions::JoinAccount;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen in a flash.
const SCREEN: &str = "join";

/// What the screen shows.
pub struct JoinView {
    pub agreement_id: String,
    pub reference: String,
    pub accounts: Vec<JoiningAccount>,
    /// Accounts without a plan on these days.
    pub others: Vec<(String, String)>,
    /// What was chosen is not offered any more.
    pub is_changed: bool,
}

/// An account that can join.
pub struct JoiningAccount {
    pub id: String,
    /// As people call it.
    pub product: String,
    pub reference: String,
    pub plans: Vec<Joined>,
}

#[component]
pub fn JoinPage() -> impl IntoView {
    loaded(load::load(param("agreement")), |view| view.map(show))
}

fn show(view: JoinView) -> impl IntoView {
    let changed = view.is_changed.then(|| {
        view! {
            <Notice kind=NoticeKind::Attention title=td_string!(words(), review.changed_title)>
                <p>{td_string!(words(), join.changed)}</p>
            </Notice>
        }
    });
    let none = view.accounts.is_empty().then(|| view! { <p>{td_string!(words(), join.none)}</p> });
    let lead = td_string!(words(), join.lead, reference = view.reference.clone());
    let sections: Vec<_> = view.accounts.iter().map(|account| of_account(&view.agreement_id, account)).collect();
    view! {
        <Page title=td_string!(words(), join.title) back=paths::change(&view.agreement_id) lead=lead>
            {changed}
            {none}
            {sections}
            {others(&view.others)}
        </Page>
    }
}

fn of_account(agreement_id: &str, account: &JoiningAccount) -> impl IntoView + use<> {
    let heading = format!("account-{}", account.id);
    let name = td_string!(words(), account.name, product = account.product.clone(), reference = account.reference.clone());
    let cards: Vec<_> = account.plans.iter().map(|plan| card(agreement_id, &account.id, plan)).collect();
    view! {
        <section aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{name}</h2>
            <ul class="offers">{cards}</ul>
        </section>
    }
}

fn card(agreement_id: &str, account_id: &str, plan: &Joined) -> impl IntoView + use<> {
    let schedule = &plan.fitting.schedule;
    let day = |day| format::long_date(day, language());
    let title = if plan.ends_together { td_string!(words(), join.ends_together) } else { td_string!(words(), join.other) };
    let first = schedule.first_on().map(|first| td_string!(words(), join.first, date = day(first)));
    let last = schedule.last_on().map(|last| format::date(last, language())).unwrap_or_default();
    let ends = td_string!(words(), change.ends, last = last, total = format::money(schedule.total, language()));
    view! {
        <li class="offer">
            <h3>{title}</h3>
            <p>{plan_builder::summary(schedule, language())}</p>
            <p class="quiet">{covers_words(plan.basis, schedule.principal)}". "{first}" "{ends}</p>
            <form method="post" action=JoinAccount::PATH>
                <HiddenField name="agreement" value=agreement_id.to_owned()/>
                <HiddenField name="account" value=account_id.to_owned()/>
                <HiddenField name="payments" value=schedule.instalments.len().to_string()/>
                <Button label=td_string!(words(), change.see) kind=ButtonKind::Other/>
            </form>
        </li>
    }
}

/// They have their own ways forward, on days of their own.
fn others(others: &[(String, String)]) -> Option<impl IntoView + use<>> {
    let links: Vec<_> = others
        .iter()
        .map(|(id, reference)| {
            let label = td_string!(words(), join.others_go, account = reference.clone());
            view! { <li><a href=paths::options(id)>{label}</a></li> }
        })
        .collect();
    (!links.is_empty()).then(|| {
        view! {
            <section aria-labelledby="others">
                <h2 id="others">{td_string!(words(), join.others)}</h2>
                <ul>{links}</ul>
            </section>
        }
    })
}
