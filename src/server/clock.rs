//! The one place that asks the machine what time it is.
//!
//! Business days can be fixed or moved in sandbox mode (for tests and for trying things out); sessions, tokens and
//! signatures always keep real time.

use crate::domain::calendar::Date;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};

/// Milliseconds since 1970 UTC, as instants are stored.
pub type Millis = i64;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    #[default]
    Real,
    /// Business time stands still here.
    Fixed(Timestamp),
    /// Business time runs, this far from real time.
    Moved(SignedDuration),
}

impl Clock {
    /// Real time: for sessions, tokens, signatures and leases.
    #[expect(clippy::disallowed_methods, reason = "the one place that may ask the machine")]
    pub fn real_now(self) -> Timestamp {
        Timestamp::now()
    }

    /// Business time: for due dates, offers and what a customer is told.
    pub fn now(self) -> Timestamp {
        match self {
            Clock::Real => self.real_now(),
            Clock::Fixed(instant) => instant,
            Clock::Moved(by) => self.real_now().saturating_add(by).unwrap_or(Timestamp::MAX),
        }
    }

    pub fn now_millis(self) -> Millis {
        self.now().as_millisecond()
    }

    pub fn real_now_millis(self) -> Millis {
        self.real_now().as_millisecond()
    }

    /// The business day in a customer's time zone.
    pub fn today_in(self, zone: &TimeZone) -> Date {
        zone.to_datetime(self.now()).date()
    }
}

/// The zone of an IANA name such as `America/Denver`; UTC for a name nobody knows (the importer refuses those).
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The day of a stored instant in a zone.
pub fn date_of(instant: Millis, zone: &TimeZone) -> Date {
    zone.to_datetime(Timestamp::from_millisecond(instant).unwrap_or(Timestamp::MAX)).date()
}

/// What a clock on the wall shows in a zone at a stored instant.
pub fn local_time(instant: Millis, zone: &TimeZone) -> DateTime {
    zone.to_datetime(Timestamp::from_millisecond(instant).unwrap_or(Timestamp::MAX))
}

/// A stored instant with its zone, as a document writes it.
pub fn zoned(instant: Millis, zone: &TimeZone) -> Zoned {
    Timestamp::from_millisecond(instant).unwrap_or(Timestamp::MAX).to_zoned(zone.clone())
}

/// The instant at which a day ends in a zone: 23:59:59 there.
pub fn end_of_day(day: Date, zone: &TimeZone) -> Timestamp {
    let last_second = day.at(23, 59, 59, 0);
    zone.to_ambiguous_timestamp(last_second).compatible().unwrap_or(Timestamp::MAX)
}
