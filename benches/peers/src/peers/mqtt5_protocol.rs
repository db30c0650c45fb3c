//! mqtt5-protocol.

use std::hint::black_box;

use bytes::{Buf, BytesMut};
use mqtt5_protocol::packet::MqttPacket;
use mqtt5_protocol::{
    FixedHeader, MqttError, Packet, Properties, PropertyValue, Result as Decoded,
};

use super::encode_to_bytes_mut;
use crate::codec::{Codec, Subject, decode};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "mqtt5-protocol",
        version: "0.16.2",
        note: "`FixedHeader::decode`, then `Packet::decode_from_body_with_version` on `&[u8]`; `MqttPacket::encode` of \
               each packet into `BytesMut`; properties are a hash map, strings are copied",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

/// Frames as its documentation does: the header, then that many bytes.
#[inline(always)]
fn next(input: &mut &[u8], version: u8) -> Decoded<Packet> {
    let header = FixedHeader::decode(input)?;
    let length = header.remaining_length as usize;
    let Some(mut body) = input.get(..length) else {
        return Err(MqttError::MalformedPacket("incomplete".into()));
    };
    input.advance(length);
    Packet::decode_from_body_with_version(header.packet_type, &header, &mut body, version)
}

macro_rules! codec {
    ($name:ident, $version:literal, $walk:ident) => {
        struct $name;

        impl Codec for $name {
            type Input<'a> = &'a [u8];
            type Packet<'a> = Packet;

            fn input(bytes: &[u8]) -> &[u8] {
                bytes
            }

            decode!(|input| next(input, $version), Ok(packet) => packet, $walk);
            encode_to_bytes_mut!(|packet, output| encode(packet, output));
        }
    };
}

codec!(V5, 5, walk);
codec!(V311, 4, walk3);

#[inline(always)]
fn encode(packet: &Packet, output: &mut BytesMut) -> Decoded<()> {
    match packet {
        Packet::ConnAck(packet) => packet.encode(output),
        Packet::PubAck(packet) => packet.encode(output),
        Packet::PubRec(packet) => packet.encode(output),
        Packet::PubRel(packet) => packet.encode(output),
        Packet::PubComp(packet) => packet.encode(output),
        Packet::SubAck(packet) => packet.encode(output),
        Packet::UnsubAck(packet) => packet.encode(output),
        Packet::Disconnect(packet) => packet.encode(output),
        other => {
            black_box(other);
            Ok(())
        }
    }
}

#[inline(always)]
fn walk_properties(properties: &Properties, visit: &mut impl Visit) {
    for (id, value) in properties.iter() {
        let id = id as u8;
        match value {
            PropertyValue::Byte(value) => visit.number(id, (*value).into()),
            PropertyValue::TwoByteInteger(value) => visit.number(id, (*value).into()),
            PropertyValue::FourByteInteger(value) | PropertyValue::VariableByteInteger(value) => {
                visit.number(id, *value);
            }
            PropertyValue::BinaryData(value) => visit.binary(id, value),
            PropertyValue::Utf8String(value) => visit.text(id, value),
            PropertyValue::Utf8StringPair(name, value) => visit.pair(name, value),
        }
    }
}

#[inline(always)]
fn walk(packet: &Packet, visit: &mut impl Visit) {
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.packet_id);
            visit.code($ack.reason_code, |code| code as u8);
            walk_properties(&$ack.properties, visit);
        }};
    }
    match packet {
        Packet::PubAck(ack) => ack!(0x40, ack),
        Packet::PubRec(ack) => ack!(0x50, ack),
        Packet::PubRel(ack) => ack!(0x62, ack),
        Packet::PubComp(ack) => ack!(0x70, ack),
        Packet::SubAck(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_id);
            walk_properties(&ack.properties, visit);
            for &code in &ack.reason_codes {
                visit.code(code, |code| code as u8);
            }
        }
        Packet::Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.reason_code, |code| code as u8);
            walk_properties(&disconnect.properties, visit);
        }
        Packet::ConnAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.reason_code, |code| code as u8);
            walk_properties(&connack.properties, visit);
        }
        _ => visit.kind(0),
    }
}

/// As [`walk`], without the reason codes that acknowledgements do not have in 3.1.1.
#[inline(always)]
fn walk3(packet: &Packet, visit: &mut impl Visit) {
    let (first, id) = match packet {
        Packet::PubAck(ack) => (0x40, ack.packet_id),
        Packet::PubRec(ack) => (0x50, ack.packet_id),
        Packet::PubRel(ack) => (0x62, ack.packet_id),
        Packet::PubComp(ack) => (0x70, ack.packet_id),
        Packet::UnsubAck(ack) => (0xB0, ack.packet_id),
        Packet::ConnAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            // It keeps codes of 5.0 and translates on the way out; read back as it would be written.
            visit.code(connack.reason_code, |code| match code as u8 {
                0x84 => 0x01,
                0x85 => 0x02,
                0x88 => 0x03,
                0x86 => 0x04,
                0x87 => 0x05,
                other => other,
            });
            return;
        }
        _ => return walk(packet, visit),
    };
    visit.kind(first);
    visit.packet_id(id);
}
