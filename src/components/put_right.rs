//! What is open of an agreement that is behind: which payments, how much of each, and what has to be paid by when.

use super::frame::{language, words};
use crate::domain::format;
use crate::domain::keeping::PutRight;
use crate::words::td_string;

/// One sentence for one payment, with the sum for several.
pub fn put_right_words(put_right: &PutRight) -> String {
    let money = |amount| format::money(amount, language());
    let by = format::long_date(put_right.by, language());
    let open: Vec<String> = put_right
        .open
        .iter()
        .map(|(due_on, open)| {
            let date = format::date(*due_on, language());
            td_string!(words(), keeping.open_of, amount = money(*open), date = date)
        })
        .collect();
    match (open.as_slice(), put_right.total()) {
        ([one], _) => td_string!(words(), keeping.behind, open = one.clone(), date = by),
        ([first @ .., last], Some(sum)) => {
            let open = td_string!(words(), keeping.and, first = first.join(", "), last = last.clone());
            let least = money(put_right.least);
            td_string!(words(), keeping.behind_several, sum = money(sum), open = open, least = least, date = by)
        }
        ([], _) | (_, None) => String::new(),
    }
}
