//! The choice as posted.

use crate::domain::money::{Currency, Money};

/// An amount as people type it: `50`, `50.00`, `$1,234.50`, `1.234,50`. A comma or point before one or two last digits is
/// the decimal sign, before three it groups.
pub fn typed_amount(typed: &str, currency: Currency) -> Option<Money> {
    let bare: String = typed.replace(currency.symbol().trim(), "").chars().filter(|c| !c.is_whitespace()).collect();
    let last_sign = bare.rfind([',', '.']);
    let plain = match last_sign {
        Some(at) if bare.len() - at - 1 != 3 || currency.decimals() == 3 => {
            let major: String = bare[..at].chars().filter(|c| !matches!(c, ',' | '.')).collect();
            format!("{major}.{}", &bare[at + 1..])
        }
        _ => bare.replace([',', '.'], ""),
    };
    Money::parse_decimal(&plain, currency).ok().filter(|amount| amount.is_positive())
}

#[cfg(test)]
mod tests {
    use super::typed_amount;
    use crate::domain::money::Currency;

    #[test]
    fn an_amount_is_read_as_people_type_it() {
        let usd = |typed| typed_amount(typed, Currency::USD).map(|amount| amount.minor());
        for (typed, minor) in
            [("50", 5_000), ("50.00", 5_000), ("$ 50.5", 5_050), ("1,234.50", 123_450), ("1.234,50", 123_450), ("1,234", 123_400)]
        {
            assert_eq!(usd(typed), Some(minor), "{typed}");
        }
        for typed in ["", "0", "-5", "fifty", "5.", "1.2345", "5e3", "."] {
            assert_eq!(usd(typed), None, "{typed}");
        }
        assert_eq!(typed_amount("1,500", Currency::JPY).map(|amount| amount.minor()), Some(1_500));
    }
}
