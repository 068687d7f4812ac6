//! Days, rhythms and the days on which nothing falls due.
//!
//! Dates are dates in the customer's own time zone; no instant and no zone appears here, so that no due date can move with
//! one. [`super::schedule`] asks [`DueDates`] for the dates of a plan; screens parse what a customer typed into the types.

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

    /// The days of a plan of this frequency that fall on paydays.
    ///
    /// Someone paid every week or two pays a monthly plan on the same payday of each month as the next one (the first, the
    /// second, …), and a plan twice a month on that one and the one 14 days from it. Someone paid by the month pays a weekly
    /// plan on the weekday of the next payday.
    pub fn pattern(self, frequency: Frequency) -> DuePattern {
        let anchor = self.next;
        let paid_every = match self.rhythm {
            Frequency::Weekly => Some(7),
            Frequency::EveryTwoWeeks => Some(14),
            Frequency::TwiceAMonth | Frequency::Monthly => None,
        };
        match (frequency, paid_every) {
            (Frequency::Weekly, _) => DuePattern::EveryDays { anchor, days: 7 },
            (Frequency::EveryTwoWeeks, _) => DuePattern::EveryDays { anchor, days: 14 },
            (Frequency::Monthly, None) => DuePattern::Monthly(DayOfMonth::of(anchor)),
            (Frequency::TwiceAMonth, None) => {
                let (first, second) = twice_a_month_around(anchor);
                DuePattern::TwiceAMonth(first, second)
            }
            (Frequency::Monthly, Some(days)) => {
                // The fifth weekly payday, and the third of those every two weeks, are not in every month.
                let offset = payday_offset(anchor, days) % 28;
                DuePattern::PaydaysOfMonth { anchor, days, offset, second_offset: None }
            }
            (Frequency::TwiceAMonth, Some(days)) => {
                let offset = payday_offset(anchor, days) % 14;
                DuePattern::PaydaysOfMonth { anchor, days, offset, second_offset: Some(offset + 14) }
            }
        }
    }
}

/// How many days after the first payday of its month this payday is.
fn payday_offset(payday: Date, days: i32) -> i32 {
    let day = i32::from(payday.day()) - 1;
    day - day.rem_euclid(days)
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

fn checked_days_after(date: Date, days: i32) -> Option<Date> {
    date.checked_add(SignedDuration::from_secs(i64::from(days) * SECONDS_A_DAY)).ok()
}

/// How many days `to` is after `from`; negative where it is before.
pub fn days_between(from: Date, to: Date) -> i32 {
    // The calendar has fewer than eight million days.
    i32::try_from(from.duration_until(to).as_secs() / SECONDS_A_DAY).unwrap_or(i32::MAX)
}

const SECONDS_A_DAY: i64 = 86_400;

/// The same day so many months later, or the last day of a shorter month; stops at the calendar's end.
fn months_after(date: Date, months: u16) -> Date {
    let month = i32::from(date.month()) - 1 + i32::from(months);
    let year = i32::from(date.year()) + month / 12;
    let first =
        i16::try_from(year).ok().zip(i8::try_from(month % 12 + 1).ok()).and_then(|(year, month)| Date::new(year, month, 1).ok());
    first.map_or(Date::MAX, |first| DayOfMonth::of(date).in_month_of(first))
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
    /// Two days at least a week apart in every month; made by [`DuePattern::twice_a_month`].
    TwiceAMonth(DayOfMonth, DayOfMonth),
    /// For someone paid every 7 or 14 days: the paydays so many days after the first payday of each month. At most 21, so
    /// that every month has them.
    PaydaysOfMonth {
        anchor: Date,
        days: i32,
        offset: i32,
        second_offset: Option<i32>,
    },
}

/// Two due days of one month, and the last of one and the first of the next, are at least this far apart.
pub const MIN_DAYS_BETWEEN_DUE_DATES: u8 = 7;

impl DuePattern {
    /// `None` if the two days come closer to each other than a week in some month.
    pub fn twice_a_month(one: DayOfMonth, other: DayOfMonth) -> Option<DuePattern> {
        let (first, second) = (one.min(other), one.max(other));
        let far_apart = (28..=31).all(|length| {
            let (early, late) = (first.in_length(length), second.in_length(length));
            late - early >= MIN_DAYS_BETWEEN_DUE_DATES && length - late + early >= MIN_DAYS_BETWEEN_DUE_DATES
        });
        far_apart.then_some(DuePattern::TwiceAMonth(first, second))
    }

    /// The first day of the row that is not before this one. `None` at the calendar's end.
    pub fn first_from(self, from: Date) -> Option<Date> {
        match self {
            DuePattern::EveryDays { anchor, days } => on_or_after(from, anchor, days),
            DuePattern::Monthly(day) => {
                let here = day.in_month_of(from);
                if here >= from { Some(here) } else { Some(day.in_month_of(next_month(from)?)) }
            }
            DuePattern::TwiceAMonth(first, second) => {
                let in_this_month = [first.in_month_of(from), second.in_month_of(from)];
                match in_this_month.into_iter().find(|day| *day >= from) {
                    Some(day) => Some(day),
                    None => Some(first.in_month_of(next_month(from)?)),
                }
            }
            DuePattern::PaydaysOfMonth { anchor, days, offset, second_offset } => {
                let in_month = |month: Date| -> Option<Date> {
                    let first_payday = on_or_after(month.first_of_month(), anchor, days)?;
                    [Some(offset), second_offset]
                        .into_iter()
                        .flatten()
                        .map(|offset| days_after(first_payday, offset))
                        .find(|day| *day >= from)
                };
                match in_month(from) {
                    Some(day) => Some(day),
                    None => in_month(next_month(from)?),
                }
            }
        }
    }

    /// The day of the row after this one, which is itself in it.
    fn next_after(self, day: Date) -> Option<Date> {
        match self {
            DuePattern::EveryDays { days, .. } => checked_days_after(day, days),
            DuePattern::Monthly(of_month) => Some(of_month.in_month_of(next_month(day)?)),
            DuePattern::TwiceAMonth(..) | DuePattern::PaydaysOfMonth { .. } => self.first_from(day.tomorrow().ok()?),
        }
    }
}

fn on_or_after(from: Date, anchor: Date, days: i32) -> Option<Date> {
    checked_days_after(from, days_between(from, anchor).rem_euclid(days))
}

fn next_month(date: Date) -> Option<Date> {
    date.last_of_month().tomorrow().ok()
}

/// The due dates of a plan, in order, moved off closed days where the policy says so.
///
/// A date is moved only if it stays strictly between the unmoved dates before and after it and not before `earliest`; else
/// it stays. So dates never bunch up and never change their order.
#[derive(Clone, Debug)]
pub struct DueDates<'a> {
    pattern: DuePattern,
    closed_days: ClosedDays,
    holidays: &'a Holidays,
    /// The next one, before it is moved.
    upcoming: Option<Date>,
    /// A moved date must be after this.
    floor: Option<Date>,
}

impl<'a> DueDates<'a> {
    /// From the first day of the pattern that is not before `from`; none is moved to before `earliest`.
    pub fn new(pattern: DuePattern, from: Date, earliest: Date, closed_days: ClosedDays, holidays: &'a Holidays) -> Self {
        DueDates { pattern, closed_days, holidays, upcoming: pattern.first_from(from), floor: earliest.yesterday().ok() }
    }

    fn moved(&self, day: Date, next: Option<Date>) -> Date {
        match self.closed_days {
            ClosedDays::Keep => day,
            ClosedDays::NextWorkingDay => {
                let mut candidate = day;
                while self.holidays.is_closed(candidate) {
                    candidate = days_after(candidate, 1);
                    if next.is_none_or(|next| candidate >= next) {
                        return day;
                    }
                }
                candidate
            }
            ClosedDays::PreviousWorkingDay => {
                let mut candidate = day;
                while self.holidays.is_closed(candidate) {
                    candidate = days_after(candidate, -1);
                    if self.floor.is_none_or(|floor| candidate <= floor) {
                        return day;
                    }
                }
                candidate
            }
        }
    }
}

impl Iterator for DueDates<'_> {
    type Item = Date;

    fn next(&mut self) -> Option<Date> {
        let day = self.upcoming?;
        let next = self.pattern.next_after(day);
        let due = self.moved(day, next);
        self.floor = Some(day);
        self.upcoming = next;
        Some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn dates(pattern: DuePattern, from: Date, count: usize) -> Vec<String> {
        let holidays = Holidays::default();
        DueDates::new(pattern, from, from, ClosedDays::Keep, &holidays).take(count).map(|day| day.to_string()).collect()
    }

    fn moved(from: Date, days: i32, rule: ClosedDays, holidays: &[Date]) -> Vec<String> {
        let holidays = Holidays::from(holidays.to_vec());
        let pattern = DuePattern::EveryDays { anchor: from, days };
        DueDates::new(pattern, from, from, rule, &holidays).take(3).map(|day| day.to_string()).collect()
    }

    #[test]
    fn the_31st_falls_on_a_short_months_end_and_comes_back() {
        let pattern = DuePattern::Monthly(DayOfMonth::Day(31));
        assert_eq!(dates(pattern, date(2027, 1, 31), 4), ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]);
        let pattern = DuePattern::Monthly(DayOfMonth::Day(29));
        assert_eq!(dates(pattern, date(2028, 1, 30), 2), ["2028-02-29", "2028-03-29"]);
        assert_eq!(dates(DuePattern::Monthly(DayOfMonth::Last), date(2028, 2, 1), 2), ["2028-02-29", "2028-03-31"]);
    }

    #[test]
    fn a_year_ends_in_the_middle_of_a_plan() {
        let pattern = DuePattern::EveryDays { anchor: date(2026, 12, 18), days: 14 };
        assert_eq!(dates(pattern, date(2026, 12, 18), 3), ["2026-12-18", "2027-01-01", "2027-01-15"]);
        assert_eq!(dates(DuePattern::Monthly(DayOfMonth::Day(5)), date(2026, 12, 6), 1), ["2027-01-05"]);
    }

    #[test]
    fn twice_a_month_keeps_its_two_days() {
        let pattern = DuePattern::twice_a_month(DayOfMonth::Last, DayOfMonth::Day(15)).expect("far apart");
        assert_eq!(dates(pattern, date(2027, 2, 10), 4), ["2027-02-15", "2027-02-28", "2027-03-15", "2027-03-31"]);
        assert_eq!(DuePattern::twice_a_month(DayOfMonth::Day(30), DayOfMonth::Last), None);
        assert_eq!(DuePattern::twice_a_month(DayOfMonth::Day(1), DayOfMonth::Last), None);
        assert_eq!(DuePattern::twice_a_month(DayOfMonth::Day(3), DayOfMonth::Day(3)), None);
    }

    #[test]
    fn every_pair_derived_from_a_payday_is_far_enough_apart() {
        for day in 1..=366 {
            let (first, second) = twice_a_month_around(days_after(date(2027, 12, 31), day));
            assert!(DuePattern::twice_a_month(first, second).is_some(), "{first} and {second}");
        }
    }

    #[test]
    fn a_monthly_plan_follows_a_payday_every_two_weeks() {
        let payday = Payday { next: date(2026, 12, 18), rhythm: Frequency::EveryTwoWeeks };
        let pattern = payday.pattern(Frequency::Monthly);
        assert_eq!(dates(pattern, payday.next, 4), ["2026-12-18", "2027-01-15", "2027-02-26", "2027-03-26"]);
        let pattern = payday.pattern(Frequency::TwiceAMonth);
        assert_eq!(dates(pattern, payday.next, 4), ["2026-12-18", "2027-01-01", "2027-01-15", "2027-02-12"]);
    }

    #[test]
    fn a_payday_in_the_past_is_followed_on() {
        let payday = Payday { next: date(2026, 10, 2), rhythm: Frequency::Weekly };
        assert_eq!(dates(payday.pattern(Frequency::EveryTwoWeeks), date(2026, 11, 20), 1), ["2026-11-27"]);
    }

    #[test]
    fn a_closed_day_is_moved_as_the_rule_says() {
        // Saturday 4 July 2026; Friday 3 July is the observed holiday.
        let (start, holiday) = (date(2026, 7, 4), [date(2026, 7, 3)]);
        assert_eq!(moved(start, 14, ClosedDays::Keep, &holiday)[0], "2026-07-04");
        assert_eq!(moved(start, 14, ClosedDays::NextWorkingDay, &holiday)[0], "2026-07-06");
        let pattern = DuePattern::EveryDays { anchor: start, days: 14 };
        let holidays = Holidays::from(holiday.to_vec());
        let mut earlier =
            DueDates::new(pattern, start, date(2026, 7, 1), ClosedDays::PreviousWorkingDay, &holidays).map(|day| day.to_string());
        assert_eq!(earlier.next().as_deref(), Some("2026-07-02"));
        assert_eq!(moved(start, 14, ClosedDays::PreviousWorkingDay, &holiday)[0], "2026-07-04", "never before the earliest day");
    }

    #[test]
    fn a_long_closure_never_makes_dates_meet() {
        let start = date(2026, 12, 21);
        let closed: Vec<Date> = (0..10).map(|day| days_after(start, day)).collect();
        assert_eq!(moved(start, 7, ClosedDays::NextWorkingDay, &closed), ["2026-12-21", "2026-12-31", "2027-01-04"]);
    }

    #[test]
    fn a_payday_reads_as_it_is_written() {
        let payday = Payday { next: date(2026, 12, 4), rhythm: Frequency::EveryTwoWeeks };
        assert_eq!(Payday::from_code("2026-12-04/every_two_weeks"), Some(payday));
        for wrong in ["", "2026-12-04", "2026-13-04/weekly", "2026-12-04/daily", "4 December/weekly"] {
            assert_eq!(Payday::from_code(wrong), None, "{wrong}");
        }
        assert_eq!(DayOfMonth::from_code("0"), None);
        assert_eq!(DayOfMonth::from_code("32"), None);
        assert_eq!(DayOfMonth::from_code("last"), Some(DayOfMonth::Last));
    }

    #[test]
    fn the_calendars_end_stops_the_dates() {
        assert_eq!(dates(DuePattern::Monthly(DayOfMonth::Last), Date::MAX, 3), ["9999-12-31"]);
        let weekly = DuePattern::EveryDays { anchor: date(9999, 12, 30), days: 7 };
        assert_eq!(dates(weekly, date(9999, 12, 30), 3), ["9999-12-30"]);
    }
}
