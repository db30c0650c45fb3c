//! A stretch of bytes or text around one place, with a mark below that place.

use std::fmt::Write as _;
use std::ops::Range;

/// How many bytes are shown at most, and how many of them stand before the marked one.
const BYTES_SHOWN: usize = 24;
const BYTES_BEFORE: usize = 12;
/// The same for characters of text.
const CHARACTERS_SHOWN: usize = 72;
const CHARACTERS_BEFORE: usize = 36;

/// Bytes as hex, and the line with the mark below them.
pub(crate) struct Marked {
    pub(crate) line: String,
    /// Spaces up to the mark, and the mark.
    pub(crate) mark: (String, &'static str),
}

/// Bytes around `offset`, those of `hidden` as `..`; at the end, the mark stands behind the last one.
pub(crate) fn mark_byte(bytes: &[u8], offset: usize, hidden: &[Range<usize>]) -> Marked {
    let (before, shown, after) = stretch(bytes, offset, BYTES_BEFORE, BYTES_SHOWN);
    let mut line = String::from(if before > 0 { "… " } else { "" });
    for (at, byte) in (before..).zip(shown) {
        match hidden.iter().any(|range| range.contains(&at)) {
            true => line.push_str(".. "),
            // Writing to a string does not fail.
            false => _ = write!(line, "{byte:02x} "),
        }
    }
    line.push_str(if after > 0 { "…" } else { "" });
    let lead = if before > 0 { 2 } else { 0 } + 3 * (offset.min(bytes.len()) - before);
    Marked {
        line: line.trim_end().to_owned(),
        mark: (" ".repeat(lead), "^^"),
    }
}

/// The first bytes as hex.
pub(crate) fn first_bytes(bytes: &[u8]) -> String {
    mark_byte(bytes, 0, &[]).line
}

/// Text around `offset`, one column a byte; what is not printable ASCII is a dot.
pub(crate) fn mark_text(text: &[u8], offset: usize) -> Marked {
    let (before, shown, after) = stretch(text, offset, CHARACTERS_BEFORE, CHARACTERS_SHOWN);
    let mut line = String::from(if before > 0 { "…" } else { "" });
    line.extend(shown.iter().map(|byte| match byte {
        b' '..=b'~' => char::from(*byte),
        b'\t' => ' ',
        _ => '.',
    }));
    line.push_str(if after > 0 { "…" } else { "" });
    let lead = usize::from(before > 0) + offset.min(text.len()) - before;
    Marked {
        line,
        mark: (" ".repeat(lead), "^"),
    }
}

/// What is shown of `all`, and how much is left out before and after it.
fn stretch(all: &[u8], offset: usize, before: usize, shown: usize) -> (usize, &[u8], usize) {
    let start = match all.len() <= shown {
        true => 0,
        false => offset.saturating_sub(before).min(all.len() - shown),
    };
    let rest = all.get(start..).unwrap_or_default();
    let stretch = rest.get(..shown).unwrap_or(rest);
    (start, stretch, rest.len() - stretch.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_lines(marked: &Marked) -> String {
        format!("{}\n{}{}", marked.line, marked.mark.0, marked.mark.1)
    }

    #[test]
    fn the_mark_stands_below_the_byte_or_behind_the_last_one() {
        let bytes = [0x40, 0x03, 0x00, 0x0A, 0x8B];
        assert_eq!(
            two_lines(&mark_byte(&bytes, 4, &[])),
            "40 03 00 0a 8b\n            ^^"
        );
        assert_eq!(
            two_lines(&mark_byte(&bytes, 5, &[])),
            "40 03 00 0a 8b\n               ^^"
        );
        let hidden = mark_byte(&bytes, 4, &[1..3, 9..12]);
        assert_eq!(two_lines(&hidden), "40 .. .. 0a 8b\n            ^^");
        assert_eq!(two_lines(&mark_byte(&[], 0, &[])), "\n^^");
    }

    #[test]
    fn of_many_bytes_those_around_the_mark_are_shown() {
        let bytes: Vec<u8> = (0..=255).collect();
        let marked = mark_byte(&bytes, 100, &[]);
        assert!(marked.line.starts_with("… 58 59"), "{}", marked.line);
        assert!(marked.line.ends_with("6f …"), "{}", marked.line);
        let column = marked.line.chars().skip(marked.mark.0.len());
        assert_eq!(column.take(2).collect::<String>(), "64");
        let marked = mark_byte(&bytes, 255, &[]);
        assert!(marked.line.ends_with("ff"), "{}", marked.line);
    }
}
