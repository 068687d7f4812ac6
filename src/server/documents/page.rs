//! A letter set on its pages: what is drawn where, and the tree a screen reader walks. [`super::layout`] makes it,
//! [`super::paint`] draws it. Lengths are points (1/72 inch) from the top left corner.

#![expect(clippy::float_arithmetic, reason = "lengths on paper; no money is computed here")]

use super::typeface::{Cut, Typeface};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Deep,
    Quiet,
    Faint,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    pub cut: Cut,
    pub size: f32,
    pub leading: f32,
    pub ink: Ink,
}

impl Style {
    pub(super) const fn new(cut: Cut, size: f32, leading: f32, ink: Ink) -> Style {
        Style { cut, size, leading, ink }
    }
}

/// One thing to draw.
#[derive(Clone, Debug)]
pub enum Mark {
    Line {
        x: f32,
        baseline: f32,
        style: Style,
        text: String,
        leaf: Leaf,
    },
    /// A horizontal line; decoration.
    Rule {
        from: f32,
        to: f32,
        y: f32,
        weight: f32,
        ink: Ink,
    },
    /// A round mark on the waterline; decoration.
    Dot {
        x: f32,
        y: f32,
        radius: f32,
    },
}

/// Where a line belongs in what a screen reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// The leaf with this number.
    Read(usize),
    /// Decoration and repetition: not read.
    Skipped,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    Title(String),
    Heading(String),
    Paragraph,
    List,
    Item,
    ItemBody,
    Table(String),
    TableHead,
    TableBody,
    Row,
    ColumnHeader,
    RowHeader,
    Cell,
}

#[derive(Clone, Debug)]
pub enum Child {
    Node(usize),
    Leaf(usize),
}

#[derive(Clone, Debug)]
pub struct Node {
    pub role: Role,
    pub children: Vec<Child>,
}

/// A letter set on its pages.
pub struct Pages {
    pub sheets: Vec<Vec<Mark>>,
    pub nodes: Vec<Node>,
    /// The nodes at the top of the tree, in reading order.
    pub roots: Vec<usize>,
    pub leaves: usize,
    /// Heading, page and height on it: for the outline.
    pub headings: Vec<(String, usize, f32)>,
    pub width: f32,
    pub height: f32,
}

/// The two cuts.
pub struct Faces {
    pub regular: Typeface,
    pub bold: Typeface,
}

impl Faces {
    pub fn of(&self, cut: Cut) -> &Typeface {
        match cut {
            Cut::Regular => &self.regular,
            Cut::Bold => &self.bold,
        }
    }

    pub fn width(&self, text: &str, style: Style) -> f32 {
        self.of(style.cut).width(text) * style.size
    }

    /// Breaks text into lines no wider than `width`, as many words on each as fit. A word wider than the line is broken.
    pub fn lines(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer, style) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                if !line.is_empty() && self.width(&line, style) + self.width(letter.encode_utf8(&mut [0; 4]), style) > width {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}
