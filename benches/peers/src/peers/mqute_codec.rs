//! mqute-codec.

use bytes::BytesMut;
use mqute_codec::Error;
use mqute_codec::codec::PacketCodec;
use mqute_codec::protocol::{v4, v5};

use super::{encode_to_bytes_mut, number, pairs, text};
use crate::codec::{Codec, Subject, decode};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "mqute-codec",
        version: "0.4.2",
        note: "`PacketCodec::try_decode`, then `v4::Packet::decode`, `v5::Packet::decode`, on `BytesMut`; strings are \
               copied, and once more by the accessors of properties and codes, which return clones",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

struct V5;

impl Codec for V5 {
    type Input<'a> = (PacketCodec, BytesMut);
    type Packet<'a> = v5::Packet;

    fn input(bytes: &[u8]) -> Self::Input<'_> {
        (PacketCodec::new(None, None), bytes.into())
    }

    decode!(|input| next(input), Ok(packet) => packet);
    encode_to_bytes_mut!(|packet, output| packet.encode(output));
}

#[inline(always)]
fn next(input: &mut (PacketCodec, BytesMut)) -> Result<v5::Packet, Error> {
    v5::Packet::decode(input.0.try_decode(&mut input.1)?)
}

#[inline(always)]
fn next3(input: &mut (PacketCodec, BytesMut)) -> Result<v4::Packet, Error> {
    v4::Packet::decode(input.0.try_decode(&mut input.1)?)
}

#[inline(always)]
fn walk(packet: &v5::Packet, visit: &mut impl Visit) {
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.packet_id());
            visit.code($ack.code(), |code| code.into());
            if let Some(properties) = $ack.properties() {
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
            visit.packet_id(ack.packet_id());
            if let Some(properties) = ack.properties() {
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
            }
            for code in ack.codes() {
                visit.code(code, |code| code.into());
            }
        }
        v5::Packet::Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.code(), |code| code.into());
            if let Some(properties) = disconnect.properties() {
                number(
                    visit,
                    0x11,
                    properties
                        .session_expiry_interval
                        .map(|interval| interval.as_secs() as u32),
                );
                text(visit, 0x1F, properties.reason_string.as_ref());
                pairs(visit, &properties.user_properties);
                text(visit, 0x1C, properties.server_reference.as_ref());
            }
        }
        v5::Packet::ConnAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present());
            visit.code(connack.code(), |code| code.into());
            if let Some(properties) = connack.properties() {
                number(
                    visit,
                    0x11,
                    properties
                        .session_expiry_interval
                        .map(|interval| interval.as_secs() as u32),
                );
                number(visit, 0x21, properties.receive_maximum);
                number(visit, 0x24, properties.maximum_qos.map(|qos| qos as u8));
                number(visit, 0x25, properties.retain_available);
                number(visit, 0x27, properties.maximum_packet_size);
                text(visit, 0x12, properties.assigned_client_id.as_ref());
                number(visit, 0x22, properties.topic_alias_maximum);
                text(visit, 0x1F, properties.reason.as_ref());
                pairs(visit, &properties.user_properties);
                number(visit, 0x28, properties.wildcard_subscription_available);
                number(visit, 0x29, properties.subscription_id_available);
                number(visit, 0x2A, properties.shared_subscription_available);
                number(visit, 0x13, properties.server_keep_alive);
                text(visit, 0x1A, properties.response_info.as_ref());
                text(visit, 0x1C, properties.server_reference.as_ref());
                text(visit, 0x15, properties.auth_method.as_ref());
                if let Some(data) = &properties.auth_data {
                    visit.binary(0x16, data);
                }
            }
        }
        _ => visit.kind(0),
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = (PacketCodec, BytesMut);
    type Packet<'a> = v4::Packet;

    fn input(bytes: &[u8]) -> Self::Input<'_> {
        (PacketCodec::new(None, None), bytes.into())
    }

    decode!(|input| next3(input), Ok(packet) => packet, walk3);
    encode_to_bytes_mut!(|packet, output| packet.encode(output));
}

#[inline(always)]
fn walk3(packet: &v4::Packet, visit: &mut impl Visit) {
    let (first, id) = match packet {
        v4::Packet::PubAck(ack) => (0x40, ack.packet_id()),
        v4::Packet::PubRec(ack) => (0x50, ack.packet_id()),
        v4::Packet::PubRel(ack) => (0x62, ack.packet_id()),
        v4::Packet::PubComp(ack) => (0x70, ack.packet_id()),
        v4::Packet::UnsubAck(ack) => (0xB0, ack.packet_id()),
        v4::Packet::SubAck(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_id());
            for code in ack.codes() {
                visit.code(code, |code| code.into());
            }
            return;
        }
        v4::Packet::ConnAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present());
            visit.code(connack.code(), |code| code as u8);
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id);
}
