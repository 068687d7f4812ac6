//! What the parts of a debt are called, on screen and on paper alike.

use super::{locale, td_string};
use crate::domain::components::{Paid, PartsOrder};
use crate::domain::language::Language;

pub fn part_of_debt(part: Paid, language: Language) -> &'static str {
    let words = locale(language);
    match part {
        Paid::Principal => td_string!(words, reversal.part_principal),
        Paid::Interest => td_string!(words, reversal.part_interest),
        Paid::Fees => td_string!(words, reversal.part_fees),
        Paid::Credit => td_string!(words, reversal.part_credit),
    }
}

/// In which order a payment pays them.
pub fn order_of_parts(order: PartsOrder, language: Language) -> String {
    let [first, second, third] = order.parts().map(|part| part_of_debt(part, language).to_lowercase());
    td_string!(locale(language), reversal.parts_order, first = first, second = second, third = third)
}
