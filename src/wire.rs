//! The data representations of MQTT 5.0 §1.5: parser and writer side by side.
//!
//! The parsers run inside a frame, where the input is complete: too few bytes are an error, never "incomplete". They
//! are nom parsers by type, and nom's `map_res` and `map` join them where W1 to W11 (`benches/instructions`) take no more
//! instructions a packet so. Elsewhere they take more: `be_u8` 14 in W2 and 36 in W3, `be_u16` for the Packet Identifier 8
//! in W2 and 14 in W4, `length_data` for [`binary`] 45 in W8 and 214 in W11, `take` for a section of properties 47 in W2;
//! a tuple for the fields of a SUBSCRIBE 62 in W10, `and_then` for a Topic Name 50 in W8, `cond` for what the Connect Flags
//! announce 55 in W11, and `map_res` for Subscription Options 98 in W10. `verify`, `map_opt` and `all_consuming` cannot say
//! which of our errors it is, and nom's repetitions end at an error where a list has to be refused.

use core::ffi::CStr;

use bytes::BufMut;
use nom::Parser;
use nom::combinator::map_res;

use crate::error::{ErrorKind, ParseError, Parsed, refuse};
use crate::spec::scalar::{PacketId, VARIABLE_BYTE_INTEGER_MAX};

/// The largest length of a string or of binary data, §1.5.4 and §1.5.6.
pub(crate) const LENGTH_MAX: usize = u16::MAX as usize;

/// Stands in branches that are seldom taken, and does nothing: without it the compiler takes what follows a dozen checks
/// for code that is hardly ever run, and calls a buffer's functions there instead of putting them in place.
#[cold]
#[inline(never)]
pub(crate) const fn seldom() {}

/// A byte.
#[inline]
pub(crate) const fn byte(i: &[u8]) -> Parsed<'_, u8> {
    match i {
        [a, rest @ ..] => Ok((rest, *a)),
        _ => refuse(i, ErrorKind::Truncated),
    }
}

/// A Two Byte Integer, §1.5.2.
#[inline]
pub(crate) const fn two_byte_integer(i: &[u8]) -> Parsed<'_, u16> {
    match i {
        [a, b, rest @ ..] => Ok((rest, u16::from_be_bytes([*a, *b]))),
        _ => refuse(i, ErrorKind::Truncated),
    }
}

/// A Packet Identifier, MQTT 5.0 §2.2.1.
///
/// # Conformance
///
/// Only the packets that assign an identifier are told not to use 0; those that answer repeat it ([MQTT-2.2.1-5],
/// [MQTT-2.2.1-6]), so it is never right there and refused as a protocol error.
// Not left to the compiler: `v5::parse::puback` takes 22 instructions more if it is, `v5::parse::suback` 35.
#[inline(always)]
pub(crate) fn packet_id(i: &[u8]) -> Parsed<'_, PacketId> {
    map_res(two_byte_integer, |id| {
        PacketId::new(id).ok_or(ErrorKind::PacketIdentifierZero)
    })
    .parse(i)
}

/// What the bytes say of a Variable Byte Integer that starts with them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum VariableByteInteger {
    /// It is whole.
    Whole {
        /// 0 to 268,435,455.
        value: u32,
        /// 1 to 4 bytes.
        len: u8,
        /// Whether fewer bytes would do, [MQTT-1.5.5-1].
        minimal: bool,
    },
    /// It goes on after the last byte.
    Unfinished,
    /// The fourth byte announces a fifth.
    TooLong,
}

impl VariableByteInteger {
    /// Reads the integer at the start of `i`, §1.5.5.
    ///
    /// # Conformance
    ///
    /// All of 0 to 268,435,455 are read, as the errata of 3.1.1 ask for: the algorithm printed there refuses some
    /// integers of four bytes.
    #[inline]
    pub(crate) const fn read(i: &[u8]) -> Self {
        let (value, len, last) = match *i {
            [a @ 0..=0x7F, ..] => (a as u32, 1, 1),
            [a, b @ 0..=0x7F, ..] => (low(a) | (b as u32) << 7, 2, b),
            [a, b, c @ 0..=0x7F, ..] => (low(a) | low(b) << 7 | (c as u32) << 14, 3, c),
            [a, b, c, d @ 0..=0x7F, ..] => {
                let value = low(a) | low(b) << 7 | low(c) << 14 | (d as u32) << 21;
                (value, 4, d)
            }
            [_, _, _, _, ..] => return Self::TooLong,
            _ => return Self::Unfinished,
        };
        Self::Whole {
            value,
            len,
            minimal: last != 0,
        }
    }
}

/// The seven value bits of a byte of a Variable Byte Integer.
#[inline]
const fn low(byte: u8) -> u32 {
    (byte & 0x7F) as u32
}

/// A Variable Byte Integer in its shortest form, §1.5.5, [MQTT-1.5.5-1].
#[inline(always)]
pub(crate) fn variable_byte_integer(i: &[u8]) -> Parsed<'_, u32> {
    match i {
        // Most of them, and those of a CONNACK with many properties.
        [a @ 0..=0x7F, rest @ ..] => Ok((rest, u32::from(*a))),
        [a, b @ 1..=0x7F, rest @ ..] => Ok((rest, low(*a) | u32::from(*b) << 7)),
        _ => longer_variable_byte_integer(i),
    }
}

#[inline(never)]
fn longer_variable_byte_integer(i: &[u8]) -> Parsed<'_, u32> {
    let kind = match VariableByteInteger::read(i) {
        VariableByteInteger::Whole {
            value,
            len,
            minimal: true,
        } => return Ok((i.get(usize::from(len)..).unwrap_or_default(), value)),
        VariableByteInteger::Whole { .. } => ErrorKind::VariableByteIntegerNotMinimal,
        VariableByteInteger::Unfinished => ErrorKind::Truncated,
        VariableByteInteger::TooLong => ErrorKind::VariableByteIntegerTooLong,
    };
    refuse(i, kind)
}

/// The number of bytes of `value` as a Variable Byte Integer: 1 to 4, §1.5.5, Table 1-1.
#[inline]
pub(crate) const fn variable_byte_integer_len(value: u32) -> u32 {
    match value {
        0..=0x7F => 1,
        0x80..=0x3FFF => 2,
        0x4000..=0x1F_FFFF => 3,
        _ => 4,
    }
}

/// The number of bytes of something together with its length as a Variable Byte Integer.
#[inline]
pub(crate) const fn with_length(len: usize) -> usize {
    len.saturating_add(variable_byte_integer_len(length(len)) as usize)
}

/// A length as a number for the wire; one that does not fit is refused before it is written.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "it was compared")]
pub(crate) const fn length(len: usize) -> u32 {
    if len <= VARIABLE_BYTE_INTEGER_MAX as usize {
        len as u32
    } else {
        u32::MAX
    }
}

/// Binary Data, §1.5.6: a Two Byte Integer and that many bytes. Refused at the length, whichever part is missing.
#[inline]
pub(crate) fn binary(i: &[u8]) -> Parsed<'_, &[u8]> {
    if let [a, b, rest @ ..] = i {
        let len = usize::from(u16::from_be_bytes([*a, *b]));
        if let Some((bytes, rest)) = rest.split_at_checked(len) {
            return Ok((rest, bytes));
        }
    }
    refuse(i, ErrorKind::Truncated)
}

/// Checks a UTF-8 Encoded String, §1.5.4: well-formed [MQTT-1.5.4-1] and without U+0000 [MQTT-1.5.4-2].
///
/// # Conformance
///
/// Control characters and noncharacters, which strings SHOULD NOT contain, are accepted.
#[inline]
pub(crate) fn string(i: &[u8]) -> Parsed<'_, ()> {
    let (rest, bytes) = binary(i)?;
    let last = after_plain_blocks(bytes);
    // A whole block is left only if it is not plain ASCII.
    if last.len() < BLOCK && is_ascii_without_null(last) {
        Ok((rest, ()))
    } else {
        check_other_string(last).map(|()| (rest, ()))
    }
}

/// What follows a string that is ASCII without U+0000, as most are, and not long; `None` says nothing of the others.
///
/// A short cut: [`string`] gives the same.
#[inline]
pub(crate) fn after_ascii(i: &[u8]) -> Option<&[u8]> {
    let (length, rest) = i.split_first_chunk()?;
    let (bytes, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    (bytes.len() < BLOCK && is_ascii_without_null(bytes)).then_some(rest)
}

/// How many bytes of a long string are looked at before anything is decided.
const BLOCK: usize = 512;

/// What follows the leading blocks of a string that are plain ASCII: all of it if it is short.
///
/// So a long string of ASCII with one other character in it is checked twice for the length of one block only.
#[inline]
fn after_plain_blocks(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let Some((block, after)) = rest.split_first_chunk::<BLOCK>() {
        if !is_ascii_without_null(block) {
            break;
        }
        rest = after;
    }
    rest
}

/// Checks a string that is not plain ASCII; refused at its first ill-formed or null character.
#[inline(never)]
fn check_other_string(bytes: &[u8]) -> Result<(), nom::Err<ParseError<'_>>> {
    let well_formed = match core::str::from_utf8(bytes) {
        Ok(_) => bytes,
        Err(error) => bytes.get(..error.valid_up_to()).unwrap_or_default(),
    };
    // The fastest search for a zero byte that `core` has.
    let (offset, kind) = match CStr::from_bytes_until_nul(well_formed) {
        Ok(before_null) => (before_null.count_bytes(), ErrorKind::NullCharacter),
        Err(_) if well_formed.len() == bytes.len() => return Ok(()),
        Err(_) => (well_formed.len(), ErrorKind::IllFormedUtf8),
    };
    refuse(bytes.get(offset..).unwrap_or_default(), kind)
}

/// The high bit of every byte.
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// Whether every byte is in 0x01..=0x7F, sixteen bytes at a time; the last ones overlap with those before.
///
/// Subtracting 1 from each byte sets its high bit for 0 alone, as long as no byte has it already.
#[inline]
pub(crate) fn is_ascii_without_null(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    let look_at = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        word | word.wrapping_sub(ONES)
    };
    let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
        let seen = bytes
            .iter()
            .fold(0, |seen, byte| seen | byte | byte.wrapping_sub(1));
        return seen & 0x80 == 0;
    };
    let mut seen = look_at(first) | look_at(last);
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((words, after)) = rest.split_first_chunk::<16>() {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *words;
        seen |= look_at(&[a, b, c, d, e, f, g, h]) | look_at(&[i, j, k, l, m, n, o, p]);
        rest = after;
    }
    if let Some(word) = rest.first_chunk() {
        seen |= look_at(word);
    }
    seen & HIGHS == 0
}

/// Writes at most eight bytes.
///
/// They are put together in one number: bytes that are stored one by one and then copied together make the processor
/// wait.
#[inline(always)]
pub(crate) fn put_few<B: BufMut, const N: usize>(bytes: [u8; N], dst: &mut B) {
    let word = word(bytes).to_le_bytes();
    dst.put_slice(word.get(..N).unwrap_or_default());
}

/// At most seven bytes, behind another one if there is one.
#[inline(always)]
pub(crate) fn put_few_behind<B: BufMut, const N: usize>(
    first: Option<u8>,
    bytes: [u8; N],
    dst: &mut B,
) {
    let (word, len) = match first {
        Some(first) => (word(bytes) << 8 | u64::from(first), N.saturating_add(1)),
        None => (word(bytes), N),
    };
    dst.put_slice(word.to_le_bytes().get(..len).unwrap_or_default());
}

/// At most eight bytes as a number, the first of them in its lowest bits.
#[inline(always)]
fn word<const N: usize>(bytes: [u8; N]) -> u64 {
    let mut word = [0; 8];
    if let Some(front) = word.first_chunk_mut() {
        *front = bytes;
    }
    u64::from_le_bytes(word)
}

/// Writes a string or binary data, §1.5.4, §1.5.6. The caller has checked that it has at most 65,535 bytes.
#[inline]
pub(crate) fn put_binary<B: BufMut>(bytes: &[u8], dst: &mut B) {
    put_few(two_byte_length(bytes.len()), dst);
    dst.put_slice(bytes);
}

/// A length of at most 65,535 as a Two Byte Integer.
#[inline]
pub(crate) fn two_byte_length(len: usize) -> [u8; 2] {
    let [.., high, low] = len.to_be_bytes();
    [high, low]
}

/// Writes a Variable Byte Integer in its shortest form, §1.5.5, [MQTT-1.5.5-1].
#[inline]
pub(crate) fn put_variable_byte_integer<B: BufMut>(value: u32, dst: &mut B) {
    let mut rest = value;
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            return dst.put_u8(low);
        }
        dst.put_u8(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: u32) -> std::vec::Vec<u8> {
        let mut buffer = std::vec::Vec::new();
        put_variable_byte_integer(value, &mut buffer);
        buffer
    }

    /// §1.5.5, Table 1-1.
    const TABLE_1_1: [(u32, &[u8]); 8] = [
        (0, &[0x00]),
        (127, &[0x7F]),
        (128, &[0x80, 0x01]),
        (16_383, &[0xFF, 0x7F]),
        (16_384, &[0x80, 0x80, 0x01]),
        (2_097_151, &[0xFF, 0xFF, 0x7F]),
        (2_097_152, &[0x80, 0x80, 0x80, 0x01]),
        (268_435_455, &[0xFF, 0xFF, 0xFF, 0x7F]),
    ];

    #[test]
    fn writes_and_reads_the_limits_of_variable_byte_integers() {
        for (value, bytes) in TABLE_1_1 {
            assert_eq!(written(value), bytes);
            assert_eq!(variable_byte_integer_len(value) as usize, bytes.len());
            assert_eq!(variable_byte_integer(bytes), Ok((&[][..], value)));
        }
    }

    #[test]
    fn tells_unfinished_from_too_long() {
        assert_eq!(
            VariableByteInteger::read(&[0x80, 0x80, 0x80]),
            VariableByteInteger::Unfinished
        );
        assert_eq!(
            VariableByteInteger::read(&[0x80, 0x80, 0x80, 0x80]),
            VariableByteInteger::TooLong
        );
    }

    #[test]
    fn refuses_the_first_bad_character_of_a_long_string_wherever_it_is() {
        for len in [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            for place in 0..len {
                for (bad, kind) in [
                    (0x00, ErrorKind::NullCharacter),
                    (0xFF, ErrorKind::IllFormedUtf8),
                ] {
                    let mut bytes = std::vec![b'a'; len + 2];
                    bytes[..2].copy_from_slice(&super::two_byte_length(len));
                    assert_eq!(string(&bytes), Ok((&[][..], ())));
                    bytes[2 + place] = bad;
                    assert_eq!(string(&bytes), refuse(&bytes[2 + place..], kind));
                }
            }
        }
    }

    #[test]
    fn accepts_a_long_character_between_two_blocks() {
        for place in 0..=2 * BLOCK - 4 {
            let mut bytes = std::vec![b'a'; 2 * BLOCK + 2];
            bytes[..2].copy_from_slice(&super::two_byte_length(2 * BLOCK));
            bytes[2 + place..][..4].copy_from_slice("\u{10FFFF}".as_bytes());
            assert_eq!(string(&bytes), Ok((&[][..], ())));
        }
    }

    #[test]
    fn finds_null_and_non_ascii_at_every_place() {
        let of = |len, place, byte| {
            let bytes: std::vec::Vec<u8> = (0..len)
                .map(|at| if at == place { byte } else { b'a' })
                .collect();
            is_ascii_without_null(&bytes)
        };
        for len in 0..40 {
            assert!(of(len, len, 0x00), "{len}");
            for place in 0..len {
                for bad in [0x00, 0x80, 0xFF] {
                    assert!(!of(len, place, bad), "{bad} at {place} of {len}");
                }
                for good in [0x01, 0x7F] {
                    assert!(of(len, place, good), "{good} at {place} of {len}");
                }
            }
        }
    }
}
