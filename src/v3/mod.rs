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
//! 3.1.1 §3.2.2.3 and §3.9.3, 3.1 §3.2 and §3.9; what they are in 5.0 is what [`mapping`] says.
//!
#![doc = include_str!("codes.md")]

mod connack;
pub mod parse;
pub(crate) mod reason;
mod suback;
pub(crate) mod version;

use bytes::BufMut;

pub use self::connack::Connack;
pub use self::reason::{ConnackReturnCode, SubackReturnCode};
pub use self::suback::Suback;
pub use self::version::{TryFromVersionError, Version};

use crate::decoding::{self, Outcome};
use crate::encode::{check_direction, check_size, packet_id_alone};
use crate::encode_error::EncodeError;
use crate::error::{DecodeError, ErrorKind, ParseError, failure};
use crate::frame::Decoded;
use crate::mapping;
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::{PacketType, Side};
use crate::reason_codes::ReasonCodes;
use crate::spec::scalar::PacketId;
use crate::wire::packet_id;

/// Any of the eight packets, 3.1.1 §3, 3.1 §3.
///
/// Those that carry nothing but a Packet Identifier are nothing but a [`PacketId`]: a 3.1.1 PUBACK with a reason code
/// cannot be written down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the specification's list is closed"
)]
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

impl From<Connack> for Packet<'_> {
    #[inline]
    fn from(connack: Connack) -> Self {
        Self::Connack(connack)
    }
}

impl<'a> From<Suback<'a>> for Packet<'a> {
    #[inline]
    fn from(suback: Suback<'a>) -> Self {
        Self::Suback(suback)
    }
}

impl<'a> Packet<'a> {
    /// The Packet Identifier, `None` in CONNACK and DISCONNECT.
    #[must_use]
    pub const fn packet_id(&self) -> Option<PacketId> {
        match self {
            Self::Puback(id)
            | Self::Pubrec(id)
            | Self::Pubrel(id)
            | Self::Pubcomp(id)
            | Self::Unsuback(id) => Some(*id),
            Self::Suback(suback) => Some(suback.packet_id()),
            Self::Connack(_) | Self::Disconnect => None,
        }
    }

    /// What the return codes are in 5.0, see [`mapping`]: one in CONNACK, one per Topic Filter in
    /// SUBACK, none in the others.
    #[must_use]
    pub fn reason_codes(&self) -> ReasonCodes<'a> {
        match self {
            Self::Connack(connack) => {
                ReasonCodes::one(mapping::connack_to_v5(connack.return_code()))
            }
            Self::Suback(suback) => ReasonCodes::v3(suback.return_codes()),
            _ => ReasonCodes::NONE,
        }
    }

    /// Whether a return code refuses something.
    #[must_use]
    pub fn is_error(&self) -> bool {
        match self {
            Self::Connack(connack) => connack.return_code().is_error(),
            Self::Suback(suback) => suback.return_codes().iter().any(SubackReturnCode::is_error),
            _ => false,
        }
    }
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
        const UNSUBACK: u8 = PacketType::Unsuback.first_byte();
        let (first, id) = match self {
            Self::Puback(id) => (PacketType::Puback.first_byte(), id),
            Self::Pubrec(id) => (PacketType::Pubrec.first_byte(), id),
            Self::Pubrel(id) => (PacketType::Pubrel.first_byte(), id),
            Self::Pubcomp(id) => (PacketType::Pubcomp.first_byte(), id),
            Self::Unsuback(id) => (UNSUBACK, id),
            _ => return self.encode_other(version, options, dst),
        };
        if first == UNSUBACK && options.sender == Some(Side::Client) {
            return self.encode_other(version, options, dst);
        }
        packet_id_alone(first, *id, options, dst)
    }

    /// Writes a packet that is more than a Packet Identifier, or refuses it.
    #[inline(never)]
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
            | Self::Unsuback(id) => packet_id_alone(packet.first_byte(), *id, options, dst),
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
            Self::Suback(suback)
                if suback.return_codes().iter().any(SubackReturnCode::is_error) =>
            {
                "a refused subscription"
            }
            _ => return Ok(()),
        };
        Err(EncodeError::NotInVersion {
            version: crate::Version::V3_1,
            what,
        })
    }
}

/// Decodes the packet at the start of `i`, sender unknown and without limits: [`decode_with`] default options.
///
/// # Errors
///
/// As [`decode_with`].
#[inline]
pub fn decode(version: Version, i: &[u8]) -> Result<Decoded<'_, Packet<'_>>, DecodeError> {
    decoding::decode_by_default(version, i)
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
    decoding::decode(version, options, i)
}

/// Decodes a packet whose fixed header somebody else has taken off, as [`v5::decode_body`](crate::v5::decode_body).
///
/// # Errors
///
/// As [`decode_with`].
#[inline]
pub fn decode_body<'a>(
    version: Version,
    options: &DecodeOptions,
    first_byte: u8,
    body: &'a [u8],
) -> Result<Option<Packet<'a>>, DecodeError> {
    decoding::decode_body(version, options, first_byte, body)
}

impl decoding::Family for Version {
    type Packet<'a> = Packet<'a>;

    #[inline]
    fn version(self) -> crate::Version {
        self.into()
    }

    #[inline]
    fn packet_id_alone<'a>(
        self,
        options: &DecodeOptions,
        first: u8,
        id: PacketId,
    ) -> Option<Packet<'a>> {
        const PUBACK: u8 = PacketType::Puback.first_byte();
        const PUBREC: u8 = PacketType::Pubrec.first_byte();
        const PUBREL: u8 = PacketType::Pubrel.first_byte();
        const PUBCOMP: u8 = PacketType::Pubcomp.first_byte();
        const UNSUBACK: u8 = PacketType::Unsuback.first_byte();
        Some(match first {
            PUBACK => Packet::Puback(id),
            PUBREC => Packet::Pubrec(id),
            PUBREL => Packet::Pubrel(id),
            PUBCOMP => Packet::Pubcomp(id),
            UNSUBACK if options.sender != Some(Side::Client) => Packet::Unsuback(id),
            _ => return None,
        })
    }

    #[inline(always)]
    fn parse<'a>(
        self,
        _options: &DecodeOptions,
        (packet_type, body, len): (PacketType, &'a [u8], usize),
        other: impl FnOnce() -> Decoded<'a, Packet<'a>>,
        outcome: &mut Outcome<'a, Packet<'a>>,
    ) -> Result<(), nom::Err<ParseError<'a>>> {
        match fixed_remaining_length(packet_type) {
            Some(expected) if body.len() != expected => {
                return Err(remaining_length(packet_type, expected, body));
            }
            _ => {}
        }
        let packet = match packet_type {
            PacketType::Connack => Packet::Connack(Connack::parse(body, self)?.1),
            PacketType::Puback => Packet::Puback(packet_id(body)?.1),
            PacketType::Pubrec => Packet::Pubrec(packet_id(body)?.1),
            PacketType::Pubrel => Packet::Pubrel(packet_id(body)?.1),
            PacketType::Pubcomp => Packet::Pubcomp(packet_id(body)?.1),
            PacketType::Unsuback => Packet::Unsuback(packet_id(body)?.1),
            PacketType::Suback => Packet::Suback(Suback::parse(body)?.1),
            PacketType::Disconnect => Packet::Disconnect,
            // The fixed header of an AUTH is refused in 3.x.
            PacketType::Auth
            | PacketType::Connect
            | PacketType::Publish
            | PacketType::Subscribe
            | PacketType::Unsubscribe
            | PacketType::Pingreq
            | PacketType::Pingresp => {
                *outcome = Ok(other());
                return Ok(());
            }
        };
        *outcome = Ok(Decoded::Packet { packet, len });
        Ok(())
    }
}

/// The error about a Remaining Length that is not the packet's only one.
#[cold]
fn remaining_length(packet: PacketType, expected: usize, body: &[u8]) -> nom::Err<ParseError<'_>> {
    let length = |len| u32::try_from(len).unwrap_or(u32::MAX);
    failure(
        body,
        ErrorKind::RemainingLength {
            packet,
            expected: length(expected),
            found: length(body.len()),
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
