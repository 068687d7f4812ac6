//! What an entry of the books is called, on screen and on paper alike.

use super::{Locale, td_string};
use crate::domain::account_statement::StatementKind;
use crate::domain::standing::EntryKind;

pub fn entry_words(kind: StatementKind, words: Locale) -> &'static str {
    match kind {
        StatementKind::TakenOver => td_string!(words, statement.taken_over),
        StatementKind::Correction => td_string!(words, statement.correction),
        StatementKind::Own(EntryKind::Payment) => td_string!(words, statement.payment),
        StatementKind::Own(EntryKind::Discount) => td_string!(words, statement.discount),
        StatementKind::Own(EntryKind::Refund) => td_string!(words, statement.refund),
        StatementKind::Own(EntryKind::Return) => td_string!(words, statement.returned),
        StatementKind::Own(EntryKind::Chargeback) => td_string!(words, statement.chargeback),
        StatementKind::Own(EntryKind::WriteOff) => td_string!(words, statement.write_off),
        StatementKind::Own(EntryKind::Reinstatement) => td_string!(words, reversal.entry_reinstatement),
        StatementKind::Own(EntryKind::DiscountWithdrawn) => td_string!(words, reversal.entry_discount_withdrawn),
        StatementKind::Own(EntryKind::PaymentElsewhere) => td_string!(words, several.elsewhere),
        StatementKind::Own(EntryKind::Interest) => td_string!(words, statement.interest),
        StatementKind::Own(EntryKind::Correction) => td_string!(words, reversal.entry_correction),
    }
}
