//! Text in aligned columns, as wide as the terminal.

use std::env;
use std::io::{self, IsTerminal, Write};

use anstyle::Style;

use crate::style::STRONG;

/// The space between two columns.
const GAP: usize = 2;
/// The width of a terminal that does not tell.
const TERMINAL_WIDTH: usize = 100;
/// The least width of the last column.
const LAST_COLUMN: usize = 24;

/// A table of `N` columns.
pub(crate) struct Table<const N: usize> {
    indent: usize,
    header: [&'static str; N],
    /// How wide a column may be where the terminal is narrow; the last one gets what is left.
    narrow: [usize; N],
    rows: Vec<Row<N>>,
}

struct Row<const N: usize> {
    cells: [String; N],
    /// The colour of the first cell.
    style: Style,
}

impl<const N: usize> Table<N> {
    pub(crate) const fn new(indent: usize, header: [&'static str; N], narrow: [usize; N]) -> Self {
        Self {
            indent,
            header,
            narrow,
            rows: Vec::new(),
        }
    }

    /// Adds a row; `style` is the colour of its first cell.
    pub(crate) fn row(&mut self, style: Style, cells: [String; N]) {
        self.rows.push(Row { cells, style });
    }

    /// Prints header and rows.
    pub(crate) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let widths = self.widths(terminal_width());
        let header = self.header.map(str::to_owned);
        self.print_row(out, &widths, &header, [STRONG; N])?;
        for row in &self.rows {
            let mut styles = [Style::new(); N];
            styles[0] = row.style;
            self.print_row(out, &widths, &row.cells, styles)?;
        }
        Ok(())
    }

    /// The columns' widths: those of the longest cells, unless the terminal is too narrow for that.
    fn widths(&self, limit: Option<usize>) -> [usize; N] {
        let mut widths = self.header.map(str::len);
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(&row.cells) {
                *width = cell.chars().count().max(*width);
            }
        }
        let total = |widths: &[usize]| {
            self.indent + widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
        };
        if let Some(limit) = limit.filter(|limit| total(&widths) > *limit) {
            for (width, narrow) in widths.iter_mut().zip(self.narrow) {
                *width = narrow.min(*width);
            }
            let all_but_last = total(&widths) - widths.last().unwrap_or(&0);
            if let Some(last) = widths.last_mut() {
                *last = limit.saturating_sub(all_but_last).max(LAST_COLUMN);
            }
        }
        widths
    }

    fn print_row(
        &self,
        out: &mut impl Write,
        widths: &[usize; N],
        cells: &[String; N],
        styles: [Style; N],
    ) -> io::Result<()> {
        let mut columns = Vec::new();
        for (cell, width) in cells.iter().zip(widths) {
            columns.push(wrap(cell, *width));
        }
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            // Spaces are kept back until something follows them.
            let mut spaces = self.indent;
            for ((column, width), style) in columns.iter().zip(widths).zip(styles) {
                let text = column.get(line).copied().unwrap_or_default();
                if !text.is_empty() {
                    write!(out, "{:spaces$}{style}{text}{style:#}", "")?;
                    spaces = 0;
                }
                spaces += width - text.chars().count().min(*width) + GAP;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// How many columns the terminal has, `None` if the output goes elsewhere.
fn terminal_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let columns = env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.parse().ok());
    Some(columns.unwrap_or(TERMINAL_WIDTH))
}

/// The words of `text` in lines of at most `width` characters; at least one line.
fn wrap(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.chars().count() > width {
        let limit = rest
            .char_indices()
            .nth(width + 1)
            .map_or(rest.len(), |(at, _)| at);
        let head = rest.get(..limit).unwrap_or(rest);
        let Some((line, _)) = head.rsplit_once(' ').or_else(|| rest.split_once(' ')) else {
            break;
        };
        lines.push(line);
        rest = rest.get(line.len() + 1..).unwrap_or_default();
    }
    lines.push(rest);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_words() {
        assert_eq!(wrap("a bc def", 8), ["a bc def"]);
        assert_eq!(wrap("a bc def", 7), ["a bc", "def"]);
        assert_eq!(wrap("a bc def", 4), ["a bc", "def"]);
        assert_eq!(wrap("a bc def", 3), ["a", "bc", "def"]);
        assert_eq!(wrap("abcdef g", 3), ["abcdef", "g"]);
        assert_eq!(wrap("", 3), [""]);
    }

    #[test]
    fn a_narrow_terminal_takes_from_the_last_column() {
        let mut table = Table::new(0, ["VALUE", "MEANING"], [5, 10]);
        table.row(Style::new(), ["0x00".into(), "word ".repeat(20)]);
        assert_eq!(table.widths(None), [5, 100]);
        assert_eq!(table.widths(Some(60)), [5, 53]);
        assert_eq!(table.widths(Some(10)), [5, LAST_COLUMN]);
    }
}
