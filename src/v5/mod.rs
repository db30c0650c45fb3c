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
//! assert_eq!(puback.reason(), PubackReason::NotAuthorized);
//! assert_eq!(puback.properties().reason_string(), Some("ACL"));
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
mod layout;
pub mod parse;
pub(crate) mod properties;
pub(crate) mod property;
pub(crate) mod reason;
pub(crate) mod source;
mod suback;

use bytes::BufMut;

pub use self::ack::{Ack, AckReason, Puback, Pubcomp, Pubrec, Pubrel};
pub use self::auth::Auth;
pub use self::connack::Connack;
pub use self::disconnect::Disconnect;
pub use self::layout::WithProperties;
pub use self::properties::{Properties, PropertyIter, UserProperties};
pub use self::property::{Property, PropertyValue};
pub use self::reason::{
    AuthReason, ConnackReason, DisconnectReason, PubackReason, PubcompReason, PubrecReason,
    PubrelReason, SubackReason, UnsubackReason,
};
pub use self::source::{And, AsPair, AsProperty, ProblemInformation, PropertySource};
pub use self::suback::{Suback, SubscriptionAck, SubscriptionReason, Unsuback, WithCodes};
pub use crate::encode_error::{PropertyError, PropertyErrorKind};

use crate::decoding::{self, Outcome};
use crate::encode::{Encode, packet_id_alone};
use crate::encode_error::EncodeError;
use crate::error::{DecodeError, ErrorKind, ParseError, failure};
use crate::frame::{self, Decoded};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::packet_type::{PacketType, Version};
use crate::reason::sealed::Sealed;
use crate::reason_codes::ReasonCodes;
use crate::spec::scalar::PacketId;

/// Any of the nine packets, MQTT 5.0 §3.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the specification's list is closed"
)]
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
    /// The Packet Identifier, `None` in CONNACK, DISCONNECT and AUTH.
    #[must_use]
    pub const fn packet_id(&self) -> Option<PacketId> {
        Some(match self {
            Self::Puback(ack) => ack.packet_id(),
            Self::Pubrec(ack) => ack.packet_id(),
            Self::Pubrel(ack) => ack.packet_id(),
            Self::Pubcomp(ack) => ack.packet_id(),
            Self::Suback(ack) => ack.packet_id(),
            Self::Unsuback(ack) => ack.packet_id(),
            Self::Connack(_) | Self::Disconnect(_) | Self::Auth(_) => return None,
        })
    }

    /// The reason codes: one per Topic Filter in SUBACK and UNSUBACK, else one.
    #[must_use]
    pub fn reason_codes(&self) -> ReasonCodes<'a> {
        match self {
            Self::Connack(connack) => ReasonCodes::one(connack.reason()),
            Self::Puback(ack) => ReasonCodes::one(ack.reason()),
            Self::Pubrec(ack) => ReasonCodes::one(ack.reason()),
            Self::Pubrel(ack) => ReasonCodes::one(ack.reason()),
            Self::Pubcomp(ack) => ReasonCodes::one(ack.reason()),
            Self::Suback(ack) => ReasonCodes::list(ack.reasons()),
            Self::Unsuback(ack) => ReasonCodes::list(ack.reasons()),
            Self::Disconnect(disconnect) => ReasonCodes::one(disconnect.reason()),
            Self::Auth(auth) => ReasonCodes::one(auth.reason()),
        }
    }

    /// Whether a code reports a failure: 0x80 and above, §2.4.
    #[must_use]
    pub fn is_error(&self) -> bool {
        each!(self, packet => packet.is_error())
    }

    /// The properties, whatever the packet.
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        each!(self, packet => packet.properties())
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
    fn version(&self) -> Version {
        Version::V5_0
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
        each!(self, packet => packet.encoded_len())
    }

    #[inline]
    fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let (first, packet_id, code, properties) = match self {
            Self::Puback(ack) => ack.parts(),
            Self::Pubrec(ack) => ack.parts(),
            Self::Pubrel(ack) => ack.parts(),
            Self::Pubcomp(ack) => ack.parts(),
            _ => return self.encode_any(options, dst),
        };
        // A short cut: the four have the same shortest form, which needs no branch on which of them it is.
        if code == 0 && properties.is_empty() && !options.long_form {
            return packet_id_alone(first, packet_id, options, dst);
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
    decoding::decode_by_default(Family, i)
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
    decoding::decode(Family, options, i)
}

/// Decodes a packet whose fixed header somebody else has taken off: the first byte, and what follows the Remaining
/// Length, all of it. `None` if it is a packet of another type.
///
/// ```
/// use mqtt_reason::{DecodeOptions, v5};
///
/// let packet = v5::decode_body(&DecodeOptions::new(), 0x40, &[0x00, 0x0A, 0x87])?;
/// assert_eq!(packet.and_then(|packet| packet.packet_id()).map(|id| id.get()), Some(10));
/// # Ok::<(), mqtt_reason::DecodeError>(())
/// ```
///
/// # Errors
///
/// As [`decode_with`]. The [offset](DecodeError::offset) is that in the whole packet, with its Remaining Length in the
/// shortest form.
#[inline]
pub fn decode_body<'a>(
    options: &DecodeOptions,
    first_byte: u8,
    body: &'a [u8],
) -> Result<Option<Packet<'a>>, DecodeError> {
    decoding::decode_body(Family, options, first_byte, body)
}

/// The nine packets of 5.0.
#[derive(Clone, Copy)]
struct Family;

impl decoding::Family for Family {
    type Packet<'a> = Packet<'a>;

    #[inline]
    fn version(self) -> Version {
        Version::V5_0
    }

    #[inline]
    fn packet_id_alone<'a>(
        self,
        _options: &DecodeOptions,
        first: u8,
        packet_id: PacketId,
    ) -> Option<Packet<'a>> {
        const PUBACK: u8 = PacketType::Puback.first_byte();
        const PUBREC: u8 = PacketType::Pubrec.first_byte();
        const PUBREL: u8 = PacketType::Pubrel.first_byte();
        const PUBCOMP: u8 = PacketType::Pubcomp.first_byte();
        Some(match first {
            PUBACK => Packet::Puback(Ack::success(packet_id)),
            PUBREC => Packet::Pubrec(Ack::success(packet_id)),
            PUBREL => Packet::Pubrel(Ack::success(packet_id)),
            PUBCOMP => Packet::Pubcomp(Ack::success(packet_id)),
            _ => return None,
        })
    }

    #[inline(always)]
    fn parse<'a>(
        self,
        options: &DecodeOptions,
        (packet_type, body, len): (PacketType, &'a [u8], usize),
        other: impl FnOnce() -> Decoded<'a, Packet<'a>>,
        outcome: &mut Outcome<'a, Packet<'a>>,
    ) -> Result<(), nom::Err<ParseError<'a>>> {
        macro_rules! parse {
            ($Variant:ident) => {{
                let found = |packet| {
                    let packet = Packet::$Variant(packet);
                    *outcome = Ok(Decoded::Packet { packet, len });
                };
                match $Variant::parse(body, options, found) {
                    Ok(([], ())) => Ok(()),
                    Ok((rest, ())) => Err(frame::left_over(rest)),
                    Err(error) => Err(error),
                }
            }};
        }
        match packet_type {
            PacketType::Connack => match *body {
                // A CONNACK of 3.1.1 or 3.1, whose two bytes can never be one of 5.0.
                [0b0 | 0b1, code] => Err(failure(body, ErrorKind::V3Connack { code })),
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
            | PacketType::Pingresp => {
                *outcome = Ok(other());
                Ok(())
            }
        }
    }
}
