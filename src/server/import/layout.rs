//! A mapping laid over the columns of one file, and the rows read through it.

use super::faults::{Fault, Reason};
use super::mapping::{AmountStyle, Column, DateFormat, FIELD_COUNT, Field, Mapping, MappingError, Place, Sign, Source};
use super::{fields, reader::ADDED_COLUMNS};
use crate::domain::calendar::Date;
use crate::domain::money::{Currency, Money};
use csv::StringRecord;
use std::borrow::Cow;

/// Where each field of the mapping is in the rows of this file.
#[derive(Clone, Debug)]
pub struct Layout {
    pub mapping: Mapping,
    /// How many columns a row has.
    pub width: usize,
    /// The same, with the columns that an earlier run added to a rejects file.
    full_width: usize,
    places: [Option<BoundPlace>; FIELD_COUNT],
    /// The column of each split.
    split_columns: Vec<usize>,
    /// The months by which every date of the file is moved; 0 except when samples are loaded.
    shift_months: i32,
}

#[derive(Clone, Debug)]
struct BoundPlace {
    /// For faults: the creditor's name of the column.
    column_name: String,
    found: Found,
}

#[derive(Clone, Debug)]
enum Found {
    Column(usize),
    Piece { split: usize, piece: usize },
    Constant(String),
}

impl Layout {
    /// Finds the mapping's columns in the file's header (or, without one, in a first row of so many columns).
    pub fn new(mapping: Mapping, header: &StringRecord, shift_months: i32) -> Result<Layout, MappingError> {
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        let find = |column: &Column, line: usize| find_column(column, line, &names);
        let split_columns = mapping.splits.iter().map(|split| find(&split.column, split.line)).collect::<Result<Vec<_>, _>>()?;
        let mut places: [Option<BoundPlace>; FIELD_COUNT] = std::array::from_fn(|_| None);
        for (field, source) in &mapping.sources {
            let (column_name, found) = match &source.place {
                Place::Column(column) => (column.to_string(), Found::Column(find(column, source.line)?)),
                Place::Piece { split, piece } => {
                    (mapping.splits[*split].column.to_string(), Found::Piece { split: *split, piece: *piece })
                }
                Place::Constant(text) => (field.name().to_owned(), Found::Constant(text.clone())),
            };
            places[*field as usize] = Some(BoundPlace { column_name, found });
        }
        // The columns that an earlier run added to a rejects file say nothing about the row.
        let width = names.iter().position(|name| *name == ADDED_COLUMNS[0]).unwrap_or(names.len());
        Ok(Layout { mapping, width, full_width: names.len(), places, split_columns, shift_months })
    }

    pub fn row<'r>(&'r self, record: &'r StringRecord, line: u64) -> Row<'r> {
        let mut row = Row { layout: self, record, line, pieces: Vec::new(), faults: Vec::new() };
        row.check_width();
        row.split();
        row
    }
}

fn find_column(column: &Column, line: usize, names: &[&str]) -> Result<usize, MappingError> {
    let refuse = |reason| Err(MappingError { line, reason });
    match column {
        Column::Number(number) if *number <= names.len() => Ok(number - 1),
        Column::Number(number) => refuse(format!("there is no column {number}: the file has {}", names.len())),
        Column::Name(name) => {
            let mut found = names.iter().enumerate().filter(|(_, other)| other.eq_ignore_ascii_case(name));
            match (found.next(), found.next()) {
                (Some((index, _)), None) => Ok(index),
                (Some(_), Some(_)) => refuse(format!("the file has several columns named \"{name}\"")),
                (None, _) => refuse(format!("the file has no column \"{name}\"; it has: {}", names.join(" | "))),
            }
        }
    }
}

/// One row, read field by field. Every fault is kept, so that all of them are told at once.
pub struct Row<'r> {
    layout: &'r Layout,
    record: &'r StringRecord,
    line: u64,
    pieces: Vec<Option<Vec<&'r str>>>,
    faults: Vec<Fault>,
}

impl<'r> Row<'r> {
    fn check_width(&mut self) {
        let (found, expected) = (self.record.len(), self.layout.width);
        let reason = match found {
            _ if found < expected => Reason::RowCutShort { found, expected },
            _ if found > self.layout.full_width => Reason::RowTooWide { found, expected },
            _ => return,
        };
        let last = self.record.iter().next_back().unwrap_or_default().to_owned();
        self.faults.push(Fault { line: self.line, column: "(whole row)".into(), value: last, reason });
    }

    fn split(&mut self) {
        for (split, column) in self.layout.mapping.splits.iter().zip(&self.layout.split_columns) {
            let text = self.record.get(*column).unwrap_or_default().trim();
            let pieces = split.pattern.split(text);
            if pieces.is_none() && !self.is_empty_word(text) {
                let reason = Reason::NoPieces { pattern: split.pattern.text().to_owned() };
                let column = split.column.to_string();
                self.faults.push(Fault { line: self.line, column, value: text.to_owned(), reason });
            }
            self.pieces.push(pieces);
        }
    }

    /// Whether the row can be read at all: a row cut short would only repeat "missing".
    pub fn is_whole(&self) -> bool {
        self.faults.iter().all(|fault| fault.reason.code() == "not_as_pattern")
    }

    fn is_empty_word(&self, text: &str) -> bool {
        text.is_empty() || self.layout.mapping.empty_words.iter().any(|word| *word == text.to_lowercase())
    }

    pub fn has(&self, field: Field) -> bool {
        self.layout.places[field as usize].is_some()
    }

    fn source(&self, field: Field) -> Option<&'r Source> {
        self.layout.mapping.source(field)
    }

    /// The field's text, trimmed, with runs of spaces made one, translated; `None` where there is nothing.
    pub fn text(&self, field: Field) -> Option<Cow<'r, str>> {
        let raw: &'r str = match &self.layout.places[field as usize].as_ref()?.found {
            Found::Column(index) => self.record.get(*index)?,
            Found::Piece { split, piece } => self.pieces.get(*split)?.as_ref()?.get(*piece)?,
            Found::Constant(text) => text,
        };
        let text = single_spaced(raw);
        if self.is_empty_word(&text) {
            return None;
        }
        let translations = &self.source(field)?.translate;
        if translations.is_empty() {
            return Some(text);
        }
        match translations.get(&text.to_lowercase()).or_else(|| translations.get("*")) {
            Some(meaning) if meaning.is_empty() => None,
            Some(meaning) => Some(Cow::Borrowed(meaning.as_str())),
            None => Some(text),
        }
    }

    /// Adds a fault in the column a field comes from.
    pub fn fault(&mut self, field: Field, reason: Reason) {
        let value = self.text(field).unwrap_or_default().into_owned();
        let column = self.layout.places[field as usize].as_ref().map_or(field.name(), |place| &place.column_name).to_owned();
        self.faults.push(Fault { line: self.line, column, value, reason });
    }

    /// A field that may be absent.
    pub fn optional<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Result<T, Reason>) -> Option<T> {
        let text = self.text(field)?;
        let read = if text.contains('\u{fffd}') {
            Err(Reason::NotInEncoding { encoding: self.layout.mapping.file.encoding.name() })
        } else {
            read(&text)
        };
        read.map_err(|reason| self.fault(field, reason)).ok()
    }

    /// A field that must be there.
    pub fn required<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Result<T, Reason>) -> Option<T> {
        if self.text(field).is_none() {
            // A split that failed has been told already.
            let told = self.faults.iter().any(|fault| {
                fault.reason.code() == "not_as_pattern"
                    && self.layout.places[field as usize].as_ref().is_some_and(|place| place.column_name == fault.column)
            });
            if !told {
                self.fault(field, Reason::Missing);
            }
            return None;
        }
        self.optional(field, read)
    }

    fn date_format(&self, field: Field) -> Option<&'r DateFormat> {
        self.source(field).map(|source| &source.date)
    }

    /// A date, as written (not moved).
    pub fn date(&mut self, field: Field, needed: bool) -> Option<Date> {
        let format = self.date_format(field)?;
        if needed {
            self.required(field, |text| fields::date(text, format))
        } else {
            self.optional(field, |text| fields::date(text, format))
        }
    }

    /// A date moved by whole months with everything else of a sample.
    pub fn moved(&self, date: Date) -> Date {
        match self.layout.shift_months {
            0 => date,
            months => date.saturating_add(jiff::Span::new().months(months)),
        }
    }

    /// An amount whose sign says what it does to the balance, or, for amounts that are subtracted, what it is.
    pub fn amount(&mut self, field: Field, currency: Currency, needed: bool) -> Option<Money> {
        let style: &'r AmountStyle = &self.layout.mapping.amounts;
        let read = move |text: &str| fields::amount(text, style, currency);
        if needed { self.required(field, read) } else { self.optional(field, read) }
    }

    pub fn sign(&self, field: Field) -> Sign {
        self.source(field).map_or(Sign::AlreadySigned, |source| source.sign)
    }

    pub fn mapping(&self) -> &'r Mapping {
        &self.layout.mapping
    }

    pub fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    pub fn into_faults(self) -> Vec<Fault> {
        self.faults
    }
}

fn single_spaced(raw: &str) -> Cow<'_, str> {
    let text = raw.trim_matches([' ', '\u{a0}', '\t', '\r', '\n']);
    if !text.contains("  ") && !text.contains(['\t', '\r', '\n']) {
        return Cow::Borrowed(text);
    }
    let mut spaced = String::with_capacity(text.len());
    for word in text.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()) {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    Cow::Owned(spaced)
}
