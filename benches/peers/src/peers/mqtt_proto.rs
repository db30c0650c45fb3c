//! mqtt-proto.

use std::hint::black_box;

use mqtt_proto::{v3, v5};

use super::frames::{Frames, frames};
use super::{number, text};
use crate::codec::{Codec, Meter, Subject, decode, refusal};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "mqtt-proto",
        version: "0.4.0",
        note: "`v3::Packet::{decode, encode}`, `v5::Packet::{decode, encode}`; does not tell how long a packet was, so \
               it is handed each packet by itself and finding its end is not measured; strings become `Arc<str>`; \
               returns a new `Vec` (or four bytes) for each packet encoded",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

macro_rules! encode {
    () => {
        type Output = ();

        fn output() {}

        fn encode_all(packets: &[Self::Packet<'_>], _output: &mut (), meter: &mut Meter) {
            meter.run(|| {
                for packet in packets {
                    if let Ok(bytes) = packet.encode() {
                        black_box(bytes.as_ref());
                    }
                }
            });
        }

        fn encode_one(packet: &Self::Packet<'_>) -> Result<Vec<u8>, String> {
            packet
                .encode()
                .map(|bytes| bytes.as_ref().to_vec())
                .map_err(|error| refusal(&error))
        }
    };
}

struct V5;

impl Codec for V5 {
    type Input<'a> = Frames<'a>;
    type Packet<'a> = v5::Packet;

    fn input(bytes: &[u8]) -> Frames<'_> {
        frames(bytes)
    }

    decode!(|input| v5::Packet::decode(input.next().unwrap_or_default()), Ok(Some(packet)) => packet);
    encode!();
}

#[inline(always)]
fn pairs(visit: &mut impl Visit, pairs: &[v5::UserProperty]) {
    for pair in pairs {
        visit.pair(&pair.name, &pair.value);
    }
}

#[inline(always)]
fn walk(packet: &v5::Packet, visit: &mut impl Visit) {
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.pid.value());
            visit.code($ack.reason_code, |code| code as u8);
            text(visit, 0x1F, $ack.properties.reason_string.as_ref());
            pairs(visit, &$ack.properties.user_properties);
        }};
    }
    match packet {
        v5::Packet::Puback(ack) => ack!(0x40, ack),
        v5::Packet::Pubrec(ack) => ack!(0x50, ack),
        v5::Packet::Pubrel(ack) => ack!(0x62, ack),
        v5::Packet::Pubcomp(ack) => ack!(0x70, ack),
        v5::Packet::Suback(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.pid.value());
            text(visit, 0x1F, ack.properties.reason_string.as_ref());
            pairs(visit, &ack.properties.user_properties);
            for &code in &ack.topics {
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
        v5::Packet::Connack(connack) => {
            let properties = &connack.properties;
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.reason_code, |code| code as u8);
            number(visit, 0x11, properties.session_expiry_interval);
            number(visit, 0x21, properties.receive_max);
            number(visit, 0x24, properties.max_qos.map(|qos| qos as u8));
            number(visit, 0x25, properties.retain_available);
            number(visit, 0x27, properties.max_packet_size);
            text(visit, 0x12, properties.assigned_client_id.as_ref());
            number(visit, 0x22, properties.topic_alias_max);
            text(visit, 0x1F, properties.reason_string.as_ref());
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
        _ => visit.kind(0),
    }
}

struct V311;

impl Codec for V311 {
    type Input<'a> = Frames<'a>;
    type Packet<'a> = v3::Packet;

    fn input(bytes: &[u8]) -> Frames<'_> {
        frames(bytes)
    }

    decode!(|input| v3::Packet::decode(input.next().unwrap_or_default()), Ok(Some(packet)) => packet, walk3);
    encode!();
}

#[inline(always)]
fn walk3(packet: &v3::Packet, visit: &mut impl Visit) {
    let (first, id) = match packet {
        v3::Packet::Puback(id) => (0x40, id),
        v3::Packet::Pubrec(id) => (0x50, id),
        v3::Packet::Pubrel(id) => (0x62, id),
        v3::Packet::Pubcomp(id) => (0x70, id),
        v3::Packet::Unsuback(id) => (0xB0, id),
        v3::Packet::Suback(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.pid.value());
            for &code in &ack.topics {
                visit.code(code, |code| match code {
                    v3::SubscribeReturnCode::MaxLevel0 => 0,
                    v3::SubscribeReturnCode::MaxLevel1 => 1,
                    v3::SubscribeReturnCode::MaxLevel2 => 2,
                    v3::SubscribeReturnCode::Failure => 0x80,
                });
            }
            return;
        }
        v3::Packet::Connack(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.session_present);
            visit.code(connack.code, |code| code as u8);
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id.value());
}
