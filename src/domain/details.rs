//! What customers correct about themselves, and whether a creditor's file that comes afterwards changes it again.
//!
//! A file says what its creditor knows, and that may be old. What it said before the correction, or what was corrected in between, is
//! old; what it never said is newer, and wins (docs/decisions/0026-own-details.md).

/// Something we have of a customer that may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Detail {
    Email,
    Phone,
    /// Street, city, state, postal code.
    Address,
    /// Given and family name.
    Name,
    BirthDate,
}

impl Detail {
    pub const ALL: [Detail; 5] = [Detail::Email, Detail::Phone, Detail::Address, Detail::Name, Detail::BirthDate];

    pub fn code(self) -> &'static str {
        match self {
            Detail::Email => "email",
            Detail::Phone => "phone",
            Detail::Address => "address",
            Detail::Name => "name",
            Detail::BirthDate => "birth_date",
        }
    }

    pub fn from_code(code: &str) -> Option<Detail> {
        Detail::ALL.into_iter().find(|detail| detail.code() == code)
    }
}

/// The parts of a detail in their order; an empty one is not there. Has no Debug: it is a person's.
#[derive(Clone, PartialEq, Eq)]
pub struct Value(pub Vec<String>);

impl Value {
    pub fn one(text: &str) -> Value {
        Value(vec![text.to_owned()])
    }

    /// A part; empty where there is none.
    pub fn part(&self, place: usize) -> &str {
        self.0.get(place).map_or("", String::as_str)
    }

    /// The same, `None` where it is not there.
    pub fn filled(&self, place: usize) -> Option<String> {
        Some(self.part(place)).filter(|part| !part.is_empty()).map(str::to_owned)
    }
}

/// So many values that are old are remembered of one detail; of more, those of the creditor and the newest.
pub const MOST_KNOWN_BEFORE: usize = 20;

/// What a creditor may still say after a correction: what it may have said until now, and what is corrected.
pub fn known_before(earlier: &[Value], corrected: Value, own: &Value) -> Vec<Value> {
    let mut known: Vec<Value> = earlier.to_vec();
    known.push(corrected);
    // Whoever goes back to an earlier one means it.
    known.retain(|value| value != own);
    while known.len() > MOST_KNOWN_BEFORE {
        known.remove(1);
    }
    known
}

/// What becomes of a customer's correction when a creditor's file comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The file says nothing of it, or what is old.
    Keep,
    /// The creditor has it now.
    HasIt,
    /// The creditor knows something it did not know before.
    Newer,
}

/// Judges what a file sends of a detail, part by part; `None` for a part it has no column for. An empty part is unknown to the creditor,
/// and says nothing against what the customer knows.
pub fn judge(detail: Detail, own: &Value, before: &[Value], sent: &[Option<&str>]) -> Verdict {
    let said = |part: Option<&str>| part.is_some_and(|part| !part.trim().is_empty());
    let says = |value: &Value| {
        let parts = sent.iter().enumerate().filter(|(_, part)| said(**part));
        parts.into_iter().all(|(place, part)| is_same(detail, part.unwrap_or_default(), value.part(place)))
    };
    if !sent.iter().any(|part| said(*part)) {
        // The customer has none, and the creditor knows of none.
        let none = own.0.iter().all(String::is_empty) && sent.iter().any(Option::is_some);
        if none { Verdict::HasIt } else { Verdict::Keep }
    } else if before.iter().any(says) {
        Verdict::Keep
    } else if says(own) {
        Verdict::HasIt
    } else {
        Verdict::Newer
    }
}

/// Whether two ways of writing mean the same.
fn is_same(detail: Detail, one: &str, other: &str) -> bool {
    plain(detail, one) == plain(detail, other)
}

/// A text without what writers differ in: capitals, spaces and signs; the country code of North America; the last four of a ZIP+4.
fn plain(detail: Detail, text: &str) -> String {
    match detail {
        Detail::Email | Detail::BirthDate => text.trim().to_lowercase(),
        Detail::Phone => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            match digits.strip_prefix('1') {
                Some(national) if national.len() == 10 => national.to_owned(),
                Some(_) | None => digits,
            }
        }
        Detail::Address | Detail::Name => {
            let letters: String = text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            match letters.len() == 9 && letters.bytes().all(|letter| letter.is_ascii_digit()) {
                true => letters[..5].to_owned(),
                false => letters,
            }
        }
    }
}

/// So many digits a code has.
pub const CODE_DIGITS: usize = 6;

/// The digits of a code as people type it: with spaces, or a hyphen in the middle. `None` where it cannot be one.
pub fn read_code(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    (digits.len() == CODE_DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit())).then_some(digits)
}

/// So long a code is good, in minutes.
pub const CODE_LASTS_MINUTES: i64 = 15;
/// So many wrong ones, and it is dead.
pub const MOST_TRIES: i64 = 5;
/// So many codes are sent within an hour.
pub const MOST_CODES_AN_HOUR: i64 = 5;
/// So long a postal address that was typed waits to be checked, in minutes.
pub const CHECK_LASTS_MINUTES: i64 = 24 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn address(street: &str, city: &str, state: &str, postal_code: &str) -> Value {
        Value([street, city, state, postal_code].map(str::to_owned).to_vec())
    }

    fn sent(value: &Value) -> Vec<Option<&str>> {
        value.0.iter().map(|part| Some(part.as_str())).collect()
    }

    /// What is the customer's, what was known before, what a file sends, and what becomes of it.
    type Row<'a> = (&'a Value, &'a [Value], Vec<Option<&'a str>>, Verdict);

    #[test]
    fn a_file_keeps_confirms_or_changes_what_was_corrected() {
        let (old, own, newer) = (Value::one("a@old.example"), Value::one("a@own.example"), Value::one("a@newer.example"));
        let none = Value::one("");
        let twice = [old.clone(), Value::one("a@between.example")];
        let table: [Row<'_>; 9] = [
            (&own, &twice, sent(&old), Verdict::Keep),
            (&own, &twice, vec![Some("A@OLD.example ")], Verdict::Keep),
            // The file is older than the last correction and younger than the first.
            (&own, &twice, vec![Some("a@between.example")], Verdict::Keep),
            (&own, &twice, sent(&own), Verdict::HasIt),
            (&own, &twice, sent(&newer), Verdict::Newer),
            (&own, &twice, vec![None], Verdict::Keep),
            // The creditor knows of none; the customer gave one.
            (&own, &twice, sent(&none), Verdict::Keep),
            (&none, &twice, sent(&none), Verdict::HasIt),
            // The customer removed it.
            (&none, &twice, sent(&old), Verdict::Keep),
        ];
        for (place, (own, before, sent, expected)) in table.into_iter().enumerate() {
            assert_eq!(judge(Detail::Email, own, before, &sent), expected, "row {place}");
        }
    }

    #[test]
    fn an_address_written_otherwise_is_the_same_and_only_what_is_sent_counts() {
        let old = address("1 Main St.", "Denver", "CO", "80276");
        let own = address("2 Elm St", "Denver", "CO", "80203");
        let before = [old];
        let judged = |parts: [Option<&str>; 4]| judge(Detail::Address, &own, &before, &parts);
        assert_eq!(judged([Some("1 MAIN ST"), Some("DENVER"), Some("co"), Some("80276-1234")]), Verdict::Keep);
        assert_eq!(judged([Some("2 elm st"), Some("Denver"), Some("CO"), Some("80203")]), Verdict::HasIt);
        assert_eq!(judged([Some("3 Oak St"), Some("Denver"), Some("CO"), Some("80203")]), Verdict::Newer);
        assert_eq!(judged([None, None, None, Some("80276")]), Verdict::Keep);
        assert_eq!(judged([None, None, None, Some("80203")]), Verdict::HasIt);
        // Of a mix of both nothing is known: it was never said before.
        assert_eq!(judged([Some("2 Elm St"), Some("Denver"), Some("CO"), Some("80276")]), Verdict::Newer);
    }

    #[test]
    fn a_number_is_the_same_with_and_without_its_country_code() {
        let own = Value::one("+13035550199");
        let before = [Value::one("303-555-0100")];
        assert_eq!(judge(Detail::Phone, &own, &before, &[Some("+13035550100")]), Verdict::Keep);
        assert_eq!(judge(Detail::Phone, &own, &before, &[Some("(303) 555-0199")]), Verdict::HasIt);
        assert_eq!(judge(Detail::Phone, &own, &before, &[Some("303 555 0123")]), Verdict::Newer);
    }

    #[test]
    fn what_was_known_before_has_an_end_and_never_the_own() {
        let value = |number: usize| Value::one(&number.to_string());
        let mut known = Vec::new();
        for number in 0..50 {
            known = known_before(&known, value(number), &value(number + 1));
        }
        assert_eq!(known.len(), MOST_KNOWN_BEFORE);
        // The creditor's own stays.
        assert!(known[0] == value(0) && known[MOST_KNOWN_BEFORE - 1] == value(49));
        assert!(!known_before(&known, value(50), &value(49)).contains(&value(49)));
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["123456", " 123 456 ", "123-456"] {
            assert_eq!(read_code(typed).as_deref(), Some("123456"));
        }
        for wrong in ["", "12345", "1234567", "12345x", "１２３４５６"] {
            assert_eq!(read_code(wrong), None, "{wrong}");
        }
    }
}
