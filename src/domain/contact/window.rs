//! When a person may be written to.
//!
//! Not before 8:00 and not after 21:00 where they are; where more than one zone is possible, the hour must suit all of them
//! (12 CFR 1006.6(b)(1) and its comments). What they ask for there and then may go at once (comment 6(b)(1)-2.iii).

use super::wishes::SuitableTimes;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The hours in which contact is allowed, in local time: those of a day from `opens` on, before `closes`, where they suit the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactWindow {
    opens: u8,
    closes: u8,
    suits: SuitableTimes,
}

/// In two weeks hours that suit all zones have come. Those that meet only after clocks have changed, months ahead, are none.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(15 * 24);
/// Three zones push each other on at most six times a day.
const MOST_STEPS: usize = 120;
/// A suitable hour comes within a week, and an hour more where clocks change.
const MOST_HOURS_AHEAD: i64 = 7 * 24 + 1;

impl ContactWindow {
    /// 8:00 to 21:00.
    pub const UNITED_STATES: ContactWindow = ContactWindow { opens: 8, closes: 21, suits: SuitableTimes::ANY };

    /// Only what suits a customer, of the hours there are: never more.
    pub fn narrowed(self, suits: SuitableTimes) -> ContactWindow {
        ContactWindow { suits, ..self }
    }

    /// The first instant from `now` on that lies in the window in every one of these zones: `now` itself if it does.
    /// `None` where there is none within two weeks, as between three zones eight hours apart.
    pub fn earliest(self, now: Timestamp, zones: &[TimeZone]) -> Option<Timestamp> {
        let mut candidate = now;
        for _ in 0..MOST_STEPS {
            let mut latest = candidate;
            for zone in zones {
                latest = latest.max(self.next_open(candidate, zone)?);
            }
            if latest == candidate {
                return Some(candidate);
            }
            if latest.duration_since(now) > LONGEST_WAIT {
                return None;
            }
            candidate = latest;
        }
        None
    }

    /// Whether an instant lies in the window in every one of these zones.
    pub fn is_open(self, instant: Timestamp, zones: &[TimeZone]) -> bool {
        zones.iter().all(|zone| self.has(zone.to_datetime(instant)))
    }

    /// The first instant from this one on at which the window is open in a zone.
    fn next_open(self, instant: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let local = zone.to_datetime(instant);
        if self.has(local) {
            return Some(instant);
        }
        let hour = local.date().at(local.hour(), 0, 0, 0);
        let next = (1..=MOST_HOURS_AHEAD).map(|hours| hour.saturating_add(hours.hours())).find(|hour| self.has(*hour))?;
        // Where clocks jump over the opening hour, the hour after the jump counts.
        zone.to_ambiguous_timestamp(next).later().ok()
    }

    fn has(self, local: DateTime) -> bool {
        let hour = u8::try_from(local.hour()).unwrap_or_default();
        (self.opens..self.closes).contains(&hour) && self.suits.has(local.date().weekday(), hour)
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

    fn suiting(days: &str, parts: &str) -> ContactWindow {
        ContactWindow::UNITED_STATES.narrowed(SuitableTimes::from_codes(days, parts).expect("times"))
    }

    #[test]
    fn what_does_not_suit_waits_for_what_does() {
        // 20 November 2026 is a Friday; 11:00 in Denver.
        let now = at("2026-11-20T18:00:00Z");
        let denver = [zone("America/Denver")];
        let next = |days, parts| suiting(days, parts).earliest(now, &denver).map(|instant| instant.to_string());
        assert_eq!(next("fri", "morning").as_deref(), Some("2026-11-20T18:00:00Z"));
        assert_eq!(next("fri", "evening").as_deref(), Some("2026-11-21T00:00:00Z"));
        assert_eq!(next("thu", "afternoon").as_deref(), Some("2026-11-26T19:00:00Z"));
        assert_eq!(next("sat,sun", "morning,evening").as_deref(), Some("2026-11-21T15:00:00Z"));
        // The afternoon of today is over at 17:00 to the second.
        let late = at("2026-11-21T00:00:00Z");
        assert_eq!(suiting("fri", "afternoon").earliest(late, &denver), Some(at("2026-11-27T19:00:00Z")));
    }

    /// Found by the property of the gate: on Fridays only, so few steps led from December into March.
    #[test]
    fn hours_that_meet_only_when_clocks_have_changed_are_none() {
        let zones = ["America/Los_Angeles", "America/St_Johns", "Asia/Kathmandu"].map(zone);
        let now = at("2026-12-05T05:00:00Z");
        for window in [ContactWindow::UNITED_STATES, suiting("fri", "morning,afternoon,evening")] {
            assert_eq!(window.earliest(now, &zones), None);
        }
    }

    #[test]
    fn where_the_hours_that_suit_never_meet_nothing_goes() {
        let apart = [zone("America/New_York"), zone("Pacific/Honolulu")];
        assert_eq!(suiting("mon", "morning").earliest(at("2026-11-20T18:00:00Z"), &apart), None);
        assert!(suiting("mon", "morning,afternoon").earliest(at("2026-11-20T18:00:00Z"), &apart).is_some());
    }
}
