//! What a customer lets somebody do, in the same words where it is given, shown and proven.

use super::{Locale, locale, td_string};
use crate::domain::format;
use crate::domain::helper::{Right, Wanted};
use crate::domain::language::Language;

pub fn right_words(right: Right, words: Locale) -> &'static str {
    match right {
        Right::See => td_string!(words, helper.right_see),
        Right::Documents => td_string!(words, helper.right_documents),
        Right::Draft => td_string!(words, helper.right_draft),
        Right::Messages => td_string!(words, helper.right_messages),
        Right::Evidence => td_string!(words, helper.right_evidence),
        Right::Circumstances => td_string!(words, helper.right_circumstances),
    }
}

/// The exact text that is confirmed: a line for each thing.
pub fn help_text(wanted: &Wanted, language: Language) -> String {
    let words = locale(language);
    let who =
        if wanted.organisation.is_empty() { wanted.name.clone() } else { format!("{}, {}", wanted.name, wanted.organisation) };
    let until = td_string!(words, helper.text_until, who = who, date = format::long_date(wanted.last_day, language));
    let which = match wanted.account {
        Some(_) => td_string!(words, helper.text_one),
        None => td_string!(words, helper.text_all),
    };
    let rights = wanted.rights.iter().map(|right| right_words(*right, words).to_owned());
    let lines = [until, which.to_owned(), td_string!(words, helper.text_may).to_owned()];
    let never = td_string!(words, helper.text_never).to_owned();
    lines.into_iter().chain(rights).chain([never]).collect::<Vec<_>>().join("\n")
}
