//! What the books say of one account over a period: what was owed before it, every entry in it, what was owed at its end.
//! The entries and the opening sum to the closing, by construction. Made by `services::account_statements`; the screen, the
//! PDF and the CSV all show this one value.

use super::calendar::Date;
use super::money::{Money, MoneyError};
use super::standing::EntryKind;

/// Days from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: Date,
    pub to: Date,
}

/// Why there is no statement of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodRefusal {
    EndsBeforeItBegins,
    /// Nobody knows yet what will be owed then.
    EndsInTheFuture,
    /// More entries than one statement takes.
    TooLong,
}

impl Period {
    pub fn new(from: Date, to: Date, today: Date) -> Result<Period, PeriodRefusal> {
        if to < from {
            return Err(PeriodRefusal::EndsBeforeItBegins);
        }
        if to > today {
            return Err(PeriodRefusal::EndsInTheFuture);
        }
        Ok(Period { from, to })
    }
}

/// What an entry of the books is to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// What the account came with: from here on the books are kept by this portal.
    TakenOver,
    /// The creditor's later figures differed.
    Correction,
    Own(EntryKind),
}

impl StatementKind {
    /// From the kind of a transaction in the ledger.
    pub fn from_code(code: &str) -> Option<StatementKind> {
        match code {
            "opening" => Some(StatementKind::TakenOver),
            "adjustment" => Some(StatementKind::Correction),
            own => EntryKind::from_code(own).map(StatementKind::Own),
        }
    }

    /// As it stands in the CSV.
    pub fn code(self) -> &'static str {
        match self {
            StatementKind::TakenOver => "opening",
            StatementKind::Correction => "adjustment",
            StatementKind::Own(kind) => kind.code(),
        }
    }
}

/// An entry of the books: what it changed for the customer. Owed is positive, paid is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedEntry {
    pub kind: StatementKind,
    /// The day in the customer's time zone.
    pub posted_on: Date,
    pub amount: Money,
    /// The reference of the payment it is about, if it is about one.
    pub payment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    pub entry: BookedEntry,
    /// What was owed after it.
    pub owed_after: Money,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountStatement {
    pub period: Period,
    /// What was owed when the first day began.
    pub opening: Money,
    /// In the order they were booked.
    pub lines: Vec<StatementLine>,
    /// What was owed when the last day ended, or is owed now.
    pub closing: Money,
}

impl AccountStatement {
    /// `opening` is what was owed before the period; `entries` are those of its days, in order.
    pub fn of(period: Period, opening: Money, entries: &[BookedEntry]) -> Result<AccountStatement, MoneyError> {
        let mut owed = opening;
        let lines = entries
            .iter()
            .map(|entry| {
                owed = owed.checked_add(entry.amount)?;
                Ok(StatementLine { entry: entry.clone(), owed_after: owed })
            })
            .collect::<Result<Vec<_>, MoneyError>>()?;
        Ok(AccountStatement { period, opening, lines, closing: owed })
    }
}

/// Periods people ask for, so that nobody has to type dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsualPeriod {
    /// From the first entry of the books.
    All,
    ThisMonth,
    LastMonth,
    ThisYear,
}

impl UsualPeriod {
    pub const ALL: [UsualPeriod; 4] = [UsualPeriod::All, UsualPeriod::ThisMonth, UsualPeriod::LastMonth, UsualPeriod::ThisYear];

    /// `since` is the first day of the books.
    pub fn days(self, since: Date, today: Date) -> Period {
        let first_of_month = today.first_of_month();
        match self {
            UsualPeriod::All => Period { from: since.min(today), to: today },
            UsualPeriod::ThisMonth => Period { from: first_of_month, to: today },
            UsualPeriod::LastMonth => {
                let last = first_of_month.yesterday().unwrap_or(Date::MIN);
                Period { from: last.first_of_month(), to: last }
            }
            UsualPeriod::ThisYear => Period { from: today.first_of_year(), to: today },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use jiff::civil::date;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn entry(kind: &str, day: i8, minor: i64) -> BookedEntry {
        let kind = StatementKind::from_code(kind).expect("a kind");
        BookedEntry { kind, posted_on: date(2026, 11, day), amount: usd(minor), payment: None }
    }

    #[test]
    fn opening_and_entries_are_the_closing() {
        let period = Period { from: date(2026, 11, 1), to: date(2026, 11, 30) };
        let entries = [entry("payment", 3, -4_000), entry("discount", 3, -1), entry("return", 9, 4_000)];
        let statement = AccountStatement::of(period, usd(12_345), &entries).expect("sums");
        assert_eq!(statement.closing, usd(12_344));
        assert_eq!(statement.lines.iter().map(|line| line.owed_after.minor()).collect::<Vec<_>>(), [8_345, 8_344, 12_344]);
        let empty = AccountStatement::of(period, usd(-5), &[]).expect("sums");
        assert_eq!((empty.opening, empty.closing), (usd(-5), usd(-5)));
    }

    #[test]
    fn a_period_ends_after_it_begins_and_not_in_the_future() {
        let (first, today) = (date(2026, 11, 1), date(2026, 11, 20));
        assert_eq!(Period::new(today, first, today), Err(PeriodRefusal::EndsBeforeItBegins));
        assert_eq!(Period::new(first, date(2026, 11, 21), today), Err(PeriodRefusal::EndsInTheFuture));
        assert_eq!(Period::new(today, today, today), Ok(Period { from: today, to: today }));
    }

    #[test]
    fn the_usual_periods_end_with_their_months() {
        let days = |usual: UsualPeriod, today| {
            let period = usual.days(date(2026, 3, 5), today);
            (period.from.to_string(), period.to.to_string())
        };
        let said = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(days(UsualPeriod::LastMonth, date(2028, 3, 31)), said("2028-02-01", "2028-02-29"));
        assert_eq!(days(UsualPeriod::LastMonth, date(2027, 1, 1)), said("2026-12-01", "2026-12-31"));
        assert_eq!(days(UsualPeriod::ThisMonth, date(2027, 1, 1)), said("2027-01-01", "2027-01-01"));
        assert_eq!(days(UsualPeriod::ThisYear, date(2026, 11, 20)), said("2026-01-01", "2026-11-20"));
        assert_eq!(days(UsualPeriod::All, date(2026, 11, 20)), said("2026-03-05", "2026-11-20"));
    }

    #[test]
    fn every_kind_reads_as_it_is_written() {
        for code in [
            "opening",
            "adjustment",
            "payment",
            "discount",
            "refund",
            "return",
            "chargeback",
            "write_off",
            "reinstatement",
            "discount_withdrawn",
            "correction",
            "payment_elsewhere",
            "interest",
        ] {
            assert_eq!(StatementKind::from_code(code).map(StatementKind::code), Some(code));
        }
        assert_eq!(StatementKind::from_code("gift"), None);
    }
}
