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

    /// Reads the packet of this type, with this body, of so many bytes in all. The packet is written to `outcome` as soon
    /// as its fields are known; if what follows is refused, that is the result.
    fn parse<'a>(
        self,
        options: &DecodeOptions,
        packet: (PacketType, &'a [u8], usize),
        other: impl FnOnce() -> Decoded<'a, Self::Packet<'a>>,
        outcome: &mut Outcome<'a, Self::Packet<'a>>,
    ) -> Result<(), nom::Err<ParseError<'a>>>;
}

/// What [`decode`] gives.
pub(crate) type Outcome<'a, P> = Result<Decoded<'a, P>, DecodeError>;

/// Decodes the packet at the start of `i`.
#[inline]
pub(crate) fn decode<'a, F: Family>(
    family: F,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Outcome<'a, F::Packet<'a>> {
    match packet_id_alone(family, options, i) {
        Some(packet) => Ok(Decoded::Packet { packet, len: 4 }),
        None => {
            let mut outcome = Ok(Decoded::Incomplete {
                needed: NonZeroUsize::MIN,
            });
            decode_any(family, options, i, &mut outcome);
            outcome
        }
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
pub(crate) fn decode_by_default<F: Family>(family: F, i: &[u8]) -> Outcome<'_, F::Packet<'_>> {
    match packet_id_alone(family, DecodeOptions::DEFAULT, i) {
        Some(packet) => Ok(Decoded::Packet { packet, len: 4 }),
        None => {
            let mut outcome = Ok(Decoded::Incomplete {
                needed: NonZeroUsize::MIN,
            });
            decode_any_by_default(family, i, &mut outcome);
            outcome
        }
    }
}

/// [`decode_any`] compiled once more, for options that ask for nothing.
#[inline(never)]
fn decode_any_by_default<'a, F: Family>(
    family: F,
    i: &'a [u8],
    outcome: &mut Outcome<'a, F::Packet<'a>>,
) {
    decode_inline(family, DecodeOptions::DEFAULT, i, outcome);
}

/// Decodes any packet.
///
/// The outcome is written and not returned, for two reasons. The packet is there before its properties and codes are
/// checked: who moves it reads it in other pieces than those that were written, and the processor waits if that was just
/// before. And the short cut of [`decode`] has nothing to do with this memory. The loop that everyone writes took 3.2 ns
/// on W1, 5.9 on W6 and 4.6 on W7 while the outcome was returned; 2.7, 5.3 and 4.0 so (`cargo bench --bench loops`).
#[inline(never)]
fn decode_any<'a, F: Family>(
    family: F,
    options: &DecodeOptions,
    i: &'a [u8],
    outcome: &mut Outcome<'a, F::Packet<'a>>,
) {
    decode_inline(family, options, i, outcome);
}

#[inline(always)]
fn decode_inline<'a, F: Family>(
    family: F,
    options: &DecodeOptions,
    i: &'a [u8],
    outcome: &mut Outcome<'a, F::Packet<'a>>,
) {
    let header = match frame::header(family.version(), options, i) {
        Ok(HeaderOrNeeded::Header(header)) => header,
        Ok(HeaderOrNeeded::Needed(needed)) => {
            *outcome = Ok(Decoded::Incomplete { needed });
            return;
        }
        Err(error) => {
            *outcome = Err(error);
            return;
        }
    };
    let (packet_type, len) = (header.packet_type, header.len);
    let body = i.get(header.header_len..len).unwrap_or_default();
    let other = || Decoded::Frame(frame::frame(&header, i));
    match family.parse(options, (packet_type, body, len), other, outcome) {
        Ok(()) => {}
        Err(error) => {
            let packet = (packet_type, header.header_len, body);
            *outcome = Err(frame::place(
                error,
                packet,
                family.version(),
                options.sender,
            ));
        }
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
    let mut outcome = Ok(other());
    match family.parse(options, (packet_type, body, 0), other, &mut outcome) {
        Ok(()) => match outcome? {
            Decoded::Packet { packet, .. } => Ok(Some(packet)),
            _ => Ok(None),
        },
        Err(error) => {
            let packet = (packet_type, header_len, body);
            Err(frame::place(error, packet, version, options.sender))
        }
    }
}
