//! The sentences that are agreed to with every agreement and every change of one: shown on the screen and, word for word, kept as a
//! digest.

use crate::domain::account::Disclosure;
use crate::domain::agreement::{DAYS_TO_PUT_RIGHT, Terms};
use crate::domain::language::Language;
use crate::words::{locale, td_string};

/// What the law says first of an account whose time is over; nothing for most.
pub fn disclosed(terms: &Terms, language: Language) -> Option<String> {
    let words = locale(language);
    terms.disclosure.map(|disclosure| match disclosure {
        Disclosure::TimeBarred => td_string!(words, sign.text_time_barred, creditor = terms.creditor.clone()),
    })
}

/// What happens if a payment is late: the creditor's statement, or the neutral words.
pub fn late(terms: &Terms, language: Language) -> String {
    let words = locale(language);
    let days = DAYS_TO_PUT_RIGHT.to_string();
    match &terms.late_payment {
        Some(statement) => {
            let statement = statement.text(language).to_owned();
            td_string!(words, sign.text_late_stated, creditor = terms.creditor.clone(), statement = statement, days = days)
        }
        None => td_string!(words, sign.text_late, days = days),
    }
}
