//! A packet of any version: decoded, asked, written without a match over what it may be.

use bytes::BufMut;

use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::error::DecodeError;
use crate::frame::Decoded;
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::{PacketType, Version};
use crate::reason::sealed::Sealed;
use crate::reason_codes::ReasonCodes;
use crate::spec::scalar::PacketId;
use crate::v5::Properties;
use crate::{v3, v5};

/// A packet of any version.
///
/// ```
/// use mqtt_reason::{Decoded, ReasonCode, Version};
///
/// // SUBACK of 3.1.1, then of 5.0.
/// for (version, bytes) in [
///     (Version::V3_1_1, &[0x90, 0x04, 0x00, 0x0A, 0x01, 0x80][..]),
///     (Version::V5_0, &[0x90, 0x05, 0x00, 0x0A, 0x00, 0x01, 0x80]),
/// ] {
///     let Decoded::Packet { packet, .. } = mqtt_reason::decode(version, bytes)? else {
///         panic!("it is a SUBACK");
///     };
///     assert!(packet.is_error());
///     assert_eq!(packet.packet_id().map(|id| id.get()), Some(10));
///     assert!(packet.reason_codes().eq([ReasonCode::GRANTED_QOS_1, ReasonCode::UNSPECIFIED_ERROR]));
/// }
/// # Ok::<(), mqtt_reason::DecodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new version of MQTT is a new codec"
)]
pub enum Packet<'a> {
    /// A packet of MQTT 5.0.
    V5(v5::Packet<'a>),
    /// A packet of MQTT 3.1.1 or 3.1.
    V3(v3::Version, v3::Packet<'a>),
}

impl<'a> Packet<'a> {
    /// The version whose packet it is.
    #[inline]
    #[must_use]
    pub const fn version(&self) -> Version {
        match self {
            Self::V5(_) => Version::V5_0,
            Self::V3(v3::Version::V3_1_1, _) => Version::V3_1_1,
            Self::V3(v3::Version::V3_1, _) => Version::V3_1,
        }
    }

    /// The packet type.
    #[inline]
    #[must_use]
    pub const fn packet_type(&self) -> PacketType {
        match self {
            Self::V5(packet) => packet.packet_type(),
            Self::V3(_, packet) => packet.packet_type(),
        }
    }

    /// The Packet Identifier, `None` in CONNACK, DISCONNECT and AUTH.
    #[must_use]
    pub const fn packet_id(&self) -> Option<PacketId> {
        match self {
            Self::V5(packet) => packet.packet_id(),
            Self::V3(_, packet) => packet.packet_id(),
        }
    }

    /// The reason codes: one per Topic Filter in SUBACK and in UNSUBACK of 5.0, none in a packet of 3.x that has none,
    /// else one. Return codes of 3.x are given as what they are in 5.0, see [`mapping`](crate::mapping).
    #[must_use]
    pub fn reason_codes(&self) -> ReasonCodes<'a> {
        match self {
            Self::V5(packet) => packet.reason_codes(),
            Self::V3(_, packet) => packet.reason_codes(),
        }
    }

    /// Whether a code reports a failure.
    #[must_use]
    pub fn is_error(&self) -> bool {
        match self {
            Self::V5(packet) => packet.is_error(),
            Self::V3(_, packet) => packet.is_error(),
        }
    }

    /// The properties, whatever the packet; none in 3.x.
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        match self {
            Self::V5(packet) => packet.properties(),
            Self::V3(..) => Properties::EMPTY,
        }
    }
}

impl<'a> From<v5::Packet<'a>> for Packet<'a> {
    #[inline]
    fn from(packet: v5::Packet<'a>) -> Self {
        Self::V5(packet)
    }
}

impl<'a> From<(v3::Version, v3::Packet<'a>)> for Packet<'a> {
    #[inline]
    fn from((version, packet): (v3::Version, v3::Packet<'a>)) -> Self {
        Self::V3(version, packet)
    }
}

/// The typed packets of 5.0.
macro_rules! from_v5 {
    ($($Variant:ident)+) => {
        $(
            impl<'a> From<v5::$Variant<'a>> for Packet<'a> {
                #[inline]
                fn from(packet: v5::$Variant<'a>) -> Self {
                    Self::V5(packet.into())
                }
            }
        )+
    };
}

from_v5! { Connack Puback Pubrec Pubrel Pubcomp Suback Unsuback Disconnect Auth }

impl Sealed for Packet<'_> {}

impl Encode for Packet<'_> {
    #[inline]
    fn version(&self) -> Version {
        Packet::version(self)
    }

    #[inline]
    fn packet_type(&self) -> PacketType {
        Packet::packet_type(self)
    }

    #[inline]
    fn is_error(&self) -> bool {
        Packet::is_error(self)
    }

    #[inline]
    fn encoded_len(&self) -> usize {
        match self {
            Self::V5(packet) => packet.encoded_len(),
            Self::V3(_, packet) => packet.encoded_len(),
        }
    }

    #[inline]
    fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        match self {
            Self::V5(packet) => packet.encode_with(options, dst),
            Self::V3(version, packet) => packet.encode_with(*version, options, dst),
        }
    }
}

/// Decodes the packet of `version` at the start of `i`, sender unknown and without limits: [`decode_with`] default
/// options.
///
/// # Errors
///
/// As [`decode_with`].
#[inline]
pub fn decode(version: Version, i: &[u8]) -> Result<Decoded<'_, Packet<'_>>, DecodeError> {
    decode_with(version, DecodeOptions::DEFAULT, i)
}

/// Decodes the packet of `version` at the start of `i`.
///
/// Nothing is copied or allocated: the packet borrows from `i`. Packets of the other six types come back as
/// [`Decoded::Frame`]; if bytes are missing, [`Decoded::Incomplete`] says how many.
///
/// # Errors
///
/// The first thing in wire order that the specification forbids, see [`ErrorKind`](crate::ErrorKind). The fixed header
/// is judged as soon as it is there, the rest when the packet is whole.
#[inline]
pub fn decode_with<'a>(
    version: Version,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, Packet<'a>>, DecodeError> {
    Ok(match v3::Version::try_from(version) {
        Ok(version) => {
            v3::decode_with(version, options, i)?.map(|packet| Packet::V3(version, packet))
        }
        Err(_) => v5::decode_with(options, i)?.map(Packet::V5),
    })
}

/// Decodes a packet of `version` whose fixed header somebody else has taken off: the first byte, and what follows the
/// Remaining Length, all of it. `None` if it is one of the other six.
///
/// ```
/// use mqtt_reason::{DecodeOptions, Version};
///
/// let packet = mqtt_reason::decode_body(Version::V3_1_1, &DecodeOptions::new(), 0x20, &[0x00, 0x05])?;
/// assert!(packet.unwrap().is_error());
/// # Ok::<(), mqtt_reason::DecodeError>(())
/// ```
///
/// # Errors
///
/// As [`decode_with`]. The [offset](DecodeError::offset) is that in the whole packet, with its Remaining Length in the
/// shortest form.
#[inline]
pub fn decode_body<'a>(
    version: Version,
    options: &DecodeOptions,
    first_byte: u8,
    body: &'a [u8],
) -> Result<Option<Packet<'a>>, DecodeError> {
    Ok(match v3::Version::try_from(version) {
        Ok(version) => v3::decode_body(version, options, first_byte, body)?
            .map(|packet| Packet::V3(version, packet)),
        Err(_) => v5::decode_body(options, first_byte, body)?.map(Packet::V5),
    })
}
