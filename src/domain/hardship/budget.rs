//! Income and spending, and what is left over in a month. The headings are those of the Standard Financial Statement that debt
//! advisers in the United Kingdom use; each amount may be given by the week, by two weeks or by the month, as people think of it.
//!
//! It is never a gate: every line may be left empty, and nothing here decides anything.

use crate::domain::money::{Currency, Money, MoneyError};
use crate::domain::typed;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heading {
    Wages,
    Benefits,
    Pensions,
    OtherIncome,
    Home,
    Utilities,
    Care,
    Transport,
    School,
    Insurance,
    OtherFixed,
    Food,
    Communications,
    Personal,
    OtherDebts,
    Savings,
}

impl Heading {
    /// In the order they are asked for.
    pub const ALL: [Heading; 16] = [
        Heading::Wages,
        Heading::Benefits,
        Heading::Pensions,
        Heading::OtherIncome,
        Heading::Home,
        Heading::Utilities,
        Heading::Care,
        Heading::Transport,
        Heading::School,
        Heading::Insurance,
        Heading::OtherFixed,
        Heading::Food,
        Heading::Communications,
        Heading::Personal,
        Heading::OtherDebts,
        Heading::Savings,
    ];

    /// The name of its field.
    pub fn code(self) -> &'static str {
        match self {
            Heading::Wages => "wages",
            Heading::Benefits => "benefits",
            Heading::Pensions => "pensions",
            Heading::OtherIncome => "other_income",
            Heading::Home => "home",
            Heading::Utilities => "utilities",
            Heading::Care => "care",
            Heading::Transport => "transport",
            Heading::School => "school",
            Heading::Insurance => "insurance",
            Heading::OtherFixed => "other_fixed",
            Heading::Food => "food",
            Heading::Communications => "communications",
            Heading::Personal => "personal",
            Heading::OtherDebts => "other_debts",
            Heading::Savings => "savings",
        }
    }

    /// The name of the field that says by what time it is meant.
    pub fn per_field(self) -> &'static str {
        match self {
            Heading::Wages => "wages_per",
            Heading::Benefits => "benefits_per",
            Heading::Pensions => "pensions_per",
            Heading::OtherIncome => "other_income_per",
            Heading::Home => "home_per",
            Heading::Utilities => "utilities_per",
            Heading::Care => "care_per",
            Heading::Transport => "transport_per",
            Heading::School => "school_per",
            Heading::Insurance => "insurance_per",
            Heading::OtherFixed => "other_fixed_per",
            Heading::Food => "food_per",
            Heading::Communications => "communications_per",
            Heading::Personal => "personal_per",
            Heading::OtherDebts => "other_debts_per",
            Heading::Savings => "savings_per",
        }
    }

    pub fn is_income(self) -> bool {
        match self {
            Heading::Wages | Heading::Benefits | Heading::Pensions | Heading::OtherIncome => true,
            Heading::Home
            | Heading::Utilities
            | Heading::Care
            | Heading::Transport
            | Heading::School
            | Heading::Insurance
            | Heading::OtherFixed
            | Heading::Food
            | Heading::Communications
            | Heading::Personal
            | Heading::OtherDebts
            | Heading::Savings => false,
        }
    }
}

/// By what time an amount is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Per {
    Week,
    TwoWeeks,
    #[default]
    Month,
}

impl Per {
    pub const ALL: [Per; 3] = [Per::Week, Per::TwoWeeks, Per::Month];

    pub fn code(self) -> &'static str {
        match self {
            Per::Week => "week",
            Per::TwoWeeks => "two_weeks",
            Per::Month => "month",
        }
    }

    pub fn from_code(code: &str) -> Option<Per> {
        Per::ALL.into_iter().find(|per| per.code() == code)
    }

    /// So many of them in a year of 52 weeks.
    fn in_a_year(self) -> i128 {
        match self {
            Per::Week => 52,
            Per::TwoWeeks => 26,
            Per::Month => 12,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub heading: Heading,
    pub amount: Money,
    pub per: Per,
}

impl Line {
    /// In a month: a year's worth divided by twelve, half a cent rounded up.
    pub fn monthly(&self) -> Result<Money, MoneyError> {
        let year = i128::from(self.amount.minor()) * self.per.in_a_year();
        let month = (year + 6).div_euclid(12);
        Ok(Money::new(i64::try_from(month).map_err(|_| MoneyError::Overflow)?, self.amount.currency()))
    }
}

/// What was given; lines that were left empty are not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    pub currency: Currency,
    pub lines: Vec<Line>,
}

/// What a month comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub income: Money,
    pub spending: Money,
    /// Below zero where more is spent than comes in.
    pub left_over: Money,
}

/// The most that one line may be: what is larger was mistyped.
const MOST_MINOR: i64 = 1_000_000_000;

impl Budget {
    /// Reads the fields as typed. What is no amount is named by its field; nothing is taken for zero.
    pub fn read(typed: &BTreeMap<String, String>, currency: Currency) -> Result<Budget, Vec<String>> {
        let mut lines = Vec::new();
        let mut wrong = Vec::new();
        for heading in Heading::ALL {
            let text = typed.get(heading.code()).map(String::as_str).unwrap_or_default();
            let per = typed.get(heading.per_field()).and_then(|code| Per::from_code(code)).unwrap_or_default();
            match typed::amount(text, currency) {
                Ok(None) => {}
                Ok(Some(amount)) if (0..=MOST_MINOR).contains(&amount.minor()) => lines.push(Line { heading, amount, per }),
                Ok(Some(_)) | Err(_) => wrong.push(heading.code().to_owned()),
            }
        }
        if wrong.is_empty() { Ok(Budget { currency, lines }) } else { Err(wrong) }
    }

    /// Whether a form of this has such a field.
    pub fn has_field(name: &str) -> bool {
        Heading::ALL.into_iter().any(|heading| heading.code() == name || heading.per_field() == name)
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The exact sum of the lines' months: `left_over` is what stands between the two others.
    pub fn totals(&self) -> Result<Totals, MoneyError> {
        let mut income = Money::zero(self.currency);
        let mut spending = Money::zero(self.currency);
        for line in &self.lines {
            let into = if line.heading.is_income() { &mut income } else { &mut spending };
            *into = into.checked_add(line.monthly()?)?;
        }
        Ok(Totals { income, spending, left_over: income.checked_sub(spending)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn left_over(fields: &[(&str, &str)]) -> i64 {
        let budget = Budget::read(&typed(fields), Currency::USD).expect("amounts");
        budget.totals().expect("small").left_over.minor()
    }

    #[test]
    fn weeks_become_months_and_what_is_left_is_exact() {
        // 300.00 a week is 1,300.00 a month; 100.00 every two weeks is 216.67.
        assert_eq!(left_over(&[("wages", "300"), ("wages_per", "week")]), 130_000);
        assert_eq!(left_over(&[("benefits", "100"), ("benefits_per", "two_weeks")]), 21_667);
        assert_eq!(left_over(&[("wages", "1,500.00"), ("home", "900"), ("food", "80"), ("food_per", "week")]), 25_333);
        assert_eq!(left_over(&[("home", "0.01")]), -1);
    }

    #[test]
    fn nothing_given_is_nothing_and_not_zero() {
        let budget = Budget::read(&typed(&[("wages", " "), ("home", "")]), Currency::USD).expect("empty");
        assert!(budget.is_empty());
        let zero = Budget::read(&typed(&[("wages", "0")]), Currency::USD).expect("zero");
        assert_eq!(zero.lines.len(), 1);
    }

    #[test]
    fn whatever_is_no_amount_is_named() {
        let wrong = Budget::read(&typed(&[("wages", "a lot"), ("home", "12"), ("food", "-5")]), Currency::USD);
        assert_eq!(wrong, Err(vec!["wages".to_owned(), "food".to_owned()]));
        let huge = Budget::read(&typed(&[("wages", "10000000.01")]), Currency::USD);
        assert_eq!(huge, Err(vec!["wages".to_owned()]));
    }

    #[test]
    fn every_heading_is_income_or_spending() {
        assert_eq!(Heading::ALL.into_iter().filter(|heading| heading.is_income()).count(), 4);
    }
}
