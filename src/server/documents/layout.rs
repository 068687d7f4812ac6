//! Where everything of a letter goes: lines broken greedily by measured width, pages broken between lines and rows, the
//! headings of a table repeated on the next page, and the tree a screen reader walks.
//!
//! Nothing is drawn here: [`super::paint`] draws what this places.

#![expect(clippy::float_arithmetic, reason = "lengths on paper; no money is computed here")]

mod table;

use super::letter::{Block, Fact, Letter, Section};
use super::page::{Child, Faces, Ink, Leaf, Mark, Node, Pages, Role, Style};
use super::typeface::Cut;

const LEFT: f32 = 62.0;
const RIGHT: f32 = 62.0;
const TOP: f32 = 64.0;
const BOTTOM: f32 = 84.0;
/// The side headings' column and the space beside it.
const SIDE: f32 = 124.0;
const GAP: f32 = 18.0;
/// A table of more columns takes the whole width, below its heading.
const WIDE_TABLE: usize = 3;
/// Top of the address on the first page: shows in the window of a #10 and of a DL envelope.
const ADDRESS_TOP: f32 = 140.0;
const ADDRESS_END: f32 = 236.0;
const PARTICULARS_LEFT: f32 = 340.0;

const BODY: Style = Style::new(Cut::Regular, 10.5, 15.5, Ink::Deep);
const STRONG: Style = Style::new(Cut::Bold, 10.5, 15.5, Ink::Deep);
const LABEL: Style = Style::new(Cut::Regular, 9.0, 15.5, Ink::Quiet);
const SMALL: Style = Style::new(Cut::Regular, 8.5, 12.0, Ink::Quiet);
const CODE: Style = Style::new(Cut::Regular, 9.0, 13.0, Ink::Deep);
const TITLE: Style = Style::new(Cut::Bold, 23.0, 28.0, Ink::Deep);
const FIGURE: Style = Style::new(Cut::Bold, 27.0, 34.0, Ink::Deep);
const SIDE_HEADING: Style = Style::new(Cut::Bold, 10.5, 15.5, Ink::Deep);
const NAME: Style = Style::new(Cut::Bold, 13.0, 20.0, Ink::Deep);

/// Places a letter on pages.
pub fn set(letter: &Letter, faces: &Faces) -> Pages {
    let (width, height) = letter.paper.size();
    let mut setter = Setter {
        faces,
        y: TOP,
        pages: Pages {
            sheets: vec![Vec::new()],
            nodes: Vec::new(),
            roots: Vec::new(),
            leaves: 0,
            headings: Vec::new(),
            width,
            height,
        },
    };
    setter.address(letter);
    setter.opening(letter);
    for section in &letter.sections {
        setter.section(section);
    }
    setter.pages
}

struct Setter<'a> {
    faces: &'a Faces,
    y: f32,
    pages: Pages,
}

impl Setter<'_> {
    fn right_edge(&self) -> f32 {
        self.pages.width - RIGHT
    }

    fn text_left(&self) -> f32 {
        LEFT + SIDE + GAP
    }

    fn text_width(&self) -> f32 {
        self.right_edge() - self.text_left()
    }

    fn room(&self) -> f32 {
        self.pages.height - BOTTOM - self.y
    }

    fn new_page(&mut self) {
        self.pages.sheets.push(Vec::new());
        self.y = TOP + 14.0;
    }

    /// Goes to the next page unless this much still fits.
    fn need(&mut self, height: f32) -> bool {
        if self.room() >= height {
            return false;
        }
        self.new_page();
        true
    }

    fn put(&mut self, mark: Mark) {
        if let Some(sheet) = self.pages.sheets.last_mut() {
            sheet.push(mark);
        }
    }

    fn node(&mut self, parent: Option<usize>, role: Role) -> usize {
        let index = self.pages.nodes.len();
        self.pages.nodes.push(Node { role, children: Vec::new() });
        match parent {
            Some(parent) => self.pages.nodes[parent].children.push(Child::Node(index)),
            None => self.pages.roots.push(index),
        }
        index
    }

    fn leaf(&mut self, parent: usize) -> Leaf {
        let leaf = self.pages.leaves;
        self.pages.leaves += 1;
        self.pages.nodes[parent].children.push(Child::Leaf(leaf));
        Leaf::Read(leaf)
    }

    /// One line whose top is at `top`.
    fn line_at(&mut self, x: f32, top: f32, style: Style, text: &str, leaf: Leaf) {
        // The baseline stands where letters of this size sit in the middle of their line.
        let baseline = top + style.leading / 2.0 + style.size * 0.34;
        self.put(Mark::Line { x, baseline, style, text: text.to_owned(), leaf });
    }

    fn line_ending_at(&mut self, right: f32, top: f32, style: Style, text: &str, leaf: Leaf) {
        let x = right - self.faces.width(text, style);
        self.line_at(x, top, style, text, leaf);
    }

    /// Lines that belong to one node, from the current height down.
    fn flow(&mut self, node: usize, x: f32, width: f32, style: Style, text: &str) {
        let lines = self.faces.lines(text, style, width);
        let last = lines.len().saturating_sub(1);
        for (index, mut line) in lines.into_iter().enumerate() {
            // Of three lines or more no single one stays behind or goes ahead alone.
            let keep = if index == 0 && last >= 2 || index + 1 == last { 2.0 } else { 1.0 };
            self.need(style.leading * keep);
            if index < last {
                // The break between two words is a space in the text, too.
                line.push(' ');
            }
            let leaf = self.leaf(node);
            self.line_at(x, self.y, style, &line, leaf);
            self.y += style.leading;
        }
    }

    fn address(&mut self, letter: &Letter) {
        let node = self.node(None, Role::Paragraph);
        self.y = ADDRESS_TOP;
        let width = PARTICULARS_LEFT - LEFT - GAP;
        let lines = std::iter::once(&letter.recipient.name).chain(&letter.recipient.address_lines);
        for line in lines {
            for mut part in self.faces.lines(line, BODY, width) {
                part.push(' ');
                let leaf = self.leaf(node);
                self.line_at(LEFT, self.y, BODY, &part, leaf);
                self.y += BODY.leading;
            }
        }
        let end = self.y;
        self.y = ADDRESS_TOP;
        self.facts(&letter.particulars, PARTICULARS_LEFT, self.right_edge() - PARTICULARS_LEFT, 78.0);
        self.y = self.y.max(end).max(ADDRESS_END);
    }

    fn opening(&mut self, letter: &Letter) {
        self.y += 10.0;
        let node = self.node(None, Role::Title(letter.title.clone()));
        self.pages.headings.push((letter.title.clone(), self.pages.sheets.len() - 1, self.y));
        self.flow(node, LEFT, self.right_edge() - LEFT, TITLE, &letter.title);
        self.y += 8.0;
        for block in &letter.opening {
            self.block(block, LEFT, self.right_edge() - LEFT);
        }
    }

    fn section(&mut self, section: &Section) {
        self.y += 13.0;
        let heading = self.faces.lines(&section.heading, SIDE_HEADING, SIDE);
        // A heading never stands alone at the foot of a page.
        #[expect(clippy::cast_precision_loss, reason = "a heading has few lines")]
        let heading_height = heading.len() as f32 * SIDE_HEADING.leading;
        let is_wide = |block: &Block| matches!(block, Block::Table(table) if table.headings.len() > WIDE_TABLE);
        let with_table = if section.blocks.iter().any(is_wide) { heading_height + table::LEAST_HEIGHT } else { 0.0 };
        self.need(heading_height.max(SIDE_HEADING.leading * 4.0).max(with_table));
        let node = self.node(None, Role::Heading(section.heading.clone()));
        self.pages.headings.push((section.heading.clone(), self.pages.sheets.len() - 1, self.y));
        let top = self.y;
        let page = self.pages.sheets.len();
        self.flow(node, LEFT, SIDE, SIDE_HEADING, &section.heading);
        let heading_end = self.y;
        self.y = top;
        for block in &section.blocks {
            if !is_wide(block) {
                self.block(block, self.text_left(), self.text_width());
                continue;
            }
            if self.pages.sheets.len() == page {
                self.y = self.y.max(heading_end);
            }
            self.block(block, LEFT, self.right_edge() - LEFT);
        }
        if self.pages.sheets.len() == page {
            self.y = self.y.max(heading_end);
        }
    }

    fn block(&mut self, block: &Block, x: f32, width: f32) {
        match block {
            Block::Paragraph(text) => self.paragraph(x, width.min(400.0), BODY, text, 6.0),
            Block::Small(text) => self.paragraph(x, width.min(400.0), SMALL, text, 5.0),
            Block::Signature(name) => self.paragraph(x, width, NAME, name, 2.0),
            Block::Figure { label, value } => self.figure(x, label, value),
            Block::Waterline { marks, first, last } => self.waterline(x, width, marks, first, last),
            Block::Facts(facts) => self.facts(facts, x, width, 122.0),
            Block::List(items) => self.list(x, width, items),
            Block::Table(table) => self.table(table, x, width),
            Block::Code { label, value } => {
                self.need(LABEL.leading + CODE.leading * 2.0);
                let node = self.node(None, Role::Paragraph);
                self.flow(node, x, width, SMALL, &format!("{label} "));
                self.flow(node, x, width, CODE, value);
                self.y += 6.0;
            }
        }
    }

    fn paragraph(&mut self, x: f32, width: f32, style: Style, text: &str, after: f32) {
        let node = self.node(None, Role::Paragraph);
        self.flow(node, x, width, style, text);
        self.y += after;
    }

    fn figure(&mut self, x: f32, label: &str, value: &str) {
        self.need(FIGURE.leading + LABEL.leading);
        let node = self.node(None, Role::Paragraph);
        let leaf = self.leaf(node);
        self.line_at(x, self.y, LABEL, &format!("{label} "), leaf);
        self.y += LABEL.leading;
        let leaf = self.leaf(node);
        self.line_at(x, self.y, FIGURE, value, leaf);
        self.y += FIGURE.leading + 4.0;
    }

    fn waterline(&mut self, x: f32, width: f32, marks: &[u16], first: &str, last: &str) {
        self.need(40.0);
        let y = self.y + 9.0;
        let inset = 3.1;
        self.put(Mark::Rule { from: x + inset, to: x + width - inset, y, weight: 0.9, ink: Ink::Deep });
        for mark in marks {
            let along = f32::from((*mark).min(1000)) / 1000.0;
            self.put(Mark::Dot { x: x + inset + along * (width - 2.0 * inset), y, radius: 3.1 });
        }
        self.line_at(x, y + 6.0, SMALL, first, Leaf::Skipped);
        self.line_ending_at(x + width, y + 6.0, SMALL, last, Leaf::Skipped);
        self.y = y + 30.0;
    }

    /// A list of what is what. Read as a table whose rows have headers, which every screen reader understands.
    fn facts(&mut self, facts: &[Fact], x: f32, width: f32, label_width: f32) {
        let table = self.node(None, Role::Table(String::new()));
        let body = self.node(Some(table), Role::TableBody);
        for fact in facts {
            let labels = self.faces.lines(&fact.label, LABEL, label_width - 8.0);
            let values = self.faces.lines(&fact.value, BODY, width - label_width);
            let rows = labels.len().max(values.len());
            #[expect(clippy::cast_precision_loss, reason = "a fact has few lines")]
            let height = rows as f32 * BODY.leading;
            self.need(height);
            let row = self.node(Some(body), Role::Row);
            let top = self.y;
            self.cell(row, Role::RowHeader, &labels, x, top, LABEL);
            self.cell(row, Role::Cell, &values, x + label_width, top, BODY);
            self.y = top + height + 2.0;
        }
        self.y += 4.0;
    }

    fn cell(&mut self, row: usize, role: Role, lines: &[String], x: f32, top: f32, style: Style) {
        let cell = self.node(Some(row), role);
        let mut y = top;
        for line in lines {
            let leaf = self.leaf(cell);
            self.line_at(x, y, style, &format!("{line} "), leaf);
            y += style.leading;
        }
    }

    fn list(&mut self, x: f32, width: f32, items: &[String]) {
        let list = self.node(None, Role::List);
        for item in items {
            self.need(BODY.leading * 2.0);
            let node = self.node(Some(list), Role::Item);
            let body = self.node(Some(node), Role::ItemBody);
            let middle = self.y + BODY.leading / 2.0;
            self.put(Mark::Rule { from: x, to: x + 7.0, y: middle, weight: 0.9, ink: Ink::Deep });
            self.flow(body, x + 15.0, (width - 15.0).min(385.0), BODY, item);
            self.y += 3.0;
        }
        self.y += 3.0;
    }
}
