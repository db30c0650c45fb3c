//! mqtt-codec-kit.

use std::hint::black_box;

use mqtt_codec_kit::common::{Decodable, Encodable};
use mqtt_codec_kit::{v4, v5};

use super::{number, pairs, text};
use crate::codec::{Codec, Meter, Subject, decode, refusal};
use crate::visit::Visit;

pub fn subject() -> Subject {
    Subject {
        name: "mqtt-codec-kit",
        version: "1.0.5",
        note: "`VariablePacket::decode` from `&[u8]`, `encode` into `Vec<u8>` (`std::io`), `v4` and `v5`; strings are \
               copied",
        decodes: true,
        v5: Some(Box::new(V5)),
        v311: Some(Box::new(V311)),
    }
}

macro_rules! codec {
    ($name:ident, $version:ident, $walk:ident) => {
        struct $name;

        impl Codec for $name {
            type Input<'a> = &'a [u8];
            type Packet<'a> = $version::packet::VariablePacket;
            type Output = Vec<u8>;

            fn input(bytes: &[u8]) -> &[u8] {
                bytes
            }

            decode!(|input| $version::packet::VariablePacket::decode(input), Ok(packet) => packet, $walk);

            fn output() -> Vec<u8> {
                Vec::with_capacity(1_024)
            }

            fn encode_all(packets: &[Self::Packet<'_>], output: &mut Vec<u8>, meter: &mut Meter) {
                meter.run(|| {
                    for packet in packets {
                        output.clear();
                        let _ = black_box(packet.encode(output));
                        black_box(&output[..]);
                    }
                });
            }

            fn encode_one(packet: &Self::Packet<'_>) -> Result<Vec<u8>, String> {
                let mut output = Vec::new();
                packet.encode(&mut output).map_err(|error| refusal(&error))?;
                Ok(output)
            }
        }
    };
}

codec!(V5, v5, walk);
codec!(V311, v4, walk3);

#[inline(always)]
fn walk(packet: &v5::packet::VariablePacket, visit: &mut impl Visit) {
    use v5::packet::VariablePacket;
    macro_rules! ack {
        ($first:literal, $ack:expr) => {{
            visit.kind($first);
            visit.packet_id($ack.packet_identifier());
            visit.code($ack.reason_code(), |code| code.into());
            text(visit, 0x1F, $ack.properties().reason_string().as_ref());
            pairs(visit, $ack.properties().user_properties());
        }};
    }
    match packet {
        VariablePacket::PubackPacket(ack) => ack!(0x40, ack),
        VariablePacket::PubrecPacket(ack) => ack!(0x50, ack),
        VariablePacket::PubrelPacket(ack) => ack!(0x62, ack),
        VariablePacket::PubcompPacket(ack) => ack!(0x70, ack),
        VariablePacket::SubackPacket(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_identifier());
            text(visit, 0x1F, ack.properties().reason_string().as_ref());
            pairs(visit, ack.properties().user_properties());
            for &code in ack.reason_code() {
                visit.code(code, |code| code.into());
            }
        }
        VariablePacket::DisconnectPacket(disconnect) => {
            visit.kind(0xE0);
            visit.code(disconnect.reason_code(), |code| code.into());
            number(
                visit,
                0x11,
                disconnect.properties().session_expiry_interval(),
            );
            text(
                visit,
                0x1F,
                disconnect.properties().reason_string().as_ref(),
            );
            pairs(visit, disconnect.properties().user_properties());
            text(
                visit,
                0x1C,
                disconnect.properties().server_reference().as_ref(),
            );
        }
        VariablePacket::ConnackPacket(connack) => {
            let properties = connack.properties();
            visit.kind(0x20);
            visit.session_present(connack.connack_flags().session_present);
            visit.code(connack.connect_reason_code(), |code| code.into());
            number(visit, 0x11, properties.session_expiry_interval());
            number(visit, 0x21, properties.receive_maximum());
            number(visit, 0x24, properties.max_qos());
            number(visit, 0x25, properties.retain_available());
            number(visit, 0x27, properties.max_packet_size());
            text(
                visit,
                0x12,
                properties.assigned_client_identifier().as_ref(),
            );
            number(visit, 0x22, properties.topic_alias_max());
            text(visit, 0x1F, properties.reason_string().as_ref());
            pairs(visit, properties.user_properties());
            number(visit, 0x28, properties.wildcard_subscription_available());
            number(visit, 0x29, properties.subscription_identifiers_available());
            number(visit, 0x2A, properties.shared_subscription_available());
            number(visit, 0x13, properties.server_keep_alive());
            text(visit, 0x1A, properties.response_information().as_ref());
            text(visit, 0x1C, properties.server_reference().as_ref());
            text(visit, 0x15, properties.authentication_method().as_ref());
            if let Some(data) = properties.authentication_data() {
                visit.binary(0x16, &data.0);
            }
        }
        _ => visit.kind(0),
    }
}

#[inline(always)]
fn walk3(packet: &v4::packet::VariablePacket, visit: &mut impl Visit) {
    use v4::packet::VariablePacket;
    let (first, id) = match packet {
        VariablePacket::PubackPacket(ack) => (0x40, ack.packet_identifier()),
        VariablePacket::PubrecPacket(ack) => (0x50, ack.packet_identifier()),
        VariablePacket::PubrelPacket(ack) => (0x62, ack.packet_identifier()),
        VariablePacket::PubcompPacket(ack) => (0x70, ack.packet_identifier()),
        VariablePacket::UnsubackPacket(ack) => (0xB0, ack.packet_identifier()),
        VariablePacket::SubackPacket(ack) => {
            visit.kind(0x90);
            visit.packet_id(ack.packet_identifier());
            for &code in ack.return_codes() {
                visit.code(code, |code| code as u8);
            }
            return;
        }
        VariablePacket::ConnackPacket(connack) => {
            visit.kind(0x20);
            visit.session_present(connack.connack_flags().session_present);
            visit.code(connack.connect_return_code(), |code| code.into());
            return;
        }
        _ => return visit.kind(0),
    };
    visit.kind(first);
    visit.packet_id(id);
}
