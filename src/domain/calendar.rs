//! Days, rhythms and the days on which nothing falls due.
//!
//! Dates are dates in the customer's own time zone; no instant and no zone appears here, so that no due date can move with
//! one. [`super::due_dates`] makes the dates of a plan of them; screens parse what a customer typed into the types.

pub use jiff::civil::Date;

use jiff::SignedDuration;
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Reads `2026-12-04` and nothing else: as date fields post it and as JSON has it. Far less to download than the date crate's
/// own reader, which takes every form of ISO 8601.
pub fn parse_iso(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let all_digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(year, 4) || !all_digits(month, 2) || !all_digits(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// How often something is paid, or somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    Weekly,
    EveryTwoWeeks,
    TwiceAMonth,
    Monthly,
}

impl Frequency {
    pub const ALL: [Frequency; 4] = [Frequency::Weekly, Frequency::EveryTwoWeeks, Frequency::TwiceAMonth, Frequency::Monthly];

    /// The code in policies, forms and JSON: `every_two_weeks`.
    pub fn code(self) -> &'static str {
        match self {
            Frequency::Weekly => "weekly",
            Frequency::EveryTwoWeeks => "every_two_weeks",
            Frequency::TwiceAMonth => "twice_a_month",
            Frequency::Monthly => "monthly",
        }
    }

    pub fn from_code(code: &str) -> Option<Frequency> {
        Frequency::ALL.into_iter().find(|frequency| frequency.code() == code)
    }
}

/// A day in every month. The 29th to the 31st fall on the last day of a shorter month and come back after it:
/// 31 January, 28 February, 31 March.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DayOfMonth {
    /// 1 to 31; made by [`DayOfMonth::day`].
    Day(u8),
    Last,
}

impl DayOfMonth {
    /// `None` for anything but 1 to 31.
    pub fn day(day: u8) -> Option<DayOfMonth> {
        (1..=31).contains(&day).then_some(DayOfMonth::Day(day))
    }

    /// Reads `1` … `31` or `last`.
    pub fn from_code(code: &str) -> Option<DayOfMonth> {
        if code == "last" { Some(DayOfMonth::Last) } else { code.parse().ok().and_then(DayOfMonth::day) }
    }

    pub fn of(date: Date) -> DayOfMonth {
        DayOfMonth::Day(date.day().unsigned_abs())
    }

    pub(super) fn in_month_of(self, date: Date) -> Date {
        let length = date.days_in_month();
        let day = match self {
            DayOfMonth::Day(day) => i8::try_from(day).unwrap_or(length).clamp(1, length),
            DayOfMonth::Last => length,
        };
        date.with().day(day).build().unwrap_or(date)
    }

    pub(super) fn in_length(self, length: u8) -> u8 {
        match self {
            DayOfMonth::Day(day) => day.min(length),
            DayOfMonth::Last => length,
        }
    }
}

impl fmt::Display for DayOfMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DayOfMonth::Day(day) => write!(f, "{day}"),
            DayOfMonth::Last => f.write_str("last"),
        }
    }
}

impl From<DayOfMonth> for String {
    fn from(day: DayOfMonth) -> String {
        day.to_string()
    }
}

impl TryFrom<String> for DayOfMonth {
    type Error = String;

    fn try_from(code: String) -> Result<DayOfMonth, String> {
        DayOfMonth::from_code(&code).ok_or_else(|| format!("{code} is not a day of the month"))
    }
}

/// Public holidays, handed in: sorted, each once. Weekends are closed anyway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Date>", into = "Vec<Date>")]
pub struct Holidays {
    days: Vec<Date>,
}

impl From<Vec<Date>> for Holidays {
    fn from(mut days: Vec<Date>) -> Holidays {
        days.sort_unstable();
        days.dedup();
        Holidays { days }
    }
}

impl From<Holidays> for Vec<Date> {
    fn from(holidays: Holidays) -> Vec<Date> {
        holidays.days
    }
}

impl Holidays {
    /// From days that are in order already, each once; `None` otherwise. Nothing is sorted in the browser.
    pub fn in_order(days: Vec<Date>) -> Option<Holidays> {
        days.is_sorted_by(|earlier, later| earlier < later).then_some(Holidays { days })
    }

    /// None but weekends.
    pub const NONE: Holidays = Holidays { days: Vec::new() };

    pub fn contains(&self, date: Date) -> bool {
        self.days.binary_search(&date).is_ok()
    }

    /// Those from one day to another, both included.
    pub fn between(&self, from: Date, to: Date) -> Holidays {
        Holidays { days: self.days.iter().copied().filter(|day| (from..=to).contains(day)).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    pub fn last(&self) -> Option<Date> {
        self.days.last().copied()
    }

    pub(super) fn is_closed(&self, date: Date) -> bool {
        matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) || self.contains(date)
    }
}

/// What happens to a due date on a weekend or a public holiday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedDays {
    /// It stays: card payments and hosted pages work every day.
    #[default]
    Keep,
    NextWorkingDay,
    PreviousWorkingDay,
}

impl ClosedDays {
    pub const ALL: [ClosedDays; 3] = [ClosedDays::Keep, ClosedDays::NextWorkingDay, ClosedDays::PreviousWorkingDay];

    pub fn code(self) -> &'static str {
        match self {
            ClosedDays::Keep => "keep",
            ClosedDays::NextWorkingDay => "next_working_day",
            ClosedDays::PreviousWorkingDay => "previous_working_day",
        }
    }

    pub fn from_code(code: &str) -> Option<ClosedDays> {
        ClosedDays::ALL.into_iter().find(|closed_days| closed_days.code() == code)
    }
}

/// The longest a plan may run, counted from the day it is agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LongestTerm {
    Days(u16),
    Months(u16),
}

impl LongestTerm {
    /// The last day of a term that begins on this day.
    pub fn ends_on(self, from: Date) -> Date {
        match self {
            LongestTerm::Days(days) => days_after(from, i32::from(days)),
            LongestTerm::Months(months) => months_after(from, months),
        }
    }
}

/// A day so many days later (or earlier); stops at the calendar's ends.
pub fn days_after(date: Date, days: i32) -> Date {
    // Neither this nor `days_between` goes through a span: its errors, which cannot occur here, are a third of what the
    // browser would download for the calendar.
    let end = if days < 0 { Date::MIN } else { Date::MAX };
    checked_days_after(date, days).unwrap_or(end)
}

pub(super) fn checked_days_after(date: Date, days: i32) -> Option<Date> {
    date.checked_add(SignedDuration::from_secs(i64::from(days) * SECONDS_A_DAY)).ok()
}

/// How many days `to` is after `from`; negative where it is before.
pub fn days_between(from: Date, to: Date) -> i32 {
    // The calendar has fewer than eight million days.
    i32::try_from(from.duration_until(to).as_secs() / SECONDS_A_DAY).unwrap_or(i32::MAX)
}

const SECONDS_A_DAY: i64 = 86_400;

/// The same day so many months later, or the last day of a shorter month; stops at the calendar's end.
pub(super) fn months_after(date: Date, months: u16) -> Date {
    let month = i32::from(date.month()) - 1 + i32::from(months);
    let year = i32::from(date.year()) + month / 12;
    let first =
        i16::try_from(year).ok().zip(i8::try_from(month % 12 + 1).ok()).and_then(|(year, month)| Date::new(year, month, 1).ok());
    first.map_or(Date::MAX, |first| DayOfMonth::of(date).in_month_of(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_the_month_is_one_to_thirty_one_or_the_last() {
        assert_eq!(DayOfMonth::from_code("0"), None);
        assert_eq!(DayOfMonth::from_code("32"), None);
        assert_eq!(DayOfMonth::from_code("last"), Some(DayOfMonth::Last));
    }
}
