//! Strings of every shape: those that a decoder must accept, and those that it must refuse.

use std::string::String;
use std::vec::Vec;

use super::choices::Choices;
use super::defect::Defect;

/// The largest length of a string or of binary data, MQTT 5.0 §1.5.4, §1.5.6.
pub(crate) const LONGEST: usize = 65_535;

/// The first and the last character of each length in UTF-8, and those next to the surrogates.
const EDGES: [char; 12] = [
    'a',
    '\u{7F}',
    '\u{80}',
    '\u{7FF}',
    '\u{800}',
    '\u{D7FF}',
    '\u{E000}',
    '\u{FFFD}',
    '\u{FFFF}',
    '\u{10000}',
    '\u{1F980}',
    '\u{10FFFF}',
];

/// Noncharacters: allowed, although a sender should not use them, §1.5.4.
const NONCHARACTERS: [char; 6] = [
    '\u{FDD0}',
    '\u{FDEF}',
    '\u{FFFE}',
    '\u{FFFF}',
    '\u{1FFFE}',
    '\u{10FFFF}',
];

/// U+FEFF: never stripped, [MQTT-1.5.4-3].
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// A string that every decoder must accept: well-formed, at most 65,535 bytes, without U+0000.
///
/// Length before characters in every shape, so that a long string that fails a test is simplified to a short one.
pub(crate) fn text(c: &mut Choices<'_>) -> String {
    c.group(shaped)
}

fn shaped(c: &mut Choices<'_>) -> String {
    match c.below(16) {
        0..=3 => characters(c, 16, letter),
        4 => String::new(),
        5 => characters(c, 40, |c| char::from(c.byte_between(0x20, 0x7E))),
        6 | 7 => characters_from(1, 12, c, |c| c.pick(&EDGES)),
        8 => {
            let before = characters(c, 3, letter);
            let after = characters(c, 10, letter);
            [&before, &*String::from(BYTE_ORDER_MARK), &after].concat()
        }
        9 => String::from_iter([BYTE_ORDER_MARK, BYTE_ORDER_MARK]),
        10 => characters(c, 10, control),
        11 => characters(c, 6, |c| c.pick(&NONCHARACTERS)),
        12 | 13 => characters(c, 12, any),
        14 => {
            let len = c.below(2001);
            filled(c.pick(&EDGES), len)
        }
        _ => {
            let len = c.mostly(longest(c)).saturating_sub(c.pick(&[0, 0, 1, 2]));
            filled(c.pick(&EDGES), len)
        }
    }
}

/// Binary data of any content, at most 65,535 bytes.
pub(crate) fn binary(c: &mut Choices<'_>) -> Vec<u8> {
    c.group(|c| match c.below(12) {
        0..=9 => c.bytes(24),
        10 => std::vec![c.byte(); c.below(2001)],
        _ => {
            let len = c.mostly(longest(c));
            std::vec![c.byte(); len]
        }
    })
}

/// The largest length in this packet: few have the longest strings, which make a packet a thousand times as large.
fn longest(c: &Choices<'_>) -> usize {
    if c.is_large() { LONGEST } else { 130 }
}

/// `len` bytes of one character, with letters where it does not fit.
fn filled(character: char, len: usize) -> String {
    let mut buffer = [0; 4];
    let character = &*character.encode_utf8(&mut buffer);
    let mut text = "a".repeat(len % character.len());
    // Not a character at a time: that was a fifth of the time of the fuzz target `roundtrip`.
    text.push_str(&character.repeat(len / character.len()));
    text
}

/// At most `most` characters.
fn characters(
    c: &mut Choices<'_>,
    most: usize,
    one: impl FnMut(&mut Choices<'_>) -> char,
) -> String {
    characters_from(0, most, c, one)
}

/// From `least` to `most` characters.
fn characters_from(
    least: usize,
    most: usize,
    c: &mut Choices<'_>,
    mut one: impl FnMut(&mut Choices<'_>) -> char,
) -> String {
    let count = c.between(least, most);
    (0..count).map(|_| one(c)).collect()
}

fn letter(c: &mut Choices<'_>) -> char {
    char::from(c.byte_between(b'a', b'z'))
}

/// U+0001 to U+001F and U+007F to U+009F: allowed, although a sender should not use them, §1.5.4.
fn control(c: &mut Choices<'_>) -> char {
    if c.one_in(2) {
        char::from(c.byte_between(0x7F, 0x9F))
    } else {
        char::from(c.byte_between(0x01, 0x1F))
    }
}

/// Any character but U+0000.
fn any(c: &mut Choices<'_>) -> char {
    let number = u32::from_be_bytes([0, c.byte_between(0, 0x10), c.byte(), c.byte()]);
    match char::from_u32(number) {
        None | Some('\0') => BYTE_ORDER_MARK,
        Some(character) => character,
    }
}

/// The bytes of a string that breaks one rule, and the place of the character that does.
pub(crate) fn ill_formed(defect: Defect, c: &mut Choices<'_>) -> (Vec<u8>, usize) {
    let mut bytes = short_text(c).into_bytes();
    let at = bytes.len();
    bytes.extend(bad_character(defect, c));
    bytes.extend(short_text(c).into_bytes());
    (bytes, at)
}

/// A string that leaves room for others in 65,535 bytes.
pub(crate) fn short_text(c: &mut Choices<'_>) -> String {
    let text = text(c);
    if text.len() <= 2000 {
        text
    } else {
        String::new()
    }
}

/// What must not stand where a character does: [MQTT-1.5.4-1], RFC 3629 section 4, and [MQTT-1.5.4-2].
fn bad_character(defect: Defect, c: &mut Choices<'_>) -> Vec<u8> {
    let mut tail = |count: usize| -> Vec<u8> { (0..count).map(|_| continuation(c)).collect() };
    match defect {
        Defect::OverlongUtf8 => {
            let tail = tail(3);
            let (first, count) = c.pick(&[([0xC0, 0x80], 0), ([0xE0, 0x80], 1), ([0xF0, 0x80], 2)]);
            let [lead, second] = first;
            let (lead, second) = match lead {
                0xC0 => (c.byte_between(0xC0, 0xC1), continuation(c)),
                0xE0 => (lead, c.byte_between(second, 0x9F)),
                _ => (lead, c.byte_between(second, 0x8F)),
            };
            sequence(lead, second, tail.get(..count).unwrap_or_default())
        }
        Defect::SurrogateUtf8 => {
            let tail = tail(1);
            sequence(0xED, c.byte_between(0xA0, 0xBF), &tail)
        }
        Defect::Utf8AboveMaximum => {
            let tail = tail(2);
            if c.one_in(2) {
                sequence(c.byte_between(0xF5, 0xF7), continuation(c), &tail)
            } else {
                sequence(0xF4, c.byte_between(0x90, 0xBF), &tail)
            }
        }
        Defect::TruncatedUtf8 => {
            let mut buffer = [0; 4];
            let character = c.pick(&['\u{E9}', '\u{20AC}', '\u{FEFF}', '\u{1F980}', '\u{10FFFF}']);
            let whole = character.encode_utf8(&mut buffer).as_bytes();
            let kept = c.between(1, whole.len() - 1);
            whole.iter().copied().take(kept).collect()
        }
        Defect::StrayContinuation => tail(1),
        Defect::InvalidUtf8Byte => {
            let tail = tail(3);
            sequence(c.byte_between(0xF8, 0xFF), continuation(c), &tail)
        }
        _ => std::vec![0x00],
    }
}

fn sequence(lead: u8, second: u8, tail: &[u8]) -> Vec<u8> {
    [&[lead, second], tail].concat()
}

fn continuation(c: &mut Choices<'_>) -> u8 {
    c.byte_between(0x80, 0xBF)
}
