//! What a dispute is about and how it ended, in the same words on screen and on paper.

use super::{Locale, locale, td_string};
use crate::domain::dispute::{DisputeReason, Disputed, Outcome};
use crate::domain::format;
use crate::domain::language::Language;

pub fn dispute_reason(reason: DisputeReason, words: Locale) -> &'static str {
    match reason {
        DisputeReason::NotMine => td_string!(words, dispute.not_mine),
        DisputeReason::WrongAmount => td_string!(words, dispute.wrong_amount),
        DisputeReason::PaidAlready => td_string!(words, dispute.paid_already),
        DisputeReason::Other => td_string!(words, dispute.other),
    }
}

pub fn dispute_extent(disputed: Disputed, language: Language) -> String {
    match disputed {
        Disputed::All => td_string!(locale(language), dispute.extent_all).to_owned(),
        Disputed::Part(part) => td_string!(locale(language), dispute.extent_part, amount = format::money(part, language)),
    }
}

pub fn dispute_outcome(outcome: Outcome, disputed: Disputed, words: Locale) -> &'static str {
    match (outcome, disputed) {
        (Outcome::Verified, _) => td_string!(words, dispute.letter_verified),
        (Outcome::Corrected, _) => td_string!(words, dispute.letter_corrected),
        (Outcome::NotOwed, Disputed::All) => td_string!(words, dispute.letter_not_owed),
        (Outcome::NotOwed, Disputed::Part(_)) => td_string!(words, dispute.letter_part_not_owed),
        (Outcome::Withdrawn, _) => td_string!(words, dispute.withdrawn),
    }
}
