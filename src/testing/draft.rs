//! A packet as its parts, each of which can be made wrong before they are put together.
//!
//! This is a second writer, which shares nothing with the encoder: one can be tested by the other.

use std::vec::Vec;

/// The parts of a packet in wire order.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Packet type and flags.
    pub(crate) first: u8,
    pub(crate) remaining_length: Length,
    /// What stands before the Property Length: flags, identifier, code.
    pub(crate) fixed: Vec<u8>,
    /// The properties as they are written; `None` where there is not even a Property Length.
    pub(crate) properties: Option<Vec<Vec<u8>>>,
    pub(crate) property_length: Length,
    /// The codes of a SUBACK or UNSUBACK.
    pub(crate) payload: Vec<u8>,
}

/// How a length is written.
#[derive(Clone, Debug)]
pub(crate) enum Length {
    /// In as few bytes as it needs.
    Shortest,
    /// In this many bytes, if it does not need more.
    Padded(usize),
    /// As these bytes, whatever the length is.
    Raw(Vec<u8>),
}

/// A place in a packet.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    FirstByte,
    RemainingLength,
    /// So many bytes after the fixed header.
    Fixed(usize),
    PropertyLength,
    /// So many bytes into the property with this index.
    Property(usize, usize),
    /// So many bytes after the properties.
    Payload(usize),
}

impl Draft {
    /// The packet.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let body = self.body();
        [self.header(body.len()), body].concat()
    }

    /// The number of bytes before a place.
    pub(crate) fn offset(&self, place: Place) -> usize {
        let fixed = self.header(self.body().len()).len();
        let property_length = fixed + self.fixed.len();
        let properties = property_length + self.property_length_bytes().len();
        match place {
            Place::FirstByte => 0,
            Place::RemainingLength => 1,
            Place::Fixed(plus) => fixed + plus,
            Place::PropertyLength => property_length,
            Place::Property(index, plus) => {
                let before = self.sections().iter().take(index);
                properties + before.map(Vec::len).sum::<usize>() + plus
            }
            Place::Payload(plus) => properties + self.section_len() + plus,
        }
    }

    fn header(&self, body_len: usize) -> Vec<u8> {
        let mut header = std::vec![self.first];
        header.extend(self.remaining_length.bytes(body_len));
        header
    }

    fn body(&self) -> Vec<u8> {
        let properties = self.sections().concat();
        let length = self.property_length_bytes();
        [&*self.fixed, &length, &properties, &self.payload].concat()
    }

    fn sections(&self) -> &[Vec<u8>] {
        self.properties.as_deref().unwrap_or_default()
    }

    /// The number of bytes of all properties.
    pub(crate) fn section_len(&self) -> usize {
        self.sections().iter().map(Vec::len).sum()
    }

    fn property_length_bytes(&self) -> Vec<u8> {
        match self.properties {
            Some(_) => self.property_length.bytes(self.section_len()),
            None => Vec::new(),
        }
    }
}

impl Length {
    pub(crate) fn bytes(&self, length: usize) -> Vec<u8> {
        match self {
            Self::Shortest => variable_byte_integer(length, 1),
            Self::Padded(bytes) => variable_byte_integer(length, *bytes),
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

/// A Variable Byte Integer in at least this many bytes, MQTT 5.0 §1.5.5.
pub(crate) fn variable_byte_integer(value: usize, at_least: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = value;
    while rest > 0 || bytes.len() < at_least {
        bytes.push(0x80 | rest.to_le_bytes().first().copied().unwrap_or_default());
        rest >>= 7;
    }
    if let Some(last) = bytes.last_mut() {
        *last &= 0x7F;
    }
    bytes
}
