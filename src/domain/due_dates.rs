//! The dates on which instalments fall due: patterns of days, paydays they follow, and where a date goes that falls on a
//! closed day. [`super::schedule`] asks [`DueDates`] for the dates of a plan.

use super::calendar::{ClosedDays, Date, DayOfMonth, Frequency, Holidays, checked_days_after, days_after, days_between};
use serde::{Deserialize, Serialize};

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
    }

    #[test]
    fn the_calendars_end_stops_the_dates() {
        assert_eq!(dates(DuePattern::Monthly(DayOfMonth::Last), Date::MAX, 3), ["9999-12-31"]);
        let weekly = DuePattern::EveryDays { anchor: date(9999, 12, 30), days: 7 };
        assert_eq!(dates(weekly, date(9999, 12, 30), 3), ["9999-12-30"]);
    }
}
