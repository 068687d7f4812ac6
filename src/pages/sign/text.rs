//! The exact text that is agreed to by typing one's name: shown on the screen and, word for word, kept as a digest with the
//! agreement.

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
    let count = terms.schedule.instalments.len();
    let creditor = terms.creditor.clone();
    let promise = if count > 1 {
        td_string!(words, sign.text_plan, total = total, creditor = creditor, count = count.to_string(), last = last)
    } else {
        td_string!(words, sign.text_once, total = total, creditor = creditor, last = last)
    };
    let joins = terms.joins.clone().map(|reference| td_string!(words, join.text, reference = reference));
    let rest = [
        td_string!(words, sign.text_change).to_owned(),
        late(terms, language),
        td_string!(words, sign.consent_records).to_owned(),
    ];
    disclosed(terms, language).into_iter().chain([promise]).chain(joins).chain(rest).collect()
}
