//! A letter before it is set: what it says and in which order, nothing about where on the paper.

use crate::domain::language::Language;
use jiff::Zoned;

/// Who writes: shown in the letterhead, and where to reach a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub portal_name: String,
    pub postal_address: String,
    pub phone: String,
    pub hours: String,
    /// Where the portal is reached, without a slash at the end.
    pub public_url: String,
}

/// Whom it is written to: the lines of the address window, the name first.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    pub name: String,
    pub address_lines: Vec<String>,
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recipient(…)")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// 8.5 × 11 inches: where the United States dollar, its Canadian or the Mexican cousin is the currency.
    UsLetter,
    A4,
}

impl Paper {
    pub fn of_currency(currency: crate::domain::money::Currency) -> Paper {
        match currency.code() {
            "USD" | "CAD" | "MXN" | "CLP" => Paper::UsLetter,
            _ => Paper::A4,
        }
    }

    /// Width and height in points.
    pub fn size(self) -> (f32, f32) {
        match self {
            Paper::UsLetter => (612.0, 792.0),
            Paper::A4 => (595.28, 841.89),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Letter {
    pub language: Language,
    pub paper: Paper,
    pub title: String,
    pub sender: Sender,
    pub recipient: Recipient,
    /// Beside the address: reference, date and so on.
    pub particulars: Vec<Fact>,
    pub opening: Vec<Block>,
    pub sections: Vec<Section>,
    /// At the foot of every page, before the page number.
    pub footer: String,
    pub issued_at: Zoned,
    pub document_id: String,
}

/// A heading at the side and what it is about.
#[derive(Clone, Debug)]
pub struct Section {
    pub heading: String,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
pub enum Block {
    Paragraph(String),
    /// Small print: what few people need, kept quiet.
    Small(String),
    /// The one figure people look for, and what it is.
    Figure {
        label: String,
        value: String,
    },
    /// The way from the first payment to the last, drawn on the waterline: how far along each payment lies, from 0 to
    /// 1000. Decoration: the table says the same.
    Waterline {
        marks: Vec<u16>,
        first: String,
        last: String,
    },
    Facts(Vec<Fact>),
    List(Vec<String>),
    Table(Table),
    /// A name as it was typed.
    Signature(String),
    /// A long code, broken anywhere.
    Code {
        label: String,
        value: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

impl Fact {
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Fact {
        Fact { label: label.into(), value: value.into() }
    }
}

/// The first column is the row's header.
#[derive(Clone, Debug)]
pub struct Table {
    /// What the table shows, for those who hear it.
    pub summary: String,
    pub headings: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// The last row, under a line.
    pub total: Option<Vec<String>>,
    /// So many columns, counted from the end, hold amounts and stand to the right.
    pub amount_columns: usize,
}
