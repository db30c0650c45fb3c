//! Why a packet cannot be written.

use crate::error::ErrorKind;
use crate::packet_type::{PacketType, Side, Version};
use crate::spec::property::PropertyId;

/// Why a packet was not written; nothing of it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Even without User Properties and Reason String the packet is larger than the receiver's Maximum Packet Size,
    /// [MQTT-3.1.2-24], [MQTT-3.2.2-15].
    #[error("{packet} of {len} bytes is larger than the receiver's maximum of {max}")]
    #[non_exhaustive]
    PacketTooLarge {
        /// The packet type.
        packet: PacketType,
        /// The least size the packet can have, in bytes.
        len: usize,
        /// The Maximum Packet Size, in bytes.
        max: u32,
    },
    /// The Remaining Length would exceed 268,435,455, MQTT 5.0 §2.1.4.
    #[error("remaining length {remaining_length} of {packet} exceeds 268435455")]
    #[non_exhaustive]
    RemainingLength {
        /// The packet type.
        packet: PacketType,
        /// What follows the fixed header, in bytes.
        remaining_length: usize,
    },
    /// The buffer has too little room and cannot grow.
    #[error("buffer has room for {available} bytes, {needed} are needed")]
    #[non_exhaustive]
    BufferTooSmall {
        /// The size of the packet, in bytes.
        needed: usize,
        /// The room there is, in bytes.
        available: usize,
    },
    /// This side must not send this packet, MQTT 5.0 §2.1.2, Table 2-1.
    #[error("{packet} must not be sent by a {sender}")]
    #[non_exhaustive]
    WrongDirection {
        /// The packet type.
        packet: PacketType,
        /// Who wants to send it.
        sender: Side,
    },
    /// This side must not send this code: the "Sent by" columns of MQTT 5.0.
    #[error("reason code {code:#04x} of {packet} must not be sent by a {sender}")]
    #[non_exhaustive]
    ReasonCodeSender {
        /// The packet type.
        packet: PacketType,
        /// The code.
        code: u8,
        /// Who wants to send it.
        sender: Side,
    },
    /// This side must not send this property: [MQTT-3.14.2-2], §3.14.2.2.5.
    #[error("{id} must not be sent by a {sender}")]
    #[non_exhaustive]
    PropertySender {
        /// The property.
        id: PropertyId,
        /// Who wants to send it.
        sender: Side,
    },
    /// An AUTH needs an Authentication Method, MQTT 5.0 §3.15.2.2.2, [MQTT-4.12.0-5]; a CONNACK that accepts the
    /// connection needs it beside Authentication Data, [MQTT-4.12.0-5], [MQTT-4.12.0-6].
    #[error("{packet} without authentication method")]
    #[non_exhaustive]
    NoAuthenticationMethod {
        /// The packet type.
        packet: PacketType,
    },
    /// A property that must not be sent.
    #[error(transparent)]
    Property(#[from] PropertyError),
    /// The packet holds what every decoder has to refuse.
    #[error("{packet}: {kind}")]
    #[non_exhaustive]
    Refused {
        /// The packet type.
        packet: PacketType,
        /// What is wrong with it.
        kind: ErrorKind,
    },
    /// A string or binary data of more than 65,535 bytes, MQTT 5.0 §1.5.4, §1.5.6.
    #[error("{field} of {packet} is longer than 65535 bytes")]
    #[non_exhaustive]
    FieldTooLong {
        /// The packet type.
        packet: PacketType,
        /// The field.
        field: &'static str,
    },
    /// This version cannot say this: 3.1 has neither Session Present nor a SUBACK that refuses.
    #[error("{what} cannot be said in MQTT {version}")]
    #[non_exhaustive]
    NotInVersion {
        /// The version.
        version: Version,
        /// What cannot be said.
        what: &'static str,
    },
}

/// Properties that cannot be sent: which of them, and why.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("property {index}: {kind}")]
#[non_exhaustive]
pub struct PropertyError {
    /// The place of the property among those given, counted from 0.
    pub index: usize,
    /// What is wrong with it.
    pub kind: PropertyErrorKind,
}

/// Why a property cannot be sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PropertyErrorKind {
    /// The packet must not carry it, §2.2.2.2, Table 2-4.
    #[error("{id} is not a property of this packet")]
    #[non_exhaustive]
    NotAllowed {
        /// The property.
        id: PropertyId,
    },
    /// It may occur once only.
    #[error("{id} occurs twice")]
    #[non_exhaustive]
    Duplicate {
        /// The property.
        id: PropertyId,
    },
    /// A string or binary data of more than 65,535 bytes, §1.5.4, §1.5.6.
    #[error("{id} is longer than 65535 bytes")]
    #[non_exhaustive]
    TooLong {
        /// The property.
        id: PropertyId,
    },
    /// A string with U+0000, [MQTT-1.5.4-2].
    #[error("{id} contains U+0000")]
    #[non_exhaustive]
    NullCharacter {
        /// The property.
        id: PropertyId,
    },
    /// Maximum QoS 2 is said by leaving the property out, §3.2.2.3.4.
    #[error("Maximum QoS is 0 or 1; leave it out for 2")]
    MaximumQos2,
    /// All properties together have more than 268,435,455 bytes, §1.5.5.
    #[error("the properties are longer than 268435455 bytes")]
    SectionTooLong,
}
