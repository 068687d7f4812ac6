//! Dates as creditors write them: a pattern of named pieces, such as `DD.MM.YYYY` or `MMM D, YYYY`.

use crate::domain::calendar::Date;

/// Pieces: `YYYY`, `YY` (00 to 68 is 20YY), `MM`, `M`, `DD`, `D`, `MMM` (a month's name). Anything else stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFormat {
    pattern: String,
    pieces: Vec<Piece>,
    /// Twelve names, in small letters; compared by their first letters, so that `Sept` is found under `september`.
    months: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Exactly four digits, or two.
    Year(usize),
    /// At least and at most so many digits.
    Month(usize, usize),
    MonthName,
    Day(usize, usize),
    Literal(char),
}

/// Why a text is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDate {
    /// It is not written like the pattern.
    OtherForm,
    /// It is, but no such day exists, such as 31 February.
    NoSuchDay,
}

const ENGLISH: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const LONGEST_PATTERN: usize = 40;

impl DateFormat {
    pub fn iso() -> DateFormat {
        DateFormat {
            pattern: "YYYY-MM-DD".into(),
            pieces: vec![Piece::Year(4), Piece::Literal('-'), Piece::Month(2, 2), Piece::Literal('-'), Piece::Day(2, 2)],
            months: Vec::new(),
        }
    }

    /// Reads a pattern. `months` may be empty: English names.
    pub fn parse(pattern: &str, months: &[String]) -> Result<DateFormat, String> {
        if pattern.len() > LONGEST_PATTERN {
            return Err(format!("a date pattern has at most {LONGEST_PATTERN} characters"));
        }
        let mut pieces = Vec::new();
        let mut rest = pattern;
        while let Some(letter) = rest.chars().next() {
            let run = rest.chars().take_while(|other| *other == letter).count();
            let piece = match (letter, run) {
                ('Y', 4 | 2) => Some(Piece::Year(run)),
                ('M', 3) => Some(Piece::MonthName),
                ('M', 2) => Some(Piece::Month(2, 2)),
                ('M', 1) => Some(Piece::Month(1, 2)),
                ('D', 2) => Some(Piece::Day(2, 2)),
                ('D', 1) => Some(Piece::Day(1, 2)),
                ('Y' | 'M' | 'D', _) => {
                    return Err(format!("\"{}\" is no piece of a date; known are YYYY YY MM M MMM DD D", &rest[..run]));
                }
                _ => None,
            };
            let taken = if let Some(piece) = piece {
                pieces.push(piece);
                run
            } else {
                pieces.push(Piece::Literal(letter));
                letter.len_utf8()
            };
            rest = &rest[taken..];
        }
        let count = |wanted: fn(&Piece) -> bool| pieces.iter().filter(|piece| wanted(piece)).count();
        let years = count(|piece| matches!(piece, Piece::Year(_)));
        let month_pieces = count(|piece| matches!(piece, Piece::Month(..) | Piece::MonthName));
        let days = count(|piece| matches!(piece, Piece::Day(..)));
        if (years, month_pieces, days) != (1, 1, 1) {
            return Err(format!("\"{pattern}\" must have one year, one month and one day, such as DD.MM.YYYY"));
        }
        let months = if months.is_empty() { ENGLISH.map(String::from).to_vec() } else { months.to_vec() };
        if months.len() != 12 {
            return Err("months must be twelve names, January first".into());
        }
        let months = months.iter().map(|month| month.to_lowercase()).collect();
        Ok(DateFormat { pattern: pattern.to_owned(), pieces, months })
    }

    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Whether the year has two digits only, so that 1930 and 2030 look the same.
    pub fn has_short_year(&self) -> bool {
        self.pieces.contains(&Piece::Year(2))
    }

    pub fn read(&self, text: &str) -> Result<Date, NoDate> {
        let (mut year, mut month, mut day) = (0_i16, 0_i8, 0_i8);
        let mut rest = text;
        for piece in &self.pieces {
            rest = match piece {
                Piece::Year(digits) => {
                    let (number, rest) = number(rest, *digits, *digits).ok_or(NoDate::OtherForm)?;
                    year = match digits {
                        2 if number <= 68 => 2000 + number,
                        2 => 1900 + number,
                        _ => number,
                    };
                    rest
                }
                Piece::Month(least, most) => {
                    let (number, rest) = number(rest, *least, *most).ok_or(NoDate::OtherForm)?;
                    month = i8::try_from(number).map_err(|_| NoDate::NoSuchDay)?;
                    rest
                }
                Piece::MonthName => {
                    let (number, rest) = self.month_name(rest).ok_or(NoDate::OtherForm)?;
                    month = number;
                    rest
                }
                Piece::Day(least, most) => {
                    let (number, rest) = number(rest, *least, *most).ok_or(NoDate::OtherForm)?;
                    day = i8::try_from(number).map_err(|_| NoDate::NoSuchDay)?;
                    rest
                }
                Piece::Literal(letter) => rest.strip_prefix(*letter).ok_or(NoDate::OtherForm)?,
            };
        }
        if !rest.is_empty() {
            return Err(NoDate::OtherForm);
        }
        Date::new(year, month, day).map_err(|_| NoDate::NoSuchDay)
    }

    fn month_name<'t>(&self, text: &'t str) -> Option<(i8, &'t str)> {
        let end = text.find(|letter: char| !letter.is_alphabetic()).unwrap_or(text.len());
        let name = text[..end].to_lowercase();
        let matches =
            |month: &String| name.chars().count() >= 3 && (month.starts_with(&name) || name.starts_with(month.as_str()));
        let index = self.months.iter().position(matches)?;
        Some((i8::try_from(index).ok()? + 1, &text[end..]))
    }
}

fn number(text: &str, least: usize, most: usize) -> Option<(i16, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least {
        return None;
    }
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(pattern: &str, text: &str) -> Result<Date, NoDate> {
        DateFormat::parse(pattern, &[]).expect(pattern).read(text)
    }

    #[test]
    fn a_date_is_read_as_its_pattern_says() {
        let day = date(2026, 12, 4);
        assert_eq!(read("YYYY-MM-DD", "2026-12-04"), Ok(day));
        assert_eq!(read("MM/DD/YYYY", "12/04/2026"), Ok(day));
        assert_eq!(read("DD.MM.YYYY", "04.12.2026"), Ok(day));
        assert_eq!(read("D.M.YY", "4.12.26"), Ok(day));
        assert_eq!(read("YYYYMMDD", "20261204"), Ok(day));
        assert_eq!(read("MMM D, YYYY", "Dec 4, 2026"), Ok(day));
        assert_eq!(read("D de MMM de YYYY", "4 de december de 2026"), Ok(day));
        assert_eq!(DateFormat::iso().read("2026-12-04"), Ok(day));
    }

    #[test]
    fn a_day_that_does_not_exist_is_told_from_another_form() {
        assert_eq!(read("YYYY-MM-DD", "2026-02-29"), Err(NoDate::NoSuchDay));
        assert_eq!(read("YYYY-MM-DD", "2024-02-29"), Ok(date(2024, 2, 29)));
        assert_eq!(read("YYYY-MM-DD", "2026-13-01"), Err(NoDate::NoSuchDay));
        for text in ["", "04/12/2026", "2026-1-4", "2026-12-04 10:00", "２０２６-12-04"] {
            assert_eq!(read("YYYY-MM-DD", text), Err(NoDate::OtherForm), "{text}");
        }
    }

    #[test]
    fn months_may_have_names_in_any_language() {
        let names = [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ];
        let format = DateFormat::parse("D MMM YYYY", &names.map(String::from)).expect("Spanish months");
        assert_eq!(format.read("4 DIC 2026"), Ok(date(2026, 12, 4)));
    }

    #[test]
    fn a_pattern_that_cannot_name_a_day_is_refused() {
        for pattern in ["", "YYYY-MM", "YYY-MM-DD", "DD/DD/YYYY", "MMMM D YYYY"] {
            assert!(DateFormat::parse(pattern, &[]).is_err(), "{pattern}");
        }
    }
}
