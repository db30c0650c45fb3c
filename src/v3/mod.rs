//! MQTT 3.1.1 and 3.1: the eight acknowledgements and notifications, without reason codes and properties.
//!
//! Only CONNACK and SUBACK say anything, by their return codes; the others are a Packet Identifier or nothing.
//!
//! ```
//! use mqtt_reason::{Decoded, v3::{self, ConnackReturnCode, Packet, Version}};
//!
//! let Decoded::Packet { packet: Packet::Connack(connack), .. } =
//!     v3::decode(Version::V3_1_1, &[0x20, 0x02, 0x00, 0x05])?
//! else {
//!     panic!("it is a CONNACK");
//! };
//! assert_eq!(connack.return_code(), ConnackReturnCode::NotAuthorized);
//! # Ok::<(), mqtt_reason::DecodeError>(())
//! ```
//!
//! # Return codes
//!
//! 3.1.1 §3.2.2.3 and §3.9.3, 3.1 §3.2 and §3.9; what they are in 5.0 is what [`mapping`](crate::mapping) says.
//!
#![doc = include_str!("codes.md")]

mod connack;
mod owned;
pub mod parse;
mod reason;
mod suback;

use bytes::BufMut;

pub use self::connack::Connack;
pub use self::owned::OwnedPacket;
pub use self::reason::{ConnackReturnCode, SubackReturnCode};
pub use self::suback::Suback;

use crate::encode::{self, EncodeError, check_direction, check_room};
use crate::error::{self, DecodeError, ErrorKind, ParseError};
use crate::frame::{self, Decoded, Header, HeaderOrNeeded};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::{PacketType, Side};
use crate::types::{PacketId, packet_id};

/// MQTT 3.1.1 or 3.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(clippy::exhaustive_enums, reason = "there will be no other 3.x")]
pub enum Version {
    /// MQTT V3.1, protocol level 3.
    V3_1,
    /// MQTT 3.1.1, protocol level 4.
    V3_1_1,
}

impl core::fmt::Display for Version {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        crate::Version::from(*self).fmt(f)
    }
}

impl From<Version> for crate::Version {
    #[inline]
    fn from(version: Version) -> Self {
        match version {
            Version::V3_1 => Self::V3_1,
            Version::V3_1_1 => Self::V3_1_1,
        }
    }
}

/// ```
/// use mqtt_reason::{Version, v3};
///
/// assert_eq!(v3::Version::try_from(Version::V3_1_1), Ok(v3::Version::V3_1_1));
/// assert!(v3::Version::try_from(Version::V5_0).is_err());
/// ```
impl TryFrom<crate::Version> for Version {
    type Error = TryFromVersionError;

    #[inline]
    fn try_from(version: crate::Version) -> Result<Self, Self::Error> {
        match version {
            crate::Version::V3_1 => Ok(Self::V3_1),
            crate::Version::V3_1_1 => Ok(Self::V3_1_1),
            crate::Version::V5_0 => Err(TryFromVersionError),
        }
    }
}

/// MQTT 5.0 is neither 3.1.1 nor 3.1: the packets of this module are not those of that version.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("MQTT 5.0 is neither 3.1.1 nor 3.1")]
#[non_exhaustive]
pub struct TryFromVersionError;

/// Any of the eight packets, 3.1.1 §3, 3.1 §3.
///
/// Those that carry nothing but a Packet Identifier are nothing but a [`PacketId`]: a 3.1.1 PUBACK with a reason code
/// cannot be written down.
// Those of a Packet Identifier alone stand together: one comparison tells them from the others.
// A tag of its own, not one put into the codes of a SUBACK, is there to be branched on without arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[non_exhaustive]
pub enum Packet<'a> {
    /// Connect acknowledgment.
    Connack(Connack),
    /// Publish acknowledgment.
    Puback(PacketId),
    /// Publish received.
    Pubrec(PacketId),
    /// Publish release.
    Pubrel(PacketId),
    /// Publish complete.
    Pubcomp(PacketId),
    /// Unsubscribe acknowledgment.
    Unsuback(PacketId),
    /// Subscribe acknowledgment.
    Suback(Suback<'a>),
    /// Disconnect notification, sent by the Client only.
    Disconnect,
}

impl Packet<'_> {
    /// The packet type.
    #[inline]
    #[must_use]
    pub const fn packet_type(&self) -> PacketType {
        match self {
            Self::Connack(_) => PacketType::Connack,
            Self::Puback(_) => PacketType::Puback,
            Self::Pubrec(_) => PacketType::Pubrec,
            Self::Pubrel(_) => PacketType::Pubrel,
            Self::Pubcomp(_) => PacketType::Pubcomp,
            Self::Suback(_) => PacketType::Suback,
            Self::Unsuback(_) => PacketType::Unsuback,
            Self::Disconnect => PacketType::Disconnect,
        }
    }

    /// The size of the packet in bytes, fixed header included: what [`encode`](Self::encode) writes if it does not
    /// fail.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        match self {
            Self::Disconnect => 2,
            Self::Suback(suback) => suback.encoded_len(),
            _ => 4,
        }
    }

    /// Writes the packet; returns the number of bytes written.
    ///
    /// # Errors
    ///
    /// As [`encode_with`](Self::encode_with).
    #[inline]
    pub fn encode<B: BufMut>(&self, version: Version, dst: &mut B) -> Result<usize, EncodeError> {
        self.encode_with(version, EncodeOptions::DEFAULT, dst)
    }

    /// Writes the packet, within what `options` say of sender and receiver; returns the number of bytes written.
    ///
    /// There are no properties to leave out and no problem information to request; a Maximum Packet Size is not part
    /// of these versions, but kept if given.
    ///
    /// # Errors
    ///
    /// Nothing is written on an error: a packet that the sender must not send, that is too large, that `dst` has no
    /// room for, or that 3.1 cannot express (Session Present, a failure in SUBACK).
    #[inline]
    pub fn encode_with<B: BufMut>(
        &self,
        version: Version,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let (first, id) = match self {
            Self::Puback(id) => (0x40, id),
            Self::Pubrec(id) => (0x50, id),
            Self::Pubrel(id) => (0x62, id),
            Self::Pubcomp(id) => (0x70, id),
            Self::Unsuback(id) if options.sender != Some(Side::Client) => (0xB0, id),
            _ => return self.encode_other(version, options, dst),
        };
        encode::packet_id_alone(first, *id, options, dst)
    }

    /// Writes a packet that is more than a Packet Identifier, or refuses it.
    fn encode_other<B: BufMut>(
        &self,
        version: Version,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let packet = self.packet_type();
        check_direction(version.into(), packet, options)?;
        if version == Version::V3_1 {
            self.check_v3_1()?;
        }
        match self {
            Self::Connack(connack) => {
                check_size(packet, 4, options, dst)?;
                let [flags, code] = connack.body();
                dst.put_slice(&[packet.first_byte(), 2, flags, code]);
                Ok(4)
            }
            Self::Suback(suback) => suback.encode_with(options, dst),
            Self::Puback(id)
            | Self::Pubrec(id)
            | Self::Pubrel(id)
            | Self::Pubcomp(id)
            | Self::Unsuback(id) => encode::packet_id_alone(packet.first_byte(), *id, options, dst),
            Self::Disconnect => {
                check_size(packet, 2, options, dst)?;
                dst.put_slice(&[packet.first_byte(), 0]);
                Ok(2)
            }
        }
    }

    /// Refuses what 3.1 has no bits for.
    fn check_v3_1(&self) -> Result<(), EncodeError> {
        let what = match self {
            Self::Connack(connack) if connack.session_present() => "Session Present",
            Self::Suback(suback) if suback.return_codes.iter().any(SubackReturnCode::is_error) => {
                "a refused subscription"
            }
            _ => return Ok(()),
        };
        Err(EncodeError::NotInV3_1 { what })
    }
}

/// Refuses a packet that is larger than the receiver or the buffer takes.
#[inline]
fn check_size<B: BufMut>(
    packet: PacketType,
    len: usize,
    options: &EncodeOptions,
    dst: &B,
) -> Result<(), EncodeError> {
    let max = options.max_packet_size;
    if len > max as usize {
        return Err(EncodeError::PacketTooLarge { packet, len, max });
    }
    check_room(len, dst)
}

/// Decodes the packet at the start of `i`, sender unknown and without limits: [`decode_with`] default options.
///
/// # Errors
///
/// As [`decode_with`].
#[inline]
pub fn decode(version: Version, i: &[u8]) -> Result<Decoded<'_, Packet<'_>>, DecodeError> {
    match packet_id_alone(DecodeOptions::DEFAULT, i) {
        Some(packet) => Ok(Decoded::Packet { packet, len: 4 }),
        None => decode_any_by_default(version, i),
    }
}

/// Decodes the packet at the start of `i`.
///
/// Nothing is copied or allocated: the packet borrows from `i`. Packets of other types come back as
/// [`Decoded::Frame`]; if bytes are missing, [`Decoded::Incomplete`] says how many.
///
/// # Errors
///
/// The first thing in wire order that the specification forbids, see [`ErrorKind`].
///
/// # Conformance
///
/// A Remaining Length that is not in its shortest form is accepted: neither 3.1.1 nor 3.1 has a rule against it.
#[inline]
pub fn decode_with<'a>(
    version: Version,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, Packet<'a>>, DecodeError> {
    match packet_id_alone(options, i) {
        Some(packet) => Ok(Decoded::Packet { packet, len: 4 }),
        None => decode_any(version, options, i),
    }
}

/// PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK: most of the packets that are decoded.
///
/// A short cut: [`decode_any`] gives the same.
#[inline]
fn packet_id_alone<'a>(options: &DecodeOptions, i: &'a [u8]) -> Option<Packet<'a>> {
    let [first, 2, high, low, ..] = *i else {
        return None;
    };
    if options.max_packet_size < 4 {
        return None;
    }
    let id = PacketId::new(u16::from_be_bytes([high, low]))?;
    Some(match first {
        0x40 => Packet::Puback(id),
        0x50 => Packet::Pubrec(id),
        0x62 => Packet::Pubrel(id),
        0x70 => Packet::Pubcomp(id),
        0xB0 if options.sender != Some(Side::Client) => Packet::Unsuback(id),
        _ => return None,
    })
}

/// [`decode_any`] once more, with options that are known when it is compiled: it asks for none of them.
fn decode_any_by_default(
    version: Version,
    i: &[u8],
) -> Result<Decoded<'_, Packet<'_>>, DecodeError> {
    decode_inline(version, DecodeOptions::DEFAULT, i)
}

/// Decodes any packet.
fn decode_any<'a>(
    version: Version,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, Packet<'a>>, DecodeError> {
    decode_inline(version, options, i)
}

#[inline(always)]
fn decode_inline<'a>(
    version: Version,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, Packet<'a>>, DecodeError> {
    match frame::header(version.into(), options, i)? {
        HeaderOrNeeded::Needed(needed) => Ok(Decoded::Incomplete { needed }),
        HeaderOrNeeded::Header(header) => decode_body(version, options, &header, i),
    }
}

/// Decodes a packet that is there as a whole.
#[inline(always)]
fn decode_body<'a>(
    version: Version,
    options: &DecodeOptions,
    header: &Header,
    i: &'a [u8],
) -> Result<Decoded<'a, Packet<'a>>, DecodeError> {
    let len = header.len;
    let body = i.get(header.header_len..len).unwrap_or_default();
    // Returns a packet at once. Nothing is left over: a length is fixed, or the last field takes what there is.
    macro_rules! parse {
        ($Variant:ident, $parsed:expr) => {
            match $parsed {
                Ok((_, fields)) => {
                    let packet = Packet::$Variant(fields);
                    return Ok(Decoded::Packet { packet, len });
                }
                Err(error) => error,
            }
        };
    }
    let bytes = i.get(..len).unwrap_or_default();
    let packet_type = header.packet_type;
    let error = match (packet_type, fixed_remaining_length(packet_type)) {
        (_, Some(expected)) if body.len() != expected => {
            remaining_length(packet_type, expected, body.len(), bytes)
        }
        (PacketType::Connack, _) => parse!(Connack, Connack::parse(body, version)),
        (PacketType::Puback, _) => parse!(Puback, packet_id(body)),
        (PacketType::Pubrec, _) => parse!(Pubrec, packet_id(body)),
        (PacketType::Pubrel, _) => parse!(Pubrel, packet_id(body)),
        (PacketType::Pubcomp, _) => parse!(Pubcomp, packet_id(body)),
        (PacketType::Unsuback, _) => parse!(Unsuback, packet_id(body)),
        (PacketType::Suback, _) => parse!(Suback, Suback::parse(body)),
        (PacketType::Disconnect, _) => {
            let packet = Packet::Disconnect;
            return Ok(Decoded::Packet { packet, len });
        }
        // The fixed header of an AUTH is refused in 3.x.
        (
            PacketType::Auth
            | PacketType::Connect
            | PacketType::Publish
            | PacketType::Subscribe
            | PacketType::Unsubscribe
            | PacketType::Pingreq
            | PacketType::Pingresp,
            _,
        ) => return Ok(Decoded::Frame(frame::frame(header, i))),
    };
    Err(frame::place(
        error,
        header.packet_type,
        bytes,
        version.into(),
        options.sender,
    ))
}

/// The error about a Remaining Length that is not the packet's only one.
#[cold]
fn remaining_length(
    packet: PacketType,
    expected: usize,
    found: usize,
    bytes: &[u8],
) -> nom::Err<ParseError<'_>> {
    let from_length = bytes.get(1..).unwrap_or_default();
    let length = |len| u32::try_from(len).unwrap_or(u32::MAX);
    error::failure(
        from_length,
        ErrorKind::RemainingLength {
            packet,
            expected: length(expected),
            found: length(found),
        },
    )
}

/// The only Remaining Length that a packet may have, `None` where it varies: 3.1.1 §3.2.1, §3.4.1 to §3.7.1, §3.11.1,
/// §3.14.1.
const fn fixed_remaining_length(packet: PacketType) -> Option<usize> {
    match packet {
        PacketType::Connack
        | PacketType::Puback
        | PacketType::Pubrec
        | PacketType::Pubrel
        | PacketType::Pubcomp
        | PacketType::Unsuback => Some(2),
        PacketType::Disconnect => Some(0),
        _ => None,
    }
}
