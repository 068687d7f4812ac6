//! Money: whole minor units of a currency, with checked arithmetic. No float ever touches it.
//!
//! Formatting for people is in [`super::format`]; parsing of a creditor's file is in the importer.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A currency by its ISO 4217 code, with the number of decimals its minor unit has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: &'static str,
    decimals: u32,
    symbol: &'static str,
}

const CURRENCIES: [Currency; 12] = [
    Currency { code: "USD", decimals: 2, symbol: "$" },
    Currency { code: "EUR", decimals: 2, symbol: "€" },
    Currency { code: "GBP", decimals: 2, symbol: "£" },
    Currency { code: "CAD", decimals: 2, symbol: "CA$" },
    Currency { code: "AUD", decimals: 2, symbol: "A$" },
    Currency { code: "NZD", decimals: 2, symbol: "NZ$" },
    Currency { code: "MXN", decimals: 2, symbol: "MX$" },
    Currency { code: "CHF", decimals: 2, symbol: "CHF " },
    Currency { code: "SEK", decimals: 2, symbol: "SEK " },
    Currency { code: "JPY", decimals: 0, symbol: "¥" },
    Currency { code: "CLP", decimals: 0, symbol: "CLP " },
    Currency { code: "KWD", decimals: 3, symbol: "KWD " },
];

impl Currency {
    pub const USD: Currency = CURRENCIES[0];
    pub const EUR: Currency = CURRENCIES[1];
    pub const JPY: Currency = CURRENCIES[9];

    /// The currency of an ISO 4217 code in capitals; `None` if we do not know it.
    pub fn from_code(code: &str) -> Option<Currency> {
        CURRENCIES.into_iter().find(|currency| currency.code == code)
    }

    pub fn code(self) -> &'static str {
        self.code
    }

    /// Decimals of the minor unit: 2 for USD, 0 for JPY.
    pub fn decimals(self) -> u32 {
        self.decimals
    }

    pub fn symbol(self) -> &'static str {
        self.symbol
    }

    /// Minor units in one major unit: 100 for USD.
    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(self.decimals)
    }

    /// Every currency the portal can keep books in.
    pub fn all() -> impl Iterator<Item = Currency> {
        CURRENCIES.into_iter()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Currency::from_code(&code).ok_or_else(|| serde::de::Error::custom(format!("unknown currency {code}")))
    }
}

/// An amount in minor units. Owed is positive, paid is negative.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount could not be computed or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// The two amounts are in different currencies.
    MixedCurrencies,
    /// The result does not fit.
    Overflow,
    /// Not a plain decimal such as `1234.56`.
    NotANumber,
    /// More decimals than the currency has.
    TooPrecise,
}

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    pub const fn zero(currency: Currency) -> Money {
        Money { minor: 0, currency }
    }

    pub const fn minor(self) -> i64 {
        self.minor
    }

    pub const fn currency(self) -> Currency {
        self.currency
    }

    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    pub fn negated(self) -> Money {
        // i64::MIN minor units is outside every amount we accept; saturating keeps this total.
        Money { minor: self.minor.saturating_neg(), currency: self.currency }
    }

    /// The plain decimal with a point and exactly the currency's decimals: `1234.56`, `-0.05`. As in JSON and CSV.
    pub fn to_decimal_string(self) -> String {
        let per_major = self.currency.minor_per_major().unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        let (major, rest) = (self.minor.unsigned_abs() / per_major, self.minor.unsigned_abs() % per_major);
        match self.currency.decimals {
            0 => format!("{sign}{major}"),
            decimals => format!("{sign}{major}.{rest:0width$}", width = decimals as usize),
        }
    }

    /// Reads a plain decimal (`25`, `25.5`, `-1234.56`); no grouping, no symbol.
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (major, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if major.is_empty() || !all_digits(major) || !all_digits(fraction) || digits.ends_with('.') {
            return Err(MoneyError::NotANumber);
        }
        let decimals = currency.decimals as usize;
        let significant = fraction.trim_end_matches('0');
        if significant.len() > decimals {
            return Err(MoneyError::TooPrecise);
        }
        let padded = format!("{major}{significant:0<decimals$}");
        let minor: i64 = padded.parse().map_err(|_| MoneyError::Overflow)?;
        Ok(Money { minor: if negative { -minor } else { minor }, currency })
    }

    fn combine(self, other: Money, operation: fn(i64, i64) -> Option<i64>) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies);
        }
        let minor = operation(self.minor, other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, currency: self.currency })
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal_string(), self.currency.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_reads_back_as_written() {
        for text in ["0.00", "0.01", "-0.05", "1234.56", "92233720368547758.07"] {
            let money = Money::parse_decimal(text, Currency::USD).expect(text);
            assert_eq!(money.to_decimal_string(), text);
        }
        assert_eq!(Money::parse_decimal("1500", Currency::JPY).map(Money::minor), Ok(1500));
        assert_eq!(Money::parse_decimal("25.5", Currency::USD).map(Money::minor), Ok(2550));
    }

    #[test]
    fn what_is_not_an_exact_amount_is_refused() {
        assert_eq!(Money::parse_decimal("100.005", Currency::USD), Err(MoneyError::TooPrecise));
        assert_eq!(Money::parse_decimal("1.5", Currency::JPY), Err(MoneyError::TooPrecise));
        for text in ["", "-", ".5", "5.", "1,000", "1e3", "twelve", "--1", "+1"] {
            assert_eq!(Money::parse_decimal(text, Currency::USD), Err(MoneyError::NotANumber), "{text}");
        }
        assert_eq!(Money::parse_decimal("92233720368547758.08", Currency::USD), Err(MoneyError::Overflow));
    }

    #[test]
    fn currencies_do_not_mix() {
        let dollars = Money::new(100, Currency::USD);
        let euros = Money::new(100, Currency::EUR);
        assert_eq!(dollars.checked_add(euros), Err(MoneyError::MixedCurrencies));
        assert_eq!(Money::new(i64::MAX, Currency::USD).checked_add(dollars), Err(MoneyError::Overflow));
    }
}
