//! What a customer wants of how they are reached: the days and times that suit them, on paper or not, calls, and who speaks for them
//! (12 CFR 1006.6(b)(1), (b)(2), 1006.14(h); 15 USC 7001(c)).
//!
//! A wish takes away and never adds: the window of the law is narrowed by what suits, and nothing here makes it wider. The gate obeys
//! [`Wishes`]; who writes them down is `services::contact_wishes`.

use crate::domain::language::Language;
use jiff::civil::Weekday;

/// A part of the day, in hours of the customer's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayPart {
    /// 8:00 to 12:00.
    Morning,
    /// 12:00 to 17:00.
    Afternoon,
    /// 17:00 to 21:00.
    Evening,
}

impl DayPart {
    pub const ALL: [DayPart; 3] = [DayPart::Morning, DayPart::Afternoon, DayPart::Evening];

    pub fn code(self) -> &'static str {
        match self {
            DayPart::Morning => "morning",
            DayPart::Afternoon => "afternoon",
            DayPart::Evening => "evening",
        }
    }

    pub fn from_code(code: &str) -> Option<DayPart> {
        DayPart::ALL.into_iter().find(|part| part.code() == code)
    }

    /// From the first hour on, before the second.
    pub fn hours(self) -> (u8, u8) {
        match self {
            DayPart::Morning => (8, 12),
            DayPart::Afternoon => (12, 17),
            DayPart::Evening => (17, 21),
        }
    }
}

pub const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

pub fn weekday_code(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

pub fn weekday_from_code(code: &str) -> Option<Weekday> {
    WEEKDAYS.into_iter().find(|day| weekday_code(*day) == code)
}

/// The days and the parts of them that suit a customer: at least one of each. Somebody who wants none of them stops a channel, or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuitableTimes {
    /// A bit a day, Monday first.
    days: u8,
    /// A bit a part, in the order of [`DayPart::ALL`].
    parts: u8,
}

impl SuitableTimes {
    pub const ANY: SuitableTimes = SuitableTimes { days: 0b111_1111, parts: 0b111 };

    /// `None` where no day or no part is left.
    pub fn new(days: &[Weekday], parts: &[DayPart]) -> Option<SuitableTimes> {
        let days = days.iter().fold(0, |bits, day| bits | 1 << day.to_monday_zero_offset());
        let parts = parts.iter().fold(0, |bits, part| bits | 1 << *part as u8);
        (days != 0 && parts != 0).then_some(SuitableTimes { days, parts })
    }

    pub fn has_day(self, day: Weekday) -> bool {
        self.days & 1 << day.to_monday_zero_offset() != 0
    }

    pub fn has_part(self, part: DayPart) -> bool {
        self.parts & 1 << part as u8 != 0
    }

    /// Whether an hour (0 to 23) of a day lies in what suits.
    pub fn has(self, day: Weekday, hour: u8) -> bool {
        let in_part = |part: &DayPart| (part.hours().0..part.hours().1).contains(&hour);
        self.has_day(day) && DayPart::ALL.iter().any(|part| self.has_part(*part) && in_part(part))
    }

    pub fn day_codes(self) -> String {
        let codes: Vec<&str> = WEEKDAYS.into_iter().filter(|day| self.has_day(*day)).map(weekday_code).collect();
        codes.join(",")
    }

    pub fn part_codes(self) -> String {
        let codes: Vec<&str> = DayPart::ALL.into_iter().filter(|part| self.has_part(*part)).map(DayPart::code).collect();
        codes.join(",")
    }

    /// As [`day_codes`](Self::day_codes) and [`part_codes`](Self::part_codes) write them; `None` where a code is not known.
    pub fn from_codes(days: &str, parts: &str) -> Option<SuitableTimes> {
        let days: Option<Vec<Weekday>> = codes(days).map(weekday_from_code).collect();
        let parts: Option<Vec<DayPart>> = codes(parts).map(DayPart::from_code).collect();
        SuitableTimes::new(&days?, &parts?)
    }
}

fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|code| !code.is_empty())
}

/// How documents and required notices reach a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Papers {
    /// Electronically, as long as that works.
    #[default]
    Electronic,
    /// By post, where a postal address is known.
    OnPaper,
}

impl Papers {
    pub fn code(self) -> &'static str {
        match self {
            Papers::Electronic => "electronic",
            Papers::OnPaper => "on_paper",
        }
    }

    pub fn from_code(code: &str) -> Option<Papers> {
        [Papers::Electronic, Papers::OnPaper].into_iter().find(|papers| papers.code() == code)
    }
}

/// Whether a person may call. The portal calls nobody; staff read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    Welcome,
    Unwanted,
}

impl Calls {
    pub fn code(self) -> &'static str {
        match self {
            Calls::Welcome => "welcome",
            Calls::Unwanted => "unwanted",
        }
    }

    pub fn from_code(code: &str) -> Option<Calls> {
        [Calls::Welcome, Calls::Unwanted].into_iter().find(|calls| calls.code() == code)
    }
}

/// With whom we speak about an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpeakTo {
    #[default]
    Customer,
    /// Their attorney or adviser only (12 CFR 1006.6(b)(2)).
    Adviser,
}

/// What the gate obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    pub times: SuitableTimes,
    pub papers: Papers,
    pub speak_to: SpeakTo,
}

impl Wishes {
    /// Nothing was said: the window of the law is the only limit.
    pub const NONE: Wishes = Wishes { times: SuitableTimes::ANY, papers: Papers::Electronic, speak_to: SpeakTo::Customer };
}

/// Whether a channel is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Yes,
    No,
}

/// Where an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Fine,
    /// Such as at work: it is not used.
    Inconvenient,
}

/// What one form says. `None`: it stays as it is. Has no Debug: it holds a customer's own words.
#[derive(Clone, Default)]
pub struct Said {
    pub email: Option<Wanted>,
    pub letters: Option<Wanted>,
    pub calls: Option<Calls>,
    pub email_place: Option<Place>,
    pub phone_place: Option<Place>,
    pub times: Option<SuitableTimes>,
    pub time_zone: Option<String>,
    pub language: Option<Language>,
    pub places: Option<String>,
}

/// The time zones a customer chooses from: those of the United States.
pub const TIME_ZONES: [&str; 9] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
];

pub const LONGEST_PLACES_CHARACTERS: u32 = 300;
pub const LONGEST_ADVISER_NAME_CHARACTERS: u32 = 120;
pub const LONGEST_ADVISER_CONTACT_CHARACTERS: u32 = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_suits_is_read_back_as_it_was_written() {
        let times = SuitableTimes::new(&[Weekday::Sunday, Weekday::Monday], &[DayPart::Evening]).expect("times");
        assert_eq!((times.day_codes().as_str(), times.part_codes().as_str()), ("mon,sun", "evening"));
        assert_eq!(SuitableTimes::from_codes("mon,sun", "evening"), Some(times));
        let any = SuitableTimes::ANY;
        assert_eq!(SuitableTimes::from_codes(&any.day_codes(), &any.part_codes()), Some(any));
        assert_eq!(SuitableTimes::from_codes("mon,moon", "evening"), None);
    }

    #[test]
    fn at_least_one_day_and_one_part_suit() {
        assert_eq!(SuitableTimes::new(&[], &DayPart::ALL), None);
        assert_eq!(SuitableTimes::new(&WEEKDAYS, &[]), None);
    }

    #[test]
    fn an_hour_suits_from_its_beginning_to_its_end() {
        let times = SuitableTimes::new(&[Weekday::Friday], &[DayPart::Morning, DayPart::Evening]).expect("times");
        let suits: Vec<u8> = (0..24).filter(|hour| times.has(Weekday::Friday, *hour)).collect();
        assert_eq!(suits, [8, 9, 10, 11, 17, 18, 19, 20]);
        assert!((0..24).all(|hour| !times.has(Weekday::Saturday, hour)));
    }

    #[test]
    fn every_code_is_read_back() {
        for papers in [Papers::Electronic, Papers::OnPaper] {
            assert_eq!(Papers::from_code(papers.code()), Some(papers));
        }
        for calls in [Calls::Welcome, Calls::Unwanted] {
            assert_eq!(Calls::from_code(calls.code()), Some(calls));
        }
    }
}
