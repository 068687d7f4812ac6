//! Where I stand: the total and how it came about, what is past due, what is under way, what happens next, and the ways
//! forward, none before the others. With several accounts, the list of them first.

pub mod actions;
mod ahead;
mod head;
pub mod history;
mod list;
mod load;
mod parts;
mod past;
mod ways;

use crate::components::form::StepBack;
use crate::components::frame::words;
use crate::components::have_back::HaveBackForm;
use crate::components::holds::HoldsNotice;
use crate::components::kept_change::KeptChange;
use crate::components::layout::{Beside, Page};
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::standing::Stage;
use crate::paths;
use crate::words::td_string;
use actions::HaveBack;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use load::{Found, Shown};

/// Where signing in leads: the account, or the list where there are several.
#[component]
pub fn AccountsPage() -> impl IntoView {
    loaded(load::all(), |found| match found {
        Found::One(shown) => show(*shown).into_any(),
        Found::Several(accounts) => list::show(accounts).into_any(),
        Found::Elsewhere => ().into_any(),
    })
}

/// One account of several.
#[component]
pub fn AccountPage() -> impl IntoView {
    let account_id = param("account");
    loaded(load::one(account_id), |shown| shown.map(show))
}

fn show(Shown { standing, is_overtaken, kept }: Shown) -> impl IntoView {
    let several = standing.has_other_accounts;
    let (facts, holds) = (head::show(&standing), standing.holds.clone());
    let said_at_head = holds.clone();
    let overtaken = is_overtaken.then(|| {
        view! { <Notice kind=NoticeKind::Attention><p>{td_string!(words(), reversal.have_back_changed)}</p></Notice> }
    });
    let kept = kept.zip(standing.agreement.as_ref()).map(|(changed, agreement)| {
        view! { <KeptChange agreement_id=agreement.id.to_string() changed/> }
    });
    let have_back = standing.have_back.clone().filter(|_| standing.stage == Stage::InCredit).map(|back| {
        view! { <HaveBackForm account_id=standing.account_id.to_string() back action=HaveBack::PATH/> }
    });
    let head = view! {
        {overtaken}
        {kept}
        {facts}
        {have_back}
        <HoldsNotice holds/>
    }
    .into_any();
    let ways = ways::show(&standing).into_any();
    view! {
        <Page title=td_string!(words(), account.title) holds=said_at_head>
            <Beside head ways>
                {ahead::show(&standing)}
                {parts::show(&standing)}
                {past::show(&standing)}
                {rights(standing.account_id.as_str())}
                {several.then(|| view! { <StepBack href=paths::ACCOUNT label=td_string!(words(), account.other_accounts)/> })}
            </Beside>
        </Page>
    }
}

/// What anyone may ask, whatever they owe (12 CFR 1006.34 and 1006.38 in the words of this page).
fn rights(account_id: &str) -> impl IntoView + use<> {
    let ask = paths::ask_document(account_id);
    view! {
        <section>
            <h2>{td_string!(words(), account.rights_title)}</h2>
            <ul>
                <li>{td_string!(words(), account.right_proof)}</li>
                <li>{td_string!(words(), account.right_dispute)}</li>
                <li>{td_string!(words(), account.right_creditor)}</li>
                <li>
                    {td_string!(words(), account.right_contact)}
                    " "
                    <a href=paths::YOU_CONTACT>{td_string!(words(), you.contact)}</a>
                </li>
            </ul>
            <p><a href=ask>{td_string!(words(), information.go)}</a></p>
        </section>
    }
}
