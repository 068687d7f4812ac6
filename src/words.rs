//! From the domain's language to the locale of the words in `locales/`.
//!
//! Words are looked up with `td_string!(locale, section.key, name = value)`; amounts and dates are formatted by
//! [`crate::domain::format`] first and handed in as strings.

#[cfg(feature = "ssr")]
mod disputes;
#[cfg(feature = "ssr")]
mod entries;
#[cfg(feature = "ssr")]
mod helpers;
#[cfg(feature = "ssr")]
mod messages;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod reversals;
#[cfg(feature = "ssr")]
mod staff;

#[cfg(feature = "ssr")]
pub use disputes::{dispute_extent, dispute_outcome, dispute_reason};
#[cfg(feature = "ssr")]
pub use entries::entry_words;
#[cfg(feature = "ssr")]
pub use helpers::{help_text, right_words};
#[cfg(feature = "ssr")]
pub use messages::{conversation_title, topic_words};
#[cfg(feature = "ssr")]
pub use parts::{order_of_parts, part_of_debt};
#[cfg(feature = "ssr")]
pub use reversals::{reversal_title, what_happened};
#[cfg(feature = "ssr")]
pub use staff::{action_words, role_words, weak_words};

use crate::domain::language::Language;
pub use evenkeel_locales::i18n::Locale;

pub use leptos_i18n::{td, td_string};

/// The locale whose words a reader of `language` gets.
pub fn locale(language: Language) -> Locale {
    match language {
        Language::English => Locale::en,
        Language::Spanish => Locale::es,
    }
}
