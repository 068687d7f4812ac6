//! Who has used up their tries, as far as this process knows: they are turned away without asking the database, so that
//! knocking harder costs us a look into a table in memory and nothing else.

use crate::server::clock::Millis;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// So many are remembered at once, about a megabyte. Whoever does not fit is turned away by the database.
const MOST_REMEMBERED: usize = 10_000;

#[derive(Debug, Default)]
pub struct ShutDoors {
    doors: Mutex<HashMap<String, Shut>>,
}

#[derive(Debug)]
struct Shut {
    until: Millis,
    turned_away: i64,
}

/// Somebody was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnedAway {
    pub until: Millis,
    /// How many more to write down now. Zero most of the time: the count is written whenever it has doubled, so that a
    /// million knocks make twenty writes and what is written is never less than half of what came.
    pub to_note: i64,
}

impl ShutDoors {
    /// Remembers that a door is shut for somebody.
    pub fn shut(&self, who: &str, until: Millis, now: Millis) {
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        if doors.len() >= MOST_REMEMBERED {
            doors.retain(|_, shut| shut.until > now);
        }
        if doors.len() < MOST_REMEMBERED {
            doors.entry(who.to_owned()).or_insert(Shut { until, turned_away: 0 });
        }
    }

    /// Counts a knock at a shut door; `None` where it is not known to be shut.
    pub fn turn_away(&self, who: &str, now: Millis) -> Option<TurnedAway> {
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        let shut = doors.get_mut(who)?;
        if shut.until <= now {
            doors.remove(who);
            return None;
        }
        let noted = if shut.turned_away == 0 { 0 } else { 1_i64 << shut.turned_away.ilog2() };
        shut.turned_away += 1;
        let to_note = if shut.turned_away.count_ones() == 1 { shut.turned_away - noted } else { 0 };
        Some(TurnedAway { until: shut.until, to_note })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shut_door_opens_at_the_time_that_was_told() {
        let doors = ShutDoors::default();
        assert_eq!(doors.turn_away("a", 0), None);
        doors.shut("a", 100, 0);
        assert_eq!(doors.turn_away("a", 99).map(|away| away.until), Some(100));
        assert_eq!(doors.turn_away("b", 99), None);
        assert_eq!(doors.turn_away("a", 100), None);
        assert_eq!(doors.turn_away("a", 99), None, "it was forgotten");
    }

    #[test]
    fn what_is_noted_is_at_least_half_of_what_came_and_never_more() {
        let doors = ShutDoors::default();
        doors.shut("a", 1, 0);
        let (mut noted, mut writes) = (0, 0);
        for came in 1..=1_000 {
            let to_note = doors.turn_away("a", 0).expect("it is shut").to_note;
            noted += to_note;
            writes += i32::from(to_note > 0);
            assert!(noted <= came && noted * 2 > came, "{noted} of {came}");
        }
        assert_eq!((noted, writes), (512, 10));
    }

    #[test]
    fn no_more_are_remembered_than_fit_and_those_whose_time_is_over_make_room() {
        let doors = ShutDoors::default();
        for who in 0..=MOST_REMEMBERED {
            doors.shut(&who.to_string(), 100, 0);
        }
        assert_eq!(doors.turn_away(&MOST_REMEMBERED.to_string(), 0), None);
        doors.shut("late", 300, 200);
        assert!(doors.turn_away("late", 200).is_some());
    }
}
