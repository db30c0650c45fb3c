//! Until the library has it.
use mqtt_reason::conversation::Packet as Any;
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, Frame, PacketId, PacketType, ReasonCode, Version, v3, v5,
};

pub(crate) struct Packet<'a>(pub(crate) Any<'a>);

pub(crate) enum D<'a> {
    Packet { packet: Packet<'a>, len: usize },
    Frame(Frame<'a>),
    Incomplete,
}

pub(crate) fn decode_with<'a>(
    version: Version,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Result<D<'a>, DecodeError> {
    Ok(match v3::Version::try_from(version) {
        Ok(version) => match v3::decode_with(version, options, i)? {
            Decoded::Packet { packet, len } => D::Packet {
                packet: Packet(Any::V3(version, packet)),
                len,
            },
            Decoded::Frame(frame) => D::Frame(frame),
            _ => D::Incomplete,
        },
        Err(_) => match v5::decode_with(options, i)? {
            Decoded::Packet { packet, len } => D::Packet {
                packet: Packet(Any::V5(packet)),
                len,
            },
            Decoded::Frame(frame) => D::Frame(frame),
            _ => D::Incomplete,
        },
    })
}

impl<'a> Packet<'a> {
    pub(crate) fn packet_type(&self) -> PacketType {
        self.0.packet_type()
    }
    pub(crate) fn packet_id(&self) -> Option<PacketId> {
        use v3::Packet as Q;
        use v5::Packet as P;
        match &self.0 {
            Any::V5(P::Puback(a)) => Some(a.packet_id()),
            Any::V5(P::Pubrec(a)) => Some(a.packet_id()),
            Any::V5(P::Pubrel(a)) => Some(a.packet_id()),
            Any::V5(P::Pubcomp(a)) => Some(a.packet_id()),
            Any::V5(P::Suback(a)) => Some(a.packet_id()),
            Any::V5(P::Unsuback(a)) => Some(a.packet_id()),
            Any::V3(
                _,
                Q::Puback(a) | Q::Pubrec(a) | Q::Pubrel(a) | Q::Pubcomp(a) | Q::Unsuback(a),
            ) => Some(*a),
            Any::V3(_, Q::Suback(a)) => Some(a.packet_id()),
            _ => None,
        }
    }
    pub(crate) fn reason_codes(&self) -> std::vec::IntoIter<ReasonCode> {
        use v3::Packet as Q;
        use v5::Packet as P;
        let v: Vec<ReasonCode> = match &self.0 {
            Any::V5(P::Connack(a)) => vec![a.reason().into()],
            Any::V5(P::Puback(a)) => vec![a.reason().into()],
            Any::V5(P::Pubrec(a)) => vec![a.reason().into()],
            Any::V5(P::Pubrel(a)) => vec![a.reason().into()],
            Any::V5(P::Pubcomp(a)) => vec![a.reason().into()],
            Any::V5(P::Disconnect(a)) => vec![a.reason().into()],
            Any::V5(P::Auth(a)) => vec![a.reason().into()],
            Any::V5(P::Suback(a)) => a.reasons().iter().map(Into::into).collect(),
            Any::V5(P::Unsuback(a)) => a.reasons().iter().map(Into::into).collect(),
            Any::V3(_, Q::Connack(a)) => {
                vec![mqtt_reason::mapping::connack_to_v5(a.return_code()).into()]
            }
            Any::V3(_, Q::Suback(a)) => a
                .return_codes()
                .iter()
                .map(|c| mqtt_reason::mapping::suback_to_v5(c).into())
                .collect(),
            _ => vec![],
        };
        v.into_iter()
    }
    pub(crate) fn is_error(&self) -> bool {
        self.reason_codes().any(|c| c.as_u8() >= 0x80)
    }
    pub(crate) fn properties(&self) -> P2<'a> {
        if let Any::V5(v5::Packet::Auth(a)) = &self.0 {
            P2(a.properties().authentication_method())
        } else {
            P2(None)
        }
    }
}

pub(crate) struct P2<'a>(Option<&'a str>);
impl<'a> P2<'a> {
    pub(crate) fn authentication_method(&self) -> Option<&'a str> {
        self.0
    }
}
