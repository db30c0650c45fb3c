//! mqttbytes, the ancestor of rumqttc's modules.

use bytes::BytesMut;
use mqttbytes::{v4, v5};

use super::{encode_to_bytes_mut, number, pairs, text};
use crate::codec::{Codec, Subject, decode};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "mqttbytes",
        version: "0.6.0",
        note: "`v4::read`, `v5::read` and the `write` of each packet, on `BytesMut`; strings are copied",
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

    decode!(|input| v5::read(input, usize::MAX), Ok(packet) => packet);
    encode_to_bytes_mut!(|packet, output| match packet {
        v5::Packet::ConnAck(packet) => packet.write(output),
        v5::Packet::PubAck(packet) => packet.write(output),
        v5::Packet::PubRec(packet) => packet.write(output),
        v5::Packet::PubRel(packet) => packet.write(output),
        v5::Packet::PubComp(packet) => packet.write(output),
        v5::Packet::SubAck(packet) => packet.write(output),
        v5::Packet::UnsubAck(packet) => packet.write(output),
        v5::Packet::Disconnect(packet) => packet.write(output),
        _ => Err(mqttbytes::Error::InvalidProtocol),
    });
}

#[inline(always)]
fn walk(packet: &v5::Packet, visit: &mut impl Visit) {
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.pkid);
            visit.code($ack.reason, |code| code as u8);
            if let Some(properties) = &$ack.properties {
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
            }
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
            if let Some(properties) = &ack.properties {
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
            }
            for &code in &ack.return_codes {
                visit.code(code, |code| code as u8);
            }
        }
        v5::Packet::Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.reason_code, |code| match code {
                v5::DisconnectReasonCode::SessionTakenOver => 0x8E,
                _ => 0xFF,
            });
            if let Some(properties) = &disconnect.properties {
                number(visit, 0x11, properties.session_expiry_interval);
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
                text(visit, 0x1C, properties.server_reference.as_ref());
            }
        }
        v5::Packet::ConnAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.code, |code| code as u8);
            if let Some(properties) = &connack.properties {
                number(visit, 0x11, properties.session_expiry_interval);
                number(visit, 0x21, properties.receive_max);
                number(visit, 0x24, properties.max_qos);
                number(visit, 0x25, properties.retain_available);
                number(visit, 0x27, properties.max_packet_size);
                text(visit, 0x12, properties.assigned_client_identifier.as_ref());
                number(visit, 0x22, properties.topic_alias_max);
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
                number(visit, 0x28, properties.wildcard_subscription_available);
                number(visit, 0x29, properties.subscription_identifiers_available);
                number(visit, 0x2A, properties.shared_subscription_available);
                number(visit, 0x13, properties.server_keep_alive);
                text(visit, 0x1A, properties.response_information.as_ref());
                text(visit, 0x1C, properties.server_reference.as_ref());
                text(visit, 0x15, properties.authentication_method.as_ref());
                if let Some(data) = &properties.authentication_data {
                    visit.binary(0x16, data);
                }
            }
        }
        _ => visit.kind(0),
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = BytesMut;
    type Packet<'a> = v4::Packet;

    fn input(bytes: &[u8]) -> BytesMut {
        bytes.into()
    }

    decode!(|input| v4::read(input, usize::MAX), Ok(packet) => packet, walk3);
    encode_to_bytes_mut!(|packet, output| match packet {
        v4::Packet::ConnAck(packet) => packet.write(output),
        v4::Packet::PubAck(packet) => packet.write(output),
        v4::Packet::PubRec(packet) => packet.write(output),
        v4::Packet::PubRel(packet) => packet.write(output),
        v4::Packet::PubComp(packet) => packet.write(output),
        v4::Packet::SubAck(packet) => packet.write(output),
        v4::Packet::UnsubAck(packet) => packet.write(output),
        _ => Err(mqttbytes::Error::InvalidProtocol),
    });
}

#[inline(always)]
fn walk3(packet: &v4::Packet, visit: &mut impl Visit) {
    let (first, id) = match packet {
        v4::Packet::PubAck(ack) => (0x40, ack.pkid),
        v4::Packet::PubRec(ack) => (0x50, ack.pkid),
        v4::Packet::PubRel(ack) => (0x62, ack.pkid),
        v4::Packet::PubComp(ack) => (0x70, ack.pkid),
        v4::Packet::UnsubAck(ack) => (0xB0, ack.pkid),
        v4::Packet::SubAck(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.pkid);
            for &code in &ack.return_codes {
                visit.code(code, |code| match code {
                    v4::SubscribeReasonCode::Success(qos) => qos as u8,
                    v4::SubscribeReasonCode::Failure => 0x80,
                });
            }
            return;
        }
        v4::Packet::ConnAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.code, |code| code as u8);
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id);
}
