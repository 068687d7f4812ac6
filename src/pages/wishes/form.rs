//! The form as it is posted: its fields, what they are read as, and what they show.

use crate::domain::contact::wishes::{
    Calls, DayPart, LONGEST_PLACES_CHARACTERS, Place, Said, SuitableTimes, TIME_ZONES, WEEKDAYS, Wanted,
};
use crate::domain::language::Language;
use jiff::civil::Weekday;
use std::collections::BTreeMap;

pub const EMAIL: &str = "email";
pub const LETTERS: &str = "letters";
pub const CALLS: &str = "calls";
pub const EMAIL_PLACE: &str = "email_place";
pub const PHONE_PLACE: &str = "phone_place";
pub const DAYS: &str = "days";
pub const DAY_PARTS: &str = "day_parts";
pub const TIME_ZONE: &str = "time_zone";
pub const LANGUAGE: &str = "language";
pub const PLACES: &str = "places";
pub const YES: &str = "yes";
pub const NO: &str = "no";

pub fn day_field(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "day_mon",
        Weekday::Tuesday => "day_tue",
        Weekday::Wednesday => "day_wed",
        Weekday::Thursday => "day_thu",
        Weekday::Friday => "day_fri",
        Weekday::Saturday => "day_sat",
        Weekday::Sunday => "day_sun",
    }
}

pub fn part_field(part: DayPart) -> &'static str {
    match part {
        DayPart::Morning => "part_morning",
        DayPart::Afternoon => "part_afternoon",
        DayPart::Evening => "part_evening",
    }
}

/// The fields of the form, and nothing else that may be posted.
pub fn is_field(name: &str) -> bool {
    let named = [EMAIL, LETTERS, CALLS, EMAIL_PLACE, PHONE_PLACE, TIME_ZONE, LANGUAGE, PLACES];
    named.contains(&name)
        || WEEKDAYS.into_iter().any(|day| day_field(day) == name)
        || DayPart::ALL.into_iter().any(|part| part_field(part) == name)
}

/// What it says, or field and code of what is wrong with it. `known_zone` is the one the creditor reported: leaving it is no wish.
pub fn read(typed: &BTreeMap<String, String>, known_zone: &str) -> Result<Said, Vec<(String, String)>> {
    let field = |name: &str| typed.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let wanted = |name: &str| match field(name) {
        Some(YES) => Some(Wanted::Yes),
        Some(NO) => Some(Wanted::No),
        _ => None,
    };
    let place = |name: &str| if field(name) == Some(YES) { Place::Inconvenient } else { Place::Fine };
    let days: Vec<Weekday> = WEEKDAYS.into_iter().filter(|day| field(day_field(*day)).is_some()).collect();
    let parts: Vec<DayPart> = DayPart::ALL.into_iter().filter(|part| field(part_field(*part)).is_some()).collect();
    let places = field(PLACES).unwrap_or_default();
    let mut errors = Vec::new();
    let mut wrong = |field: &str, code: &str| errors.push((field.to_owned(), code.to_owned()));
    if days.is_empty() {
        wrong(DAYS, "none");
    }
    if parts.is_empty() {
        wrong(DAY_PARTS, "none");
    }
    if places.chars().count() > LONGEST_PLACES_CHARACTERS as usize {
        wrong(PLACES, "too_long");
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Said {
        email: wanted(EMAIL),
        letters: wanted(LETTERS),
        calls: match field(CALLS) {
            Some(YES) => Some(Calls::Welcome),
            Some(NO) => Some(Calls::Unwanted),
            _ => None,
        },
        email_place: Some(place(EMAIL_PLACE)),
        phone_place: Some(place(PHONE_PLACE)),
        times: SuitableTimes::new(&days, &parts),
        time_zone: field(TIME_ZONE).filter(|zone| TIME_ZONES.contains(zone) || *zone == known_zone).map(str::to_owned),
        language: field(LANGUAGE).and_then(Language::from_tag),
        places: Some(places.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn nothing_that_suits_is_said_with_both_fields() {
        let errors = read(&typed(&[]), "America/Denver").err().expect("errors");
        assert_eq!(errors, [(DAYS.to_owned(), "none".to_owned()), (DAY_PARTS.to_owned(), "none".to_owned())]);
    }

    #[test]
    fn what_is_not_said_stays_as_it_is() {
        let said = read(&typed(&[("day_mon", YES), ("part_evening", YES)]), "America/Denver").unwrap_or_default();
        assert!(said.email.is_none() && said.letters.is_none() && said.calls.is_none() && said.time_zone.is_none());
        assert_eq!(said.times.map(|times| (times.day_codes(), times.part_codes())), Some(("mon".into(), "evening".into())));
    }

    #[test]
    fn a_zone_that_is_not_offered_is_none() {
        let with_zone = |zone| {
            let fields = [("day_mon", YES), ("part_evening", YES), (TIME_ZONE, zone)];
            read(&typed(&fields), "Europe/Berlin").ok().and_then(|said| said.time_zone)
        };
        assert_eq!(with_zone("Mars/Olympus"), None);
        assert_eq!(with_zone("Europe/Berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(with_zone("Pacific/Honolulu").as_deref(), Some("Pacific/Honolulu"));
    }

    #[test]
    fn the_longest_words_are_taken_and_one_character_more_is_not() {
        let with_places = |length: usize| {
            let places = "é".repeat(length);
            read(&typed(&[("day_mon", YES), ("part_evening", YES), (PLACES, &places)]), "America/Denver").is_ok()
        };
        assert!(with_places(LONGEST_PLACES_CHARACTERS as usize));
        assert!(!with_places(LONGEST_PLACES_CHARACTERS as usize + 1));
    }
}
