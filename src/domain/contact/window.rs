//! When a person may be written to.
//!
//! Not before 8:00 and not after 21:00 where they are; where more than one zone is possible, the hour must suit all of them
//! (12 CFR 1006.6(b)(1) and its comments). What they ask for there and then may go at once (comment 6(b)(1)-2.iii).

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The hours of a day in which contact is allowed, in local time: from `opens` on, before `closes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactWindow {
    opens: Time,
    closes: Time,
}

/// Two zones always share an hour and push each other on at most twice; three may share none, which shows by then.
const MOST_STEPS: usize = 8;

impl ContactWindow {
    /// 8:00 to 21:00.
    pub const UNITED_STATES: ContactWindow =
        ContactWindow { opens: Time::constant(8, 0, 0, 0), closes: Time::constant(21, 0, 0, 0) };

    /// The first instant from `now` on that lies in the window in every one of these zones: `now` itself if it does.
    /// `None` where there is none, as between three zones eight hours apart.
    pub fn earliest(self, now: Timestamp, zones: &[TimeZone]) -> Option<Timestamp> {
        let mut candidate = now;
        for _ in 0..MOST_STEPS {
            let latest = zones.iter().filter_map(|zone| self.opening_after(candidate, zone)).max();
            match latest {
                Some(later) => candidate = later,
                None => return Some(candidate),
            }
        }
        None
    }

    /// Whether an instant lies in the window in every one of these zones.
    pub fn is_open(self, instant: Timestamp, zones: &[TimeZone]) -> bool {
        zones.iter().all(|zone| self.opening_after(instant, zone).is_none())
    }

    /// When the window opens next in a zone, if it is closed there at this instant.
    fn opening_after(self, instant: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let local = zone.to_datetime(instant);
        let day = if local.time() < self.opens {
            local.date()
        } else if local.time() >= self.closes {
            local.date().saturating_add(1.day())
        } else {
            return None;
        };
        // Where clocks jump over the opening hour, the hour after the jump counts.
        zone.to_ambiguous_timestamp(day.to_datetime(self.opens)).later().ok()
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    fn earliest(now: &str, zones: &[&str]) -> Option<String> {
        let zones: Vec<TimeZone> = zones.iter().map(|name| zone(name)).collect();
        ContactWindow::UNITED_STATES.earliest(at(now), &zones).map(|instant| instant.to_string())
    }

    #[test]
    fn in_the_window_it_goes_at_once() {
        assert_eq!(earliest("2026-11-22T15:00:00Z", &["America/Denver"]).as_deref(), Some("2026-11-22T15:00:00Z"));
        assert_eq!(earliest("2026-11-23T03:59:59Z", &["America/Denver"]).as_deref(), Some("2026-11-23T03:59:59Z"));
    }

    #[test]
    fn at_nine_in_the_evening_it_waits_for_eight_in_the_morning() {
        assert_eq!(earliest("2026-11-23T04:00:00Z", &["America/Denver"]).as_deref(), Some("2026-11-23T15:00:00Z"));
        assert_eq!(earliest("2026-11-22T14:59:59Z", &["America/Denver"]).as_deref(), Some("2026-11-22T15:00:00Z"));
    }

    #[test]
    fn on_the_days_when_clocks_change_eight_is_still_eight() {
        // Denver goes to summer time on 8 March 2026 at 2:00, and back on 1 November 2026 at 2:00.
        assert_eq!(earliest("2026-03-08T06:30:00Z", &["America/Denver"]).as_deref(), Some("2026-03-08T14:00:00Z"));
        assert_eq!(earliest("2026-11-01T06:30:00Z", &["America/Denver"]).as_deref(), Some("2026-11-01T15:00:00Z"));
    }

    #[test]
    fn where_two_zones_are_possible_both_must_be_awake() {
        // 21:00 in New York is 18:00 in Los Angeles; both are in the window again from 8:00 in Los Angeles.
        let both = ["America/New_York", "America/Los_Angeles"];
        assert_eq!(earliest("2026-11-23T02:00:00Z", &both).as_deref(), Some("2026-11-23T16:00:00Z"));
        assert_eq!(earliest("2026-11-23T14:00:00Z", &both).as_deref(), Some("2026-11-23T16:00:00Z"));
    }

    #[test]
    fn where_no_hour_suits_all_nothing_goes() {
        let apart = [-8, 0, 8].map(|hours| TimeZone::fixed(jiff::tz::offset(hours)));
        assert_eq!(ContactWindow::UNITED_STATES.earliest(at("2026-11-23T14:00:00Z"), &apart), None);
    }
}
