//! Dumps with a column of offsets, and often one of characters: xxd, hexdump, od, Wireshark, tshark, tcpdump.

use super::NotHex;
use super::plain::nibble;
use super::whole::is_framed;

/// One line of a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The digits of the offset.
    pub(crate) offset: String,
    /// Whether a colon, `0x` or a column of characters that fits leaves no doubt.
    pub(crate) certain: bool,
    pub(crate) layout: Layout,
    pub(crate) bytes: Vec<u8>,
}

/// How the numbers stand in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Bytes, or groups of them in their order.
    Bytes,
    /// Four digits each behind an offset without a colon: `hexdump` swaps the two bytes.
    Words,
    /// Nothing but an offset.
    End,
    /// Another layout of od or hexdump.
    Other,
}

/// The base of the offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    Hexadecimal,
    Octal,
    Decimal,
}

impl Base {
    pub(crate) fn value(self, digits: &str) -> Option<u64> {
        let radix = match self {
            Self::Hexadecimal => 16,
            Self::Octal => 8,
            Self::Decimal => 10,
        };
        u64::from_str_radix(digits, radix).ok()
    }
}

/// The line, if it has the shape of one of a dump.
pub(crate) fn line(text: &str) -> Option<Line> {
    let text = text.trim_end();
    let body = text.trim_start();
    let (prefixed, body) = match body.strip_prefix("0x") {
        Some(body) => (true, body),
        None => (false, body),
    };
    let len = body.bytes().take_while(u8::is_ascii_hexdigit).count();
    let (offset, rest) = body.split_at_checked(len)?;
    let (colon, rest) = match rest.strip_prefix(':') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    // `00: 20 02 00 00`
    let short = colon && matches!(len, 2 | 3) && rest.starts_with(' ');
    if !short && !(4..=16).contains(&len) {
        return None;
    }
    let line = |certain, layout, bytes| {
        Some(Line {
            offset: offset.to_owned(),
            certain,
            layout,
            bytes,
        })
    };
    if rest.is_empty() {
        return line(false, Layout::End, Vec::new());
    }
    if !rest.starts_with([' ', '\t']) || (prefixed && !colon) {
        return None;
    }
    // A debugger's lines: `0x7ffe1000: 0x20 0x02`.
    let debugger = prefixed && len >= 6;
    let plain: String;
    let rest = match debugger && (rest.contains(" 0x") || rest.contains("\t0x")) {
        true => {
            plain = rest.replace(" 0x", " ").replace("\t0x", "\t");
            &plain
        }
        false => rest,
    };
    let columns = split(rest)?;
    let certain = columns.characters_fit || (prefixed && colon);
    if columns.bytes.is_empty() {
        return None;
    }
    let starts = offset.bytes().all(|digit| digit == b'0');
    let layout = match (colon, columns.shape) {
        (true, Shape::Odd) if starts && len >= 6 => Layout::Other,
        (true, Shape::Odd) => return None,
        // `xxd -e` has them in the order of the machine: then the first byte is none of a packet.
        (true, Shape::Long)
            if starts && columns.bytes.first().is_some_and(|first| *first < 0x10) =>
        {
            Layout::Other
        }
        // The bytes are in another order, or in binary.
        (true, _) if columns.characters_differ => Layout::Other,
        (true, _) | (false, Shape::Bytes) => Layout::Bytes,
        (false, Shape::Words) if columns.characters_fit => Layout::Bytes,
        // od and hexdump have seven digits; od can have six.
        (false, Shape::Words) if offset.len() == 7 => Layout::Words,
        (false, Shape::Words | Shape::Long) if offset.len() < 6 => Layout::Bytes,
        (false, _) if matches!(offset.len(), 6..=8) => Layout::Other,
        (false, _) => return None,
    };
    line(certain, layout, columns.bytes)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    /// Two digits each.
    Bytes,
    /// Four digits each, but for the last.
    Words,
    /// More digits each, but for the last.
    Long,
    /// Something else.
    Odd,
}

struct Columns {
    bytes: Vec<u8>,
    shape: Shape,
    /// There is a column of characters, and it shows these bytes.
    characters_fit: bool,
    /// There is one, and it shows others.
    characters_differ: bool,
}

/// Bytes and characters.
fn split(rest: &str) -> Option<Columns> {
    let mut bytes = Vec::new();
    let mut shape = None;
    // The digits of the first group, and whether a shorter one was there.
    let mut group = 0;
    let mut last = false;
    let mut fit = false;
    let mut left = rest;
    let mut odd = false;
    let mut unfit = false;
    loop {
        let spaces = left.len() - left.trim_start_matches([' ', '\t']).len();
        let next = left.trim_start_matches([' ', '\t']);
        if next.is_empty() {
            break;
        }
        let gap = spaces >= 2 || next.starts_with(['|', '>']);
        if !bytes.is_empty() && gap && shows(next, left, &bytes) {
            fit = true;
            break;
        }
        let len = next.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends = next
            .get(len..)
            .is_none_or(|after| after.is_empty() || after.starts_with([' ', '\t', '|']));
        if len == 0 || !ends {
            // Characters, or something that has no place in a dump.
            unfit = true;
            if bytes.is_empty() || !gap {
                odd = true;
                if bytes.is_empty() {
                    // od -c and its like.
                    bytes.push(0);
                }
            }
            break;
        }
        let digits = next.get(..len)?;
        shape = Some(match (len, group) {
            _ if shape == Some(Shape::Odd) => Shape::Odd,
            (2, 0 | 2) if spaces <= 3 => Shape::Bytes,
            (4, 0 | 4) => Shape::Words,
            (6..=32, 0) if len % 2 == 0 => Shape::Long,
            (_, group) if len == group => shape.unwrap_or(Shape::Odd),
            // The last group of a line of xxd may be shorter; `xxd -e` moves it to the right.
            (_, group) if len % 2 == 0 && len < group && spaces == 1 && !last => {
                last = true;
                shape.unwrap_or(Shape::Odd)
            }
            _ => Shape::Odd,
        });
        if group == 0 {
            group = len;
        } else if last && len == group {
            shape = Some(Shape::Odd);
        }
        if len % 2 == 0 {
            for pair in digits.as_bytes().as_chunks::<2>().0 {
                let &[high, low] = pair;
                bytes.push(nibble(high)? << 4 | nibble(low)?);
            }
        } else {
            odd = true;
            bytes.push(0);
        }
        left = next.get(len..)?;
    }
    let shape = match (odd && !fit, shape) {
        (false, Some(shape)) => shape,
        _ => Shape::Odd,
    };
    Some(Columns {
        bytes,
        shape,
        characters_fit: fit,
        characters_differ: unfit,
    })
}

/// Whether `text` is the column of characters of `bytes`; `full` is the same with the spaces in front.
fn shows(text: &str, full: &str, bytes: &[u8]) -> bool {
    let inner = [('|', '|'), ('>', '<')].iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(*open)?;
        inner.strip_suffix(*close)
    });
    match inner {
        Some(inner) => is_column(inner, bytes),
        // Spaces at the beginning are characters, or not; those at the end were cut off.
        None => {
            let count = full.chars().count();
            (0..=full.chars().take_while(|letter| *letter == ' ').count())
                .filter(|skip| *skip >= 1 && count - skip <= bytes.len() + 1)
                .any(|skip| {
                    let column: String = full.chars().skip(skip).collect();
                    is_column(&column, bytes) || is_halved(&column, bytes)
                })
        }
    }
}

/// Whether the column has a space between its two halves, as tshark prints it.
fn is_halved(text: &str, bytes: &[u8]) -> bool {
    let first: String = text.chars().take(8).collect();
    let second: String = text.chars().skip(9).collect();
    text.chars().nth(8) == Some(' ')
        && bytes
            .split_at_checked(8)
            .is_some_and(|(one, two)| is_column(&first, one) && is_column(&second, two))
}

/// Whether each character stands for its byte; spaces at the end may be missing.
fn is_column(column: &str, bytes: &[u8]) -> bool {
    let mut letters = column.chars();
    for byte in bytes {
        match letters.next() {
            // tcpdump prints a space as a dot, too.
            Some('.' | '·') if !matches!(byte, b'!'..=b'~') => {}
            Some('.') if *byte == b'.' => {}
            Some(letter) if !letter.is_ascii() && !byte.is_ascii() => {}
            Some(letter) if u32::from(letter) == u32::from(*byte) => {}
            None if *byte == b' ' => {}
            // hexdump -C ends its column at the last byte; some halves are parted by a space.
            _ => return false,
        }
    }
    letters.next().is_none()
}

/// Whether a first line is of `od -An` with words of two, four or eight bytes: a space before each word, all of the same
/// length, and the bytes as they stand are no packet, or would be one the other way round as well.
pub(crate) fn is_words_of_od(text: &str) -> bool {
    let mut words = text.trim_end().split(' ');
    let first = match (words.next(), words.next()) {
        (Some(""), Some(first)) => first,
        _ => return false,
    };
    let fits = |word: &str| {
        word.len() == first.len() && word.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    if !matches!(first.len(), 4 | 8 | 16) || !fits(first) || !words.all(fits) {
        return false;
    }
    let digits: String = text.split_whitespace().collect();
    let Ok(bytes) = hex::decode(digits) else {
        return false;
    };
    let mut swapped = Vec::new();
    for word in bytes.chunks(first.len() / 2) {
        swapped.extend(word.iter().rev());
    }
    // od fills up the last word.
    let filled = swapped
        .iter()
        .rev()
        .take_while(|byte| **byte == 0)
        .count()
        .min(7);
    let is_packet_of_words =
        (0..=filled).any(|fill| is_framed(swapped.get(..swapped.len() - fill).unwrap_or_default()));
    !is_framed(&bytes) || is_packet_of_words
}

/// Why another layout than bytes is not read.
pub(crate) fn other_layout() -> NotHex {
    NotHex::whole(
        "this looks like od or hexdump in another layout than bytes in hexadecimal: use `od -An -t x1`, `xxd` or \
         `hexdump -C`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> (Vec<u8>, bool, Layout) {
        let line = line(text).unwrap_or_else(|| panic!("{text}"));
        (line.bytes, line.certain, line.layout)
    }

    #[test]
    fn columns_of_offsets_and_characters_are_no_bytes() {
        let packet = vec![0x20, 0x03, 0x00, 0x87, 0x00];
        for text in [
            "00000000: 2003 0087 00                              ....",
            "0000   20 03 00 87 00                                     ....",
        ] {
            // A space is the byte 0x20, which stands first.
            let (found, ..) = bytes(text);
            assert_eq!(found, packet, "{text}");
        }
        assert_eq!(
            bytes("00000000  20 03 00 87 00                                    | ....|"),
            (packet.clone(), true, Layout::Bytes)
        );
        assert_eq!(
            bytes("0000000 20 03 00 87 00"),
            (packet, false, Layout::Bytes)
        );
        assert_eq!(bytes("0000000 0320 8700 0000").2, Layout::Words);
        assert_eq!(bytes("0000000 040 003 000 207 000").2, Layout::Other);
        assert_eq!(bytes("0000000   @ 002  \\0  \\n").2, Layout::Other);
        assert_eq!(bytes("0000005").2, Layout::End);
    }

    #[test]
    fn groups_of_any_length_are_bytes_and_words_of_od_are_not() {
        let packets = vec![0x20, 0x02, 0x00, 0x00, 0x40, 0x02, 0x00];
        for text in [
            "00000000: 20020000 400200                       ...@..",
            "00000000: 200200 004002 00                        ...@..",
            "00000000: 20020000400200                      ...@..",
            "00: 20 02 00 00 40 02 00",
            "\t0x0000:  2002 0000 4002 00                        ....@..",
            "0x7ffe1000:\t0x20\t0x02\t0x00\t0x00\t0x40\t0x02\t0x00",
        ] {
            let (found, _, layout) = bytes(text);
            assert_eq!((found, layout), (packets.clone(), Layout::Bytes), "{text}");
        }
        for text in [
            "0000000 00000220 00000240                    > ...@..<",
            "0000000 0000024000000220",
            "00000000: 00000220   000240                     ...@..",
            "00000000: 00000220                              ...",
            "00000000: 0390 0100   01                           .....",
        ] {
            assert_eq!(bytes(text).2, Layout::Other, "{text}");
        }
    }

    #[test]
    fn characters_that_look_like_numbers_are_characters() {
        assert_eq!(
            bytes("00000000: 3005 0001 61ab 6162                      0...a.ab").0,
            [0x30, 0x05, 0x00, 0x01, 0x61, 0xAB, 0x61, 0x62]
        );
        assert_eq!(
            bytes("00000010: 6162                                     ab").0,
            [0x61, 0x62]
        );
        assert_eq!(bytes("0000  61 62   ab").0, [0x61, 0x62]);
    }
}
