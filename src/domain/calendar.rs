//! Days, rhythms and the days on which nothing falls due.
//!
//! Dates are dates in the customer's own time zone; no instant and no zone appears here, so that no due date can move with
//! one. [`super::schedule`] asks [`DueDates`] for the dates of a plan; screens parse what a customer typed into the types.

pub use jiff::civil::Date;

use jiff::Span;
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};
use std::fmt;

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

    fn in_month_of(self, date: Date) -> Date {
        let length = date.days_in_month();
        let day = match self {
            DayOfMonth::Day(day) => i8::try_from(day).unwrap_or(length).clamp(1, length),
            DayOfMonth::Last => length,
        };
        date.with().day(day).build().unwrap_or(date)
    }

    fn in_length(self, length: u8) -> u8 {
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

/// When a customer is next paid, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payday {
    pub next: Date,
    pub rhythm: Frequency,
}

impl Payday {
    /// Reads `2026-12-04/every_two_weeks`.
    pub fn from_code(code: &str) -> Option<Payday> {
        let (next, rhythm) = code.split_once('/')?;
        Some(Payday { next: next.parse().ok()?, rhythm: Frequency::from_code(rhythm)? })
    }

    /// The dates of a plan of this frequency that fall on paydays.
    ///
    /// A monthly plan of someone paid every week or two falls on the first payday of each month, a twice-a-month plan on
    /// that one and the one 14 days later. A weekly plan of someone paid monthly starts on the payday.
    pub fn pattern(self, frequency: Frequency) -> DuePattern {
        let paid_every = match self.rhythm {
            Frequency::Weekly => Some(7),
            Frequency::EveryTwoWeeks => Some(14),
            Frequency::TwiceAMonth | Frequency::Monthly => None,
        };
        match (frequency, paid_every) {
            (Frequency::Weekly, _) => DuePattern::EveryDays { anchor: self.next, days: 7 },
            (Frequency::EveryTwoWeeks, _) => DuePattern::EveryDays { anchor: self.next, days: 14 },
            (Frequency::Monthly, Some(days)) => DuePattern::FirstPaydays { anchor: self.next, days, twice: None },
            (Frequency::TwiceAMonth, Some(days)) => DuePattern::FirstPaydays { anchor: self.next, days, twice: Some(14) },
            (Frequency::Monthly, None) => DuePattern::Monthly(DayOfMonth::of(self.next)),
            (Frequency::TwiceAMonth, None) => {
                let (first, second) = twice_a_month_around(self.next);
                DuePattern::TwiceAMonth(first, second)
            }
        }
    }
}

/// Two days a month of which one is this date's: 1 and 15 for either of them, 15 and the last day for a month's last day,
/// else 15 days apart.
pub fn twice_a_month_around(date: Date) -> (DayOfMonth, DayOfMonth) {
    let day = date.day().unsigned_abs();
    if day == 1 || day == 15 {
        (DayOfMonth::Day(1), DayOfMonth::Day(15))
    } else if date == date.last_of_month() {
        (DayOfMonth::Day(15), DayOfMonth::Last)
    } else if day < 15 {
        (DayOfMonth::Day(day), DayOfMonth::Day(day + 15))
    } else {
        (DayOfMonth::Day(day - 15), DayOfMonth::Day(day))
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

    fn is_closed(&self, date: Date) -> bool {
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
            LongestTerm::Months(months) => from.saturating_add(Span::new().months(i32::from(months))),
        }
    }
}

/// A day so many days later (or earlier); stops at the calendar's ends.
pub fn days_after(date: Date, days: i32) -> Date {
    date.saturating_add(Span::new().days(days))
}

/// An endless row of days, before any is moved off a closed day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DuePattern {
    /// Every 7 or 14 days, counted from the anchor in both directions.
    EveryDays {
        anchor: Date,
        days: i32,
    },
    Monthly(DayOfMonth),
    TwiceAMonth(DayOfMonth, DayOfMonth),
    /// The first payday of each month of someone paid every 7 or 14 days; and, where `twice`, so many days after it.
    FirstPaydays {
        anchor: Date,
        days: i32,
        twice: Option<i32>,
    },
}
