//! MQTT 5.0: the nine packets that carry reason codes.
//!
//! ```
//! use mqtt_reason::{Decoded, v5::{self, Packet, PubackReason}};
//!
//! let bytes = [0x40, 0x0A, 0x00, 0x0A, 0x87, 0x06, 0x1F, 0x00, 0x03, b'A', b'C', b'L'];
//! let Decoded::Packet { packet: Packet::Puback(puback), len } = v5::decode(&bytes)? else {
//!     panic!("it is a PUBACK");
//! };
//! assert_eq!(len, 12);
//! assert_eq!(puback.reason, PubackReason::NotAuthorized);
//! assert_eq!(puback.properties.reason_string(), Some("ACL"));
//! # Ok::<(), mqtt_reason::DecodeError>(())
//! ```
//!
//! # Reason codes
//!
//! A packet's codes are an enum: no other code can be held or sent. [`ReasonCode`](crate::ReasonCode) is their union.
//! Value, name, the packets that carry the code (MQTT 5.0 §2.4, Table 2-6) and who sends it in them:
//!
#![doc = include_str!("codes.md")]

mod ack;
mod answer;
mod auth;
mod connack;
mod disconnect;
mod owned;
pub mod parse;
pub(crate) mod properties;
mod property;
pub(crate) mod reason;
mod suback;

use bytes::BufMut;

pub use self::ack::{Ack, AckReason, Puback, Pubcomp, Pubrec, Pubrel};
pub use self::auth::Auth;
pub use self::connack::Connack;
pub use self::disconnect::Disconnect;
pub use self::owned::OwnedPacket;
pub use self::properties::{
    AckProperties, AuthProperties, ConnackProperties, DisconnectProperties, Properties,
    PropertyError, PropertyErrorKind, PropertyIter, UserProperties,
};
pub use self::property::{Property, PropertyValue};
pub use self::reason::{
    AuthReason, ConnackReason, DisconnectReason, PubackReason, PubcompReason, PubrecReason,
    PubrelReason, SubackReason, UnsubackReason,
};
pub use self::suback::{Suback, SubscriptionAck, SubscriptionReason, Unsuback};

use crate::encode::{self, Encode, EncodeError};
use crate::error::{DecodeError, ErrorKind, failure};
use crate::frame::{self, Decoded, Header, HeaderOrNeeded};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::{PacketType, Version};
use crate::reason::sealed::Sealed;
use crate::types::PacketId;

/// Any of the nine packets, MQTT 5.0 §3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Packet<'a> {
    /// Connect acknowledgment.
    Connack(Connack<'a>),
    /// Publish acknowledgment.
    Puback(Puback<'a>),
    /// Publish received.
    Pubrec(Pubrec<'a>),
    /// Publish release.
    Pubrel(Pubrel<'a>),
    /// Publish complete.
    Pubcomp(Pubcomp<'a>),
    /// Subscribe acknowledgment.
    Suback(Suback<'a>),
    /// Unsubscribe acknowledgment.
    Unsuback(Unsuback<'a>),
    /// Disconnect notification.
    Disconnect(Disconnect<'a>),
    /// Authentication exchange.
    Auth(Auth<'a>),
}

/// The same call on whichever packet it is.
macro_rules! each {
    ($packet:expr, $inner:ident => $call:expr) => {
        match $packet {
            Packet::Connack($inner) => $call,
            Packet::Puback($inner) => $call,
            Packet::Pubrec($inner) => $call,
            Packet::Pubrel($inner) => $call,
            Packet::Pubcomp($inner) => $call,
            Packet::Suback($inner) => $call,
            Packet::Unsuback($inner) => $call,
            Packet::Disconnect($inner) => $call,
            Packet::Auth($inner) => $call,
        }
    };
}

/// A packet's place in [`Packet`].
macro_rules! variants {
    ($($Variant:ident)+) => {
        $(
            impl<'a> From<$Variant<'a>> for Packet<'a> {
                #[inline]
                fn from(packet: $Variant<'a>) -> Self {
                    Self::$Variant(packet)
                }
            }
        )+

        impl Packet<'_> {
            /// The packet type.
            #[inline]
            #[must_use]
            pub const fn packet_type(&self) -> PacketType {
                match self {
                    $(Self::$Variant(_) => PacketType::$Variant,)+
                }
            }
        }
    };
}

variants! { Connack Puback Pubrec Pubrel Pubcomp Suback Unsuback Disconnect Auth }

impl<'a> Packet<'a> {
    /// The properties in wire order, whatever the packet.
    #[must_use]
    pub const fn properties(&self) -> PropertyIter<'a> {
        each!(self, packet => packet.properties.iter())
    }
}

impl Packet<'_> {
    /// Writes whichever packet it is.
    #[inline]
    fn encode_any<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        each!(self, packet => packet.encode_with(options, dst))
    }
}

impl Sealed for Packet<'_> {}

impl Encode for Packet<'_> {
    #[inline]
    fn encoded_len(&self) -> usize {
        each!(self, packet => packet.encoded_len())
    }

    #[inline]
    fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let (first, packet_id, reason, properties) = match self {
            Packet::Puback(ack) => (0x40, ack.packet_id, ack.reason.as_u8(), &ack.properties),
            Packet::Pubrec(ack) => (0x50, ack.packet_id, ack.reason.as_u8(), &ack.properties),
            Packet::Pubrel(ack) => (0x62, ack.packet_id, ack.reason.as_u8(), &ack.properties),
            Packet::Pubcomp(ack) => (0x70, ack.packet_id, ack.reason.as_u8(), &ack.properties),
            _ => return self.encode_any(options, dst),
        };
        // The four share a layout: their shortest form needs no branch on which of them it is.
        if reason == 0 && properties.is_empty() {
            return encode::packet_id_alone(first, packet_id, options, dst);
        }
        self.encode_any(options, dst)
    }
}

/// Decodes the packet at the start of `i`, sender unknown and without limits: [`decode_with`] default options.
///
/// # Errors
///
/// As [`decode_with`].
#[inline]
pub fn decode(i: &[u8]) -> Result<Decoded<'_, Packet<'_>>, DecodeError> {
    match success_without_properties(DecodeOptions::DEFAULT, i) {
        Some(packet) => Ok(Decoded::Packet { packet, len: 4 }),
        None => decode_any_by_default(i),
    }
}

/// Decodes the packet at the start of `i`.
///
/// Nothing is copied or allocated: the packet borrows from `i`. Packets of other types come back as
/// [`Decoded::Frame`]; if bytes are missing, [`Decoded::Incomplete`] says how many.
///
/// # Errors
///
/// The first thing in wire order that the specification forbids, see [`ErrorKind`]. The fixed header is judged as
/// soon as it is there, the rest when the packet is whole.
#[inline]
pub fn decode_with<'a>(
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, Packet<'a>>, DecodeError> {
    match success_without_properties(options, i) {
        Some(packet) => Ok(Decoded::Packet { packet, len: 4 }),
        None => decode_any(options, i),
    }
}

/// PUBACK, PUBREC, PUBREL or PUBCOMP in its shortest form: four bytes, and most of the packets that a broker decodes.
///
/// A short cut: [`decode_any`] gives the same.
#[inline]
fn success_without_properties<'a>(options: &DecodeOptions, i: &'a [u8]) -> Option<Packet<'a>> {
    let [first, 2, high, low, ..] = *i else {
        return None;
    };
    if options.max_packet_size < 4 {
        return None;
    }
    let packet_id = PacketId::new(u16::from_be_bytes([high, low]))?;
    Some(match first {
        0x40 => Packet::Puback(Ack::success(packet_id)),
        0x50 => Packet::Pubrec(Ack::success(packet_id)),
        0x62 => Packet::Pubrel(Ack::success(packet_id)),
        0x70 => Packet::Pubcomp(Ack::success(packet_id)),
        _ => return None,
    })
}

/// [`decode_any`] once more, with options that are known when it is compiled: it asks for none of them.
fn decode_any_by_default(i: &[u8]) -> Result<Decoded<'_, Packet<'_>>, DecodeError> {
    decode_inline(DecodeOptions::DEFAULT, i)
}

/// Decodes any packet.
fn decode_any<'a>(
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, Packet<'a>>, DecodeError> {
    decode_inline(options, i)
}

#[inline(always)]
fn decode_inline<'a>(
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<Decoded<'a, Packet<'a>>, DecodeError> {
    match frame::header(Version::V5_0, options, i)? {
        HeaderOrNeeded::Needed(needed) => Ok(Decoded::Incomplete { needed }),
        HeaderOrNeeded::Header(header) => decode_body(options, &header, i),
    }
}

/// Decodes a packet that is there as a whole.
#[inline(always)]
fn decode_body<'a>(
    options: &DecodeOptions,
    header: &Header,
    i: &'a [u8],
) -> Result<Decoded<'a, Packet<'a>>, DecodeError> {
    let len = header.len;
    let body = i.get(header.header_len..len).unwrap_or_default();
    // Returns a packet after which nothing is left over at once: on the way out it shares no memory with an error.
    macro_rules! parse {
        ($Variant:ident) => {
            match $Variant::parse(body, options) {
                Ok(([], packet)) => {
                    let packet = Packet::$Variant(packet);
                    return Ok(Decoded::Packet { packet, len });
                }
                Ok((rest, _)) => frame::left_over(rest),
                Err(error) => error,
            }
        };
    }
    let error = match header.packet_type {
        PacketType::Connack => match *body {
            // A CONNACK of 3.1.1 or 3.1, whose two bytes can never be one of 5.0.
            [0b0 | 0b1, code] => {
                let from_length = i.get(1..len).unwrap_or_default();
                failure(from_length, ErrorKind::V3Connack { code })
            }
            _ => parse!(Connack),
        },
        PacketType::Puback => parse!(Puback),
        PacketType::Pubrec => parse!(Pubrec),
        PacketType::Pubrel => parse!(Pubrel),
        PacketType::Pubcomp => parse!(Pubcomp),
        PacketType::Suback => parse!(Suback),
        PacketType::Unsuback => parse!(Unsuback),
        PacketType::Disconnect => parse!(Disconnect),
        PacketType::Auth => parse!(Auth),
        PacketType::Connect
        | PacketType::Publish
        | PacketType::Subscribe
        | PacketType::Unsubscribe
        | PacketType::Pingreq
        | PacketType::Pingresp => return Ok(Decoded::Frame(frame::frame(header, i))),
    };
    let bytes = i.get(..len).unwrap_or_default();
    let version = Version::V5_0;
    Err(frame::place(
        error,
        header.packet_type,
        bytes,
        version,
        options.sender,
    ))
}
