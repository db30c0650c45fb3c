//! mqtt-v5.

use std::hint::black_box;

use bytes_0_5::BytesMut;
use mqtt_v5::decoder::decode_mqtt;
use mqtt_v5::encoder::encode_mqtt;
use mqtt_v5::types::properties::UserProperty;
use mqtt_v5::types::{Packet, ProtocolVersion};

use crate::codec::{Codec, Meter, Subject, decode};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "mqtt-v5",
        version: "0.1.1",
        note: "`decode_mqtt`, `encode_mqtt` on `BytesMut` (bytes 0.5), in both versions; strings are copied",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

macro_rules! encode {
    ($version:ident) => {
        type Output = BytesMut;

        fn output() -> BytesMut {
            BytesMut::with_capacity(1_024)
        }

        fn encode_all(packets: &[Packet], output: &mut BytesMut, meter: &mut Meter) {
            meter.run(|| {
                for packet in packets {
                    output.clear();
                    encode_mqtt(packet, output, ProtocolVersion::$version);
                    black_box(&output[..]);
                }
            });
        }

        fn encode_one(packet: &Packet) -> Result<Vec<u8>, String> {
            let mut output = BytesMut::new();
            encode_mqtt(packet, &mut output, ProtocolVersion::$version);
            Ok(output.to_vec())
        }
    };
}

struct V5;

impl Codec for V5 {
    type Input<'a> = BytesMut;
    type Packet<'a> = Packet;

    fn input(bytes: &[u8]) -> BytesMut {
        bytes.into()
    }

    decode!(|input| decode_mqtt(input, ProtocolVersion::V500), Ok(Some(packet)) => packet);
    encode!(V500);
}

#[inline(always)]
fn walk(packet: &Packet, visit: &mut impl Visit) {
    fn pairs(visit: &mut impl Visit, pairs: &[UserProperty]) {
        for UserProperty(name, value) in pairs {
            visit.pair(name, value);
        }
    }
    macro_rules! number {
        ($id:literal, $value:expr) => {
            if let Some(value) = &$value {
                visit.number($id, value.0.into());
            }
        };
    }
    macro_rules! text {
        ($id:literal, $value:expr) => {
            if let Some(value) = &$value {
                visit.text($id, &value.0);
            }
        };
    }
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.packet_id);
            visit.code($ack.reason_code, |code| code as u8);
            text!(0x1F, $ack.reason_string);
            pairs(visit, &$ack.user_properties);
        }};
    }
    match packet {
        Packet::PublishAck(ack) => ack!(0x40, ack),
        Packet::PublishReceived(ack) => ack!(0x50, ack),
        Packet::PublishRelease(ack) => ack!(0x62, ack),
        Packet::PublishComplete(ack) => ack!(0x70, ack),
        Packet::SubscribeAck(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_id);
            text!(0x1F, ack.reason_string);
            pairs(visit, &ack.user_properties);
            for &code in &ack.reason_codes {
                visit.code(code, |code| code as u8);
            }
        }
        Packet::UnsubscribeAck(ack) => {
            visit.kind(0xB0);
            visit.packet_id(ack.packet_id);
            for &code in &ack.reason_codes {
                visit.code(code, |code| code as u8);
            }
        }
        Packet::Disconnect(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.reason_code, |code| code as u8);
            number!(0x11, disconnect.session_expiry_interval);
            text!(0x1F, disconnect.reason_string);
            pairs(visit, &disconnect.user_properties);
            text!(0x1C, disconnect.server_reference);
        }
        Packet::ConnectAck(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.reason_code, |code| code as u8);
            number!(0x11, connack.session_expiry_interval);
            number!(0x21, connack.receive_maximum);
            if let Some(qos) = &connack.maximum_qos {
                visit.number(0x24, qos.0 as u32);
            }
            number!(0x25, connack.retain_available);
            number!(0x27, connack.maximum_packet_size);
            text!(0x12, connack.assigned_client_identifier);
            number!(0x22, connack.topic_alias_maximum);
            text!(0x1F, connack.reason_string);
            pairs(visit, &connack.user_properties);
            number!(0x28, connack.wildcard_subscription_available);
            number!(0x29, connack.subscription_identifiers_available);
            number!(0x2A, connack.shared_subscription_available);
            number!(0x13, connack.server_keep_alive);
            text!(0x1A, connack.response_information);
            text!(0x1C, connack.server_reference);
            text!(0x15, connack.authentication_method);
            if let Some(data) = &connack.authentication_data {
                visit.binary(0x16, &data.0);
            }
        }
        _ => visit.kind(0),
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = BytesMut;
    type Packet<'a> = Packet;

    fn input(bytes: &[u8]) -> BytesMut {
        bytes.into()
    }

    decode!(|input| decode_mqtt(input, ProtocolVersion::V311), Ok(Some(packet)) => packet, walk3);
    encode!(V311);
}

/// As [`walk`], without the reason codes that acknowledgements do not have in 3.1.1.
#[inline(always)]
fn walk3(packet: &Packet, visit: &mut impl Visit) {
    let (first, id) = match packet {
        Packet::PublishAck(ack) => (0x40, ack.packet_id),
        Packet::PublishReceived(ack) => (0x50, ack.packet_id),
        Packet::PublishRelease(ack) => (0x62, ack.packet_id),
        Packet::PublishComplete(ack) => (0x70, ack.packet_id),
        Packet::UnsubscribeAck(ack) => (0xB0, ack.packet_id),
        _ => return walk(packet, visit),
    };
    visit.kind(first);
    visit.packet_id(id);
}
