//! Tables of a letter: columns as wide as they need to be, cells that go on below, headings repeated on the next page.

#![expect(clippy::float_arithmetic, reason = "lengths on paper; no money is computed here")]

use super::{BODY, LABEL, STRONG, Setter};
use crate::server::documents::letter::Table;
use crate::server::documents::page::{Faces, Ink, Leaf, Mark, Role, Style};

impl Setter<'_> {
    /// A row is as tall as its tallest cell: what does not fit into a column goes on below, never over the next one.
    pub(super) fn table(&mut self, table: &Table, x: f32, width: f32) {
        self.need(LEAST_HEIGHT);
        let node = self.node(None, Role::Table(table.summary.clone()));
        let columns = columns(table, self.faces, width);
        let head = self.node(Some(node), Role::TableHead);
        let head_row = self.node(Some(head), Role::Row);
        let headings = self.row(&table.headings, &columns, LABEL);
        self.table_row(&headings, &columns, x, Some((head_row, true)));
        self.put(Mark::Rule { from: x, to: x + width, y: self.y - 1.0, weight: 0.9, ink: Ink::Deep });
        let body = self.node(Some(node), Role::TableBody);
        let total = table.total.as_ref().map(|total| self.row(total, &columns, STRONG));
        let last = table.rows.len().saturating_sub(1);
        for (index, row) in table.rows.iter().enumerate() {
            let row = self.row(row, &columns, BODY);
            // The last row is kept together with its total.
            let below = total.as_ref().filter(|_| index == last).map_or(0.0, |total| total.height + 4.0);
            if self.need(row.height + below) {
                self.table_row(&headings, &columns, x, None);
                self.put(Mark::Rule { from: x, to: x + width, y: self.y - 1.0, weight: 0.9, ink: Ink::Deep });
            }
            let row_node = self.node(Some(body), Role::Row);
            self.table_row(&row, &columns, x, Some((row_node, false)));
            if index < last {
                self.put(Mark::Rule { from: x, to: x + width, y: self.y - 1.0, weight: 0.4, ink: Ink::Faint });
            }
        }
        if let Some(total) = &total {
            self.put(Mark::Rule { from: x, to: x + width, y: self.y - 1.0, weight: 0.9, ink: Ink::Deep });
            let row_node = self.node(Some(body), Role::Row);
            self.table_row(total, &columns, x, Some((row_node, false)));
        }
        self.y += 8.0;
    }

    /// The cells of a row broken into lines. Amounts are never broken: their columns are as wide as the widest of them.
    fn row(&self, cells: &[String], columns: &[Column], style: Style) -> RowOfLines {
        let lines: Vec<Vec<String>> = cells
            .iter()
            .zip(columns)
            .map(|(cell, column)| match column.is_amount {
                true if cell.is_empty() => Vec::new(),
                true => vec![cell.clone()],
                false => self.faces.lines(cell, style, column.right - column.left - BETWEEN + ROUNDING),
            })
            .collect();
        let tallest = lines.iter().map(Vec::len).max().unwrap_or_default().saturating_sub(1);
        #[expect(clippy::cast_precision_loss, reason = "a cell has few lines")]
        let height = ROW + tallest as f32 * style.leading;
        RowOfLines { lines, height, style }
    }

    /// One row at the current height, which goes down by the row's. Without a node it is a repetition and is not read.
    fn table_row(&mut self, row: &RowOfLines, columns: &[Column], x: f32, node: Option<(usize, bool)>) {
        let style = row.style;
        for (index, (lines, column)) in row.lines.iter().zip(columns).enumerate() {
            let cell_node = node.map(|(row, is_head)| {
                let role = match (is_head, index) {
                    (true, _) => Role::ColumnHeader,
                    (false, 0) => Role::RowHeader,
                    (false, _) => Role::Cell,
                };
                // An empty cell is in the tree, with nothing to read.
                self.node(Some(row), role)
            });
            let mut top = self.y + 1.5;
            for line in lines {
                let leaf = cell_node.map_or(Leaf::Skipped, |cell| self.leaf(cell));
                if column.is_amount {
                    self.line_ending_at(x + column.right, top, style, line, leaf);
                } else {
                    self.line_at(x + column.left, top, style, &format!("{line} "), leaf);
                }
                top += style.leading;
            }
        }
        self.y += row.height;
    }
}

/// The height of a row of one line.
const ROW: f32 = 19.0;
/// No less of a table begins on a page.
pub(super) const LEAST_HEIGHT: f32 = ROW * 4.0;
/// The space between two columns.
const BETWEEN: f32 = 20.0;
/// So that the widest cell fits its own column.
const ROUNDING: f32 = 0.1;

/// A row as it is drawn: the lines of each cell.
struct RowOfLines {
    lines: Vec<Vec<String>>,
    height: f32,
    style: Style,
}

struct Column {
    left: f32,
    right: f32,
    is_amount: bool,
}

/// Columns as wide as their widest cell; those of words get what the amounts leave.
fn columns(table: &Table, faces: &Faces, width: f32) -> Vec<Column> {
    let count = table.headings.len();
    let mut widths: Vec<f32> = (0..count)
        .map(|index| {
            let rows = table.rows.iter().chain(&table.total).filter_map(|row| row.get(index));
            rows.map(|cell| faces.width(cell, STRONG))
                .chain(table.headings.get(index).map(|cell| faces.width(cell, LABEL)))
                .fold(0.0, f32::max)
                + BETWEEN
        })
        .collect();
    let first_amount = count.saturating_sub(table.amount_columns);
    let for_amounts: f32 = widths.iter().skip(first_amount).sum();
    share_out(&mut widths[..first_amount], width - for_amounts);
    let mut left = 0.0;
    widths
        .into_iter()
        .enumerate()
        .map(|(index, column)| {
            let placed = Column { left, right: left + column, is_amount: index >= first_amount };
            left += column;
            placed
        })
        .collect()
}

/// What is left beside the amounts, for the columns of words: each what it needs, the last what is left over. Where it is not
/// enough, narrow ones keep what they need and the others share the rest.
fn share_out(widths: &mut [f32], available: f32) {
    let needed: f32 = widths.iter().sum();
    if needed <= available {
        if let Some(last) = widths.last_mut() {
            *last += available - needed;
        }
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "a table has few columns")]
    let share = |room: f32, columns: usize| room / columns.max(1) as f32;
    let fair = share(available, widths.len());
    let narrow: f32 = widths.iter().filter(|width| **width <= fair).sum();
    let wide = widths.iter().filter(|width| **width > fair).count();
    for width in widths.iter_mut().filter(|width| **width > fair) {
        *width = share(available - narrow, wide);
    }
}
