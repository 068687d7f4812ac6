//! The form of "this is not right" as it was typed, and what it says: read the same when it is checked and when it is sent.

use super::{DisputeReason, Disputed};
use crate::domain::money::Money;
use std::collections::BTreeMap;

/// So many characters of the customer's own words are taken.
pub const LONGEST_WORDS_CHARACTERS: u32 = 2_000;

/// The names of its fields.
pub const REASON: &str = "reason";
pub const EXTENT: &str = "extent";
pub const AMOUNT: &str = "amount";
pub const WORDS: &str = "words";

/// The values of the field [`EXTENT`].
pub const ALL: &str = "all";
pub const PART: &str = "part";

/// What the customer says. Has no Debug: it holds free text.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    pub reason: DisputeReason,
    pub disputed: Disputed,
    /// Their own words; empty for none.
    pub words: String,
}

/// Field and code of something that is missing or wrong.
pub type Wrong = (String, String);

/// Reads the fields as they were typed, of an account on which so much is owed now.
pub fn read(typed: &BTreeMap<String, String>, balance: Money) -> Result<Said, Vec<Wrong>> {
    let field = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
    let mut wrong: Vec<Wrong> = Vec::new();
    let mut is_wrong = |name: &str, code: &str| wrong.push((name.to_owned(), code.to_owned()));
    let reason = DisputeReason::from_code(field(REASON));
    if reason.is_none() {
        is_wrong(REASON, "missing");
    }
    let disputed = match field(EXTENT) {
        ALL => Some(Disputed::All),
        PART => match Disputed::part_typed(field(AMOUNT), balance) {
            Ok(part) => Some(part),
            Err(refusal) => {
                is_wrong(AMOUNT, refusal.code());
                None
            }
        },
        _ => {
            is_wrong(EXTENT, "missing");
            None
        }
    };
    let words = field(WORDS);
    if words.chars().count() > LONGEST_WORDS_CHARACTERS as usize {
        is_wrong(WORDS, "too_long");
    } else if words.is_empty() && reason.is_some_and(DisputeReason::needs_words) {
        is_wrong(WORDS, "missing");
    }
    match (reason, disputed) {
        (Some(reason), Some(disputed)) if wrong.is_empty() => Ok(Said { reason, disputed, words: words.to_owned() }),
        _ => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    fn said(fields: &[(&str, &str)]) -> Result<Said, Vec<String>> {
        let typed = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let balance = Money::new(120_000, Currency::USD);
        read(&typed, balance).map_err(|wrong| wrong.into_iter().map(|(field, code)| format!("{field} {code}")).collect())
    }

    fn wrong(fields: &[(&str, &str)]) -> Vec<String> {
        said(fields).err().unwrap_or_default()
    }

    #[test]
    fn a_reason_and_how_much_of_it_are_enough() {
        let all = said(&[(REASON, "not_mine"), (EXTENT, ALL), (AMOUNT, "left over")]);
        assert!(all.is_ok_and(|said| said.disputed == Disputed::All && said.words.is_empty()));
        let part = said(&[(REASON, "wrong_amount"), (EXTENT, PART), (AMOUNT, "$50"), (WORDS, " twice ")]);
        let part = part.expect("it can be read");
        assert_eq!(part.disputed, Disputed::Part(Money::new(5_000, Currency::USD)));
        assert_eq!(part.words, "twice");
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        assert_eq!(wrong(&[]), ["reason missing", "extent missing"]);
        assert_eq!(wrong(&[(REASON, "other"), (EXTENT, PART)]), ["amount missing", "words missing"]);
        assert_eq!(wrong(&[(REASON, "paid_already"), (EXTENT, PART), (AMOUNT, "1200")]), ["amount all"]);
        assert_eq!(wrong(&[(REASON, "theft"), (EXTENT, "half")]), ["reason missing", "extent missing"]);
    }

    #[test]
    fn the_longest_words_are_taken_and_one_character_more_is_not() {
        let longest = "é".repeat(LONGEST_WORDS_CHARACTERS as usize);
        let fields = |words| [(REASON, "other"), (EXTENT, ALL), (WORDS, words)];
        assert!(said(&fields(&longest)).is_ok());
        assert_eq!(wrong(&fields(&format!("{longest}e"))), ["words too_long"]);
    }
}
