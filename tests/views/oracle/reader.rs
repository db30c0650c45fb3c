//! The data types of §1.5, each with the place where it is refused.

use super::{Fault, malformed};

/// The rest of a packet up to an end that may not be crossed; `at` counts from the packet's first byte.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn rest(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        self.at = self.bytes.len();
        rest
    }

    /// What does not fit is malformed at its first byte.
    fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let taken = self.bytes[self.at..]
            .get(..count)
            .ok_or(malformed(self.at))?;
        self.at += count;
        Ok(taken)
    }

    /// A big-endian number of so many bytes.
    pub(super) fn number(&mut self, bytes: usize) -> Result<u32, Fault> {
        let digits = self.take(bytes)?;
        Ok(digits
            .iter()
            .fold(0, |sum, digit| sum * 256 + u32::from(*digit)))
    }

    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// §1.5.5, in the fewest bytes.
    pub(super) fn variable(&mut self) -> Result<u32, Fault> {
        let fault = malformed(self.at);
        let mut value = 0;
        for place in 0..4 {
            let byte = self.byte().map_err(|_| fault)?;
            value += u32::from(byte % 128) * 128_u32.pow(place);
            if byte < 128 {
                let shortest = place == 0 || byte != 0;
                return if shortest { Ok(value) } else { Err(fault) };
            }
        }
        Err(fault)
    }

    /// §1.5.6; refused at the length, whichever part is missing.
    pub(super) fn binary(&mut self) -> Result<&'a [u8], Fault> {
        let fault = malformed(self.at);
        let length = self.number(2).map_err(|_| fault)?;
        self.take(length as usize).map_err(|_| fault)
    }

    /// The part of the packet that a length of so many bytes counts; the reader goes on after it.
    pub(super) fn part(&mut self, length: u32) -> Option<Self> {
        let end = self.at + length as usize;
        let part = Self::new(self.bytes.get(..end)?, self.at);
        self.at = end;
        Some(part)
    }
}
