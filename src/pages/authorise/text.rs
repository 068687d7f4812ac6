//! The exact text that is authorised by typing one's name: shown on the screen and, word for word, kept with the permission and
//! printed in its document. What it has to say: 12 CFR 1005.10(b)–(e).

use crate::domain::account::Disclosure;
use crate::domain::collecting::{LATEST_NOTICE_BUSINESS_DAYS, NOTICE_BEYOND_DAYS};
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::mandate::{MandateTerms, NOTICE_IF_MORE_DAYS, PlannedPayment, STOP_ALWAYS_COUNTS_BUSINESS_DAYS};
use crate::words::{Locale, locale, td_string};

/// The whole text, as its digest is taken: the sentences, every payment, what is said yes to, an empty line between them.
pub fn whole(terms: &MandateTerms, language: Language) -> String {
    let payments: Vec<_> = terms.payments.iter().map(|payment| line(payment, language)).collect();
    [sentences(terms, language).join("\n"), payments.join("\n"), consent(language).to_owned()].join("\n\n")
}

/// What stands above the payments, in order.
pub fn sentences(terms: &MandateTerms, language: Language) -> Vec<String> {
    let words = locale(language);
    let disclosed = terms.disclosure.map(|disclosure| match disclosure {
        Disclosure::TimeBarred => td_string!(words, mandate.text_time_barred, creditor = terms.creditor.clone()),
    });
    let days = STOP_ALWAYS_COUNTS_BUSINESS_DAYS.to_string();
    let rest = [
        Some(td_string!(words, mandate.text_who, creditor = terms.creditor.clone(), portal = terms.portal.clone())),
        Some(how_much(terms, language, words)),
        late(terms, language, words),
        by_hand(terms, language, words),
        Some(td_string!(
            words,
            mandate.text_notice,
            near = NOTICE_BEYOND_DAYS.to_string(),
            before = LATEST_NOTICE_BUSINESS_DAYS.to_string(),
            days = NOTICE_IF_MORE_DAYS.to_string()
        )),
        Some(td_string!(words, mandate.text_retries).to_owned()),
        Some(td_string!(words, mandate.text_free).to_owned()),
        Some(td_string!(words, mandate.text_stop, phone = terms.phone.clone(), days = days)),
    ];
    disclosed.into_iter().chain(rest.into_iter().flatten()).collect()
}

/// What is said yes to.
pub fn consent(language: Language) -> &'static str {
    td_string!(locale(language), mandate.text_consent)
}

fn how_much(terms: &MandateTerms, language: Language, words: Locale) -> String {
    let total = format::money(terms.total(), language);
    let last = terms.last_on().map(|day| format::date(day, language)).unwrap_or_default();
    match terms.payments.len() {
        1 => td_string!(words, mandate.text_one, total = total, last = last),
        count => td_string!(words, mandate.text_many, count = count.to_string(), total = total, last = last),
    }
}

/// What fell due before is no part of it.
fn late(terms: &MandateTerms, language: Language, words: Locale) -> Option<String> {
    terms.late.is_positive().then(|| td_string!(words, mandate.text_late, amount = format::money(terms.late, language)))
}

/// What is not collected again is no part of it either.
fn by_hand(terms: &MandateTerms, language: Language, words: Locale) -> Option<String> {
    let amount = || format::money(terms.by_hand, language);
    terms.by_hand.is_positive().then(|| td_string!(words, mandate.text_by_hand, amount = amount()))
}

fn line(payment: &PlannedPayment, language: Language) -> String {
    td_string!(
        locale(language),
        mandate.text_payment,
        number = payment.number.to_string(),
        day = format::long_date(payment.due_on, language),
        amount = format::money(payment.amount, language)
    )
}
