//! Amounts and dates as people type them into a form, read the same way in the browser and on the server.

use super::calendar::Date;
use super::money::{Currency, Money};

/// What was typed is no amount; it is never guessed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAmount;

/// Reads an amount as people type it: `50`, `$1,200.50`, `1.200,50 €`. A single point or comma before the last one, two or
/// (in their currencies) three digits is the decimal sign if the currency has that many decimals; else it groups thousands.
pub fn amount(typed: &str, currency: Currency) -> Result<Option<Money>, NotAnAmount> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let symbol = currency.symbol().trim();
    let bare = typed.strip_prefix(symbol).or_else(|| typed.strip_suffix(symbol)).unwrap_or(typed);
    let text: String = bare.chars().filter(|character| !character.is_whitespace()).collect();
    let decimals = currency.decimals() as usize;
    let (whole, fraction, decimal_sign) = match text.rsplit_once(['.', ',']) {
        Some((whole, fraction)) if (1..=decimals).contains(&fraction.len()) => {
            (whole, fraction, text.chars().nth_back(fraction.chars().count()))
        }
        Some(_) | None => (text.as_str(), "", None),
    };
    // What groups thousands is one sign throughout, and not the decimal one.
    if decimal_sign.is_some_and(|sign| whole.contains(sign)) || (whole.contains('.') && whole.contains(',')) {
        return Err(NotAnAmount);
    }
    let mut groups = whole.split(['.', ',']);
    let well_grouped = groups.next().is_some_and(|first| !first.is_empty() && (first.len() <= 3 || !whole.contains(['.', ','])))
        && groups.all(|group| group.len() == 3);
    if !well_grouped {
        return Err(NotAnAmount);
    }
    let digits: String = whole.chars().filter(|character| !matches!(character, '.' | ',')).collect();
    let plain = if fraction.is_empty() { digits } else { format!("{digits}.{fraction}") };
    Money::parse_decimal(&plain, currency).map(Some).map_err(|_| NotAnAmount)
}

/// Whether a line is only what it looks like: no control characters, and none that turn the direction of what follows, with
/// which a name can be made to read as another.
pub fn is_plain_line(text: &str) -> bool {
    let turns =
        |character| matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !text.chars().any(|character| character.is_control() || turns(character))
}

/// The longest name that is taken, in characters.
pub const LONGEST_NAME: u32 = 120;

/// Whether a text can be the name somebody signs with.
pub fn is_name(text: &str) -> bool {
    let name = text.trim();
    let is_short = u32::try_from(name.chars().count()).is_ok_and(|length| length <= LONGEST_NAME);
    name.chars().any(char::is_alphabetic) && is_short && is_plain_line(name)
}

/// A date typed in three fields; `None` where it is no date.
pub fn date(day: &str, month: &str, year: &str) -> Option<Date> {
    let number = |text: &str| text.trim().parse::<i16>().ok();
    let (day, month, year) = (number(day)?, number(month)?, number(year)?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(typed: &str, currency: Currency) -> Option<i64> {
        amount(typed, currency).ok().flatten().map(Money::minor)
    }

    #[test]
    fn an_amount_is_read_as_people_type_it() {
        for (typed, expected) in [
            ("50", 5_000),
            (" $50 ", 5_000),
            ("50.5", 5_050),
            ("50,50", 5_050),
            ("1,200", 120_000),
            ("1.200", 120_000),
            ("$1,200.50", 120_050),
            ("1.200,50", 120_050),
            ("1 200.50", 120_050),
            ("1200.50", 120_050),
            ("1,234,567.89", 123_456_789),
        ] {
            assert_eq!(minor(typed, Currency::USD), Some(expected), "{typed}");
        }
        assert_eq!(minor("1.200,50 €", Currency::EUR), Some(120_050));
        assert_eq!(minor("¥1,500", Currency::JPY), Some(1_500));
    }

    #[test]
    fn what_is_no_amount_is_not_guessed_at() {
        for typed in ["fifty", "5 dollars", "12,34,56", "1.23.45", "$", "--5", "50.005.1", "1,234.567", ",5", "1200,000.00"] {
            assert_eq!(amount(typed, Currency::USD), Err(NotAnAmount), "{typed}");
        }
        assert_eq!(amount("  ", Currency::USD), Ok(None));
    }

    #[test]
    fn a_date_is_read_from_three_fields() {
        assert_eq!(date("4", "12", "2026"), Some(jiff::civil::date(2026, 12, 4)));
        assert_eq!(date("29", "02", "2026"), None);
        assert_eq!(date("", "12", "2026"), None);
    }
}
