//! A date of birth as typed in three fields.

use super::calendar::Date;

/// What was typed, trimmed but otherwise untouched, so that it can be shown again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedBirthDate {
    pub day: String,
    pub month: String,
    pub year: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BirthDateError {
    Missing,
    NotADate,
}

/// The earliest year of birth that is not a slip of the finger.
const EARLIEST_YEAR: i16 = 1890;
/// More than a day, a month or a year has; what is cut off made it no date anyway.
const LONGEST_PART_CHARACTERS: usize = 12;

impl TypedBirthDate {
    pub fn new(day: &str, month: &str, year: &str) -> TypedBirthDate {
        let cut = |text: &str| text.trim().chars().take(LONGEST_PART_CHARACTERS).collect::<String>();
        TypedBirthDate { day: cut(day), month: cut(month), year: cut(year) }
    }

    /// Reads the date. `today` keeps people from being born tomorrow.
    pub fn read(&self, today: Date) -> Result<Date, BirthDateError> {
        if self.day.is_empty() || self.month.is_empty() || self.year.is_empty() {
            return Err(BirthDateError::Missing);
        }
        let date = self.numbers().and_then(|(year, month, day)| Date::new(year, month, day).ok());
        date.filter(|date| date.year() >= EARLIEST_YEAR && *date <= today).ok_or(BirthDateError::NotADate)
    }

    fn numbers(&self) -> Option<(i16, i8, i8)> {
        let all_digits =
            [&self.day, &self.month, &self.year].into_iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        if !all_digits || self.year.len() != 4 {
            return None;
        }
        Some((self.year.parse().ok()?, self.month.parse().ok()?, self.day.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(day: &str, month: &str, year: &str) -> Result<Date, BirthDateError> {
        TypedBirthDate::new(day, month, year).read(date(2026, 11, 20))
    }

    #[test]
    fn a_date_is_read_with_or_without_zeros_and_blanks() {
        assert_eq!(read("29", "2", "1980"), Ok(date(1980, 2, 29)));
        assert_eq!(read(" 05 ", "09", "1975 "), Ok(date(1975, 9, 5)));
    }

    #[test]
    fn a_day_that_never_was_is_no_date() {
        for (day, month, year) in [
            ("29", "2", "1981"),
            ("31", "4", "1980"),
            ("1", "13", "1980"),
            ("1", "1", "80"),
            ("-1", "1", "1980"),
            ("1", "1", "1700"),
            ("1", "1", "2027"),
            ("x", "1", "1980"),
            ("999", "1", "1980"),
        ] {
            assert_eq!(read(day, month, year), Err(BirthDateError::NotADate), "{day} {month} {year}");
        }
        assert_eq!(read("", "1", "1980"), Err(BirthDateError::Missing));
    }
}
