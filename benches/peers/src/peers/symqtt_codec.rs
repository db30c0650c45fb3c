//! symqtt-codec.

use bytes::BytesMut;
use symqtt_codec::{v3, v5};

use super::{encode_to_bytes_mut, number, pairs, text};
use crate::codec::{Codec, Subject, decode};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "symqtt-codec",
        version: "0.1.0",
        note: "`v3::Packet::{decode, encode}`, `v5::Packet::{decode, encode}` on `BytesMut`; strings are copied; codes \
               of other packets are accepted",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

struct V5;

impl Codec for V5 {
    type Input<'a> = BytesMut;
    type Packet<'a> = v5::Packet;

    fn input(bytes: &[u8]) -> BytesMut {
        bytes.into()
    }

    decode!(|input| v5::Packet::decode(input), Ok(Some(packet)) => packet);
    encode_to_bytes_mut!(|packet, output| packet.encode(output));
}

#[inline(always)]
fn walk(packet: &v5::Packet, visit: &mut impl Visit) {
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.pkid);
            visit.code($ack.reason_code, |code| code as u8);
            text(visit, 0x1F, $ack.properties.reason_string.as_ref());
            pairs(visit, &$ack.properties.user_properties);
        }};
    }
    match packet {
        v5::Packet::PubAck(ack) => ack!(0x40, ack),
        v5::Packet::PubRec(ack) => ack!(0x50, ack),
        v5::Packet::PubRel(ack) => ack!(0x62, ack),
        v5::Packet::PubComp(ack) => ack!(0x70, ack),
        v5::Packet::SubAck(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.pkid);
            text(visit, 0x1F, ack.properties.reason_string.as_ref());
            pairs(visit, &ack.properties.user_properties);
            for &code in &ack.reason_codes {
                visit.code(code, |code| code as u8);
            }
        }
        v5::Packet::Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.reason_code, |code| code as u8);
            number(visit, 0x11, disconnect.properties.session_expiry_interval);
            text(visit, 0x1F, disconnect.properties.reason_string.as_ref());
            pairs(visit, &disconnect.properties.user_properties);
            text(visit, 0x1C, disconnect.properties.server_reference.as_ref());
        }
        v5::Packet::ConnAck(connack) => {
            let properties = &connack.properties;
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.reason_code, |code| code as u8);
            number(visit, 0x11, properties.session_expiry_interval);
            number(visit, 0x21, properties.receive_maximum);
            number(visit, 0x24, properties.maximum_qos);
            number(visit, 0x25, properties.retain_available);
            number(visit, 0x27, properties.maximum_packet_size);
            text(visit, 0x12, properties.assigned_client_identifier.as_ref());
            number(visit, 0x22, properties.topic_alias_maximum);
            text(visit, 0x1F, properties.reason_string.as_ref());
            pairs(visit, &properties.user_properties);
            number(visit, 0x28, properties.wildcard_subscription_available);
            number(visit, 0x29, properties.subscription_identifier_available);
            number(visit, 0x2A, properties.shared_subscription_available);
            number(visit, 0x13, properties.server_keep_alive);
            text(visit, 0x1A, properties.response_information.as_ref());
            text(visit, 0x1C, properties.server_reference.as_ref());
            text(visit, 0x15, properties.authentication_method.as_ref());
            if let Some(data) = &properties.authentication_data {
                visit.binary(0x16, data);
            }
        }
        _ => visit.kind(0),
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = BytesMut;
    type Packet<'a> = v3::Packet;

    fn input(bytes: &[u8]) -> BytesMut {
        bytes.into()
    }

    decode!(|input| v3::Packet::decode(input), Ok(Some(packet)) => packet, walk3);
    encode_to_bytes_mut!(|packet, output| packet.encode(output));
}

#[inline(always)]
fn walk3(packet: &v3::Packet, visit: &mut impl Visit) {
    let (first, id) = match packet {
        v3::Packet::PubAck(ack) => (0x40, ack.pkid),
        v3::Packet::PubRec(ack) => (0x50, ack.pkid),
        v3::Packet::PubRel(ack) => (0x62, ack.pkid),
        v3::Packet::PubComp(ack) => (0x70, ack.pkid),
        v3::Packet::UnsubAck(ack) => (0xB0, ack.pkid),
        v3::Packet::SubAck(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.pkid);
            for &code in &ack.return_codes {
                visit.code(code, |code| match code {
                    v3::SubscribeReturnCode::Success(qos) => qos as u8,
                    v3::SubscribeReturnCode::Failure => 0x80,
                });
            }
            return;
        }
        v3::Packet::ConnAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.return_code, |code| code as u8);
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id);
}
