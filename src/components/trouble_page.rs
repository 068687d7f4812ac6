//! The calm page where something broke, was refused or is not there. Made outside a request of Leptos, so that it can be
//! shown when the application itself broke: a whole document as text.

use super::text::escaped;
use crate::domain::language::Language;
use crate::paths;
use crate::words::{locale, td_string};
use leptos::prelude::*;

/// What the page has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    NotFound,
    /// A change that another site asked for.
    NotFromHere,
    /// A form that is too long or was cut off.
    Unreadable,
    /// Too many forms came from one address.
    TooMany {
        minutes: i64,
    },
    Broken,
}

struct Words {
    title: String,
    explanation: String,
    next: String,
}

fn words(trouble: Trouble, language: Language, phone: &str) -> Words {
    let locale = locale(language);
    let (title, explanation) = match trouble {
        Trouble::TooMany { minutes } => {
            let explanation = td_string!(locale, errors.too_many, minutes = minutes);
            return in_full(td_string!(locale, errors.too_many_title), &explanation, language, phone);
        }
        Trouble::NotFound => (td_string!(locale, errors.not_found_title), td_string!(locale, errors.not_found)),
        Trouble::NotFromHere => (td_string!(locale, errors.not_from_here_title), td_string!(locale, errors.not_from_here)),
        Trouble::Unreadable => (td_string!(locale, errors.unreadable_title), td_string!(locale, errors.unreadable)),
        Trouble::Broken => (td_string!(locale, errors.broken_title), td_string!(locale, errors.broken)),
    };
    in_full(title, explanation, language, phone)
}

fn in_full(title: &str, explanation: &str, language: Language, phone: &str) -> Words {
    let next = td_string!(locale(language), errors.call_us, phone = phone);
    Words { title: title.to_owned(), explanation: explanation.to_owned(), next }
}

/// The page as HTML.
pub fn trouble_page(trouble: Trouble, language: Language, reference: &str, phone: &str, stylesheet: &str) -> String {
    let Words { title, explanation, next } = words(trouble, language, phone);
    let quote = td_string!(locale(language), errors.quote, reference = reference);
    let to_start = td_string!(locale(language), errors.to_start);
    let heading = title.clone();
    let owner = Owner::new();
    let html = owner.with(|| {
        view! {
            <html lang=language.tag()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="robots" content="noindex"/>
                    <title inner_html=escaped(&title)></title>
                    <link rel="icon" href=paths::FAVICON type="image/svg+xml"/>
                    <link rel="stylesheet" href=stylesheet.to_owned()/>
                </head>
                <body>
                    <main id="main" class="trouble">
                        <h1>{heading}</h1>
                        <p>{explanation}</p>
                        <p>{next}</p>
                        <p>{quote}</p>
                        <p><a href=paths::HOME>{to_start}</a></p>
                    </main>
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{html}")
}
