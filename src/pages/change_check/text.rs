//! The exact text that is agreed to when a change is signed: shown on the screen and, word for word, kept as a digest with the version.

use crate::components::signing_text::{disclosed, late};
use crate::domain::agreement::Terms;
use crate::domain::format;
use crate::domain::language::Language;
use crate::words::{locale, td_string};

/// The whole text, as its digest is taken.
pub fn whole(terms: &Terms, language: Language) -> String {
    sentences(terms, language).join("\n")
}

/// The sentences, in order; the last is the consent to electronic records, which has a box of its own.
pub fn sentences(terms: &Terms, language: Language) -> Vec<String> {
    let words = locale(language);
    let total = format::money(terms.schedule.total, language);
    let last = terms.schedule.last_on().map(|day| format::date(day, language)).unwrap_or_default();
    let count = terms.schedule.instalments.len().to_string();
    let changed = td_string!(words, change.text, creditor = terms.creditor.clone(), count = count, total = total, last = last);
    let rest = [
        changed,
        late(terms, language),
        td_string!(words, change.text_rest).to_owned(),
        td_string!(words, sign.consent_records).to_owned(),
    ];
    disclosed(terms, language).into_iter().chain(rest).collect()
}
