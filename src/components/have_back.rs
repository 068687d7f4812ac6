//! More was paid than was owed: one button to have it back. The key makes pressing it twice one decision.

use super::form::{Button, ButtonKind, HiddenField};
use super::frame::{frame, language, words};
use crate::domain::contact::Topic;
use crate::domain::format;
use crate::domain::standing::CreditToHaveBack;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

#[component]
pub fn HaveBackForm(account_id: String, back: CreditToHaveBack, action: &'static str) -> impl IntoView {
    let money = |amount| format::money(amount, language());
    let on_its_way = back.on_its_way.is_positive().then(|| {
        view! { <p>{td_string!(words(), reversal.credit_on_its_way, amount = money(back.on_its_way))}</p> }
    });
    let form = back.possible.is_positive().then(|| {
        let label = td_string!(words(), reversal.have_back, amount = money(back.possible));
        view! {
            <form method="post" action=action>
                <HiddenField name="account" value=account_id.clone()/>
                <HiddenField name="amount_minor" value=back.possible.minor().to_string()/>
                <HiddenField name="key" value=back.key/>
                <Button label kind=ButtonKind::Main/>
            </form>
            <p class="quiet">{td_string!(words(), reversal.have_back_note)}</p>
        }
    });
    let by_a_person = back.by_a_person.is_positive().then(|| {
        let phone = frame().reach.phone.clone();
        let write = paths::message(&account_id, Topic::Other);
        view! {
            <p>
                {td_string!(words(), reversal.credit_person, amount = money(back.by_a_person), phone = phone)}
                " "
                <a href=write>{td_string!(words(), account.write)}</a>
            </p>
        }
    });
    view! {
        {on_its_way}
        {form}
        {by_a_person}
    }
}
