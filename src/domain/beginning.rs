//! How often something may be begun that makes a page at the payment company, a payment or a permission to collect, and is not
//! finished. What was paid or given does not count: nobody is kept from paying by having paid.

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

/// So many that came to nothing may be begun by one customer within an hour, and within a day.
pub const MOST_IN_AN_HOUR: usize = 10;
pub const MOST_IN_A_DAY: usize = 30;

const MINUTE_MILLIS: Millis = 60_000;
const HOUR_MILLIS: Millis = 60 * MINUTE_MILLIS;
/// As far back as is looked.
pub const DAY_MILLIS: Millis = 24 * HOUR_MILLIS;

/// Too many were begun. The next may be begun from this instant on, at a full minute, so that it is still true as a clock shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    pub again_at: Millis,
}

/// Whether another may be begun at `now`. `begun` are the instants of those of the last day that came to nothing, the newest first.
pub fn may_begin(begun: &[Millis], now: Millis) -> Result<(), TooMany> {
    let full_until = [(MOST_IN_AN_HOUR, HOUR_MILLIS), (MOST_IN_A_DAY, DAY_MILLIS)]
        .into_iter()
        .filter_map(|(most, window)| begun.get(most - 1).map(|oldest| oldest.saturating_add(window)))
        .filter(|until| *until > now)
        .max();
    match full_until {
        None => Ok(()),
        Some(until) => {
            Err(TooMany { again_at: until.saturating_add(MINUTE_MILLIS - 1).div_euclid(MINUTE_MILLIS) * MINUTE_MILLIS })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_000 * DAY_MILLIS;

    fn again_at(begun: &[Millis]) -> Option<Millis> {
        may_begin(begun, NOW).err().map(|too_many| too_many.again_at)
    }

    /// So many, one a minute, the newest so many minutes ago.
    fn minutely(count: i64, ago: i64) -> Vec<Millis> {
        (0..count).map(|number| NOW - (ago + number) * MINUTE_MILLIS).collect()
    }

    #[test]
    fn the_tenth_within_an_hour_is_the_last() {
        assert_eq!(again_at(&[]), None);
        assert_eq!(again_at(&minutely(9, 0)), None);
        // The first of the ten was nine minutes ago.
        assert_eq!(again_at(&minutely(10, 0)), Some(NOW + 51 * MINUTE_MILLIS));
        assert_eq!(again_at(&minutely(10, 50)), Some(NOW + MINUTE_MILLIS));
        assert_eq!(again_at(&minutely(10, 51)), None, "an hour after the first of them");
    }

    #[test]
    fn the_thirtieth_within_a_day_is_the_last_and_the_longer_wait_counts() {
        assert_eq!(again_at(&minutely(29, 120)), None);
        assert_eq!(again_at(&minutely(30, 120)), Some(NOW + DAY_MILLIS - 149 * MINUTE_MILLIS));
        let mut both = minutely(10, 0);
        both.extend(minutely(20, 120));
        assert_eq!(again_at(&both), Some(NOW + DAY_MILLIS - 139 * MINUTE_MILLIS));
        assert_eq!(again_at(&minutely(30, 24 * 60 - 29)), None);
    }

    #[test]
    fn the_instant_is_said_at_a_full_minute_and_never_too_early() {
        let begun = vec![NOW - 1; 10];
        assert_eq!(again_at(&begun), Some(NOW + HOUR_MILLIS));
        let begun = vec![NOW - 59_999; 10];
        assert_eq!(again_at(&begun), Some(NOW + HOUR_MILLIS));
        let begun = vec![NOW - 60_000; 10];
        assert_eq!(again_at(&begun), Some(NOW + HOUR_MILLIS - MINUTE_MILLIS));
    }
}
