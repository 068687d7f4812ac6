//! From a creditor's text to a value: amounts, dates, names, contact details. Pure, one function a kind of field.
//!
//! Everything that cannot be read exactly is a [`Reason`] to refuse the row, never a guess.

use super::faults::Reason;
use super::mapping::{AmountStyle, DateFormat, NegativeStyle};
use crate::domain::calendar::Date;
use crate::domain::money::{Currency, Money, MoneyError};
use unicode_normalization::UnicodeNormalization;

/// Longest accepted texts, in characters.
pub const MAX_REFERENCE: usize = 64;
pub const MAX_NAME: usize = 100;
pub const MAX_STREET: usize = 200;
pub const MAX_CITY: usize = 100;
pub const MAX_STATE: usize = 40;
pub const MAX_POSTAL_CODE: usize = 16;
pub const MAX_PRODUCT: usize = 100;
pub const MAX_DESCRIPTION: usize = 200;
pub const MAX_EMAIL: usize = 254;
pub const MAX_EMAIL_LOCAL_PART: usize = 64;
pub const MAX_PHONE: usize = 40;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Largest amount of one account, in minor units: a thousand million dollars.
pub const MAX_AMOUNT_MINOR: i64 = 100_000_000_000;

/// The most instalments that can fall due in twelve months: more than two a day.
pub const MAX_INSTALMENTS: u32 = 1000;

/// No date in a file is before this.
pub const EARLIEST_YEAR: i16 = 1900;

/// A text without characters that cannot be seen, composed (NFC), within its limit.
pub fn plain_text(text: &str, most: usize) -> Result<String, Reason> {
    if text.is_ascii() {
        // The common case: nothing to compose.
        return check_text(text, text.len(), most).map(|()| text.to_owned());
    }
    let composed: String = text.nfc().collect();
    check_text(&composed, composed.chars().count(), most)?;
    Ok(composed)
}

fn check_text(text: &str, length: usize, most: usize) -> Result<(), Reason> {
    if length > most {
        return Err(Reason::TooLong { most });
    }
    if text.chars().any(is_invisible) {
        return Err(Reason::ControlCharacters);
    }
    Ok(())
}

/// Control characters and those that turn the direction of what follows.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A text that people will read on a screen and staff in a spreadsheet: no markup and no formula.
pub fn shown_text(text: &str, most: usize) -> Result<String, Reason> {
    if text.starts_with(['=', '+', '-', '@']) {
        return Err(Reason::SpreadsheetFormula);
    }
    if text.contains(['<', '>']) {
        return Err(Reason::Markup);
    }
    plain_text(text, most)
}

/// A person's name. One written all in capitals is written as names are: `O'NEIL-RUIZ` is `O'Neil-Ruiz`.
pub fn person_name(text: &str) -> Result<String, Reason> {
    let text = shown_text(text, MAX_NAME)?;
    if !text.chars().any(char::is_alphabetic) {
        return Err(Reason::NoLetters);
    }
    let shouted = text.chars().filter(|letter| letter.is_alphabetic()).count() > 1 && !text.chars().any(char::is_lowercase);
    Ok(if shouted { as_name(&text) } else { text })
}

fn as_name(shouted: &str) -> String {
    let mut name = String::with_capacity(shouted.len());
    let mut inside_word = false;
    for letter in shouted.chars() {
        if inside_word {
            name.extend(letter.to_lowercase());
        } else {
            name.push(letter);
        }
        inside_word = letter.is_alphabetic();
    }
    name
}

pub fn email(text: &str) -> Result<String, Reason> {
    let text = plain_text(text, MAX_EMAIL)?;
    let (local, domain) = text.rsplit_once('@').ok_or(Reason::NotAnEmail)?;
    let fits_local = |letter: char| letter.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(letter);
    let is_local = !local.is_empty()
        && local.len() <= MAX_EMAIL_LOCAL_PART
        && local.chars().all(fits_local)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    if is_local && domain.contains('.') && domain.split('.').all(is_label) {
        Ok(text.to_lowercase())
    } else {
        Err(Reason::NotAnEmail)
    }
}

/// A phone number as `+` and digits where the country is known, else as digits.
pub fn phone(text: &str, country_code: Option<&str>, trunk_prefix: Option<&str>) -> Result<String, Reason> {
    let text = plain_text(text, MAX_PHONE)?;
    let punctuation = |letter: char| matches!(letter, ' ' | '\u{a0}' | '(' | ')' | '-' | '.' | '/' | '+');
    if !text.chars().all(|letter| letter.is_ascii_digit() || punctuation(letter)) {
        return Err(Reason::NotAPhone);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let international = text.trim_start().starts_with('+');
    let number = match country_code {
        _ if international => format!("+{digits}"),
        None => digits.clone(),
        Some(code) => {
            let national = trunk_prefix.and_then(|prefix| digits.strip_prefix(prefix)).unwrap_or(&digits);
            // Eleven digits that begin with 1 are an American number with its country code.
            match national.strip_prefix('1').filter(|rest| code == "1" && rest.len() == 10) {
                Some(rest) => format!("+1{rest}"),
                None => format!("+{code}{national}"),
            }
        }
    };
    // Counted as sent: a country code of ours does not make a number out of two digits.
    if PHONE_DIGITS.contains(&digits.len()) && number.len() <= PHONE_DIGITS.end() + 1 {
        Ok(number)
    } else {
        Err(Reason::NotAPhone)
    }
}

pub fn currency(text: &str) -> Result<Currency, Reason> {
    Currency::from_code(&text.to_ascii_uppercase()).ok_or(Reason::UnknownCurrency)
}

/// A number of instalments.
pub fn count(text: &str) -> Result<u32, Reason> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let count = digits.and_then(|digits| digits.parse().ok());
    count.filter(|count| *count <= MAX_INSTALMENTS).ok_or(Reason::NotACount { most: MAX_INSTALMENTS })
}

pub fn date(text: &str, format: &DateFormat) -> Result<Date, Reason> {
    let day = format.read(text).map_err(|wrong| match wrong {
        super::mapping::NoDate::OtherForm => Reason::NotADate { pattern: format.pattern().to_owned() },
        super::mapping::NoDate::NoSuchDay => Reason::NoSuchDay,
    })?;
    if day.year() < EARLIEST_YEAR {
        return Err(Reason::TooLongAgo { earliest: format!("{EARLIEST_YEAR}-01-01") });
    }
    Ok(day)
}

/// An amount as the mapping says amounts are written, exact.
pub fn amount(text: &str, style: &AmountStyle, currency: Currency) -> Result<Money, Reason> {
    let plain = plain_decimal(text, style).ok_or(Reason::NotANumber)?;
    let money = Money::parse_decimal(&plain, currency).map_err(|error| match error {
        MoneyError::TooPrecise => Reason::TooPrecise { decimals: currency.decimals() },
        MoneyError::Overflow => Reason::BeyondAnyAccount,
        MoneyError::NotANumber | MoneyError::MixedCurrencies => Reason::NotANumber,
    })?;
    if money.minor().abs() > MAX_AMOUNT_MINOR {
        return Err(Reason::BeyondAnyAccount);
    }
    Ok(money)
}

/// `($1,234.56)` → `-1234.56`. `None` for anything the style does not describe.
fn plain_decimal(text: &str, style: &AmountStyle) -> Option<String> {
    let mut rest = text.trim();
    let mut signs = 0;
    let allows = |wanted: NegativeStyle| style.negatives.contains(&wanted);
    // Symbols and signs come in any order: `-$5`, `$-5`, `($5)`, `5 € -`; each is taken once.
    if allows(NegativeStyle::Parentheses)
        && let Some(inside) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))
    {
        signs += 1;
        rest = inside.trim();
    }
    if allows(NegativeStyle::TrailingCr) {
        let lower = rest.to_ascii_lowercase();
        if lower.ends_with("cr") {
            signs += 1;
            rest = rest[..rest.len() - 2].trim_end();
        } else if lower.ends_with("dr") {
            rest = rest[..rest.len() - 2].trim_end();
        }
    }
    for _ in 0..2 {
        if allows(NegativeStyle::LeadingMinus)
            && let Some(after) = rest.strip_prefix(['-', '−'])
        {
            signs += 1;
            rest = after.trim_start();
        }
        if allows(NegativeStyle::TrailingMinus)
            && let Some(before) = rest.strip_suffix(['-', '−'])
        {
            signs += 1;
            rest = before.trim_end();
        }
        rest = without_symbol(rest, &style.symbols);
    }
    if signs > 1 {
        return None;
    }
    let (major, fraction) = match rest.split_once(style.decimal) {
        Some((major, fraction)) => (major, Some(fraction)),
        None => (rest, None),
    };
    let major = without_grouping(major, style.thousands)?;
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.is_some_and(|fraction| !is_digits(fraction)) || (major.is_empty() && fraction.is_none()) {
        return None;
    }
    let major = if major.is_empty() { "0" } else { &major };
    let sign = if signs == 1 { "-" } else { "" };
    Some(match fraction {
        Some(fraction) => format!("{sign}{major}.{fraction}"),
        None => format!("{sign}{major}"),
    })
}

fn without_symbol<'t>(text: &'t str, symbols: &[String]) -> &'t str {
    for symbol in symbols {
        if let Some(rest) = text.strip_prefix(symbol.as_str()) {
            return rest.trim_start();
        }
        if let Some(rest) = text.strip_suffix(symbol.as_str()) {
            return rest.trim_end();
        }
    }
    text
}

/// Removes the thousands sign where it stands between groups of three; anywhere else the text is no number.
fn without_grouping(major: &str, thousands: Option<char>) -> Option<String> {
    let separates = |letter: char| match thousands {
        Some(' ') => matches!(letter, ' ' | '\u{a0}' | '\u{202f}'),
        Some(sign) => letter == sign,
        None => false,
    };
    let mut groups = major.split(separates);
    let mut digits = groups.next()?.to_owned();
    let mut grouped = false;
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        grouped = true;
        digits.push_str(group);
    }
    let first_group = major.split(separates).next()?.len();
    let is_grouped_well = !grouped || (1..=3).contains(&first_group);
    (is_grouped_well && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(decimal: char, thousands: Option<char>, symbols: &[&str]) -> AmountStyle {
        let negatives = vec![
            NegativeStyle::LeadingMinus,
            NegativeStyle::TrailingMinus,
            NegativeStyle::Parentheses,
            NegativeStyle::TrailingCr,
        ];
        AmountStyle { decimal, thousands, symbols: symbols.iter().map(|symbol| (*symbol).to_owned()).collect(), negatives }
    }

    fn minor(text: &str, style: &AmountStyle) -> Result<i64, Reason> {
        amount(text, style, Currency::USD).map(Money::minor)
    }

    #[test]
    fn amounts_are_read_in_every_style() {
        let american = style('.', Some(','), &["$", "USD"]);
        for (text, expected) in [
            ("$1,234.56", 123_456),
            ("($12.00)", -1200),
            ("-$12.00", -1200),
            ("$-12.00", -1200),
            ("12.00-", -1200),
            ("12.00 CR", -1200),
            ("12.00 DR", 1200),
            ("USD 12", 1200),
            ("1234.5", 123_450),
            (".50", 50),
            ("0", 0),
            ("−5.00", -500),
        ] {
            assert_eq!(minor(text, &american), Ok(expected), "{text}");
        }
        let german = style(',', Some('.'), &["€"]);
        assert_eq!(minor("1.234.567,89 €", &german), Ok(123_456_789));
        assert_eq!(minor("-1.234,5", &german), Ok(-123_450));
        let swiss = style('.', Some('’'), &["CHF"]);
        assert_eq!(minor("CHF 1’234.50", &swiss), Ok(123_450));
        let french = style(',', Some(' '), &["€"]);
        assert_eq!(minor("1\u{202f}234,50\u{a0}€", &french), Ok(123_450));
    }

    #[test]
    fn what_is_not_exactly_an_amount_is_refused() {
        let american = style('.', Some(','), &["$"]);
        for text in ["", "twelve", "1,23.00", "1234,567.00", ",123", "1.2.3", "--5", "(-5.00)", "5.", "1e3", "$", "€5", "1 234"]
        {
            assert_eq!(minor(text, &american), Err(Reason::NotANumber), "{text}");
        }
        assert_eq!(minor("100.005", &american), Err(Reason::TooPrecise { decimals: 2 }));
        assert_eq!(minor("99999999999999999999.00", &american), Err(Reason::BeyondAnyAccount));
        assert_eq!(minor("1,000,000,000.00", &american), Ok(MAX_AMOUNT_MINOR));
        assert_eq!(minor("1,000,000,000.01", &american), Err(Reason::BeyondAnyAccount));
    }

    #[test]
    fn a_name_is_not_shouted() {
        assert_eq!(person_name("O'NEIL-RUIZ"), Ok("O'Neil-Ruiz".into()));
        assert_eq!(person_name("JOSÉ MARÍA"), Ok("José María".into()));
        assert_eq!(person_name("McDonald"), Ok("McDonald".into()));
        assert_eq!(person_name("Jose\u{301}"), Ok("José".into()));
        assert_eq!(person_name("=HYPERLINK(\"x\")"), Err(Reason::SpreadsheetFormula));
        assert_eq!(person_name("<script>"), Err(Reason::Markup));
        assert_eq!(person_name("Ann\u{0}"), Err(Reason::ControlCharacters));
        assert_eq!(person_name(&"x".repeat(101)), Err(Reason::TooLong { most: MAX_NAME }));
    }

    #[test]
    fn contact_details_are_made_comparable() {
        assert_eq!(email("MIRIAM.PAREDES@EXAMPLE.NET"), Ok("miriam.paredes@example.net".into()));
        for text in
            ["nobody at example", "a@b", "@example.net", "a@@example.net", "a b@example.net", "a@-x.net", "a..b@example.net"]
        {
            assert_eq!(email(text), Err(Reason::NotAnEmail), "{text}");
        }
        assert_eq!(phone("(612) 555-0141", Some("1"), None), Ok("+16125550141".into()));
        assert_eq!(phone("1-612-555-0141", Some("1"), None), Ok("+16125550141".into()));
        assert_eq!(phone("+49 69 1234567", Some("1"), None), Ok("+49691234567".into()));
        assert_eq!(phone("069 1234567", Some("49"), Some("0")), Ok("+49691234567".into()));
        assert_eq!(phone("+17205550113", None, None), Ok("+17205550113".into()));
        for text in ["12", "555", "call me", "1234567890123456"] {
            assert_eq!(phone(text, Some("1"), None), Err(Reason::NotAPhone), "{text}");
        }
    }
}
