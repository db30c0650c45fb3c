//! From bytes to a packet, the same way in every version: short cut, fixed header, body, place of an error.

use core::num::NonZeroUsize;

use crate::error::{DecodeError, ParseError};
use crate::frame::{self, Decoded, HeaderOrNeeded};
use crate::options::DecodeOptions;
use crate::packet_type::{PacketType, Version};
use crate::spec::scalar::PacketId;

/// The packets of 5.0, or those of 3.1.1 and 3.1.
pub(crate) trait Family: Copy {
    type Packet<'a>;

    fn version(self) -> Version;

    /// The packet with this first byte that is a Packet Identifier and nothing else, if there is one.
    fn packet_id_alone<'a>(
        self,
        options: &DecodeOptions,
        first: u8,
        packet_id: PacketId,
    ) -> Option<Self::Packet<'a>>;

    /// The packet of this type, with this body, of so many bytes in all; `other` if it is one of the six packets
    /// that are not looked into.
    fn parse<'a>(
        self,
        options: &DecodeOptions,
        packet: (PacketType, &'a [u8], usize),
        other: impl FnOnce() -> Decoded<'a, Self::Packet<'a>>,
    ) -> Result<Decoded<'a, Self::Packet<'a>>, nom::Err<ParseError<'a>>>;
}

/// Decodes the packet at the start of `i`.
#[inline]
pub(crate) fn decode<'a, F: Family>(
    family: F,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, F::Packet<'a>>, DecodeError> {
    match packet_id_alone(family, options, i) {
        Some(packet) => Ok(Decoded::Packet { packet, len: 4 }),
        None => decode_any(family, options, i),
    }
}

/// A packet of four bytes, of which two are its Packet Identifier: most of the packets that a broker decodes.
///
/// A short cut: [`decode_any`] gives the same.
#[inline]
fn packet_id_alone<'a, F: Family>(
    family: F,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Option<F::Packet<'a>> {
    let [first, 2, high, low, ..] = *i else {
        return None;
    };
    if options.max_packet_size < 4 {
        return None;
    }
    let packet_id = PacketId::new(u16::from_be_bytes([high, low]))?;
    family.packet_id_alone(options, first, packet_id)
}

/// Decodes the packet at the start of `i` with default options.
#[inline]
pub(crate) fn decode_by_default<F: Family>(
    family: F,
    i: &[u8],
) -> Result<Decoded<'_, F::Packet<'_>>, DecodeError> {
    match packet_id_alone(family, DecodeOptions::DEFAULT, i) {
        Some(packet) => Ok(Decoded::Packet { packet, len: 4 }),
        None => decode_any_by_default(family, i),
    }
}

/// [`decode_any`] compiled once more, for options that ask for nothing.
#[inline(never)]
fn decode_any_by_default<F: Family>(
    family: F,
    i: &[u8],
) -> Result<Decoded<'_, F::Packet<'_>>, DecodeError> {
    decode_inline(family, DecodeOptions::DEFAULT, i)
}

/// Decodes any packet.
#[inline(never)]
fn decode_any<'a, F: Family>(
    family: F,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, F::Packet<'a>>, DecodeError> {
    decode_inline(family, options, i)
}

#[inline(always)]
fn decode_inline<'a, F: Family>(
    family: F,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, F::Packet<'a>>, DecodeError> {
    let header = match frame::header(family.version(), options, i)? {
        HeaderOrNeeded::Needed(needed) => return Ok(Decoded::Incomplete { needed }),
        HeaderOrNeeded::Header(header) => header,
    };
    let (packet_type, len) = (header.packet_type, header.len);
    let body = i.get(header.header_len..len).unwrap_or_default();
    let other = || Decoded::Frame(frame::frame(&header, i));
    match family.parse(options, (packet_type, body, len), other) {
        Ok(decoded) => Ok(decoded),
        Err(error) => Err(frame::place(
            error,
            (packet_type, header.header_len, body),
            family.version(),
            options.sender,
        )),
    }
}

/// Decodes a packet whose fixed header somebody else has taken off; `None` if it is one of the other six.
#[inline]
pub(crate) fn decode_body<'a, F: Family>(
    family: F,
    options: &DecodeOptions,
    first: u8,
    body: &'a [u8],
) -> Result<Option<F::Packet<'a>>, DecodeError> {
    let version = family.version();
    let (packet_type, header_len) = frame::header_of_body(version, options, first, body)?;
    // What is not looked into is told by what nothing else gives.
    let other = || Decoded::Incomplete {
        needed: NonZeroUsize::MIN,
    };
    match family.parse(options, (packet_type, body, 0), other) {
        Ok(Decoded::Packet { packet, .. }) => Ok(Some(packet)),
        Ok(_) => Ok(None),
        Err(error) => Err(frame::place(
            error,
            (packet_type, header_len, body),
            version,
            options.sender,
        )),
    }
}
