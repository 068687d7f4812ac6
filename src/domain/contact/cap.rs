//! How many reminders are enough.
//!
//! For calls, more than seven in seven days on one debt is presumed to be harassment (12 CFR 1006.14(b)(2)(i)(A)); for messages
//! there is no figure, and frequency still counts (1006.14(a), comment 14(a)-2). The cap here is lower, counts all of a
//! customer's accounts together, and counts required notices too, though it never stops one.

use super::channel::Channel;
use jiff::{SignedDuration, Timestamp};

/// The days over which messages are counted.
pub const DAYS: i64 = 7;

/// The most reminders a customer gets over one channel in [`DAYS`] days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap(pub u32);

/// A demand or notice that has left, or is leaving now, as the log has it. What somebody asked for and records of their own acts
/// are not counted: they began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logged {
    pub channel: Channel,
    pub at: Timestamp,
}

impl Cap {
    /// From when on one more may leave over a channel: `None` if it may now.
    pub fn full_until(self, log: &[Logged], channel: Channel, now: Timestamp) -> Option<Timestamp> {
        let span = SignedDuration::from_hours(24 * DAYS);
        let most = usize::try_from(self.0).unwrap_or(usize::MAX);
        let since = now.saturating_sub(span).unwrap_or(Timestamp::MIN);
        let mut counted: Vec<Timestamp> =
            log.iter().filter(|sent| sent.channel == channel && sent.at > since).map(|sent| sent.at).collect();
        if counted.len() < most {
            return None;
        }
        counted.sort_unstable_by(|one, other| other.cmp(one));
        // When this one is seven days old, one fewer than the cap are younger.
        match most.checked_sub(1).and_then(|last| counted.get(last)) {
            Some(oldest_that_counts) => Some(oldest_that_counts.saturating_add(span).unwrap_or(Timestamp::MAX)),
            None => Some(Timestamp::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn emails(instants: &[&str]) -> Vec<Logged> {
        instants.iter().map(|instant| Logged { channel: Channel::Email, at: at(instant) }).collect()
    }

    #[test]
    fn below_the_cap_it_may_leave_and_at_the_cap_when_the_oldest_is_a_week_old() {
        let now = at("2026-11-20T18:00:00Z");
        let log = emails(&["2026-11-14T10:00:00Z", "2026-11-19T10:00:00Z"]);
        assert_eq!(Cap(3).full_until(&log, Channel::Email, now), None);
        assert_eq!(Cap(2).full_until(&log, Channel::Email, now), Some(at("2026-11-21T10:00:00Z")));
        assert_eq!(Cap(1).full_until(&log, Channel::Email, now), Some(at("2026-11-26T10:00:00Z")));
        assert_eq!(Cap(2).full_until(&log, Channel::Text, now), None);
    }

    #[test]
    fn a_week_is_over_to_the_second() {
        let log = emails(&["2026-11-13T18:00:00Z"]);
        assert_eq!(Cap(1).full_until(&log, Channel::Email, at("2026-11-20T17:59:59Z")), Some(at("2026-11-20T18:00:00Z")));
        assert_eq!(Cap(1).full_until(&log, Channel::Email, at("2026-11-20T18:00:00Z")), None);
    }

    #[test]
    fn a_cap_of_none_lets_nothing_through() {
        assert_eq!(Cap(0).full_until(&[], Channel::Email, at("2026-11-20T18:00:00Z")), Some(Timestamp::MAX));
    }
}
