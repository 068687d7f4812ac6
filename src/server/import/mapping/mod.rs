//! What a creditor's file looks like, as its mapping file says: documented in docs/mapping.md.
//!
//! [`Mapping::parse`] reads the TOML and refuses what it does not understand, with the line and the reason. Nothing here
//! reads a creditor's file; `layout` lays a mapping over the columns of one.

mod dates;
mod field;
mod pattern;
mod read;
mod toml_walk;

pub use dates::{DateFormat, NoDate};
pub use field::{FIELD_COUNT, Field, FileKind};
pub use pattern::{Side, SplitPattern};

use encoding_rs::Encoding;
use std::collections::BTreeMap;
use std::fmt;

/// A mapping file that cannot be used, told so that it can be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError {
    /// Line in the mapping file, counted from 1; 0 where the fault is something that is not there.
    pub line: usize,
    pub reason: String,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.reason),
            line => write!(f, "line {line}: {}", self.reason),
        }
    }
}

/// A mapping that makes sense in itself.
#[derive(Clone, Debug)]
pub struct Mapping {
    pub kind: FileKind,
    pub file: FileStyle,
    pub amounts: AmountStyle,
    /// Where each field comes from. A field that is not here is unknown for every row.
    pub sources: BTreeMap<Field, Source>,
    pub splits: Vec<Split>,
    /// Words that mean "nothing", compared without regard to case.
    pub empty_words: Vec<String>,
    /// What goes in front of every account reference, so that two creditors' references cannot meet.
    pub reference_prefix: String,
    pub zones: ZoneRule,
    /// The country calling code of numbers written without one, such as `1` or `49`.
    pub phone_country_code: Option<String>,
    /// The trunk prefix that national numbers begin with and international ones drop, such as `0`.
    pub phone_trunk_prefix: Option<String>,
    pub balance_leads: BalanceLeads,
    /// Of the mapping's text: an interrupted run goes on only with the same mapping.
    pub sha256: String,
}

#[derive(Clone, Debug)]
pub struct FileStyle {
    pub delimiter: u8,
    pub quote: Option<u8>,
    /// A byte-order mark in the file wins over this.
    pub encoding: &'static Encoding,
    /// Whether the first line names the columns. If not, columns are given by number, counted from 1.
    pub header: bool,
    /// Lines in front of the header (or of the first row) that are not part of the table.
    pub skip_lines: usize,
}

/// How amounts are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountStyle {
    pub decimal: char,
    pub thousands: Option<char>,
    pub symbols: Vec<String>,
    pub negatives: Vec<NegativeStyle>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NegativeStyle {
    /// `-12.00`
    LeadingMinus,
    /// `12.00-`
    TrailingMinus,
    /// `(12.00)`
    Parentheses,
    /// `12.00 CR`
    TrailingCr,
}

/// Where a field's text comes from and how it is written there.
#[derive(Clone, Debug)]
pub struct Source {
    pub place: Place,
    pub date: DateFormat,
    pub sign: Sign,
    pub translate: BTreeMap<String, String>,
    /// Line of the mapping that says so, for errors that show only against a file.
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Column(Column),
    /// A piece of a column that is split: which split, which piece.
    Piece {
        split: usize,
        piece: usize,
    },
    Constant(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    Name(String),
    /// Counted from 1.
    Number(usize),
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Column::Name(name) => f.write_str(name),
            Column::Number(number) => write!(f, "column {number}"),
        }
    }
}

/// What the sign of an amount means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The amount is added as it stands: what lowers the balance is already negative.
    AlreadySigned,
    /// The amount is subtracted: what lowers the balance is written as a positive number.
    Subtracted,
    /// Transactions: payments and credits are written as positive numbers and lower the balance.
    ByKind,
}

#[derive(Clone, Debug)]
pub struct Split {
    pub column: Column,
    pub pattern: SplitPattern,
    pub line: usize,
}

/// How a time zone is found for a row that does not name one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneRule {
    /// Every row must name its zone.
    Named,
    /// By United States state and postal code.
    UnitedStates,
}

/// Whose word counts when a newer file reports another balance than the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BalanceLeads {
    /// The difference becomes an adjustment entry.
    Creditor,
    /// The difference becomes an event for a person to look at.
    Portal,
}

impl Mapping {
    pub fn parse(text: &str) -> Result<Mapping, MappingError> {
        read::mapping(text)
    }

    pub fn source(&self, field: Field) -> Option<&Source> {
        self.sources.get(&field)
    }
}
