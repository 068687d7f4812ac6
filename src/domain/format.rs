//! The one place that writes amounts and dates for people, so that an island shows exactly what the server showed.

use super::calendar::Date;
use super::language::Language;
use super::money::{Currency, Money};

/// `$1,234.56`, `−$12.00`; in Spanish `$1,234.56` for dollars (as in the United States) and `1.234,56 €` for euros.
pub fn money(amount: Money, language: Language) -> String {
    let currency = amount.currency();
    let continental = language == Language::Spanish && currency == Currency::EUR;
    let (group, decimal) = if continental { ('.', ',') } else { (',', '.') };
    let digits = amount.to_decimal_string();
    let digits = digits.trim_start_matches('-');
    let (major, fraction) = digits.split_once('.').unwrap_or((digits, ""));

    let mut text = String::with_capacity(digits.len() + 8);
    for (index, digit) in major.chars().enumerate() {
        if index > 0 && (major.len() - index) % 3 == 0 {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(decimal);
        text.push_str(fraction);
    }
    let sign = if amount.minor() < 0 { "−" } else { "" };
    if continental { format!("{sign}{text} {}", currency.symbol()) } else { format!("{sign}{}{text}", currency.symbol()) }
}

const MONTHS: [[&str; 12]; 2] = [
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
];

const WEEKDAYS: [[&str; 7]; 2] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
];

/// `4 December 2026`, `4 de diciembre de 2026`.
pub fn date(day: Date, language: Language) -> String {
    let month = month_name(day, language);
    match language {
        Language::English => format!("{} {month} {}", day.day(), day.year()),
        Language::Spanish => format!("{} de {month} de {}", day.day(), day.year()),
    }
}

/// `Friday 4 December 2026`, `viernes 4 de diciembre de 2026`.
pub fn long_date(day: Date, language: Language) -> String {
    let weekday = WEEKDAYS[language_index(language)][usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
    let separator = match language {
        Language::English => " ",
        Language::Spanish => ", ",
    };
    format!("{weekday}{separator}{}", date(day, language))
}

/// A date and a time of day in some zone: what a clock on the wall there shows.
pub type LocalTime = jiff::civil::DateTime;

/// `4 December 2026, 23:59`.
pub fn date_and_time(at: LocalTime, language: Language) -> String {
    format!("{}, {:02}:{:02}", date(at.date(), language), at.hour(), at.minute())
}

fn month_name(day: Date, language: Language) -> &'static str {
    MONTHS[language_index(language)][usize::from(day.month().unsigned_abs()) - 1]
}

fn language_index(language: Language) -> usize {
    match language {
        Language::English => 0,
        Language::Spanish => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_carry_their_sign() {
        let usd = |minor| money(Money::new(minor, Currency::USD), Language::English);
        assert_eq!(usd(0), "$0.00");
        assert_eq!(usd(1), "$0.01");
        assert_eq!(usd(123_456), "$1,234.56");
        assert_eq!(usd(-100_000_000), "−$1,000,000.00");
        assert_eq!(money(Money::new(1500, Currency::JPY), Language::English), "¥1,500");
        assert_eq!(money(Money::new(123_456, Currency::EUR), Language::Spanish), "1.234,56 €");
    }

    #[test]
    fn dates_are_written_out() {
        let day = jiff::civil::date(2026, 12, 4);
        assert_eq!(date(day, Language::English), "4 December 2026");
        assert_eq!(long_date(day, Language::English), "Friday 4 December 2026");
        assert_eq!(long_date(day, Language::Spanish), "viernes, 4 de diciembre de 2026");
    }
}
