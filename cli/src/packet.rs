//! A packet of any version, and what there is to show of it.

use mqtt_reason::v5::{
    AuthReason, ConnackReason, DisconnectReason, PropertyIter, PubackReason, PubcompReason,
    PubrecReason, PubrelReason, SubackReason, UnsubackReason,
};
use mqtt_reason::{
    CodeList, DecodeError, DecodeOptions, Decoded, Encode, EncodeError, EncodeOptions, PacketId,
    PacketType, Version, mapping, v3, v5,
};

/// A packet of 5.0, or one of 3.x together with its version.
#[derive(Clone, Copy)]
pub(crate) enum Packet<'a> {
    V5(v5::Packet<'a>),
    V3(v3::Version, v3::Packet<'a>),
}

/// One code: value, name in its packet and version, and what it tells.
#[derive(Clone, Copy)]
pub(crate) struct Code {
    pub(crate) value: u8,
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) is_error: bool,
}

/// The codes of a packet.
pub(crate) enum Codes<'a> {
    None,
    One(Code),
    /// One per Topic Filter.
    List(List<'a>),
}

/// The codes of a SUBACK or UNSUBACK.
#[derive(Clone, Copy)]
pub(crate) enum List<'a> {
    Suback(CodeList<'a, SubackReason>),
    Unsuback(CodeList<'a, UnsubackReason>),
    V3Suback(v3::Version, CodeList<'a, v3::SubackReturnCode>),
}

impl<'a> List<'a> {
    /// The codes in order.
    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = Code> + 'a> {
        match *self {
            Self::Suback(codes) => Box::new(codes.iter().map(Code::from)),
            Self::Unsuback(codes) => Box::new(codes.iter().map(Code::from)),
            Self::V3Suback(version, codes) => {
                Box::new(codes.iter().map(move |code| Code::suback(version, code)))
            }
        }
    }
}

/// The codes of 5.0.
macro_rules! from_reasons {
    ($($Reason:ident)+) => {
        $(
            impl From<$Reason> for Code {
                fn from(reason: $Reason) -> Self {
                    Self {
                        value: reason.as_u8(),
                        name: reason.name(),
                        help: reason.help(),
                        is_error: reason.is_error(),
                    }
                }
            }
        )+
    };
}

from_reasons! {
    ConnackReason PubackReason PubrecReason PubrelReason PubcompReason SubackReason UnsubackReason DisconnectReason
    AuthReason
}

impl Code {
    /// A return code of CONNACK; it tells what its counterpart of 5.0 does.
    pub(crate) const fn connack(version: v3::Version, code: v3::ConnackReturnCode) -> Self {
        Self {
            value: code.as_u8(),
            name: code.name_in(version),
            help: match code {
                // Table 3.1 of 3.1.1 says no more than that the data is malformed.
                v3::ConnackReturnCode::BadUserNameOrPassword => {
                    "The User Name or the Password is malformed, or the Server does not accept it."
                }
                _ => mapping::connack_to_v5(code).help(),
            },
            is_error: code.is_error(),
        }
    }

    /// A return code of SUBACK; it tells what its counterpart of 5.0 does.
    pub(crate) const fn suback(version: v3::Version, code: v3::SubackReturnCode) -> Self {
        Self {
            value: code.as_u8(),
            name: code.name_in(version),
            help: match code {
                v3::SubackReturnCode::Failure => {
                    "The Server refuses the subscription; there is no code that says why."
                }
                _ => mapping::suback_to_v5(code).help(),
            },
            is_error: code.is_error(),
        }
    }
}

impl<'a> Packet<'a> {
    /// Decodes the packet at the start of `bytes`.
    pub(crate) fn decode(
        version: Version,
        options: &DecodeOptions,
        bytes: &'a [u8],
    ) -> Result<Decoded<'a, Self>, DecodeError> {
        match v3::Version::try_from(version) {
            Ok(version) => v3::decode_with(version, options, bytes)
                .map(|decoded| wrap(decoded, |packet| Self::V3(version, packet))),
            Err(_) => v5::decode_with(options, bytes).map(|decoded| wrap(decoded, Self::V5)),
        }
    }

    /// Writes the packet behind what `bytes` holds.
    pub(crate) fn encode(
        &self,
        options: &EncodeOptions,
        bytes: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        match self {
            Self::V5(packet) => packet.encode_with(options, bytes),
            Self::V3(version, packet) => packet.encode_with(*version, options, bytes),
        }?;
        Ok(())
    }

    /// The version.
    pub(crate) fn version(&self) -> Version {
        match self {
            Self::V5(_) => Version::V5_0,
            Self::V3(version, _) => (*version).into(),
        }
    }

    /// The packet type.
    pub(crate) const fn packet_type(&self) -> PacketType {
        match self {
            Self::V5(packet) => packet.packet_type(),
            Self::V3(_, packet) => packet.packet_type(),
        }
    }

    /// Whether a code reports a failure.
    pub(crate) fn is_error(&self) -> bool {
        match self.codes() {
            Codes::None => false,
            Codes::One(code) => code.is_error,
            Codes::List(list) => list.iter().any(|code| code.is_error),
        }
    }

    /// Session Present, which only a CONNACK has.
    pub(crate) const fn session_present(&self) -> Option<bool> {
        match self {
            Self::V5(v5::Packet::Connack(connack)) => Some(connack.session_present()),
            Self::V3(_, v3::Packet::Connack(connack)) => Some(connack.session_present()),
            _ => None,
        }
    }

    /// The Packet Identifier, where the packet has one.
    pub(crate) const fn packet_id(&self) -> Option<PacketId> {
        match self {
            Self::V5(packet) => match packet {
                v5::Packet::Puback(ack) => Some(ack.packet_id()),
                v5::Packet::Pubrec(ack) => Some(ack.packet_id()),
                v5::Packet::Pubrel(ack) => Some(ack.packet_id()),
                v5::Packet::Pubcomp(ack) => Some(ack.packet_id()),
                v5::Packet::Suback(ack) => Some(ack.packet_id()),
                v5::Packet::Unsuback(ack) => Some(ack.packet_id()),
                _ => None,
            },
            Self::V3(_, packet) => match packet {
                v3::Packet::Puback(id)
                | v3::Packet::Pubrec(id)
                | v3::Packet::Pubrel(id)
                | v3::Packet::Pubcomp(id)
                | v3::Packet::Unsuback(id) => Some(*id),
                v3::Packet::Suback(ack) => Some(ack.packet_id()),
                _ => None,
            },
        }
    }

    /// The reason codes or return codes.
    pub(crate) fn codes(&self) -> Codes<'a> {
        match *self {
            Self::V5(packet) => match packet {
                v5::Packet::Connack(connack) => Codes::One(connack.reason().into()),
                v5::Packet::Puback(ack) => Codes::One(ack.reason().into()),
                v5::Packet::Pubrec(ack) => Codes::One(ack.reason().into()),
                v5::Packet::Pubrel(ack) => Codes::One(ack.reason().into()),
                v5::Packet::Pubcomp(ack) => Codes::One(ack.reason().into()),
                v5::Packet::Suback(ack) => Codes::List(List::Suback(ack.reasons())),
                v5::Packet::Unsuback(ack) => Codes::List(List::Unsuback(ack.reasons())),
                v5::Packet::Disconnect(disconnect) => Codes::One(disconnect.reason().into()),
                v5::Packet::Auth(auth) => Codes::One(auth.reason().into()),
            },
            Self::V3(version, packet) => match packet {
                v3::Packet::Connack(connack) => {
                    Codes::One(Code::connack(version, connack.return_code()))
                }
                v3::Packet::Suback(ack) => Codes::List(List::V3Suback(version, ack.return_codes())),
                _ => Codes::None,
            },
        }
    }

    /// The properties, which only packets of 5.0 have.
    pub(crate) const fn properties(&self) -> Option<PropertyIter<'a>> {
        match self {
            Self::V5(packet) => Some(packet.properties().iter()),
            Self::V3(..) => None,
        }
    }
}

/// The same of a packet of any version.
fn wrap<'a, P>(
    decoded: Decoded<'a, P>,
    packet_of: impl FnOnce(P) -> Packet<'a>,
) -> Decoded<'a, Packet<'a>> {
    match decoded {
        Decoded::Packet { packet, len } => Decoded::Packet {
            packet: packet_of(packet),
            len,
        },
        Decoded::Frame(frame) => Decoded::Frame(frame),
        Decoded::Incomplete { needed } => Decoded::Incomplete { needed },
    }
}
