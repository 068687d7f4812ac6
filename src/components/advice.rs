//! Who helps for free, outside. Links open nothing by themselves: nobody there learns of it before they are called.

use super::frame::{language, words};
use crate::domain::advice::AdviceContact;
use crate::words::td_string;
use leptos::prelude::*;

/// Nothing where nobody is listed.
#[component]
pub fn Advice(contacts: Vec<AdviceContact>) -> impl IntoView {
    let lines: Vec<_> = contacts.iter().map(line).collect();
    (!lines.is_empty()).then(|| {
        view! {
            <section>
                <h2>{td_string!(words(), hardship.advice_title)}</h2>
                <p>{td_string!(words(), hardship.advice_lead)}</p>
                <ul class="plain-list">{lines}</ul>
            </section>
        }
    })
}

fn line(contact: &AdviceContact) -> impl IntoView + use<> {
    let phone = contact.phone.clone().map(|phone| {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        view! { <a href=format!("tel:{digits}")>{phone}</a> }
    });
    let website = contact.website.clone().map(|website| {
        let shown = website.trim_start_matches("https://").to_owned();
        view! { <a href=website rel="noreferrer noopener">{shown}</a> }
    });
    let between = (phone.is_some() && website.is_some()).then_some(", ");
    view! {
        <li>
            <strong>{contact.name.clone()}</strong>
            {format!(": {} ", contact.helps_with.text(language()))}
            {phone}
            {between}
            {website}
        </li>
    }
}
