//! Reading the basic data types, each with the place where it would be refused.

use std::cell::Cell;

use super::text::first_bad_byte;
use super::{Fault, malformed};

/// What a Variable Byte Integer turned out to be.
pub(super) enum VariableByteInteger {
    /// A number, and how many bytes it took.
    Is { value: usize, bytes: usize },
    /// All bytes there are have the continuation bit, and one more may follow.
    Unfinished,
    /// Over-long (R17), or not in the fewest bytes where that is asked for (R18).
    Bad,
}

/// The Variable Byte Integer at `at`: seven bits a byte, lowest first, four bytes at most (R17).
pub(super) fn variable_byte_integer(
    bytes: &[u8],
    at: usize,
    shortest_form_only: bool,
) -> VariableByteInteger {
    let mut value = 0;
    let mut multiplier = 1;
    for length in 1..=4 {
        let Some(&byte) = bytes.get(at + length - 1) else {
            return VariableByteInteger::Unfinished;
        };
        value += usize::from(byte & 0x7F) * multiplier;
        multiplier *= 128;
        if byte & 0x80 == 0 {
            // R18
            if shortest_form_only && length != shortest_length(value) {
                return VariableByteInteger::Bad;
            }
            return VariableByteInteger::Is {
                value,
                bytes: length,
            };
        }
    }
    // R17: the fourth byte has the continuation bit set.
    VariableByteInteger::Bad
}

/// The fewest bytes a Variable Byte Integer of this value fits in.
fn shortest_length(value: usize) -> usize {
    match value {
        0..=127 => 1,
        128..=16_383 => 2,
        16_384..=2_097_151 => 3,
        _ => 4,
    }
}

/// A place in a packet, and the end that may not be crossed: of the packet or of its property section.
pub(super) struct Reader<'a> {
    /// The packet from its first byte up to that end.
    bytes: &'a [u8],
    /// The next byte to read, counted from the packet's first byte.
    at: usize,
    /// How many of the packet's bytes were looked at, from its first byte on.
    looked_at: &'a Cell<usize>,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, which begin with the first byte of the packet, from `at` on; keeps in `looked_at` how many of
    /// them were looked at.
    pub(super) fn new(bytes: &'a [u8], at: usize, looked_at: &'a Cell<usize>) -> Self {
        Self {
            bytes,
            at,
            looked_at,
        }
    }

    /// Where the next byte is, counted from the packet's first byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next `length` bytes. Whether they are there is known without looking at them.
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at + length;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        self.look_up_to(end);
        Some(taken)
    }

    /// Keeps in mind that the bytes up to `end` may have been looked at.
    fn look_up_to(&self, end: usize) {
        let end = end.min(self.bytes.len());
        self.looked_at.set(self.looked_at.get().max(end));
    }

    /// A field of `N` bytes. One that does not fit is malformed at its first byte (R22 to R32).
    fn field<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let fault = malformed(self.at);
        let field = self.take(N).and_then(|bytes| bytes.first_chunk());
        field.copied().ok_or(fault)
    }

    /// Byte.
    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        self.field().map(u8::from_be_bytes)
    }

    /// R21: Two Byte Integer.
    pub(super) fn two(&mut self) -> Result<u16, Fault> {
        self.field().map(u16::from_be_bytes)
    }

    /// R21: Four Byte Integer.
    pub(super) fn four(&mut self) -> Result<u32, Fault> {
        self.field().map(u32::from_be_bytes)
    }

    /// R61, R62: Binary Data. Whether the length or the bytes run out, it is malformed at the length.
    pub(super) fn binary(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.at;
        let length = usize::from(self.two()?);
        self.take(length).ok_or(malformed(start))
    }

    /// R55 to R59, R62: UTF-8 Encoded String. Bad text is malformed at its first bad byte.
    pub(super) fn text(&mut self) -> Result<String, Fault> {
        let text_at = self.at + 2;
        let data = self.binary()?;
        // R56, R57
        if let Some(bad) = first_bad_byte(data) {
            return Err(malformed(text_at + bad));
        }
        Ok(String::from_utf8(data.to_vec()).expect("the standard library has the same UTF-8 rule"))
    }

    /// R29, R30: Property Length and the section it measures. Any breach is malformed at the length's first byte.
    pub(super) fn property_section(&mut self) -> Result<Self, Fault> {
        let fault = malformed(self.at);
        let VariableByteInteger::Is { value, bytes } =
            variable_byte_integer(self.bytes, self.at, true)
        else {
            // Not there, cut short, over-long (R17) or not in the fewest bytes (R18).
            self.look_up_to(self.at + 4);
            return Err(fault);
        };
        self.look_up_to(self.at + bytes);
        let section_at = self.at + bytes;
        let section_end = section_at + value;
        // R30
        let section = self.bytes.get(..section_end).ok_or(fault)?;
        self.at = section_end;
        Ok(Self::new(section, section_at, self.looked_at))
    }

    /// R31: nothing may be left over; if something is, its first byte is malformed.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        if self.left() == 0 {
            Ok(())
        } else {
            Err(malformed(self.at))
        }
    }
}
